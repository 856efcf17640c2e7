-- name: RightsVersion :one
SELECT version FROM rights WHERE id = 1;

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
INSERT INTO heads (agency_id, name, position, sptjm_signed, sptjm_until, since, until) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: Heads :many
SELECT * FROM heads WHERE agency_id = $1 ORDER BY since, id;

-- name: InsertUser :one
INSERT INTO users (agency_id, login, name, position, role, methods, nda_signed, deactivated_us, password_hash, email, application_id, match_only, purposes, nip, nik_sealed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) RETURNING id;

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
INSERT INTO sessions (hash, user_id, opened_us, seen_us, stage, source, agent) VALUES ($1, $2, $3, $4, $5, $6, $7);

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

-- name: DeleteSession :exec
DELETE FROM sessions WHERE hash = $1;

-- name: DeleteSessionsOfUser :exec
DELETE FROM sessions WHERE user_id = $1;

-- name: DeleteSessionsBefore :exec
DELETE FROM sessions WHERE opened_us < $1;

-- name: InsertAgreement :one
INSERT INTO agreements (agency_id, provider_number, agency_number, signed_on, ends_on, terms, subject) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id;

-- name: Agreements :many
SELECT * FROM agreements WHERE agency_id = $1 ORDER BY signed_on, id;

-- name: InsertAddendum :exec
INSERT INTO addenda (agreement_id, number, effective_on, terms_change) VALUES ($1, $2, $3, $4);

-- name: Addenda :many
SELECT * FROM addenda WHERE agreement_id = $1 ORDER BY effective_on, id;

-- name: InsertPoCResult :exec
INSERT INTO poc_results (agreement_id, letter, decided_on, passed) VALUES ($1, $2, $3, $4);

-- name: PoCResults :many
SELECT * FROM poc_results WHERE agreement_id = $1 ORDER BY decided_on, id;

-- name: InsertDecision :exec
INSERT INTO decisions (agreement_id, kind, from_us, reason, letter) VALUES ($1, $2, $3, $4, $5);

-- name: Decisions :many
SELECT * FROM decisions WHERE agreement_id = $1 ORDER BY from_us, id;
