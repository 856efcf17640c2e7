-- +goose Up
-- Old entries lie in archive files: those before this place.
ALTER TABLE logs ADD COLUMN archived BIGINT NOT NULL DEFAULT 0;

-- What the next checkpoint is checked to go on from; and the agency's own signature under it, if it gave one.
ALTER TABLE checkpoints ADD COLUMN frontier BLOB NOT NULL DEFAULT X'';
ALTER TABLE checkpoints ADD COLUMN cosignature TEXT NOT NULL DEFAULT '';

UPDATE checkpoints SET frontier = (SELECT l.frontier FROM logs l WHERE l.id = checkpoints.agency_id)
WHERE size = (SELECT l.size FROM logs l WHERE l.id = checkpoints.agency_id);
DELETE FROM checkpoints WHERE LENGTH(frontier) = 0 AND size > 0;

-- Roots of full subtrees of 256, 256 × 256, … entries, so that proofs and tiles of a long log read few rows. They can be computed anew from the leaves.
CREATE TABLE nodes (
	agency_id BIGINT NOT NULL,
	level BIGINT NOT NULL,
	n BIGINT NOT NULL,
	hash BLOB NOT NULL,
	PRIMARY KEY (agency_id, level, n)
) WITHOUT ROWID;

-- The key with which an agency signs what it has seen of its own log, how many entries it saw last, and the alarm that it raised ('' none).
CREATE TABLE cosigners (
	agency_id BIGINT PRIMARY KEY REFERENCES institutions (id),
	verifier_key TEXT NOT NULL,
	seen BIGINT NOT NULL DEFAULT 0,
	seen_us BIGINT NOT NULL DEFAULT 0,
	alarm TEXT NOT NULL,
	alarm_us BIGINT NOT NULL
);

-- The last check of each log.
CREATE TABLE log_checks (
	agency_id BIGINT PRIMARY KEY,
	by_user BIGINT NOT NULL,
	began_us BIGINT NOT NULL,
	seen_us BIGINT NOT NULL,
	done BIGINT NOT NULL,
	size BIGINT NOT NULL,
	ended BOOLEAN NOT NULL,
	broken TEXT NOT NULL
);

-- Uses that are left out of what a resident is told, by a lawful order; they stay in the log.
CREATE TABLE withholdings (
	id INTEGER PRIMARY KEY,
	agency_id BIGINT NOT NULL REFERENCES institutions (id),
	nik_index BLOB NOT NULL,
	from_us BIGINT NOT NULL,
	to_us BIGINT NOT NULL,
	until TEXT NOT NULL,
	order_number TEXT NOT NULL,
	authority TEXT NOT NULL
);
CREATE INDEX withholdings_of_nik ON withholdings (nik_index);

-- The index of uses is made anew, with the time of the use: the record itself may lie in an archive file.
DROP TABLE nik_uses;
DELETE FROM nik_indexed;
CREATE TABLE nik_uses (
	nik_index BLOB NOT NULL,
	agency_id BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	at_us BIGINT NOT NULL,
	PRIMARY KEY (nik_index, agency_id, seq)
) WITHOUT ROWID;
