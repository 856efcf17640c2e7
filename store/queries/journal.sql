-- name: TakePlaces :one
INSERT INTO logs (id, size) VALUES ($1, $2)
ON CONFLICT (id) DO UPDATE SET size = logs.size + excluded.size RETURNING size, frontier, seal, sealed_us, state;

-- name: SetFrontier :exec
UPDATE logs SET frontier = $2, seal = $3, sealed_us = $4, state = $5 WHERE id = $1;

-- name: QuotaHits :many
SELECT application_id, hits FROM quota_hits WHERE agency_id = $1 AND day = $2;

-- name: ChargeHits :exec
INSERT INTO quota_hits (agency_id, day, application_id, hits) VALUES ($1, $2, $3, $4)
ON CONFLICT (agency_id, day, application_id) DO UPDATE SET hits = quota_hits.hits + excluded.hits;

-- name: InsertRecord :exec
INSERT INTO records (agency_id, seq, at_us, act, user_id, agreement_id, basis, method, purpose, reference, address, nik_sealed, nik_index,
	outcome, hit, elements, nik_commitment, leaf, application_id, reader, read_us, period, text_sealed, text_commitment)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24);

-- name: RecordKey :one
SELECT digest, seq FROM record_keys WHERE agency_id = $1 AND record_key = $2;

-- name: InsertRecordKey :exec
INSERT INTO record_keys (agency_id, record_key, digest, seq) VALUES ($1, $2, $3, $4);

-- name: InsertChange :exec
INSERT INTO changes (agency_id, seq, at_us, by_user, subject, reason, letter, before_text, after_text, leaf, period, text_sealed, text_commitment, state)
VALUES ($1, $2, $3, $4, $5, '', '', '', '', $6, $7, $8, $9, $10);

-- A user's records are asked for by themselves, by their places first: else no engine takes the index by user, and a page of few records among
-- many walks the whole log.

-- name: RecordsNewest :many
SELECT sqlc.embed(r), COALESCE(u.login, '') AS login FROM records r LEFT JOIN users u ON u.id = r.user_id
WHERE r.agency_id = sqlc.arg(agency_id)
	AND r.at_us >= sqlc.arg(from_us) AND r.at_us < sqlc.arg(to_us) AND (CAST(sqlc.arg(outcome) AS TEXT) = '' OR r.outcome = CAST(sqlc.arg(outcome) AS TEXT))
	AND (CAST(sqlc.arg(acts) AS TEXT) = '' OR CAST(sqlc.arg(acts) AS TEXT) LIKE '%,' || r.act || ',%')
	AND (CAST(sqlc.arg(outcomes) AS TEXT) = '' OR CAST(sqlc.arg(outcomes) AS TEXT) LIKE '%,' || r.outcome || ',%') AND (CAST(sqlc.arg(charged) AS BIGINT) = 0 OR r.hit)
	AND (CAST(sqlc.arg(method) AS TEXT) = '' OR r.method = CAST(sqlc.arg(method) AS TEXT)) AND (CAST(sqlc.arg(purpose) AS TEXT) = '' OR r.purpose = CAST(sqlc.arg(purpose) AS TEXT) OR (CAST(sqlc.arg(purpose) AS TEXT) = '-' AND r.purpose = ''))
ORDER BY r.seq DESC LIMIT sqlc.arg(max_rows) OFFSET sqlc.arg(skip);

-- name: RecordsOldest :many
SELECT sqlc.embed(r), COALESCE(u.login, '') AS login FROM records r LEFT JOIN users u ON u.id = r.user_id
WHERE r.agency_id = sqlc.arg(agency_id)
	AND r.at_us >= sqlc.arg(from_us) AND r.at_us < sqlc.arg(to_us) AND (CAST(sqlc.arg(outcome) AS TEXT) = '' OR r.outcome = CAST(sqlc.arg(outcome) AS TEXT))
	AND (CAST(sqlc.arg(acts) AS TEXT) = '' OR CAST(sqlc.arg(acts) AS TEXT) LIKE '%,' || r.act || ',%')
	AND (CAST(sqlc.arg(outcomes) AS TEXT) = '' OR CAST(sqlc.arg(outcomes) AS TEXT) LIKE '%,' || r.outcome || ',%') AND (CAST(sqlc.arg(charged) AS BIGINT) = 0 OR r.hit)
	AND (CAST(sqlc.arg(method) AS TEXT) = '' OR r.method = CAST(sqlc.arg(method) AS TEXT)) AND (CAST(sqlc.arg(purpose) AS TEXT) = '' OR r.purpose = CAST(sqlc.arg(purpose) AS TEXT) OR (CAST(sqlc.arg(purpose) AS TEXT) = '-' AND r.purpose = ''))
