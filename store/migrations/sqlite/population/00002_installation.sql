-- +goose Up
-- One row: the installation that these residents belong to.
CREATE TABLE population_installation (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	mark BLOB NOT NULL
);
