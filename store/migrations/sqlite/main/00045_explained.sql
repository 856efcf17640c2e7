-- +goose Up
-- Each change of a right leads to a state of all rows that its institution's standings rest on; the entry carries the state's digest, and what it changed lies sealed
-- in it. Here stands each row's digest as its last entry told it: a row that is another is one that no entry explains. Digests are MACs under a key outside the
-- database, and the digest of an institution's list lies under its log's seal (logs.state).
ALTER TABLE changes ADD COLUMN state BLOB NOT NULL DEFAULT X'';
CREATE TABLE explained (
	agency_id BIGINT NOT NULL,
	row_name TEXT NOT NULL,
	digest BLOB NOT NULL,
	PRIMARY KEY (agency_id, row_name)
);
CREATE INDEX slips_agency ON slips (agency_id) WHERE spent_us = 0;
-- A session carries a MAC over whose it is, how far it has come and since when. Those from before end.
ALTER TABLE sessions ADD COLUMN seal BLOB NOT NULL DEFAULT X'';
DELETE FROM sessions;
