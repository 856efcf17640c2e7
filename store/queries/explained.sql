-- name: Explained :many
SELECT row_name, digest FROM explained WHERE agency_id = $1;

-- name: Explain :exec
INSERT INTO explained (agency_id, row_name, digest) VALUES ($1, $2, $3) ON CONFLICT (agency_id, row_name) DO UPDATE SET digest = excluded.digest;

-- name: Unexplain :exec
DELETE FROM explained WHERE agency_id = $1 AND row_name = $2;

-- name: SealedLog :one
SELECT size, frontier, seal, sealed_us, state FROM logs WHERE id = $1;

-- name: ExplainedLogs :many
SELECT l.id FROM logs l UNION SELECT i.id FROM institutions i ORDER BY id;

-- name: LiveCredentialsOfAgency :many
SELECT * FROM credentials WHERE agency_id = $1 AND revoked_us = 0;

-- name: OpenSlipsOfAgency :many
SELECT * FROM slips WHERE agency_id = $1 AND spent_us = 0;

-- name: WireProfilesOfAgency :many
SELECT * FROM wire_profiles WHERE agency_id = $1;

-- name: UnexplainAll :exec
DELETE FROM explained WHERE agency_id = $1;

-- name: ChangesAfter :many
SELECT * FROM changes WHERE agency_id = $1 AND seq >= $2 ORDER BY seq LIMIT $3;
