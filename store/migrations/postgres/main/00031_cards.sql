-- +goose Up
-- A card that a desk's reader read, as its record tells it: by which reader, and when, in microseconds; 0: no card.
ALTER TABLE records ADD COLUMN reader TEXT NOT NULL DEFAULT '';
ALTER TABLE records ADD COLUMN read_us BIGINT NOT NULL DEFAULT 0;

-- What a desk told once under a key of its own, so that telling it again adds no record.
CREATE TABLE record_keys (
	agency_id BIGINT NOT NULL,
	record_key TEXT NOT NULL,
	digest BYTEA NOT NULL,
	seq BIGINT NOT NULL,
	PRIMARY KEY (agency_id, record_key)
);
