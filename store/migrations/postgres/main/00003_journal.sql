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
