-- +goose Up
-- The desk of an agency: SHA-256 of the certificate that it shows (empty: none is asked for), the key with which it signs certificates of its searches, and since when.
ALTER TABLE institutions ADD COLUMN desk_pin BYTEA NOT NULL DEFAULT '';
ALTER TABLE institutions ADD COLUMN desk_key TEXT NOT NULL DEFAULT '';
ALTER TABLE institutions ADD COLUMN desk_since_us BIGINT NOT NULL DEFAULT 0;

-- One-time codes by which a desk exchanges keys with the provider; only their hashes.
CREATE TABLE desk_codes (
	hash BYTEA PRIMARY KEY,
	agency_id BIGINT NOT NULL REFERENCES institutions (id),
	until_us BIGINT NOT NULL
);
