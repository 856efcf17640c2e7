-- name: InsertIncident :one
INSERT INTO incidents (agency_id, kind, state, user_id, known_us, from_us, to_us, reported_us, reported_by, notified_us, closed_us, entries)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, 0) RETURNING id;

-- name: InsertIncidentEntry :exec
INSERT INTO incident_entries (incident_id, seq, at_us, by_user, act, sealed) VALUES ($1, $2, $3, $4, $5, $6);

-- name: AdvanceIncident :execrows
UPDATE incidents SET state = sqlc.arg(state), entries = entries + 1,
	notified_us = CASE WHEN sqlc.arg(state) = 'notified' AND notified_us = 0 THEN CAST(sqlc.arg(at_us) AS BIGINT) ELSE notified_us END,
	closed_us = CASE WHEN sqlc.arg(state) = 'closed' THEN CAST(sqlc.arg(at_us) AS BIGINT) ELSE closed_us END
WHERE id = sqlc.arg(id) AND entries = sqlc.arg(expected);

-- name: Incidents :many
SELECT n.*, i.name AS agency_name, i.code, COALESCE(u.login, '') AS login, COALESCE(b.name, '') AS reporter,
	(SELECT COUNT(*) FROM incident_people p WHERE p.incident_id = n.id) AS people, (SELECT COUNT(*) FROM incident_uses x WHERE x.incident_id = n.id) AS uses
FROM incidents n JOIN institutions i ON i.id = n.agency_id LEFT JOIN users u ON u.id = n.user_id LEFT JOIN users b ON b.id = n.reported_by
WHERE n.id < sqlc.arg(before) AND n.id > sqlc.arg(after) AND (CAST(sqlc.arg(agency) AS BIGINT) < 0 OR n.agency_id = CAST(sqlc.arg(agency) AS BIGINT))
	AND (NOT CAST(sqlc.arg(open_only) AS BOOLEAN) OR n.state <> 'closed')
ORDER BY n.id DESC LIMIT sqlc.arg(most);

-- name: IncidentEntries :many
SELECT e.*, COALESCE(u.name, '') AS by_name FROM incident_entries e LEFT JOIN users u ON u.id = e.by_user WHERE e.incident_id = $1 ORDER BY e.seq;

-- name: IncidentLetters :many
SELECT * FROM incident_letters WHERE incident_id = $1 ORDER BY made_us, file_id;

-- name: InsertIncidentLetter :exec
INSERT INTO incident_letters (incident_id, file_id, kind, number, made_us, sent_us) VALUES ($1, $2, $3, $4, $5, 0);

-- name: SendIncidentLetters :execrows
UPDATE incident_letters SET sent_us = $3 WHERE incident_id = $1 AND number = $2 AND sent_us = 0;

-- name: InsertIncidentUse :execrows
INSERT INTO incident_uses (incident_id, agency_id, seq, nik_index, at_us, user_id, purpose, reference, elements) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT DO NOTHING;

-- name: InsertIncidentPerson :execrows
INSERT INTO incident_people (incident_id, nik_index, sealed) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- name: IncidentPeople :many
SELECT * FROM incident_people WHERE incident_id = $1 ORDER BY nik_index LIMIT $2 OFFSET $3;

-- name: IncidentUsesOf :many
SELECT x.*, i.name AS agency_name, i.code, COALESCE(u.login, '') AS login FROM incident_uses x JOIN institutions i ON i.id = x.agency_id LEFT JOIN users u ON u.id = x.user_id
WHERE x.incident_id = $1 AND x.nik_index = $2 ORDER BY x.at_us, x.agency_id, x.seq;

-- name: ShownFrom :many
SELECT * FROM records WHERE agency_id = sqlc.arg(agency) AND seq >= sqlc.arg(from_seq) AND seq < sqlc.arg(to_seq) AND outcome = 'found' AND nik_index IS NOT NULL
	AND (CAST(sqlc.arg(user_id) AS BIGINT) = 0 OR user_id = CAST(sqlc.arg(user_id) AS BIGINT)) AND (CAST(sqlc.arg(purpose) AS TEXT) = '' OR purpose = CAST(sqlc.arg(purpose) AS TEXT))
ORDER BY seq;
