-- +goose Up
-- What entries hold sealed lies under a key of the month that they were written in, kept wrapped by the key file. A key that was destroyed
-- has no wrapped value any more; its row stays, so that no other takes its place.
CREATE TABLE period_keys (
	period BIGINT PRIMARY KEY,
	wrapped BYTEA,
	made_us BIGINT NOT NULL
);

-- Entries of before have period 0: their texts stand open in them, as they were signed.
ALTER TABLE records ADD COLUMN period BIGINT NOT NULL DEFAULT 0;
ALTER TABLE records ADD COLUMN text_sealed BYTEA;
ALTER TABLE records ADD COLUMN text_commitment BYTEA;
ALTER TABLE changes ADD COLUMN period BIGINT NOT NULL DEFAULT 0;
ALTER TABLE changes ADD COLUMN text_sealed BYTEA;
ALTER TABLE changes ADD COLUMN text_commitment BYTEA;
