-- +goose Up
-- A resident is sealed whole and found by the blind index of the NIK, so that a copied database file shows nobody. The place is the index's first
-- eight bytes: a tree of whole numbers is flat, one of long keys that carry whole rows is deep.
CREATE TABLE residents (
	place BIGINT PRIMARY KEY,
	nik_index BYTEA NOT NULL,
	sealed BYTEA NOT NULL
);
