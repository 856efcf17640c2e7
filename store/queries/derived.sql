-- name: Filling :one
SELECT mark, building FROM filling WHERE one = 1;

-- name: PutFilling :exec
INSERT INTO filling (one, mark, building) VALUES (1, $1, $2) ON CONFLICT (one) DO UPDATE SET mark = excluded.mark, building = excluded.building;

-- name: Filled :many
SELECT * FROM filled ORDER BY agency_id;

-- name: FilledOf :one
SELECT * FROM filled WHERE agency_id = $1;

-- name: TakeFilled :one
-- Holds the log's row, so that several processes take turns.
INSERT INTO filled (agency_id, upto, answers, leaf) VALUES ($1, 0, 0, $2) ON CONFLICT (agency_id) DO UPDATE SET upto = filled.upto RETURNING upto, answers;

-- name: SetFilled :exec
UPDATE filled SET upto = $2, answers = $3, leaf = $4 WHERE agency_id = $1;

-- name: DropFilled :exec
DELETE FROM filled;

-- name: DropUses :exec
DELETE FROM nik_uses;

-- name: DropExpectations :exec
DELETE FROM expectations;

-- name: DropTotals :exec
DELETE FROM balikan_totals;

-- name: DropUsage :exec
DELETE FROM usage;

-- name: DropUsageDays :exec
DELETE FROM usage_days;

-- name: DropUsageMonths :exec
DELETE FROM usage_months;

-- name: DropUsedElements :exec
DELETE FROM usage_elements;

-- name: InsertUse :exec
INSERT INTO nik_uses (nik_place, agency_id, seq, at_us) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING;

-- name: ForgetUses :exec
DELETE FROM nik_uses WHERE agency_id = $1 AND at_us < $2;

-- name: UsedSince :many
-- The persons of an agency's records from an instant on.
SELECT DISTINCT nik_place FROM nik_uses WHERE agency_id = $1 AND at_us >= $2;

