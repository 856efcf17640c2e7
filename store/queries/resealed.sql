-- name: Resealed :one
SELECT key_no FROM resealed WHERE id = 1;

-- name: PutResealed :exec
INSERT INTO resealed (id, key_no) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET key_no = excluded.key_no;

-- name: ResealNIK :execrows
UPDATE users SET nik_sealed = sqlc.arg(again) WHERE id = sqlc.arg(id) AND nik_sealed = sqlc.arg(was);
