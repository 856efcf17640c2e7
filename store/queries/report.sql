-- name: LogsToSum :many
SELECT l.id, l.size FROM logs l LEFT JOIN usage_fed f ON f.agency_id = l.id WHERE l.id <> 0 AND COALESCE(f.upto, 0) < l.size ORDER BY l.id;

-- name: TakeSummed :one
INSERT INTO usage_fed (agency_id, upto) VALUES ($1, 0) ON CONFLICT (agency_id) DO UPDATE SET upto = usage_fed.upto RETURNING upto;

-- name: Summed :one
SELECT upto FROM usage_fed WHERE agency_id = $1;

-- name: SetSummed :exec
UPDATE usage_fed SET upto = $2 WHERE agency_id = $1;

-- name: SumUsage :exec
INSERT INTO usage (agency_id, day, user_id, act, method, purpose, outcome, lookups, hits)
SELECT r.agency_id, (r.at_us + sqlc.arg(offset_us)) / 86400000000 AS day, r.user_id, r.act, r.method, r.purpose, r.outcome, COUNT(*), SUM(CASE WHEN r.hit THEN 1 ELSE 0 END)
FROM records r WHERE r.agency_id = sqlc.arg(agency_id) AND r.seq >= sqlc.arg(from_seq) AND r.seq < sqlc.arg(to_seq) AND r.at_us >= sqlc.arg(since_us)
GROUP BY r.agency_id, (r.at_us + sqlc.arg(offset_us)) / 86400000000, r.user_id, r.act, r.method, r.purpose, r.outcome
ON CONFLICT (agency_id, day, user_id, act, method, purpose, outcome) DO UPDATE SET lookups = usage.lookups + excluded.lookups, hits = usage.hits + excluded.hits;

-- name: SumUsageDays :exec
INSERT INTO usage_days (day, agency_id, act, outcome, lookups, hits)
SELECT (r.at_us + sqlc.arg(offset_us)) / 86400000000 AS day, r.agency_id, r.act, r.outcome, COUNT(*), SUM(CASE WHEN r.hit THEN 1 ELSE 0 END)
FROM records r WHERE r.agency_id = sqlc.arg(agency_id) AND r.seq >= sqlc.arg(from_seq) AND r.seq < sqlc.arg(to_seq) AND r.at_us >= sqlc.arg(since_us)
GROUP BY (r.at_us + sqlc.arg(offset_us)) / 86400000000, r.agency_id, r.act, r.outcome
ON CONFLICT (day, agency_id, act, outcome) DO UPDATE SET lookups = usage_days.lookups + excluded.lookups, hits = usage_days.hits + excluded.hits;

-- name: SumUsedElements :exec
INSERT INTO usage_elements (agency_id, day, purpose, elements, uses)
SELECT r.agency_id, (r.at_us + sqlc.arg(offset_us)) / 86400000000 AS day, r.purpose, r.elements, COUNT(*)
FROM records r WHERE r.agency_id = sqlc.arg(agency_id) AND r.seq >= sqlc.arg(from_seq) AND r.seq < sqlc.arg(to_seq) AND r.at_us >= sqlc.arg(since_us)
	AND r.elements <> 0 AND r.act IN ('lookup', 'match')
GROUP BY r.agency_id, (r.at_us + sqlc.arg(offset_us)) / 86400000000, r.purpose, r.elements
ON CONFLICT (agency_id, day, purpose, elements) DO UPDATE SET uses = usage_elements.uses + excluded.uses;

-- name: FirstRecord :one
SELECT at_us FROM records WHERE agency_id = $1 ORDER BY seq LIMIT 1;

-- name: DropUsage :exec
DELETE FROM usage WHERE agency_id = $1 AND day >= $2;

-- name: DropUsageDays :exec
DELETE FROM usage_days WHERE agency_id = $1 AND day >= $2;

-- name: DropUsedElements :exec
DELETE FROM usage_elements WHERE agency_id = $1 AND day >= $2;

-- name: UsedElements :many
SELECT purpose, elements, CAST(SUM(uses) AS BIGINT) AS uses FROM usage_elements
WHERE agency_id = $1 AND day >= sqlc.arg(from_day) AND day < sqlc.arg(to_day) GROUP BY purpose, elements ORDER BY purpose, elements;

-- name: UsageSums :many
SELECT user_id, act, method, purpose, outcome, CAST(SUM(lookups) AS BIGINT) AS lookups, CAST(SUM(hits) AS BIGINT) AS hits FROM usage
WHERE agency_id = $1 AND day >= sqlc.arg(from_day) AND day < sqlc.arg(to_day) GROUP BY user_id, act, method, purpose, outcome ORDER BY user_id, act, method, purpose, outcome;

