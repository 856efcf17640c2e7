-- +goose Up
-- Slips by which a password is chosen: two halves that travel apart. Of both only hashes are kept. Links of before end with this.
DROP TABLE links;
CREATE TABLE slips (
	id INTEGER PRIMARY KEY,
	user_id INTEGER NOT NULL REFERENCES users (id),
	issued_us INTEGER NOT NULL,
	until_us INTEGER NOT NULL,
	code BLOB NOT NULL UNIQUE, -- of nobody until the slip is printed
	issued_by INTEGER NOT NULL DEFAULT 0, -- who printed it last; 0: the command line
	printed_us INTEGER NOT NULL DEFAULT 0,
	second BLOB, -- NULL: not drawn yet
	drawn_by INTEGER NOT NULL DEFAULT 0,
	tries INTEGER NOT NULL DEFAULT 0,
	spent_us INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX slips_open ON slips (user_id) WHERE spent_us = 0;
