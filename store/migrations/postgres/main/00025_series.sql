-- +goose Up
-- Minutes of handovers are numbered by themselves: a place belongs to a series ('': letters sent; 'BAST') and a year.
CREATE TABLE letter_series (series TEXT NOT NULL, year BIGINT NOT NULL, taken BIGINT NOT NULL, PRIMARY KEY (series, year));
INSERT INTO letter_series (series, year, taken) SELECT '', year, taken FROM letter_years;
DROP TABLE letter_years;
ALTER TABLE letters ADD COLUMN series TEXT NOT NULL DEFAULT '';
ALTER TABLE letters DROP CONSTRAINT letters_pkey;
ALTER TABLE letters ADD PRIMARY KEY (series, year, seq);
