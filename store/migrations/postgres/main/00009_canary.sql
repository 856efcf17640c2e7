-- +goose Up
-- Persons who do not exist, planted for an agency's check of what it keeps; sealed like residents.
CREATE TABLE canaries (
	nik_index BYTEA PRIMARY KEY,
	agency_id BIGINT NOT NULL REFERENCES institutions (id),
	sealed BYTEA NOT NULL,
	planted_us BIGINT NOT NULL
);
CREATE INDEX canaries_of_agency ON canaries (agency_id);
