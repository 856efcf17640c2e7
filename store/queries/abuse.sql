-- name: SetStopped :exec
UPDATE users SET stopped_us = $2 WHERE id = $1;

-- name: InsertStop :exec
INSERT INTO stops (agency_id, user_id, at_us, rule, ended_us, false_alarm) VALUES ($1, $2, $3, $4, 0, FALSE);

-- name: EndStop :execrows
UPDATE stops SET ended_us = $3, false_alarm = $4 WHERE agency_id = $1 AND user_id = $2 AND ended_us = 0;

-- name: StopsOf :many
SELECT * FROM stops WHERE agency_id = $1 ORDER BY at_us;

-- name: StoppedUser :one
SELECT stopped_us FROM users WHERE id = $1;

-- name: PutAlert :exec
INSERT INTO alerts (agency_id, user_id, day, action, rule, first_us, last_us, lookups, score, reasons) VALUES ($1, $2, $3, $4, $5, $6, $6, 1, $7, $8)
ON CONFLICT (agency_id, user_id, day, action, rule) DO UPDATE SET last_us = excluded.last_us, lookups = alerts.lookups + 1,
	score = CASE WHEN excluded.score > alerts.score THEN excluded.score ELSE alerts.score END,
	reasons = CASE WHEN excluded.score > alerts.score THEN excluded.reasons ELSE alerts.reasons END;

-- name: Alerts :many
SELECT a.*, u.login, u.name AS user_name, u.stopped_us, i.code, i.name AS agency_name FROM alerts a JOIN users u ON u.id = a.user_id JOIN institutions i ON i.id = a.agency_id
WHERE a.last_us < sqlc.arg(before_us) AND (sqlc.arg(agency) = 0 OR a.agency_id = sqlc.arg(agency)) AND (sqlc.arg(mild) OR a.action <> 'record')
ORDER BY a.last_us DESC LIMIT sqlc.arg(most);

-- name: AlertsOfUser :many
SELECT a.*, u.login, u.name AS user_name, u.stopped_us, i.code, i.name AS agency_name FROM alerts a JOIN users u ON u.id = a.user_id JOIN institutions i ON i.id = a.agency_id
WHERE a.agency_id = $1 AND a.user_id = $2 AND a.day = $3 ORDER BY a.first_us;

-- name: LookupsOfUser :many
SELECT * FROM records WHERE agency_id = $1 AND user_id = $2 AND seq >= sqlc.arg(from_seq) AND seq < sqlc.arg(to_seq) ORDER BY seq LIMIT sqlc.arg(most);

-- name: RecordAfter :one
SELECT seq, at_us FROM records WHERE agency_id = $1 AND seq >= $2 ORDER BY seq LIMIT 1;

-- name: LogSizes :many
SELECT id, size FROM logs WHERE id <> 0;

-- name: PutDecoy :execrows
INSERT INTO decoys (nik_index, sealed, planted_us, note) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING;

-- name: DropDecoy :execrows
DELETE FROM decoys WHERE nik_index = $1;

-- name: Decoys :many
SELECT * FROM decoys ORDER BY planted_us DESC, nik_index;

-- name: AbuseSettings :one
SELECT settings FROM abuse_settings WHERE agency_id = $1;

-- name: PutAbuseSettings :exec
INSERT INTO abuse_settings (agency_id, settings) VALUES ($1, $2) ON CONFLICT (agency_id) DO UPDATE SET settings = excluded.settings;

-- name: WatchState :one
SELECT sealed FROM watch_states WHERE agency_id = $1;

-- name: KeepWatchState :exec
INSERT INTO watch_states (agency_id, upto, sealed) VALUES ($1, $2, $3)
ON CONFLICT (agency_id) DO UPDATE SET upto = excluded.upto, sealed = excluded.sealed WHERE watch_states.upto < excluded.upto;