-- name: InsertExpectation :exec
INSERT INTO expectations (agency_id, seq, nik_place, opened_us, due_us, user_id, reference, month, state, closed_us, closed_place, closed_by, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (agency_id, seq) DO UPDATE SET nik_place = excluded.nik_place;

-- name: CloseExpectation :exec
UPDATE expectations SET state = $3, closed_us = $4, closed_place = $5, closed_by = $6, reason = $7 WHERE agency_id = $1 AND seq = $2;

-- name: ExpectationAt :one
SELECT * FROM expectations WHERE agency_id = $1 AND seq = $2;

-- name: ExpectationsOf :many
SELECT * FROM expectations WHERE nik_place = $1 AND agency_id = $2 ORDER BY seq;

-- name: ExpectationsBefore :many
SELECT * FROM expectations WHERE agency_id = $1 AND opened_us < $2 ORDER BY seq;

-- name: AddUsage :exec
INSERT INTO usage (agency_id, day, user_id, act, method, purpose, outcome, lookups, hits) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (agency_id, day, user_id, act, method, purpose, outcome) DO UPDATE SET lookups = usage.lookups + excluded.lookups, hits = usage.hits + excluded.hits;

-- name: AddUsageDay :exec
INSERT INTO usage_days (day, agency_id, act, outcome, lookups, hits) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (day, agency_id, act, outcome) DO UPDATE SET lookups = usage_days.lookups + excluded.lookups, hits = usage_days.hits + excluded.hits;

-- name: AddUsageMonth :exec
INSERT INTO usage_months (month, agency_id, outcome, lookups, hits) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (month, agency_id, outcome) DO UPDATE SET lookups = usage_months.lookups + excluded.lookups, hits = usage_months.hits + excluded.hits;

-- name: AddUsedElements :exec
INSERT INTO usage_elements (agency_id, day, purpose, elements, uses) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (agency_id, day, purpose, elements) DO UPDATE SET uses = usage_elements.uses + excluded.uses;

-- name: Uses :many
SELECT n.agency_id, n.seq, i.name AS agency_name, i.code AS agency_code FROM nik_uses n JOIN institutions i ON i.id = n.agency_id
WHERE n.nik_place = sqlc.arg(nik_place) AND n.at_us >= sqlc.arg(from_us) AND n.at_us < sqlc.arg(to_us) AND (CAST(sqlc.arg(withheld_too) AS BOOLEAN) OR NOT EXISTS (
	SELECT 1 FROM withholdings w WHERE w.nik_index = sqlc.arg(nik_index) AND w.agency_id = n.agency_id AND n.at_us >= w.from_us AND n.at_us < w.to_us AND w.until >= sqlc.arg(today)))
ORDER BY n.at_us DESC, n.agency_id, n.seq DESC LIMIT sqlc.arg(most) OFFSET sqlc.arg(skip);

-- name: CountUses :one
SELECT COUNT(*) FROM nik_uses n
WHERE n.nik_place = sqlc.arg(nik_place) AND n.at_us >= sqlc.arg(from_us) AND n.at_us < sqlc.arg(to_us) AND (CAST(sqlc.arg(withheld_too) AS BOOLEAN) OR NOT EXISTS (
	SELECT 1 FROM withholdings w WHERE w.nik_index = sqlc.arg(nik_index) AND w.agency_id = n.agency_id AND n.at_us >= w.from_us AND n.at_us < w.to_us AND w.until >= sqlc.arg(today)));

-- name: MoveTotals :exec
INSERT INTO balikan_totals (agency_id, user_id, month, opened, met, late, excused) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (agency_id, user_id, month) DO UPDATE SET opened = balikan_totals.opened + excluded.opened, met = balikan_totals.met + excluded.met,
	late = balikan_totals.late + excluded.late, excused = balikan_totals.excused + excluded.excused;

-- name: BalikanTotals :many
SELECT t.user_id, COALESCE(u.login, '') AS login, CAST(SUM(t.opened) AS BIGINT) AS opened, CAST(SUM(t.met) AS BIGINT) AS met, CAST(SUM(t.late) AS BIGINT) AS late,
	CAST(SUM(t.excused) AS BIGINT) AS excused
FROM balikan_totals t LEFT JOIN users u ON u.id = t.user_id WHERE t.agency_id = $1 AND t.month >= sqlc.arg(from_month) AND t.month <= sqlc.arg(to_month)
GROUP BY t.user_id, u.login ORDER BY u.login, t.user_id;

-- name: AllBalikanTotals :many
SELECT t.agency_id, CAST(SUM(t.opened) AS BIGINT) AS opened, CAST(SUM(t.met) AS BIGINT) AS met, CAST(SUM(t.late) AS BIGINT) AS late, CAST(SUM(t.excused) AS BIGINT) AS excused
FROM balikan_totals t WHERE t.month >= sqlc.arg(from_month) AND t.month <= sqlc.arg(to_month) GROUP BY t.agency_id ORDER BY t.agency_id;

-- name: CountOverdue :one
SELECT COUNT(*) FROM expectations WHERE agency_id = $1 AND state = 0 AND due_us < $2;

-- name: CountOverdueOf :one
SELECT COUNT(*) FROM expectations WHERE agency_id = $1 AND state = 0 AND due_us < sqlc.arg(now_us) AND month >= sqlc.arg(from_month) AND month <= sqlc.arg(to_month);

-- name: CountOverdueBetween :one
SELECT COUNT(*) FROM expectations WHERE agency_id = $1 AND state = 0 AND due_us < sqlc.arg(now_us) AND opened_us >= sqlc.arg(from_us) AND opened_us < sqlc.arg(to_us);

-- name: OpenExpectations :many
SELECT e.seq, e.opened_us, e.due_us, e.user_id, e.reference, COALESCE(u.login, '') AS login FROM expectations e LEFT JOIN users u ON u.id = e.user_id
WHERE e.agency_id = $1 AND e.state = 0 AND (e.due_us > sqlc.arg(after_due) OR (e.due_us = sqlc.arg(after_due) AND e.seq > sqlc.arg(after_seq))) AND e.due_us < sqlc.arg(before_due)
ORDER BY e.due_us, e.seq LIMIT sqlc.arg(most);

-- name: ReconciledBetween :many
SELECT e.user_id, COALESCE(u.login, '') AS login, COUNT(*) AS opened, CAST(SUM(CASE WHEN e.state = 1 THEN 1 ELSE 0 END) AS BIGINT) AS met,
	CAST(SUM(CASE WHEN e.state = 1 AND e.closed_us >= e.due_us THEN 1 ELSE 0 END) AS BIGINT) AS late, CAST(SUM(CASE WHEN e.state = 2 THEN 1 ELSE 0 END) AS BIGINT) AS excused
FROM expectations e LEFT JOIN users u ON u.id = e.user_id WHERE e.agency_id = $1 AND e.opened_us >= sqlc.arg(from_us) AND e.opened_us < sqlc.arg(to_us)
GROUP BY e.user_id, u.login ORDER BY u.login, e.user_id;

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

-- name: DayTotals :many
-- Grouped in the order of the key, so that nothing is sorted.
SELECT day, CAST(SUM(lookups) AS BIGINT) AS lookups, CAST(SUM(hits) AS BIGINT) AS hits, CAST(SUM(CASE WHEN outcome = 'found' THEN lookups ELSE 0 END) AS BIGINT) AS found,
	CAST(SUM(CASE WHEN outcome IN ('deceased', 'duplicate', 'unknown', 'inactive', 'malformed') THEN lookups ELSE 0 END) AS BIGINT) AS notices
FROM usage_days WHERE day >= sqlc.arg(from_day) AND day < sqlc.arg(to_day) AND act IN ('lookup', 'match') GROUP BY day ORDER BY day;

-- name: AgencyTotals :many
SELECT agency_id, CAST(SUM(lookups) AS BIGINT) AS lookups, CAST(SUM(hits) AS BIGINT) AS hits, CAST(SUM(CASE WHEN outcome = 'found' THEN lookups ELSE 0 END) AS BIGINT) AS found, CAST(SUM(CASE WHEN outcome = 'deceased' THEN lookups ELSE 0 END) AS BIGINT) AS deceased, CAST(SUM(CASE WHEN outcome = 'duplicate' THEN lookups ELSE 0 END) AS BIGINT) AS duplicate, CAST(SUM(CASE WHEN outcome = 'unknown' THEN lookups ELSE 0 END) AS BIGINT) AS unknown, CAST(SUM(CASE WHEN outcome = 'inactive' THEN lookups ELSE 0 END) AS BIGINT) AS inactive, CAST(SUM(CASE WHEN outcome = 'malformed' THEN lookups ELSE 0 END) AS BIGINT) AS malformed
FROM usage_days WHERE day >= sqlc.arg(from_day) AND day < sqlc.arg(to_day) AND act IN ('lookup', 'match') GROUP BY agency_id ORDER BY agency_id;

-- name: AgencyMonthTotals :many
SELECT agency_id, CAST(SUM(lookups) AS BIGINT) AS lookups, CAST(SUM(hits) AS BIGINT) AS hits, CAST(SUM(CASE WHEN outcome = 'found' THEN lookups ELSE 0 END) AS BIGINT) AS found, CAST(SUM(CASE WHEN outcome = 'deceased' THEN lookups ELSE 0 END) AS BIGINT) AS deceased, CAST(SUM(CASE WHEN outcome = 'duplicate' THEN lookups ELSE 0 END) AS BIGINT) AS duplicate, CAST(SUM(CASE WHEN outcome = 'unknown' THEN lookups ELSE 0 END) AS BIGINT) AS unknown, CAST(SUM(CASE WHEN outcome = 'inactive' THEN lookups ELSE 0 END) AS BIGINT) AS inactive, CAST(SUM(CASE WHEN outcome = 'malformed' THEN lookups ELSE 0 END) AS BIGINT) AS malformed
FROM usage_months WHERE month >= sqlc.arg(from_month) AND month < sqlc.arg(to_month) GROUP BY agency_id ORDER BY agency_id;
