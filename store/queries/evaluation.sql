-- name: AlertCounts :many
SELECT agency_id, action, COUNT(*) AS n FROM alerts WHERE last_us >= sqlc.arg(from_us) AND last_us < sqlc.arg(to_us) AND action <> 'record' GROUP BY agency_id, action;

-- name: StopCounts :many
SELECT agency_id, COUNT(*) AS n, CAST(SUM(CASE WHEN false_alarm THEN 1 ELSE 0 END) AS BIGINT) AS mistaken FROM stops
WHERE at_us >= sqlc.arg(from_us) AND at_us < sqlc.arg(to_us) GROUP BY agency_id;

-- name: IncidentCounts :many
SELECT agency_id, COUNT(*) AS n, CAST(SUM(CASE WHEN state <> 'closed' THEN 1 ELSE 0 END) AS BIGINT) AS still_open,
	CAST(SUM(CASE WHEN (notified_us = 0 AND state <> 'closed' AND known_us + sqlc.arg(window_us) < sqlc.arg(now_us)) OR notified_us > known_us + sqlc.arg(window_us) THEN 1 ELSE 0 END) AS BIGINT) AS late
FROM incidents WHERE known_us >= sqlc.arg(from_us) AND known_us < sqlc.arg(to_us) GROUP BY agency_id;

-- name: CountOverdueOf :one
SELECT COUNT(*) FROM expectations WHERE agency_id = $1 AND state = 0 AND due_us < sqlc.arg(now_us) AND month >= sqlc.arg(from_month) AND month <= sqlc.arg(to_month);

-- name: InsertEvaluation :one
INSERT INTO evaluations (agency_id, period, at_us, by_user, case_id, figures, result, decision, decided_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0) RETURNING id;

-- name: DecideEvaluation :execrows
UPDATE evaluations SET decided_us = $3 WHERE id = $1 AND agency_id = $2 AND decided_us = 0;

-- name: EvaluationsOfAgency :many
SELECT e.*, i.name AS agency_name, COALESCE(u.name, '') AS by_name, COALESCE(c.state, '') AS case_state
FROM evaluations e JOIN institutions i ON i.id = e.agency_id LEFT JOIN users u ON u.id = e.by_user LEFT JOIN cases c ON c.id = e.case_id
WHERE e.agency_id = $1 ORDER BY e.id DESC LIMIT $2;

-- name: EvaluationsOfPeriod :many
SELECT e.*, i.name AS agency_name, COALESCE(u.name, '') AS by_name, COALESCE(c.state, '') AS case_state
FROM evaluations e JOIN institutions i ON i.id = e.agency_id LEFT JOIN users u ON u.id = e.by_user LEFT JOIN cases c ON c.id = e.case_id
WHERE e.period = $1 ORDER BY e.agency_id, e.id;

-- name: InsertMinistryReport :exec
INSERT INTO evaluation_reports (file_id, period, number, made_us, sent_us) VALUES ($1, $2, $3, $4, $5);

-- name: SendMinistryReport :execrows
UPDATE evaluation_reports SET sent_us = $2 WHERE file_id = $1 AND sent_us = 0;

-- name: MinistryReports :many
SELECT * FROM evaluation_reports WHERE period = $1 ORDER BY made_us DESC, file_id DESC;

-- name: SentMinistryReports :many
SELECT period, sent_us FROM evaluation_reports WHERE sent_us <> 0 ORDER BY sent_us;

-- name: DayTotals :many
-- Grouped in the order of the key, so that nothing is sorted.
SELECT day, CAST(SUM(lookups) AS BIGINT) AS lookups, CAST(SUM(hits) AS BIGINT) AS hits, CAST(SUM(CASE WHEN outcome = 'found' THEN lookups ELSE 0 END) AS BIGINT) AS found,
	CAST(SUM(CASE WHEN outcome IN ('deceased', 'duplicate', 'unknown', 'inactive', 'malformed') THEN lookups ELSE 0 END) AS BIGINT) AS notices
FROM usage_days WHERE day >= sqlc.arg(from_day) AND day < sqlc.arg(to_day) AND act IN ('lookup', 'match') GROUP BY day ORDER BY day;

-- name: AgencyTotals :many
-- First by day and agency, which is the order of the key: a fifth of the rows is left to be sorted.
SELECT x.agency_id, CAST(SUM(x.lookups) AS BIGINT) AS lookups, CAST(SUM(x.hits) AS BIGINT) AS hits, CAST(SUM(x.found) AS BIGINT) AS found, CAST(SUM(x.deceased) AS BIGINT) AS deceased,
	CAST(SUM(x.duplicate) AS BIGINT) AS duplicate, CAST(SUM(x.unknown) AS BIGINT) AS unknown, CAST(SUM(x.inactive) AS BIGINT) AS inactive, CAST(SUM(x.malformed) AS BIGINT) AS malformed
FROM (SELECT d.day, d.agency_id, SUM(d.lookups) AS lookups, SUM(d.hits) AS hits, SUM(CASE WHEN d.outcome = 'found' THEN d.lookups ELSE 0 END) AS found,
		SUM(CASE WHEN d.outcome = 'deceased' THEN d.lookups ELSE 0 END) AS deceased, SUM(CASE WHEN d.outcome = 'duplicate' THEN d.lookups ELSE 0 END) AS duplicate,
		SUM(CASE WHEN d.outcome = 'unknown' THEN d.lookups ELSE 0 END) AS unknown, SUM(CASE WHEN d.outcome = 'inactive' THEN d.lookups ELSE 0 END) AS inactive,
		SUM(CASE WHEN d.outcome = 'malformed' THEN d.lookups ELSE 0 END) AS malformed
	FROM usage_days d WHERE d.day >= sqlc.arg(from_day) AND d.day < sqlc.arg(to_day) AND d.act IN ('lookup', 'match') GROUP BY d.day, d.agency_id) x
GROUP BY x.agency_id ORDER BY x.agency_id;
