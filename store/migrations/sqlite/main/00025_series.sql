-- +goose Up
-- Minutes of handovers are numbered by themselves: a place belongs to a series ('': letters sent; 'BAST') and a year.
CREATE TABLE letter_series (series TEXT NOT NULL, year BIGINT NOT NULL, taken BIGINT NOT NULL, PRIMARY KEY (series, year));
INSERT INTO letter_series (series, year, taken) SELECT '', year, taken FROM letter_years;
DROP TABLE letter_years;
CREATE TABLE letters_of_series (
	year BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	agency_id BIGINT NOT NULL,
	case_id BIGINT NOT NULL,
	subject TEXT NOT NULL,
	at_us BIGINT NOT NULL,
	series TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (series, year, seq)
);
INSERT INTO letters_of_series (year, seq, agency_id, case_id, subject, at_us) SELECT year, seq, agency_id, case_id, subject, at_us FROM letters;
DROP TABLE letters;
ALTER TABLE letters_of_series RENAME TO letters;
