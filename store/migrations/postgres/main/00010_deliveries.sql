-- +goose Up
-- Deliveries of data balikan by the JSON API: a sender that heard no answer repeats its key and is told that all is there.
CREATE TABLE balikan_deliveries (
	agency_id BIGINT NOT NULL,
	delivery TEXT NOT NULL,
	digest BYTEA NOT NULL,
	at_us BIGINT NOT NULL,
	items BIGINT NOT NULL,
	PRIMARY KEY (agency_id, delivery)
);
