-- +goose Up
-- A resident is sealed whole and found by the blind index of the NIK, so that a copied database file shows nobody.
CREATE TABLE residents (
	nik_index BLOB PRIMARY KEY,
	sealed BLOB NOT NULL
) WITHOUT ROWID;
