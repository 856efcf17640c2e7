-- name: Protections :many
SELECT * FROM protections ORDER BY id;

-- name: InsertProtection :exec
INSERT INTO protections (nik_index, order_number, authority, until, watcher, known_us) VALUES ($1, $2, $3, $4, $5, $6);

-- name: EndProtection :execrows
DELETE FROM protections WHERE nik_index = $1 AND order_number = $2;
