-- +goose Up
-- A resident is sealed whole and found by the blind index of the NIK, so that a copied database file shows nobody.
CREATE TABLE residents (
	nik_index BYTEA PRIMARY KEY,
	sealed BYTEA NOT NULL
);
