-- +goose Up
-- How attempts stand on each lane of a user: '' is the strangers', 'code' the second factor's, others are sources; good_us is the last success of a source.
CREATE TABLE lanes (
	user_id INTEGER NOT NULL REFERENCES users (id),
	lane TEXT NOT NULL,
	failures INTEGER NOT NULL,
	at_us INTEGER NOT NULL,
	good_us INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (user_id, lane)
) WITHOUT ROWID;
INSERT INTO lanes (user_id, lane, failures, at_us) SELECT id, '', failures, failed_us FROM users WHERE failures > 0;
INSERT INTO lanes (user_id, lane, failures, at_us) SELECT id, 'code', totp_failures, totp_failed_us FROM users WHERE totp_failures > 0;

-- Second factors. Of recovery codes and ids of passkeys the hash is kept; what must be read again is sealed.
CREATE TABLE factors (
	id INTEGER PRIMARY KEY,
	kind TEXT NOT NULL,
	user_id INTEGER NOT NULL REFERENCES users (id),
	hash BLOB UNIQUE,
	sealed BLOB,
	label TEXT NOT NULL DEFAULT '',
	issued_us INTEGER NOT NULL,
	used_us INTEGER NOT NULL DEFAULT 0,
	step INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX factors_user ON factors (user_id);
INSERT INTO factors (kind, user_id, sealed, issued_us, step) SELECT 'totp', id, totp, created_us, totp_step FROM users WHERE totp IS NOT NULL;

ALTER TABLE users DROP COLUMN failures;
ALTER TABLE users DROP COLUMN failed_us;
ALTER TABLE users DROP COLUMN totp;
ALTER TABLE users DROP COLUMN totp_step;
ALTER TABLE users DROP COLUMN totp_failures;
ALTER TABLE users DROP COLUMN totp_failed_us;

ALTER TABLE sessions ADD COLUMN stage INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN source TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN agent TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN question BLOB;
