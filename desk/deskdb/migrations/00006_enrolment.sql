-- +goose Up
-- One row: how this desk stands with its provider. The ticket of a request that waits is sealed; empty: none waits. cosigner is the verifier key that is in force there.
CREATE TABLE enrolment (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	ticket BLOB,
	cosigner TEXT NOT NULL DEFAULT ''
);
INSERT INTO enrolment (id) VALUES (1);
