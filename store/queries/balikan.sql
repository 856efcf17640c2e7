-- name: WireProfiles :many
SELECT * FROM wire_profiles ORDER BY path;

-- name: PutWireProfile :exec
INSERT INTO wire_profiles (agency_id, path, profile) VALUES ($1, $2, $3)
ON CONFLICT (path) DO UPDATE SET profile = excluded.profile WHERE wire_profiles.agency_id = excluded.agency_id;

-- name: WireProfileOwner :one
SELECT agency_id FROM wire_profiles WHERE path = $1;

-- name: DropWireProfile :execrows
DELETE FROM wire_profiles WHERE agency_id = $1 AND path = $2;

-- name: NoteWireCall :exec
INSERT INTO wire_calls (agency_id, path, keys, calls, last_us) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (agency_id, path) DO UPDATE SET keys = excluded.keys, calls = wire_calls.calls + excluded.calls, last_us = excluded.last_us;

-- name: ForgetWireCalls :exec
DELETE FROM wire_calls WHERE wire_calls.agency_id = $1 AND wire_calls.path NOT IN (SELECT c.path FROM wire_calls c WHERE c.agency_id = $1 ORDER BY c.last_us DESC LIMIT $2);

-- name: WireCalls :many
SELECT * FROM wire_calls ORDER BY last_us DESC, path;

-- name: InsertBalikan :execrows
INSERT INTO balikan (agency_id, digest, at_us, by_user, via, nik_index, sealed, incomplete, unmatched) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING;

-- name: BalikanThere :many
SELECT unmatched FROM balikan WHERE agency_id = $1 AND digest = $2;

-- name: CountUnmatched :one
SELECT COUNT(*) FROM balikan WHERE agency_id = $1 AND unmatched = TRUE;

-- name: UnmatchedBalikan :many
SELECT digest, at_us, via, sealed, incomplete FROM balikan WHERE agency_id = $1 AND unmatched = TRUE AND at_us < sqlc.arg(before_us) ORDER BY at_us DESC LIMIT sqlc.arg(most);

-- name: IncompleteBalikan :many
SELECT b.digest, b.at_us, b.via, b.sealed, b.incomplete, b.unmatched FROM balikan b WHERE b.agency_id = $1 AND b.incomplete = TRUE AND NOT EXISTS
(SELECT 1 FROM balikan c WHERE c.agency_id = b.agency_id AND c.incomplete = FALSE AND c.nik_index = b.nik_index AND c.at_us >= b.at_us)
ORDER BY b.at_us DESC LIMIT sqlc.arg(most);

-- name: ReceivedBalikan :many
SELECT digest, at_us, via, sealed, incomplete, unmatched FROM balikan WHERE agency_id = $1 AND at_us < sqlc.arg(before_us) ORDER BY at_us DESC LIMIT sqlc.arg(most);

-- name: InsertDelivery :execrows
INSERT INTO balikan_deliveries (agency_id, delivery, digest, at_us, items) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING;

-- name: Delivery :one
SELECT * FROM balikan_deliveries WHERE agency_id = $1 AND delivery = $2;

-- name: TakeAnswers :one
-- Holds the agency's row, so that deliveries take turns, and so does what takes them in.
INSERT INTO answer_counts (agency_id, answers) VALUES ($1, $2)
ON CONFLICT (agency_id) DO UPDATE SET answers = answer_counts.answers + excluded.answers RETURNING answers;

-- name: InsertAnswer :exec
INSERT INTO answers (agency_id, n, place, state, seq, nik_index, at_us, by_user, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: AnswersFrom :many
SELECT * FROM answers WHERE agency_id = $1 AND n >= $2 ORDER BY n LIMIT $3;

-- name: KeepExpectation :exec
INSERT INTO kept_expectations (agency_id, seq, n, nik_index, opened_us, due_us, user_id, reference, month, state, closed_us, closed_place, closed_by, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (agency_id, seq) DO UPDATE SET n = excluded.n, nik_index = excluded.nik_index;

-- name: KeptExpectations :many
SELECT * FROM kept_expectations WHERE agency_id = $1 AND n >= sqlc.arg(from_n) AND n <= sqlc.arg(to_n) ORDER BY seq;

-- name: FillHeads :many
-- Logs, and how many answers there are to what they hold.
SELECT l.id, l.size, l.archived, CAST(COALESCE(a.answers, 0) AS BIGINT) AS answers FROM logs l LEFT JOIN answer_counts a ON a.agency_id = l.id
WHERE CAST(sqlc.arg(log) AS BIGINT) < 0 OR l.id = CAST(sqlc.arg(log) AS BIGINT) ORDER BY l.id;

-- name: RecordsToFill :many
SELECT seq, at_us, act, user_id, method, purpose, outcome, reference, hit, elements, nik_index, period, text_sealed, text_commitment,
	CAST(nik_commitment IS NULL AS BOOLEAN) AS nobody FROM records WHERE agency_id = $1 AND seq >= $2 AND seq < $3 ORDER BY seq;

-- name: FoundIndexes :many
SELECT nik_index FROM records WHERE agency_id = $1 AND seq >= $2 AND seq < $3 AND outcome IN ('found', 'card_read') AND nik_index IS NOT NULL;
