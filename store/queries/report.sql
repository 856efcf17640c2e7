-- name: PutReport :exec
INSERT INTO reports (agency_id, period, made_us, sent_us, sent_by, evidence_id, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (agency_id, period) DO UPDATE SET made_us = excluded.made_us, sent_us = excluded.sent_us, sent_by = excluded.sent_by, evidence_id = excluded.evidence_id, sealed = excluded.sealed;

-- name: Report :one
SELECT r.*, COALESCE(e.judged_us, 0) AS judged_us, COALESCE(e.accepted, FALSE) AS accepted, COALESCE(e.file_id, 0) AS file_id, COALESCE(u.name, '') AS sender
FROM reports r LEFT JOIN evidence e ON e.id = r.evidence_id LEFT JOIN users u ON u.id = r.sent_by WHERE r.agency_id = $1 AND r.period = $2;

-- name: Reports :many
SELECT r.agency_id, r.period, r.made_us, r.sent_us, r.evidence_id, COALESCE(e.judged_us, 0) AS judged_us, COALESCE(e.accepted, FALSE) AS accepted, COALESCE(e.file_id, 0) AS file_id,
	COALESCE(u.name, '') AS sender FROM reports r LEFT JOIN evidence e ON e.id = r.evidence_id LEFT JOIN users u ON u.id = r.sent_by
WHERE (CAST(sqlc.arg(agency) AS BIGINT) = 0 OR r.agency_id = CAST(sqlc.arg(agency) AS BIGINT)) AND (CAST(sqlc.arg(period) AS TEXT) = '' OR r.period = CAST(sqlc.arg(period) AS TEXT))
ORDER BY r.period DESC, r.agency_id;

-- name: CountUnmatchedBetween :one
SELECT COUNT(*) FROM balikan WHERE agency_id = $1 AND unmatched = TRUE AND at_us >= sqlc.arg(from_us) AND at_us < sqlc.arg(to_us);
