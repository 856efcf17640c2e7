-- name: PutCanary :exec
INSERT INTO canaries (nik_index, agency_id, sealed, planted_us) VALUES ($1, $2, $3, $4);

-- name: Canary :one
SELECT sealed FROM canaries WHERE nik_index = $1;

-- name: Canaries :many
SELECT nik_index, sealed, planted_us FROM canaries WHERE agency_id = $1 ORDER BY planted_us, nik_index;

-- name: DropCanaries :execrows
DELETE FROM canaries WHERE agency_id = $1;
