-- name: RightsVersion :one
SELECT version FROM rights WHERE id = 1;

-- name: RightsNow :one
SELECT version, population_set FROM rights WHERE id = 1;

-- name: RaiseSet :exec
UPDATE rights SET population_set = $1 WHERE id = 1 AND population_set < $1;

-- name: BumpRights :one
UPDATE rights SET version = version + 1 WHERE id = 1 RETURNING version;

-- name: InsertInstitution :one
INSERT INTO institutions (code, name, zone) VALUES ($1, $2, $3) RETURNING id;

-- name: InsertProvider :exec
INSERT INTO institutions (id, code, name, zone) VALUES (0, $1, $2, $3);

-- name: Institution :one
SELECT * FROM institutions WHERE id = $1;

-- name: InstitutionsByName :many
SELECT * FROM institutions ORDER BY name, id;

-- name: InsertHead :exec
INSERT INTO heads (agency_id, name, position, acting, since, until, appointed_by, known_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: Heads :many
SELECT * FROM heads WHERE agency_id = $1 ORDER BY since, id;

-- name: InsertUser :one
INSERT INTO users (agency_id, login, name, position, role, methods, nda_signed, deactivated_us, password_hash, email, application_id, match_only, purposes, nip, nik_sealed, email_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) RETURNING id;

-- name: SetUserRights :exec
UPDATE users SET role = $2, methods = $3, match_only = $4, purposes = $5 WHERE id = $1;

-- name: IdentifyUser :execrows
UPDATE users SET nip = $2 WHERE id = $1 AND nip = '' AND nik_sealed IS NULL;

-- name: UsersWithIdentity :many
SELECT * FROM users WHERE agency_id = $1 ORDER BY login;

-- name: User :one
SELECT * FROM users WHERE id = $1;

-- name: UserByLogin :one
SELECT * FROM users WHERE login = $1;

-- name: SetUserDeactivated :exec
UPDATE users SET deactivated_us = $2 WHERE id = $1;

-- name: SetUserNDA :exec
UPDATE users SET nda_signed = $2 WHERE id = $1;

-- name: SetUserPassword :exec
UPDATE users SET password_hash = $2, password_us = $3 WHERE id = $1;

-- name: CountStranger :exec
UPDATE strangers SET failures = failures + 1, failed_us = $1;

-- name: InsertSession :exec
INSERT INTO sessions (hash, user_id, opened_us, seen_us, stage, source, agent, seal) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: Session :one
SELECT * FROM sessions WHERE hash = $1;

-- name: SessionsOfUser :many
SELECT * FROM sessions WHERE user_id = $1 AND opened_us >= $2 ORDER BY opened_us DESC;

-- name: AskSession :execrows
UPDATE sessions SET question = $2 WHERE hash = $1;

-- name: ClearQuestion :execrows
UPDATE sessions SET question = NULL WHERE hash = $1 AND question = $2;

-- name: DeleteOtherSessions :exec
DELETE FROM sessions WHERE user_id = $1 AND hash <> $2;

-- name: TouchSession :exec
UPDATE sessions SET seen_us = $2 WHERE hash = $1;

-- name: DeleteSession :execrows
DELETE FROM sessions WHERE hash = $1;

-- name: DeleteSessionsOfUser :exec
DELETE FROM sessions WHERE user_id = $1;

-- name: DeleteSessionsBefore :exec
DELETE FROM sessions WHERE opened_us < $1;

-- name: InsertAgreement :one
INSERT INTO agreements (agency_id, provider_number, agency_number, signed_on, ends_on, terms, subject, known_us, document) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id;

-- name: Agreements :many
SELECT * FROM agreements WHERE agency_id = $1 ORDER BY signed_on, id;

-- name: InsertAddendum :exec
INSERT INTO addenda (agreement_id, number, signed_on, effective_on, terms_change, known_us, document) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: Addenda :many
SELECT * FROM addenda WHERE agreement_id IN (SELECT a.id FROM agreements a WHERE a.agency_id = $1) ORDER BY agreement_id, effective_on, id;

-- name: InsertPoCResult :exec
INSERT INTO poc_results (agreement_id, letter, decided_on, passed, known_us, application_id, until) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: PoCResults :many
SELECT * FROM poc_results WHERE agreement_id IN (SELECT a.id FROM agreements a WHERE a.agency_id = $1) ORDER BY agreement_id, id;

-- name: InsertDecision :exec
INSERT INTO decisions (agreement_id, kind, from_us, reason, letter, known_us) VALUES ($1, $2, $3, $4, $5, $6);

-- name: Decisions :many
SELECT * FROM decisions WHERE agreement_id IN (SELECT a.id FROM agreements a WHERE a.agency_id = $1) ORDER BY agreement_id, from_us, id;

-- name: InsertSPTJM :exec
INSERT INTO sptjms (agency_id, agreement_id, head_id, extension_case, extended, signed_on, until, letter, file_id, known_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: SPTJM :many
SELECT * FROM sptjms WHERE agency_id = $1 ORDER BY id;

-- name: InsertExtensionStep :exec
INSERT INTO extension_steps (agreement_id, case_id, kind, on_day, ends, from_us, until, letter, known_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: ExtensionSteps :many
SELECT * FROM extension_steps WHERE agreement_id IN (SELECT a.id FROM agreements a WHERE a.agency_id = $1) ORDER BY id;

-- name: KeepUserVersion :exec
INSERT INTO user_versions (user_id, known_us, role, methods, match_only, purposes, nda_signed, deactivated_us)
SELECT u.id, CAST(sqlc.arg(known_us) AS BIGINT), u.role, u.methods, u.match_only, u.purposes, u.nda_signed, u.deactivated_us FROM users u WHERE u.id = sqlc.arg(id);

-- name: UserVersions :many
SELECT v.*, u.login, u.name, u.position, u.agency_id FROM user_versions v JOIN users u ON u.id = v.user_id WHERE u.agency_id = $1 ORDER BY u.login, v.id;

-- name: InsertConfirmation :execrows
INSERT INTO confirmations (agency_id, document, side, at_us, by_user) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING;

-- name: Confirmations :many
SELECT c.*, u.name AS user_name FROM confirmations c JOIN users u ON u.id = c.by_user WHERE (CAST(sqlc.arg(agency) AS BIGINT) < 0 OR c.agency_id = sqlc.arg(agency)) ORDER BY c.at_us;
