-- name: InsertManuscript :one
INSERT INTO manuscripts (agency_id, agreement_id, case_id, kind, version, reason, file_id, by_user, at_us, content_sealed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id;

-- name: ManuscriptsOfAgency :many
SELECT m.*, COALESCE(u.name, '') AS by_name FROM manuscripts m LEFT JOIN users u ON u.id = m.by_user WHERE m.agency_id = $1 ORDER BY m.id;

-- name: InitialsOfAgency :many
SELECT i.* FROM initials i JOIN manuscripts m ON m.id = i.manuscript_id WHERE m.agency_id = $1 ORDER BY i.manuscript_id, i.side;

-- name: InsertInitial :execrows
INSERT INTO initials (manuscript_id, side, name, position, on_day, by_user, at_us) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT DO NOTHING;

-- name: SetManuscriptScan :execrows
UPDATE manuscripts SET scan_id = $2 WHERE id = $1 AND scan_id = 0;

-- name: SettleManuscripts :exec
UPDATE manuscripts SET agreement_id = sqlc.arg(agreement) WHERE case_id = sqlc.arg(prepared_by) AND agreement_id = 0;
