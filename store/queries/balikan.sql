-- name: WireProfiles :many
SELECT * FROM wire_profiles ORDER BY path;

-- name: PutWireProfile :exec
INSERT INTO wire_profiles (agency_id, path, profile) VALUES ($1, $2, $3)
ON CONFLICT (path) DO UPDATE SET profile = excluded.profile WHERE wire_profiles.agency_id = excluded.agency_id;

-- name: WireProfileOwner :one
SELECT agency_id FROM wire_profiles WHERE path = $1;

-- name: DropWireProfile :execrows
DELETE FROM wire_profiles WHERE agency_id = $1 AND path = $2;

-- name: NoteWireCall :exec
INSERT INTO wire_calls (agency_id, path, keys, calls, last_us) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (agency_id, path) DO UPDATE SET keys = excluded.keys, calls = wire_calls.calls + excluded.calls, last_us = excluded.last_us;

-- name: ForgetWireCalls :exec
DELETE FROM wire_calls WHERE wire_calls.agency_id = $1 AND wire_calls.path NOT IN (SELECT c.path FROM wire_calls c WHERE c.agency_id = $1 ORDER BY c.last_us DESC LIMIT $2);

-- name: WireCalls :many
SELECT * FROM wire_calls ORDER BY last_us DESC, path;

-- name: InsertBalikan :execrows
INSERT INTO balikan (agency_id, digest, at_us, by_user, via, nik_index, sealed, incomplete, unmatched) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING;

-- name: BalikanThere :many
SELECT unmatched FROM balikan WHERE agency_id = $1 AND digest = $2;

-- name: MeetExpectations :many
UPDATE expectations SET state = 1, closed_us = $3 WHERE agency_id = $1 AND nik_index = $2 AND state = 0 RETURNING user_id, month, due_us;

-- name: Expected :one
SELECT COUNT(*) FROM expectations WHERE agency_id = $1 AND nik_index = $2;

-- name: ExcuseExpectation :many
UPDATE expectations SET state = 2, closed_us = $3, reason = $4, closed_by = $5 WHERE agency_id = $1 AND seq = $2 AND state = 0 RETURNING user_id, month, due_us;

-- name: TakeFed :one
INSERT INTO balikan_fed (agency_id, upto) VALUES ($1, 0) ON CONFLICT (agency_id) DO UPDATE SET upto = balikan_fed.upto RETURNING upto;

-- name: Fed :one
SELECT upto FROM balikan_fed WHERE agency_id = $1;

-- name: SetFed :exec
UPDATE balikan_fed SET upto = $2 WHERE agency_id = $1;

-- name: LogsToFeed :many
SELECT l.id, l.size, CAST(COALESCE(f.upto, 0) AS BIGINT) AS upto FROM logs l LEFT JOIN balikan_fed f ON f.agency_id = l.id
WHERE l.id <> 0 AND COALESCE(f.upto, 0) < l.size ORDER BY l.id;

-- name: FoundFrom :many
SELECT seq, at_us, user_id, reference, nik_index, period, text_sealed, text_commitment FROM records
WHERE agency_id = $1 AND seq >= $2 AND seq < $3 AND (outcome = 'card_read' OR (outcome = 'found' AND nik_index IS NOT NULL)) ORDER BY seq;

-- name: LastExpectation :one
SELECT seq, opened_us, due_us, reference, state FROM expectations WHERE agency_id = $1 AND nik_index = $2 ORDER BY seq DESC LIMIT 1;

-- name: InsertExpectation :exec
INSERT INTO expectations (agency_id, nik_index, seq, opened_us, due_us, user_id, reference, month, state, closed_us, closed_by, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, 0, '') ON CONFLICT DO NOTHING;

-- name: MoveTotals :exec
INSERT INTO balikan_totals (agency_id, user_id, month, opened, met, late, excused) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (agency_id, user_id, month) DO UPDATE SET opened = balikan_totals.opened + excluded.opened, met = balikan_totals.met + excluded.met,
	late = balikan_totals.late + excluded.late, excused = balikan_totals.excused + excluded.excused;

-- name: BalikanTotals :many
SELECT t.user_id, COALESCE(u.login, '') AS login, CAST(SUM(t.opened) AS BIGINT) AS opened, CAST(SUM(t.met) AS BIGINT) AS met, CAST(SUM(t.late) AS BIGINT) AS late,
	CAST(SUM(t.excused) AS BIGINT) AS excused
FROM balikan_totals t LEFT JOIN users u ON u.id = t.user_id WHERE t.agency_id = $1 AND t.month >= sqlc.arg(from_month) AND t.month <= sqlc.arg(to_month)
GROUP BY t.user_id, u.login ORDER BY u.login, t.user_id;

-- name: AllBalikanTotals :many
SELECT t.agency_id, CAST(SUM(t.opened) AS BIGINT) AS opened, CAST(SUM(t.met) AS BIGINT) AS met, CAST(SUM(t.late) AS BIGINT) AS late, CAST(SUM(t.excused) AS BIGINT) AS excused
FROM balikan_totals t WHERE t.month >= sqlc.arg(from_month) AND t.month <= sqlc.arg(to_month) GROUP BY t.agency_id ORDER BY t.agency_id;

-- name: CountOverdue :one
SELECT COUNT(*) FROM expectations WHERE agency_id = $1 AND state = 0 AND due_us < $2;

-- name: CountUnmatched :one
SELECT COUNT(*) FROM balikan WHERE agency_id = $1 AND unmatched = TRUE;

-- name: OpenExpectations :many
SELECT e.seq, e.opened_us, e.due_us, e.user_id, e.reference, COALESCE(u.login, '') AS login FROM expectations e LEFT JOIN users u ON u.id = e.user_id
WHERE e.agency_id = $1 AND e.state = 0 AND (e.due_us > sqlc.arg(after_due) OR (e.due_us = sqlc.arg(after_due) AND e.seq > sqlc.arg(after_seq))) AND e.due_us < sqlc.arg(before_due)
ORDER BY e.due_us, e.seq LIMIT sqlc.arg(most);

-- name: UnmatchedBalikan :many
SELECT digest, at_us, via, sealed, incomplete FROM balikan WHERE agency_id = $1 AND unmatched = TRUE AND at_us < sqlc.arg(before_us) ORDER BY at_us DESC LIMIT sqlc.arg(most);

-- name: IncompleteBalikan :many
SELECT b.digest, b.at_us, b.via, b.sealed, b.incomplete, b.unmatched FROM balikan b WHERE b.agency_id = $1 AND b.incomplete = TRUE AND NOT EXISTS
(SELECT 1 FROM balikan c WHERE c.agency_id = b.agency_id AND c.incomplete = FALSE AND c.nik_index = b.nik_index AND c.at_us >= b.at_us)
ORDER BY b.at_us DESC LIMIT sqlc.arg(most);

-- name: ReceivedBalikan :many
SELECT digest, at_us, via, sealed, incomplete, unmatched FROM balikan WHERE agency_id = $1 AND at_us < sqlc.arg(before_us) ORDER BY at_us DESC LIMIT sqlc.arg(most);

-- name: InsertDelivery :execrows
INSERT INTO balikan_deliveries (agency_id, delivery, digest, at_us, items) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING;

-- name: Delivery :one
SELECT * FROM balikan_deliveries WHERE agency_id = $1 AND delivery = $2;

-- name: ExcuseExpectations :many
UPDATE expectations SET state = 2, closed_us = $3, reason = $4, closed_by = $5 WHERE agency_id = $1 AND nik_index = $2 AND state = 0 RETURNING user_id, month, due_us;