ORDER BY r.seq LIMIT sqlc.arg(max_rows) OFFSET sqlc.arg(skip);

-- name: RecordsOfUserNewest :many
SELECT sqlc.embed(r), COALESCE(u.login, '') AS login FROM
	(SELECT x.agency_id, x.seq FROM records x WHERE x.agency_id = sqlc.arg(agency_id) AND x.user_id = sqlc.arg(user_id)) k
	JOIN records r ON r.agency_id = k.agency_id AND r.seq = k.seq LEFT JOIN users u ON u.id = r.user_id
WHERE r.at_us >= sqlc.arg(from_us) AND r.at_us < sqlc.arg(to_us) AND (CAST(sqlc.arg(outcome) AS TEXT) = '' OR r.outcome = CAST(sqlc.arg(outcome) AS TEXT))
	AND (CAST(sqlc.arg(acts) AS TEXT) = '' OR CAST(sqlc.arg(acts) AS TEXT) LIKE '%,' || r.act || ',%')
	AND (CAST(sqlc.arg(outcomes) AS TEXT) = '' OR CAST(sqlc.arg(outcomes) AS TEXT) LIKE '%,' || r.outcome || ',%') AND (CAST(sqlc.arg(charged) AS BIGINT) = 0 OR r.hit)
	AND (CAST(sqlc.arg(method) AS TEXT) = '' OR r.method = CAST(sqlc.arg(method) AS TEXT)) AND (CAST(sqlc.arg(purpose) AS TEXT) = '' OR r.purpose = CAST(sqlc.arg(purpose) AS TEXT) OR (CAST(sqlc.arg(purpose) AS TEXT) = '-' AND r.purpose = ''))
ORDER BY k.seq DESC LIMIT sqlc.arg(max_rows) OFFSET sqlc.arg(skip);

-- name: RecordsOfUserOldest :many
SELECT sqlc.embed(r), COALESCE(u.login, '') AS login FROM
	(SELECT x.agency_id, x.seq FROM records x WHERE x.agency_id = sqlc.arg(agency_id) AND x.user_id = sqlc.arg(user_id)) k
	JOIN records r ON r.agency_id = k.agency_id AND r.seq = k.seq LEFT JOIN users u ON u.id = r.user_id
WHERE r.at_us >= sqlc.arg(from_us) AND r.at_us < sqlc.arg(to_us) AND (CAST(sqlc.arg(outcome) AS TEXT) = '' OR r.outcome = CAST(sqlc.arg(outcome) AS TEXT))
	AND (CAST(sqlc.arg(acts) AS TEXT) = '' OR CAST(sqlc.arg(acts) AS TEXT) LIKE '%,' || r.act || ',%')
	AND (CAST(sqlc.arg(outcomes) AS TEXT) = '' OR CAST(sqlc.arg(outcomes) AS TEXT) LIKE '%,' || r.outcome || ',%') AND (CAST(sqlc.arg(charged) AS BIGINT) = 0 OR r.hit)
	AND (CAST(sqlc.arg(method) AS TEXT) = '' OR r.method = CAST(sqlc.arg(method) AS TEXT)) AND (CAST(sqlc.arg(purpose) AS TEXT) = '' OR r.purpose = CAST(sqlc.arg(purpose) AS TEXT) OR (CAST(sqlc.arg(purpose) AS TEXT) = '-' AND r.purpose = ''))
ORDER BY k.seq LIMIT sqlc.arg(max_rows) OFFSET sqlc.arg(skip);

-- name: LogHead :one
SELECT * FROM logs WHERE id = $1;

-- name: RecordsFrom :many
SELECT * FROM records WHERE agency_id = $1 AND seq >= $2 AND seq < $3 ORDER BY seq;

-- name: ChangesFrom :many
SELECT * FROM changes WHERE agency_id = $1 AND seq >= $2 AND seq < $3 ORDER BY seq;

-- name: RecordLeaves :many
SELECT seq, leaf FROM records WHERE agency_id = $1 AND seq >= $2 AND seq < $3 ORDER BY seq;

-- name: ChangeLeaves :many
SELECT seq, leaf FROM changes WHERE agency_id = $1 AND seq >= $2 AND seq < $3 ORDER BY seq;

-- name: LogsToSign :many
SELECT l.id, i.code, l.size, l.frontier, l.seal, l.sealed_us, l.state, l.archived,
	CAST(COALESCE((SELECT MAX(r.seq) FROM records r WHERE r.agency_id = l.id), -1) AS BIGINT) AS last_record,
	CAST(COALESCE((SELECT MAX(e.seq) FROM changes e WHERE e.agency_id = l.id), -1) AS BIGINT) AS last_change,
	CAST(COALESCE(c.size, -1) AS BIGINT) AS last_size, c.note, c.frontier AS last_frontier
