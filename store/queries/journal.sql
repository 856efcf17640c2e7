-- name: TakePlaces :one
INSERT INTO logs (id, size) VALUES ($1, $2)
ON CONFLICT (id) DO UPDATE SET size = logs.size + excluded.size RETURNING size;

-- name: QuotaHits :one
SELECT hits FROM quota_days WHERE agency_id = $1 AND day = $2;

-- name: ChargeHits :exec
INSERT INTO quota_days (agency_id, day, hits) VALUES ($1, $2, $3)
ON CONFLICT (agency_id, day) DO UPDATE SET hits = quota_days.hits + excluded.hits;

-- name: InsertRecord :exec
INSERT INTO records (agency_id, seq, at_us, act, user_id, agreement_id, basis, method, purpose, reference, address, nik_sealed, nik_index,
	outcome, hit, elements)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16);

-- name: InsertChange :exec
INSERT INTO changes (agency_id, seq, at_us, by_user, subject, reason, letter, before_text, after_text)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

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
