-- +goose Up
-- The Merkle tree of each log: the hash of every leaf beside its record, the roots of the perfect subtrees in the log's row. Records from before have none;
-- a log that has such cannot be handed out.
ALTER TABLE logs ADD COLUMN frontier BYTEA NOT NULL DEFAULT '';
ALTER TABLE records ADD COLUMN nik_commitment BYTEA;
ALTER TABLE records ADD COLUMN leaf BYTEA NOT NULL DEFAULT '';
ALTER TABLE changes ADD COLUMN leaf BYTEA NOT NULL DEFAULT '';

CREATE TABLE checkpoints (
	agency_id BIGINT NOT NULL,
	size BIGINT NOT NULL,
	at_us BIGINT NOT NULL,
	note BYTEA NOT NULL,
	PRIMARY KEY (agency_id, size)
);

-- Which records ask for a NIK, filled behind the log: an index in the record's own transaction would touch another page with each record.
CREATE TABLE nik_uses (
	nik_index BYTEA NOT NULL,
	agency_id BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	PRIMARY KEY (nik_index, agency_id, seq)
);
CREATE TABLE nik_indexed (agency_id BIGINT PRIMARY KEY, upto BIGINT NOT NULL);