-- name: UsageByDay :many
SELECT day, act, outcome, CAST(SUM(lookups) AS BIGINT) AS lookups, CAST(SUM(hits) AS BIGINT) AS hits FROM usage_days
WHERE agency_id = $1 AND day >= sqlc.arg(from_day) AND day < sqlc.arg(to_day) GROUP BY day, act, outcome ORDER BY day, act, outcome;

-- name: UserUsageByDay :many
SELECT day, act, outcome, CAST(SUM(lookups) AS BIGINT) AS lookups, CAST(SUM(hits) AS BIGINT) AS hits FROM usage
WHERE agency_id = $1 AND user_id = sqlc.arg(user_id) AND day >= sqlc.arg(from_day) AND day < sqlc.arg(to_day) GROUP BY day, act, outcome ORDER BY day, act, outcome;

-- name: AllUsageByDay :many
SELECT day, act, outcome, CAST(SUM(lookups) AS BIGINT) AS lookups, CAST(SUM(hits) AS BIGINT) AS hits FROM usage_days
WHERE day >= sqlc.arg(from_day) AND day < sqlc.arg(to_day) GROUP BY day, act, outcome ORDER BY day, act, outcome;

-- name: AllUsageByAgency :many
SELECT agency_id, act, outcome, CAST(SUM(lookups) AS BIGINT) AS lookups, CAST(SUM(hits) AS BIGINT) AS hits FROM usage_days
WHERE day >= sqlc.arg(from_day) AND day < sqlc.arg(to_day) GROUP BY agency_id, act, outcome ORDER BY agency_id, act, outcome;

-- name: PutReport :exec
INSERT INTO reports (agency_id, period, made_us, sent_us, sent_by, evidence_id, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (agency_id, period) DO UPDATE SET made_us = excluded.made_us, sent_us = excluded.sent_us, sent_by = excluded.sent_by, evidence_id = excluded.evidence_id, sealed = excluded.sealed;

-- name: Report :one
SELECT r.*, COALESCE(e.judged_us, 0) AS judged_us, COALESCE(e.accepted, FALSE) AS accepted, COALESCE(e.file_id, 0) AS file_id, COALESCE(u.name, '') AS sender
FROM reports r LEFT JOIN evidence e ON e.id = r.evidence_id LEFT JOIN users u ON u.id = r.sent_by WHERE r.agency_id = $1 AND r.period = $2;

-- name: Reports :many
SELECT r.agency_id, r.period, r.made_us, r.sent_us, r.evidence_id, COALESCE(e.judged_us, 0) AS judged_us, COALESCE(e.accepted, FALSE) AS accepted, COALESCE(e.file_id, 0) AS file_id,
	COALESCE(u.name, '') AS sender FROM reports r LEFT JOIN evidence e ON e.id = r.evidence_id LEFT JOIN users u ON u.id = r.sent_by
WHERE (CAST(sqlc.arg(agency) AS BIGINT) = 0 OR r.agency_id = CAST(sqlc.arg(agency) AS BIGINT)) AND (CAST(sqlc.arg(period) AS TEXT) = '' OR r.period = CAST(sqlc.arg(period) AS TEXT))
ORDER BY r.period DESC, r.agency_id;

-- name: ReconciledBetween :many
SELECT e.user_id, COALESCE(u.login, '') AS login, COUNT(*) AS opened, CAST(SUM(CASE WHEN e.state = 1 THEN 1 ELSE 0 END) AS BIGINT) AS met,
	CAST(SUM(CASE WHEN e.state = 1 AND e.closed_us >= e.due_us THEN 1 ELSE 0 END) AS BIGINT) AS late, CAST(SUM(CASE WHEN e.state = 2 THEN 1 ELSE 0 END) AS BIGINT) AS excused
FROM expectations e LEFT JOIN users u ON u.id = e.user_id WHERE e.agency_id = $1 AND e.opened_us >= sqlc.arg(from_us) AND e.opened_us < sqlc.arg(to_us)
GROUP BY e.user_id, u.login ORDER BY u.login, e.user_id;

-- name: CountOverdueBetween :one
SELECT COUNT(*) FROM expectations WHERE agency_id = $1 AND state = 0 AND due_us < sqlc.arg(now_us) AND opened_us >= sqlc.arg(from_us) AND opened_us < sqlc.arg(to_us);

-- name: CountUnmatchedBetween :one
SELECT COUNT(*) FROM balikan WHERE agency_id = $1 AND unmatched = TRUE AND at_us >= sqlc.arg(from_us) AND at_us < sqlc.arg(to_us);
