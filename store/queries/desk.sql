-- name: PutDeskCode :exec
INSERT INTO desk_codes (hash, agency_id, until_us) VALUES ($1, $2, $3);

-- name: DropDeskCodes :exec
DELETE FROM desk_codes WHERE agency_id = $1;

-- name: DeskCode :one
SELECT agency_id FROM desk_codes WHERE hash = $1 AND until_us > $2;

-- name: UseDeskCode :execrows
DELETE FROM desk_codes WHERE hash = $1;

-- name: SetDesk :exec
UPDATE institutions SET desk_pin = sqlc.arg(desk_pin), desk_key = sqlc.arg(desk_key), desk_since_us = sqlc.arg(desk_since_us) WHERE id = sqlc.arg(id);
