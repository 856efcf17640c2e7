-- +goose Up
-- The applications of an agency: programs that hold credentials of their own.
CREATE TABLE applications (
	id INTEGER PRIMARY KEY,
	agency_id BIGINT NOT NULL REFERENCES institutions (id),
	name TEXT NOT NULL,
	since_us BIGINT NOT NULL,
	ended_us BIGINT NOT NULL DEFAULT 0,
	ended_by TEXT NOT NULL DEFAULT ''
);
CREATE INDEX applications_agency ON applications (agency_id);

ALTER TABLE users ADD COLUMN application_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN reset_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN password_us BIGINT NOT NULL DEFAULT 0;

INSERT INTO applications (agency_id, name, since_us) SELECT agency_id, name, 0 FROM users WHERE role = 'application' GROUP BY agency_id, name ORDER BY MIN(id);
UPDATE users SET application_id = (SELECT a.id FROM applications a WHERE a.agency_id = users.agency_id AND a.name = users.name) WHERE role = 'application';
INSERT INTO applications (agency_id, name, since_us)
SELECT DISTINCT u.agency_id, 'Loket pelayanan', 0 FROM api_tokens t JOIN users u ON u.id = t.user_id WHERE u.role <> 'application' AND u.agency_id <> 0;

-- Tokens and second factors. Of tokens, recovery codes and ids of passkeys the hash is kept; what must be read again is sealed.
CREATE TABLE credentials (
	id INTEGER PRIMARY KEY,
	kind TEXT NOT NULL,
	agency_id BIGINT NOT NULL,
	user_id BIGINT NOT NULL,
	application_id BIGINT NOT NULL DEFAULT 0,
	agreement_id BIGINT NOT NULL DEFAULT 0,
	hash BLOB UNIQUE,
	sealed BLOB,
	fingerprint TEXT NOT NULL DEFAULT '',
	label TEXT NOT NULL DEFAULT '',
	letter TEXT NOT NULL DEFAULT '',
	issued_by BIGINT NOT NULL DEFAULT 0,
	issued_us BIGINT NOT NULL,
	first_us BIGINT NOT NULL DEFAULT 0,
	used_us BIGINT NOT NULL DEFAULT 0,
	expires_us BIGINT NOT NULL DEFAULT 0,
	rotated_us BIGINT NOT NULL DEFAULT 0,
	revoked_us BIGINT NOT NULL DEFAULT 0,
	step BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX credentials_user ON credentials (user_id);
CREATE INDEX credentials_agency ON credentials (agency_id);

INSERT INTO credentials (kind, agency_id, user_id, application_id, hash, fingerprint, issued_us, revoked_us)
SELECT CASE WHEN u.role = 'application' OR u.agency_id = 0 THEN 'api' ELSE 'desk' END, u.agency_id, u.id,
	CASE WHEN u.role = 'application' THEN u.application_id
		ELSE COALESCE((SELECT a.id FROM applications a WHERE a.agency_id = u.agency_id AND a.name = 'Loket pelayanan' LIMIT 1), 0) END,
	t.hash, substr(hex(t.hash), 1, 5) || '-' || substr(hex(t.hash), 6, 5), t.created_us, t.revoked_us
FROM api_tokens t JOIN users u ON u.id = t.user_id ORDER BY t.created_us;
DROP TABLE api_tokens;

-- The name of an agency on the data balikan service.
CREATE TABLE balikan_senders (
	agency_id BIGINT PRIMARY KEY REFERENCES institutions (id),
	lembaga_id TEXT NOT NULL,
	lembaga TEXT NOT NULL
);
INSERT INTO balikan_senders (agency_id, lembaga_id, lembaga)
SELECT b.agency_id, b.lembaga_id, b.lembaga FROM balikan_tokens b
WHERE b.revoked_us = 0 AND b.created_us = (SELECT MAX(c.created_us) FROM balikan_tokens c WHERE c.agency_id = b.agency_id AND c.revoked_us = 0) GROUP BY b.agency_id;
INSERT INTO credentials (kind, agency_id, user_id, application_id, hash, fingerprint, issued_us, revoked_us)
SELECT 'balikan', b.agency_id, 0, COALESCE((SELECT MIN(a.id) FROM applications a WHERE a.agency_id = b.agency_id AND a.name <> 'Loket pelayanan'), 0),
	b.hash, substr(hex(b.hash), 1, 5) || '-' || substr(hex(b.hash), 6, 5), b.created_us, b.revoked_us
FROM balikan_tokens b ORDER BY b.created_us;
DROP TABLE balikan_tokens;

-- How attempts stand on each lane of an account: '' is the strangers', 'code' the second factor's, others are sources; good_us is the last success of a source.
CREATE TABLE lanes (
	user_id BIGINT NOT NULL,
	lane TEXT NOT NULL,
	failures BIGINT NOT NULL,
	at_us BIGINT NOT NULL,
	good_us BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (user_id, lane)
) WITHOUT ROWID;
INSERT INTO lanes (user_id, lane, failures, at_us) SELECT id, '', failures, failed_us FROM users WHERE failures > 0;
ALTER TABLE users DROP COLUMN failures;
ALTER TABLE users DROP COLUMN failed_us;

-- How far the sign-in of a session has come, where it was opened, and the question that its browser is answering.
ALTER TABLE sessions ADD COLUMN stage BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN source TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN agent TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN question BLOB;

-- Slips: a secret reaches its owner by two halves. They take the place of activation links, which one person alone could use.
CREATE TABLE slips (
	id INTEGER PRIMARY KEY,
	kind TEXT NOT NULL,
	user_id BIGINT NOT NULL REFERENCES users (id),
	agency_id BIGINT NOT NULL,
	application_id BIGINT NOT NULL,
	agreement_id BIGINT NOT NULL,
	life_us BIGINT NOT NULL,
	letter TEXT NOT NULL,
	issued_by BIGINT NOT NULL,
	issued_us BIGINT NOT NULL,
	until_us BIGINT NOT NULL,
	code BLOB NOT NULL UNIQUE,
	second BLOB,
	drawn_by BIGINT NOT NULL DEFAULT 0,
	mailed BOOLEAN NOT NULL DEFAULT FALSE,
	tries BIGINT NOT NULL DEFAULT 0,
	spent_us BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX slips_user ON slips (user_id);
DROP TABLE links;
