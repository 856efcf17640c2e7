-- +goose Up
-- The newest set of residents that an answer rested on: from then on no answer of any process rests on an older one.
ALTER TABLE rights ADD COLUMN population_set INTEGER NOT NULL DEFAULT 0;
-- An import that runs or ended without a set, for whoever watches it. What an import changed is told by the set that it made.
CREATE TABLE imports (
	id INTEGER PRIMARY KEY,
	began_us INTEGER NOT NULL,
	seen_us INTEGER NOT NULL, -- when it last told how far it is
	ended_us INTEGER NOT NULL DEFAULT 0, -- 0: it runs, or was killed
	by_whom TEXT NOT NULL,
	kind TEXT NOT NULL, -- full, changes
	file_hash TEXT NOT NULL, -- SHA-256 of the file, hexadecimal
	file_rows INTEGER NOT NULL DEFAULT 0, -- taken so far
	set_no INTEGER NOT NULL DEFAULT 0, -- that it made; 0: none
	problem TEXT NOT NULL DEFAULT '' -- why it made none, without values of persons
);
