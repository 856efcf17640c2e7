-- +goose Up
-- The set that a resident's row came with, whether the last import added (1), changed (2) or only saw it (0), and a keyed digest by which a row that
-- stays the same is told from one that changes.
ALTER TABLE residents ADD COLUMN set_no INTEGER NOT NULL DEFAULT 0;
ALTER TABLE residents ADD COLUMN change INTEGER NOT NULL DEFAULT 1;
ALTER TABLE residents ADD COLUMN digest BLOB NOT NULL DEFAULT x'';
-- An import, written in the transaction of its residents: the newest row is the set that lookups rest on. Set 0 is what was there before sets were
-- counted.
CREATE TABLE population_sets (
	set_no INTEGER PRIMARY KEY,
	as_of TEXT NOT NULL, -- YYYY-MM-DD, day of the data; empty: not known
	at_us INTEGER NOT NULL,
	report TEXT NOT NULL -- JSON without values of persons
);
INSERT INTO population_sets (set_no, as_of, at_us, report) VALUES (0, '', 0, '{}');
