-- +goose Up
-- Witnesses outside the office (C2SP tlog-witness): their keys, whether the configuration names them, when they last cosigned, since when they fail (0: they do not) and why.
CREATE TABLE witnesses (
	name TEXT PRIMARY KEY,
	verifier_key TEXT NOT NULL,
	active BOOLEAN NOT NULL,
	answered_us BIGINT NOT NULL DEFAULT 0,
	failed_us BIGINT NOT NULL DEFAULT 0,
	failure TEXT NOT NULL DEFAULT ''
);

-- What they signed under which checkpoint; at_us is the instant that they signed with it.
CREATE TABLE cosignatures (
	agency_id BIGINT NOT NULL,
	size BIGINT NOT NULL,
	witness TEXT NOT NULL REFERENCES witnesses (name),
	at_us BIGINT NOT NULL,
	line TEXT NOT NULL,
	PRIMARY KEY (agency_id, witness, size)
);

-- Whether those were enough when they signed.
ALTER TABLE checkpoints ADD COLUMN quorum BOOLEAN NOT NULL DEFAULT FALSE;
