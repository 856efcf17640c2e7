-- name: TakePlaces :one
INSERT INTO logs (id, size) VALUES ($1, $2)
ON CONFLICT (id) DO UPDATE SET size = logs.size + excluded.size RETURNING size, frontier;

-- name: SetFrontier :exec
UPDATE logs SET frontier = $2 WHERE id = $1;

-- name: QuotaHits :one
SELECT hits FROM quota_days WHERE agency_id = $1 AND day = $2;

-- name: ChargeHits :exec
INSERT INTO quota_days (agency_id, day, hits) VALUES ($1, $2, $3)
ON CONFLICT (agency_id, day) DO UPDATE SET hits = quota_days.hits + excluded.hits;

-- name: InsertRecord :exec
INSERT INTO records (agency_id, seq, at_us, act, user_id, agreement_id, basis, method, purpose, reference, address, nik_sealed, nik_index,
	outcome, hit, elements, nik_commitment, leaf)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18);

-- name: InsertChange :exec
INSERT INTO changes (agency_id, seq, at_us, by_user, subject, reason, letter, before_text, after_text, leaf)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: RecordsNewest :many
SELECT sqlc.embed(r), COALESCE(u.login, '') AS login FROM records r LEFT JOIN users u ON u.id = r.user_id
WHERE r.agency_id = sqlc.arg(agency_id) AND (CAST(sqlc.arg(user_id) AS BIGINT) = 0 OR r.user_id = CAST(sqlc.arg(user_id) AS BIGINT))
	AND r.at_us >= sqlc.arg(from_us) AND r.at_us < sqlc.arg(to_us) AND (CAST(sqlc.arg(outcome) AS TEXT) = '' OR r.outcome = CAST(sqlc.arg(outcome) AS TEXT))
ORDER BY r.seq DESC LIMIT sqlc.arg(max_rows) OFFSET sqlc.arg(skip);

-- name: RecordsOldest :many
SELECT sqlc.embed(r), COALESCE(u.login, '') AS login FROM records r LEFT JOIN users u ON u.id = r.user_id
WHERE r.agency_id = sqlc.arg(agency_id) AND (CAST(sqlc.arg(user_id) AS BIGINT) = 0 OR r.user_id = CAST(sqlc.arg(user_id) AS BIGINT))
	AND r.at_us >= sqlc.arg(from_us) AND r.at_us < sqlc.arg(to_us) AND (CAST(sqlc.arg(outcome) AS TEXT) = '' OR r.outcome = CAST(sqlc.arg(outcome) AS TEXT))
ORDER BY r.seq LIMIT sqlc.arg(max_rows) OFFSET sqlc.arg(skip);

-- name: LogHead :one
SELECT * FROM logs WHERE id = $1;

-- name: RecordsFrom :many
SELECT * FROM records WHERE agency_id = $1 AND seq >= $2 AND seq < $3 ORDER BY seq;

-- name: ChangesFrom :many
SELECT * FROM changes WHERE agency_id = $1 AND seq >= $2 AND seq < $3 ORDER BY seq;

-- name: RecordLeaves :many
SELECT seq, leaf FROM records WHERE agency_id = $1 AND seq >= $2 AND seq < $3 ORDER BY seq;

-- name: ChangeLeaves :many
SELECT seq, leaf FROM changes WHERE agency_id = $1 AND seq >= $2 AND seq < $3 ORDER BY seq;

-- name: UnsignedLogs :many
SELECT l.id, i.code, l.size, l.frontier FROM logs l JOIN institutions i ON i.id = l.id
WHERE NOT EXISTS (SELECT 1 FROM checkpoints c WHERE c.agency_id = l.id AND c.size = l.size) ORDER BY l.id;

-- name: InsertCheckpoint :exec
INSERT INTO checkpoints (agency_id, size, at_us, note) VALUES ($1, $2, $3, $4) ON CONFLICT (agency_id, size) DO NOTHING;

-- name: LastCheckpoint :one
SELECT * FROM checkpoints WHERE agency_id = $1 AND size >= $2 ORDER BY size DESC LIMIT 1;

-- name: Checkpoints :many
SELECT note FROM checkpoints WHERE agency_id = $1 ORDER BY size;

-- name: LogsToIndex :many
SELECT l.id, l.size, CAST(COALESCE(n.upto, 0) AS BIGINT) AS upto FROM logs l LEFT JOIN nik_indexed n ON n.agency_id = l.id
WHERE COALESCE(n.upto, 0) < l.size ORDER BY l.id;

-- name: IndexUses :exec
INSERT INTO nik_uses (nik_index, agency_id, seq)
SELECT r.nik_index, r.agency_id, r.seq FROM records r WHERE r.agency_id = $1 AND r.seq >= $2 AND r.seq < $3 AND r.nik_index IS NOT NULL ON CONFLICT DO NOTHING;

-- name: SetIndexed :exec
INSERT INTO nik_indexed (agency_id, upto) VALUES ($1, $2) ON CONFLICT (agency_id) DO UPDATE SET upto = excluded.upto WHERE nik_indexed.upto < excluded.upto;

-- name: Uses :many
SELECT sqlc.embed(r), i.name AS agency_name, i.code AS agency_code FROM nik_uses n
JOIN records r ON r.agency_id = n.agency_id AND r.seq = n.seq JOIN institutions i ON i.id = n.agency_id
WHERE n.nik_index = $1 ORDER BY r.at_us DESC, r.agency_id, r.seq DESC LIMIT $2 OFFSET $3;

-- name: CountUses :one
SELECT COUNT(*) FROM nik_uses WHERE nik_index = $1;

-- name: LogStates :many
SELECT l.id, i.code, i.name, l.size, l.frontier, CAST(COALESCE((SELECT MAX(c.at_us) FROM checkpoints c WHERE c.agency_id = l.id AND c.size = l.size), 0) AS BIGINT) AS signed_us
FROM logs l JOIN institutions i ON i.id = l.id WHERE i.name > sqlc.arg(after) ORDER BY i.name, l.id LIMIT sqlc.arg(most);

-- name: ForgetNIKs :execrows
UPDATE records SET nik_sealed = NULL, nik_index = NULL WHERE agency_id = $1 AND at_us < $2 AND nik_sealed IS NOT NULL;

-- name: ForgetUses :exec
DELETE FROM nik_uses WHERE nik_uses.agency_id = $1 AND nik_uses.seq IN (SELECT r.seq FROM records r WHERE r.agency_id = $1 AND r.at_us < $2);
