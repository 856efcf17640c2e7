-- +goose Up
-- One row: who this database is, and a value that only its key file opens.
CREATE TABLE installation (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	mark BYTEA NOT NULL,
	key_check BYTEA NOT NULL
);
