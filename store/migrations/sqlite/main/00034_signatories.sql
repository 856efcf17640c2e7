-- +goose Up
-- Who signs for the office in the place of its head: rows are added, never changed. Without a name the head signs again from the day on.
CREATE TABLE signatories (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL,
	position TEXT NOT NULL,
	nip TEXT NOT NULL,
	acting TEXT NOT NULL,
	from_day TEXT NOT NULL,
	until_day TEXT NOT NULL,
	letter TEXT NOT NULL,
	known_us BIGINT NOT NULL
);
