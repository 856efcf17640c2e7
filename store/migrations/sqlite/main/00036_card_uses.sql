-- +goose Up
-- How much an agency's readers read, for its own page of them.
CREATE INDEX records_reader ON records (agency_id, reader, read_us) WHERE reader <> '';
