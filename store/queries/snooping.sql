-- name: InsertService :execrows
INSERT INTO services (agency_id, digest, day, kind, at_us, by_user, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING;

-- name: ServicesFrom :many
SELECT * FROM services WHERE agency_id = $1 AND day >= $2 ORDER BY day, digest;

-- name: LatestServices :many
SELECT * FROM services WHERE agency_id = $1 ORDER BY at_us DESC, digest LIMIT $2;

-- name: BalikanFrom :many
SELECT nik_index, at_us FROM balikan WHERE agency_id = $1 AND at_us >= $2 ORDER BY at_us, nik_index;

-- name: LastSnoopingRun :one
SELECT CAST(COALESCE(MAX(day), '') AS TEXT) AS day FROM snooping_runs WHERE agency_id = $1;

-- name: InsertSnoopingRun :execrows
INSERT INTO snooping_runs (agency_id, day, at_us, lookups, explained) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING;

-- name: SnoopingSums :many
SELECT r.agency_id, i.name, i.code, CAST(SUM(r.lookups) AS BIGINT) AS lookups, CAST(SUM(r.explained) AS BIGINT) AS explained,
	(SELECT COUNT(*) FROM snooping_questions q WHERE q.agency_id = r.agency_id AND q.answered_us = 0) AS waiting
FROM snooping_runs r JOIN institutions i ON i.id = r.agency_id WHERE r.day >= $1 GROUP BY r.agency_id, i.name, i.code ORDER BY i.name;

-- name: InsertSnoopingQuestion :execrows
INSERT INTO snooping_questions (agency_id, seq, day, user_id, at_us, kind, score, repeats, case_id, answered_us, sealed, found_sealed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11) ON CONFLICT DO NOTHING;

-- name: SnoopingQuestions :many
-- Of an agency's user (0: all), or of a case; those that wait first.
SELECT q.*, u.login FROM snooping_questions q JOIN users u ON u.id = q.user_id
WHERE (CAST(sqlc.arg(of_case) AS BIGINT) = 0 AND q.agency_id = sqlc.arg(agency) AND (CAST(sqlc.arg(of_user) AS BIGINT) = 0 OR q.user_id = CAST(sqlc.arg(of_user) AS BIGINT))
	OR q.case_id = CAST(sqlc.arg(of_case) AS BIGINT) AND q.case_id <> 0)
ORDER BY CASE WHEN q.answered_us = 0 THEN 0 ELSE 1 END, q.at_us DESC, q.seq DESC LIMIT sqlc.arg(most);

-- name: OpenSnoopingQuestions :many
SELECT seq FROM snooping_questions WHERE agency_id = $1 AND answered_us = 0 AND kind <> 'sample' ORDER BY seq;

-- name: AnswerSnoopingQuestion :execrows
UPDATE snooping_questions SET answered_us = $4, sealed = $5 WHERE agency_id = $1 AND seq = $2 AND user_id = $3 AND answered_us = 0;

-- name: SettleSnoopingQuestion :exec
UPDATE snooping_questions SET answered_us = $3, sealed = $4 WHERE agency_id = $1 AND seq = $2 AND answered_us = 0;

-- name: OpenSnoopingCase :one
SELECT id FROM snooping_cases WHERE agency_id = $1 AND user_id = $2 AND nik_index = $3 AND state <> 'closed' ORDER BY id DESC LIMIT 1;

-- name: InsertSnoopingCase :one
INSERT INTO snooping_cases (agency_id, user_id, nik_index, sealed, state, rule, opened_us, closed_us, finding, entries)
VALUES ($1, $2, $3, $4, 'open', $5, $6, 0, '', 0) RETURNING id;

-- name: JoinSnoopingSeries :exec
-- Questions of the same series from a place on become the case's. Each is one read of a record by its place.
UPDATE snooping_questions SET case_id = sqlc.arg(of_case) WHERE snooping_questions.agency_id = sqlc.arg(agency) AND snooping_questions.user_id = sqlc.arg(of_user) AND case_id = 0
	AND kind <> 'sample' AND snooping_questions.seq >= sqlc.arg(since)
	AND EXISTS (SELECT 1 FROM records r WHERE r.agency_id = snooping_questions.agency_id AND r.seq = snooping_questions.seq AND r.nik_index = sqlc.arg(nik_index));

-- name: AdvanceSnoopingCase :execrows
UPDATE snooping_cases SET state = sqlc.arg(state), entries = entries + 1,
	finding = CASE WHEN sqlc.arg(state) = 'closed' THEN CAST(sqlc.arg(finding) AS TEXT) ELSE finding END,
	closed_us = CASE WHEN sqlc.arg(state) = 'closed' THEN CAST(sqlc.arg(at_us) AS BIGINT) ELSE closed_us END
WHERE id = sqlc.arg(id) AND entries = sqlc.arg(expected);

-- name: InsertSnoopingEntry :exec
INSERT INTO snooping_entries (case_id, seq, at_us, by_user, act, finding, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: SnoopingEntries :many
SELECT e.*, COALESCE(u.name, '') AS by_name FROM snooping_entries e LEFT JOIN users u ON u.id = e.by_user WHERE e.case_id = $1 ORDER BY e.seq;

-- name: SnoopingCases :many
SELECT c.*, i.name AS agency_name, i.code, u.login, u.name AS user_name FROM snooping_cases c JOIN institutions i ON i.id = c.agency_id JOIN users u ON u.id = c.user_id
WHERE c.id < sqlc.arg(before) AND c.id > sqlc.arg(after) AND (NOT CAST(sqlc.arg(open_only) AS BOOLEAN) OR c.state <> 'closed') ORDER BY c.id DESC LIMIT sqlc.arg(most);

-- name: SnoopingPrecision :many
SELECT rule, state, finding, COUNT(*) AS n FROM snooping_cases GROUP BY rule, state, finding ORDER BY rule, state, finding;

-- name: SnoopingSettings :one
SELECT settings FROM snooping_settings WHERE agency_id = $1;

-- name: PutSnoopingSettings :exec
INSERT INTO snooping_settings (agency_id, settings) VALUES ($1, $2) ON CONFLICT (agency_id) DO UPDATE SET settings = excluded.settings;
