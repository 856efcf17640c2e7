-- +goose Up
-- One row: who this database is, and a value that only its key file opens.
CREATE TABLE installation (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	mark BLOB NOT NULL,
	key_check BLOB NOT NULL
);