FROM logs l JOIN institutions i ON i.id = l.id
LEFT JOIN checkpoints c ON c.agency_id = l.id AND c.size = (SELECT MAX(m.size) FROM checkpoints m WHERE m.agency_id = l.id)
WHERE CAST(sqlc.arg(log) AS BIGINT) < 0 OR l.id = CAST(sqlc.arg(log) AS BIGINT) ORDER BY l.id;

-- name: Unsealed :many
SELECT id, size, frontier, seal, state FROM logs ORDER BY id;

-- name: InsertCheckpoint :exec
INSERT INTO checkpoints (agency_id, size, at_us, note, frontier) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (agency_id, size) DO NOTHING;

-- name: Cosign :execrows
UPDATE checkpoints SET cosignature = $3 WHERE agency_id = $1 AND size = $2;

-- name: SetSeen :exec
UPDATE cosigners SET seen = $2, seen_us = $3 WHERE agency_id = $1;

-- name: ThinCheckpoints :execrows
DELETE FROM checkpoints WHERE checkpoints.at_us < sqlc.arg(before_us) AND EXISTS (SELECT 1 FROM checkpoints n
	WHERE n.agency_id = checkpoints.agency_id AND n.size > checkpoints.size AND n.at_us / 3600000000 = checkpoints.at_us / 3600000000
	AND (n.quorum OR NOT checkpoints.quorum));

-- name: ThinCosignatures :exec
DELETE FROM cosignatures WHERE NOT EXISTS (SELECT 1 FROM checkpoints c WHERE c.agency_id = cosignatures.agency_id AND c.size = cosignatures.size)
	AND cosignatures.size < (SELECT MAX(m.size) FROM cosignatures m WHERE m.agency_id = cosignatures.agency_id AND m.witness = cosignatures.witness);

-- name: Nodes :many
SELECT n, hash FROM nodes WHERE agency_id = $1 AND level = $2 AND n >= $3 AND n < $4 ORDER BY n;

-- name: InsertNode :exec
INSERT INTO nodes (agency_id, level, n, hash) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING;

-- name: SetCosigner :exec
INSERT INTO cosigners (agency_id, verifier_key, alarm, alarm_us) VALUES ($1, $2, '', 0)
ON CONFLICT (agency_id) DO UPDATE SET verifier_key = excluded.verifier_key;

-- name: SetAlarm :exec
INSERT INTO cosigners (agency_id, verifier_key, alarm, alarm_us) VALUES ($1, '', $2, $3)
ON CONFLICT (agency_id) DO UPDATE SET alarm = excluded.alarm, alarm_us = excluded.alarm_us;

-- name: CosignerOf :one
SELECT verifier_key FROM cosigners WHERE agency_id = $1;

-- name: SeenOf :one
SELECT seen, seen_us FROM cosigners WHERE agency_id = $1;

-- name: SaveCheck :exec
INSERT INTO log_checks (agency_id, by_user, began_us, seen_us, done, size, ended, broken) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (agency_id) DO UPDATE SET by_user = excluded.by_user, began_us = excluded.began_us, seen_us = excluded.seen_us, done = excluded.done, size = excluded.size,
	ended = excluded.ended, broken = excluded.broken;

-- name: CheckOf :one
SELECT c.*, COALESCE(u.login, '') AS login FROM log_checks c LEFT JOIN users u ON u.id = c.by_user WHERE c.agency_id = $1;

-- name: SealedParts :many
SELECT seq, nik_sealed, text_sealed, at_us FROM records
WHERE agency_id = $1 AND seq >= $2 AND seq < $3 AND (nik_sealed IS NOT NULL OR text_sealed IS NOT NULL) ORDER BY seq;

-- name: PeriodKey :one
SELECT wrapped FROM period_keys WHERE period = $1;

-- name: PeriodKeys :many
SELECT period, wrapped FROM period_keys WHERE wrapped IS NOT NULL ORDER BY period;

-- name: AddPeriodKey :exec
INSERT INTO period_keys (period, wrapped, made_us) VALUES ($1, $2, $3) ON CONFLICT (period) DO NOTHING;

-- name: RewrapPeriodKey :exec
UPDATE period_keys SET wrapped = $2 WHERE period = $1 AND wrapped = sqlc.arg(was);

-- name: SetArchived :exec
UPDATE logs SET archived = $2 WHERE id = $1;

