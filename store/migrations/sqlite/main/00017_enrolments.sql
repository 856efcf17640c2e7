-- +goose Up
-- Who of the provider's staff made a code; 0: from the command line.
ALTER TABLE desk_codes ADD COLUMN by_user BIGINT NOT NULL DEFAULT 0;

-- Machines that ask to become an agency's desk, with who approved them. Of the ticket by which a machine asks how its request stands only the hash is kept.
CREATE TABLE desk_requests (
	id INTEGER PRIMARY KEY,
	agency_id BIGINT NOT NULL REFERENCES institutions (id),
	ticket BLOB NOT NULL UNIQUE,
	machine TEXT NOT NULL,
	source TEXT NOT NULL,
	pin BLOB NOT NULL,
	desk_key TEXT NOT NULL,
	cosigner TEXT NOT NULL,
	code_by BIGINT NOT NULL,
	asked_us BIGINT NOT NULL,
	until_us BIGINT NOT NULL,
	agency_by BIGINT NOT NULL DEFAULT 0,
	agency_us BIGINT NOT NULL DEFAULT 0,
	provider_by BIGINT NOT NULL DEFAULT 0,
	provider_us BIGINT NOT NULL DEFAULT 0,
	enrolled_us BIGINT NOT NULL DEFAULT 0,
	refused_us BIGINT NOT NULL DEFAULT 0,
	why TEXT NOT NULL DEFAULT ''
);
CREATE INDEX desk_requests_agency ON desk_requests (agency_id, id);
