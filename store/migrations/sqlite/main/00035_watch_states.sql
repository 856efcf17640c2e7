-- +goose Up
-- What the Watcher knew of an agency's lookups before a place of its log (D3): sealed, because it holds NIKs; made from the records, and made anew from them when it is lost.
CREATE TABLE watch_states (
	agency_id BIGINT NOT NULL PRIMARY KEY,
	upto BIGINT NOT NULL,
	sealed BLOB NOT NULL
);
