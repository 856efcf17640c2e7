-- name: AlertCounts :many
SELECT agency_id, action, COUNT(*) AS n FROM alerts WHERE last_us >= sqlc.arg(from_us) AND last_us < sqlc.arg(to_us) AND action <> 'record' GROUP BY agency_id, action;

-- name: StopCounts :many
SELECT agency_id, COUNT(*) AS n, CAST(SUM(CASE WHEN false_alarm THEN 1 ELSE 0 END) AS BIGINT) AS mistaken FROM stops
WHERE at_us >= sqlc.arg(from_us) AND at_us < sqlc.arg(to_us) GROUP BY agency_id;

-- name: IncidentCounts :many
SELECT agency_id, COUNT(*) AS n, CAST(SUM(CASE WHEN state <> 'closed' THEN 1 ELSE 0 END) AS BIGINT) AS still_open,
	CAST(SUM(CASE WHEN (notified_us = 0 AND state <> 'closed' AND known_us + sqlc.arg(window_us) < sqlc.arg(now_us)) OR notified_us > known_us + sqlc.arg(window_us) THEN 1 ELSE 0 END) AS BIGINT) AS late
FROM incidents WHERE known_us >= sqlc.arg(from_us) AND known_us < sqlc.arg(to_us) GROUP BY agency_id;

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