-- name: DropRecords :exec
DELETE FROM records WHERE agency_id = $1 AND seq < $2;

-- name: FirstRecordFrom :one
SELECT CAST(COALESCE(MIN(seq), -1) AS BIGINT) AS seq FROM records WHERE agency_id = $1 AND at_us >= $2;

-- name: FirstChangeFrom :one
SELECT CAST(COALESCE(MIN(seq), -1) AS BIGINT) AS seq FROM changes WHERE agency_id = $1 AND at_us >= $2;

-- name: InsertWithholding :exec
INSERT INTO withholdings (agency_id, nik_index, from_us, to_us, until, order_number, authority) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: LastCheckpoint :one
SELECT * FROM checkpoints WHERE agency_id = $1 AND size >= $2 ORDER BY size DESC LIMIT 1;

-- name: Checkpoints :many
SELECT note FROM checkpoints WHERE agency_id = $1 ORDER BY size;

-- name: RecordAt :one
SELECT * FROM records WHERE agency_id = $1 AND seq = $2;

-- name: LogStates :many
SELECT l.id, i.code, i.name, l.size, l.frontier, l.archived, COALESCE(w.verifier_key, '') AS cosigner, COALESCE(w.alarm, '') AS alarm, COALESCE(w.alarm_us, 0) AS alarm_us,
	CAST(COALESCE((SELECT MAX(c.at_us) FROM checkpoints c WHERE c.agency_id = l.id AND c.size = l.size), 0) AS BIGINT) AS signed_us,
	COALESCE(w.seen_us, 0) AS cosigned_us, COALESCE(w.seen, 0) AS seen
FROM logs l JOIN institutions i ON i.id = l.id LEFT JOIN cosigners w ON w.agency_id = l.id
WHERE i.name > sqlc.arg(after) AND (CAST(sqlc.arg(log) AS BIGINT) < 0 OR l.id = CAST(sqlc.arg(log) AS BIGINT)) ORDER BY i.name, l.id LIMIT sqlc.arg(most);

-- name: ForgetNIKs :execrows
UPDATE records SET nik_sealed = NULL, nik_index = NULL, text_sealed = NULL WHERE agency_id = $1 AND at_us < $2
	AND (nik_sealed IS NOT NULL OR text_sealed IS NOT NULL);

-- name: ArchiveOf :one
SELECT l.archived, i.code FROM logs l JOIN institutions i ON i.id = l.id WHERE l.id = $1;

-- name: NewestCheckpoint :one
SELECT CAST(COALESCE(MAX(at_us), 0) AS BIGINT) AS at_us FROM checkpoints;

-- name: WitnessedCheckpoint :one
SELECT * FROM checkpoints WHERE agency_id = $1 AND size >= $2 AND quorum ORDER BY size DESC LIMIT 1;

-- name: SetQuorum :exec
UPDATE checkpoints SET quorum = TRUE WHERE agency_id = $1 AND size = $2;

-- name: CosignaturesAt :many
SELECT line FROM cosignatures WHERE agency_id = $1 AND size = $2 ORDER BY witness;

-- name: AddCosignature :execrows
INSERT INTO cosignatures (agency_id, size, witness, at_us, line) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING;

-- name: LastCosignatures :many
SELECT c.agency_id, c.witness, c.size, c.at_us FROM cosignatures c
WHERE c.size = (SELECT MAX(m.size) FROM cosignatures m WHERE m.agency_id = c.agency_id AND m.witness = c.witness)
	AND (CAST(sqlc.arg(log) AS BIGINT) < 0 OR c.agency_id = CAST(sqlc.arg(log) AS BIGINT)) ORDER BY c.agency_id, c.witness;

-- name: NewestCheckpoints :many
SELECT agency_id, CAST(MAX(size) AS BIGINT) AS size FROM checkpoints GROUP BY agency_id ORDER BY agency_id;

-- name: Witnesses :many
SELECT * FROM witnesses ORDER BY name;

-- name: PutWitness :exec
INSERT INTO witnesses (name, verifier_key, active) VALUES ($1, $2, TRUE)
ON CONFLICT (name) DO UPDATE SET verifier_key = excluded.verifier_key, active = TRUE;

-- name: RetireWitness :exec
UPDATE witnesses SET active = FALSE, failed_us = 0, failure = '' WHERE name = $1;

-- name: WitnessAnswered :exec
UPDATE witnesses SET answered_us = $2, failed_us = 0, failure = '' WHERE name = $1;

-- name: WitnessFailed :exec
UPDATE witnesses SET failed_us = CASE WHEN failed_us = 0 THEN $2 ELSE failed_us END, failure = $3 WHERE name = $1;
