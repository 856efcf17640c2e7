-- name: InsertOutage :one
INSERT INTO outages (from_us, to_us, reason, announced_us, announced_by, withdrawn_us, withdrawn_by) VALUES ($1, $2, $3, $4, $5, 0, 0) RETURNING id;

-- name: WithdrawOutage :execrows
UPDATE outages SET withdrawn_us = sqlc.arg(at_us), withdrawn_by = sqlc.arg(by_user)
WHERE id = sqlc.arg(id) AND withdrawn_us = 0 AND to_us > sqlc.arg(at_us);

-- name: Outages :many
SELECT o.*, COALESCE(a.name, '') AS announcer, COALESCE(w.name, '') AS withdrawer
FROM outages o LEFT JOIN users a ON a.id = o.announced_by LEFT JOIN users w ON w.id = o.withdrawn_by
WHERE o.id < sqlc.arg(before) ORDER BY o.id DESC LIMIT sqlc.arg(most);

-- name: StandingOutages :many
SELECT * FROM outages WHERE to_us > $1 AND withdrawn_us = 0 ORDER BY from_us, id LIMIT 20;
