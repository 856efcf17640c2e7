-- name: PutDeskCode :exec
INSERT INTO desk_codes (hash, agency_id, until_us, by_user) VALUES ($1, $2, $3, $4);

-- name: DropDeskCodes :exec
DELETE FROM desk_codes WHERE agency_id = $1;

-- name: DeskCode :one
SELECT agency_id, by_user FROM desk_codes WHERE hash = $1 AND until_us > $2;

-- name: UseDeskCode :execrows
DELETE FROM desk_codes WHERE hash = $1;

-- name: SetDesk :exec
UPDATE institutions SET desk_pin = sqlc.arg(desk_pin), desk_key = sqlc.arg(desk_key), desk_since_us = sqlc.arg(desk_since_us) WHERE id = sqlc.arg(id);

-- name: InsertDeskRequest :one
INSERT INTO desk_requests (agency_id, ticket, machine, source, pin, desk_key, cosigner, code_by, asked_us, until_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id;

-- name: DisplaceDeskRequests :exec
UPDATE desk_requests SET refused_us = sqlc.arg(refused_us), why = sqlc.arg(why) WHERE agency_id = sqlc.arg(agency_id) AND enrolled_us = 0 AND refused_us = 0;

-- name: DeskRequest :one
SELECT * FROM desk_requests WHERE agency_id = $1 AND id = $2;

-- name: DeskRequestByTicket :one
SELECT * FROM desk_requests WHERE ticket = $1;

-- name: DeskRequests :many
SELECT * FROM desk_requests WHERE agency_id = $1 ORDER BY id DESC LIMIT $2;

-- name: DecideDeskRequest :exec
UPDATE desk_requests SET agency_by = $2, agency_us = $3, provider_by = $4, provider_us = $5, enrolled_us = $6, refused_us = $7, why = $8 WHERE id = $1;
