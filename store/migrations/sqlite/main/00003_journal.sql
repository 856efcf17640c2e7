-- +goose Up
-- The Merkle tree of each log: the hash of every leaf beside its record, the roots of the perfect subtrees in the log's row. Records from before have none;
-- a log that has such cannot be handed out.
ALTER TABLE logs ADD COLUMN frontier BLOB NOT NULL DEFAULT X'';
ALTER TABLE records ADD COLUMN nik_commitment BLOB;
ALTER TABLE records ADD COLUMN leaf BLOB NOT NULL DEFAULT X'';
ALTER TABLE changes ADD COLUMN leaf BLOB NOT NULL DEFAULT X'';

CREATE TABLE checkpoints (
	agency_id BIGINT NOT NULL,
	size BIGINT NOT NULL,
	at_us BIGINT NOT NULL,
	note BLOB NOT NULL,
	PRIMARY KEY (agency_id, size)
) WITHOUT ROWID;

-- Which records ask for a NIK, filled behind the log: an index in the record's own transaction would touch another page with each record.
CREATE TABLE nik_uses (
	nik_index BLOB NOT NULL,
	agency_id BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	PRIMARY KEY (nik_index, agency_id, seq)
) WITHOUT ROWID;
CREATE TABLE nik_indexed (agency_id BIGINT PRIMARY KEY, upto BIGINT NOT NULL);
