-- name: InsertApplication :one
INSERT INTO applications (agency_id, name, kind, methods, answers, since_us, match_only, purposes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id;

-- name: Application :one
SELECT * FROM applications WHERE id = $1;

-- name: ApplicationNamed :one
SELECT * FROM applications WHERE agency_id = $1 AND name = $2 AND ended_us = 0;

-- name: Applications :many
SELECT * FROM applications WHERE agency_id = $1 ORDER BY name, id;

-- name: EndApplication :execrows
UPDATE applications SET ended_us = $2, ended_by = $3 WHERE id = $1 AND ended_us = 0;

-- name: SetUserApplication :exec
UPDATE users SET application_id = $2 WHERE id = $1;

-- name: InsertCredential :one
INSERT INTO credentials (kind, agency_id, user_id, application_id, agreement_id, hash, sealed, fingerprint, label, letter, issued_by, issued_us, expires_us, step)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING id;

-- name: CredentialByHash :one
SELECT * FROM credentials WHERE hash = $1;

-- name: Credential :one
SELECT * FROM credentials WHERE id = $1;

-- name: LiveCredentialsOfUser :many
SELECT * FROM credentials WHERE user_id = $1 AND revoked_us = 0 ORDER BY id;

-- name: Tokens :many
SELECT c.*, COALESCE(u.login, '') AS login, COALESCE(a.name, '') AS application FROM credentials c LEFT JOIN users u ON u.id = c.user_id
LEFT JOIN applications a ON a.id = c.application_id WHERE c.kind IN ('api', 'balikan', 'desk') AND (CAST(sqlc.arg(agency) AS BIGINT) < 0 OR c.agency_id = sqlc.arg(agency))
	AND c.id < sqlc.arg(before) ORDER BY c.id DESC LIMIT sqlc.arg(most);

-- name: TokensByFingerprint :many
SELECT * FROM credentials WHERE fingerprint = $1 AND kind IN ('api', 'balikan', 'desk') AND revoked_us = 0;

-- name: UseCredential :exec
UPDATE credentials SET first_us = $2, used_us = $3 WHERE id = $1;

-- name: FirstUseOfCredential :execrows
UPDATE credentials SET first_us = $2, used_us = $2 WHERE id = $1 AND first_us = 0;

-- name: RotateCredential :execrows
UPDATE credentials SET rotated_us = $2, expires_us = $3 WHERE id = $1 AND revoked_us = 0 AND rotated_us = 0;

-- name: RevokeCredential :execrows
UPDATE credentials SET revoked_us = $2, sealed = NULL WHERE id = $1 AND revoked_us = 0;

-- name: SpendCredential :execrows
UPDATE credentials SET revoked_us = $2, used_us = $2, sealed = NULL WHERE id = $1 AND revoked_us = 0;

-- name: LastSpent :one
SELECT * FROM credentials WHERE user_id = $1 AND kind = 'recovery' AND used_us > sqlc.arg(since_us) ORDER BY used_us DESC, id DESC LIMIT 1;

-- name: LastGood :one
SELECT CAST(COALESCE(MAX(good_us), 0) AS BIGINT) FROM lanes WHERE user_id = $1;

-- name: RevokeCredentialsOfUser :exec
UPDATE credentials SET revoked_us = sqlc.arg(at_us), sealed = NULL WHERE user_id = sqlc.arg(user_id) AND revoked_us = 0;

-- name: DropPrepared :exec
UPDATE credentials SET revoked_us = sqlc.arg(at_us), sealed = NULL
WHERE user_id = sqlc.arg(user_id) AND kind = sqlc.arg(kind) AND application_id = sqlc.arg(application_id) AND issued_us = 0 AND revoked_us = 0;

-- name: PreparedOfUser :many
SELECT * FROM credentials WHERE user_id = $1 AND kind IN ('api', 'balikan', 'desk') AND issued_us = 0 AND revoked_us = 0 ORDER BY id;

-- name: BindPrepared :exec
UPDATE credentials SET slip_id = $2 WHERE user_id = $1 AND kind IN ('api', 'balikan', 'desk') AND issued_us = 0 AND revoked_us = 0;

-- name: TakeCredential :execrows
UPDATE credentials SET issued_us = $2, expires_us = $3, sealed = NULL WHERE id = $1 AND issued_us = 0 AND revoked_us = 0;

-- name: RevokeCredentialsOfKind :exec
UPDATE credentials SET revoked_us = sqlc.arg(at_us), sealed = NULL WHERE user_id = sqlc.arg(user_id) AND kind = sqlc.arg(kind) AND revoked_us = 0;

-- name: ResealCredential :exec
UPDATE credentials SET sealed = $2, used_us = $3 WHERE id = $1;

-- name: StepTOTP :execrows
UPDATE credentials SET step = sqlc.arg(step), used_us = sqlc.arg(used_us) WHERE user_id = sqlc.arg(user_id) AND kind = 'totp' AND revoked_us = 0 AND credentials.step < sqlc.arg(step);

-- name: LanesOfUser :many
SELECT * FROM lanes WHERE user_id = $1;

-- name: LanesOfAgency :many
SELECT l.* FROM lanes l JOIN users u ON u.id = l.user_id WHERE u.agency_id = $1 AND l.failures > 0;

-- name: TouchLane :one
INSERT INTO lanes (user_id, lane, failures, at_us, good_us) VALUES ($1, $2, 0, 0, 0)
ON CONFLICT (user_id, lane) DO UPDATE SET failures = lanes.failures RETURNING failures, at_us;

-- name: SetLane :exec
UPDATE lanes SET failures = $3, at_us = $4 WHERE user_id = $1 AND lane = $2;

-- name: KnowLane :exec
INSERT INTO lanes (user_id, lane, failures, at_us, good_us) VALUES ($1, $2, 0, 0, $3)
ON CONFLICT (user_id, lane) DO UPDATE SET failures = 0, good_us = excluded.good_us;

-- name: ForgetLanes :exec
DELETE FROM lanes WHERE lanes.user_id = sqlc.arg(owner) AND lanes.lane <> '' AND lanes.lane <> 'code' AND (lanes.good_us < sqlc.arg(before_us) OR lanes.lane NOT IN (
	SELECT k.lane FROM lanes k WHERE k.user_id = sqlc.arg(owner) AND k.lane <> '' AND k.lane <> 'code' ORDER BY k.good_us DESC, k.lane LIMIT sqlc.arg(most)));

-- name: UnlockUser :execrows
UPDATE lanes SET failures = 0 WHERE user_id = $1 AND failures > 0;

-- name: ResetUser :exec
UPDATE users SET password_hash = '', reset_us = $2 WHERE id = $1;

-- name: InsertSlip :one
INSERT INTO slips (kind, user_id, agency_id, application_id, agreement_id, life_us, overlap_us, letter, issued_by, issued_us, until_us, code)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id;

-- name: PrintSlip :execrows
UPDATE slips SET code = sqlc.arg(code), second = sqlc.arg(second), mailed = sqlc.arg(mailed), drawn_by = 0, tries = 0, issued_by = sqlc.arg(by_user), printed_us = sqlc.arg(at_us),
	until_us = sqlc.arg(until_us)
WHERE id = sqlc.arg(id) AND slips.spent_us = 0 AND slips.code = sqlc.arg(expected);

-- name: SlipByCode :one
SELECT * FROM slips WHERE code = $1;

-- name: Slip :one
SELECT * FROM slips WHERE id = $1;

-- name: DrawSlip :execrows
UPDATE slips SET second = $2, drawn_by = $3 WHERE id = $1 AND second IS NULL AND spent_us = 0 AND code = $4;

-- name: TrySlip :execrows
UPDATE slips SET tries = sqlc.arg(tries), spent_us = sqlc.arg(spent_us) WHERE id = sqlc.arg(id) AND slips.spent_us = 0 AND slips.tries = sqlc.arg(expected) AND slips.code = sqlc.arg(code);

-- name: SpendSlips :exec
UPDATE slips SET spent_us = sqlc.arg(at_us) WHERE user_id = sqlc.arg(user_id) AND (CAST(sqlc.arg(kind) AS TEXT) = '' OR kind = sqlc.arg(kind)) AND spent_us = 0;

-- name: OpenSlips :many
SELECT s.*, u.login, u.email_by FROM slips s JOIN users u ON u.id = s.user_id
WHERE (CAST(sqlc.arg(agency) AS BIGINT) < 0 OR s.agency_id = sqlc.arg(agency)) AND s.spent_us = 0 AND s.until_us >= sqlc.arg(now_us) ORDER BY s.id LIMIT 500;

-- name: PutBalikanSender :exec
INSERT INTO balikan_senders (agency_id, lembaga_id, lembaga) VALUES ($1, $2, $3) ON CONFLICT (agency_id) DO UPDATE SET lembaga_id = excluded.lembaga_id, lembaga = excluded.lembaga;

-- name: BalikanSender :one
SELECT * FROM balikan_senders WHERE agency_id = $1;

-- name: SignInsOfUser :many
SELECT at_us, outcome, address FROM records WHERE agency_id = $1 AND user_id = $2 AND act = 'sign_in' ORDER BY seq DESC LIMIT $3;

-- name: ChangesOfSubject :many
SELECT * FROM changes WHERE agency_id = $1 AND subject = $2 ORDER BY seq DESC LIMIT $3;
