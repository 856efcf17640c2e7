-- +goose Up
-- What follows from the logs and from what people answered alone: it may be lost and is then made anew. nik_place is the first eight bytes
-- of a blind index; 0 when it was destroyed.

-- How far each log was taken in: records before a place, answers before a number. leaf is the hash of the last entry that was taken in, by
-- which another log, or an older state of it, is known.
CREATE TABLE filled (
	agency_id BIGINT PRIMARY KEY,
	upto BIGINT NOT NULL,
	answers BIGINT NOT NULL,
	leaf BYTEA NOT NULL
);

-- Whose it is, and whether the first pass from the beginning of the logs is still under way.
CREATE TABLE filling (
	one BIGINT PRIMARY KEY,
	mark BYTEA NOT NULL,
	building BOOLEAN NOT NULL
);

-- Which records ask for a NIK.
CREATE TABLE nik_uses (
	nik_place BIGINT NOT NULL,
	agency_id BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	at_us BIGINT NOT NULL,
	PRIMARY KEY (nik_place, agency_id, seq)
);

-- What each looked-up person is owed: open (0), answered (1) or excused with a reason (2), the latter before the place closed_place.
CREATE TABLE expectations (
	agency_id BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	nik_place BIGINT NOT NULL,
	opened_us BIGINT NOT NULL,
	due_us BIGINT NOT NULL,
	user_id BIGINT NOT NULL,
	reference TEXT NOT NULL,
	month TEXT NOT NULL,
	state BIGINT NOT NULL,
	closed_us BIGINT NOT NULL,
	closed_place BIGINT NOT NULL,
	closed_by BIGINT NOT NULL,
	reason TEXT NOT NULL,
	PRIMARY KEY (agency_id, seq)
);
CREATE INDEX expectations_of_person ON expectations (agency_id, nik_place, seq);
CREATE INDEX expectations_open ON expectations (agency_id, due_us, seq) WHERE state = 0;
CREATE INDEX expectations_by_time ON expectations (agency_id, opened_us);

-- Sums by the month and the user of the lookup, so that rates need no scan.
CREATE TABLE balikan_totals (
	agency_id BIGINT NOT NULL,
	user_id BIGINT NOT NULL,
	month TEXT NOT NULL,
	opened BIGINT NOT NULL,
	met BIGINT NOT NULL,
	late BIGINT NOT NULL,
	excused BIGINT NOT NULL,
	PRIMARY KEY (agency_id, user_id, month)
);

-- Sums of the records by the agency's day (days from 1970-01-01 in its zone), so that no report scans the log.
CREATE TABLE usage (
	agency_id BIGINT NOT NULL,
	day BIGINT NOT NULL,
	user_id BIGINT NOT NULL,
	act TEXT NOT NULL,
	method TEXT NOT NULL,
	purpose TEXT NOT NULL,
	outcome TEXT NOT NULL,
	lookups BIGINT NOT NULL,
	hits BIGINT NOT NULL,
	PRIMARY KEY (agency_id, day, user_id, act, method, purpose, outcome)
);

-- The same without users, methods and purposes, by day first: the view over all agencies.
CREATE TABLE usage_days (
	day BIGINT NOT NULL,
	agency_id BIGINT NOT NULL,
	act TEXT NOT NULL,
	outcome TEXT NOT NULL,
	lookups BIGINT NOT NULL,
	hits BIGINT NOT NULL,
	PRIMARY KEY (day, agency_id, act, outcome)
);

-- Sums of what each purpose used of a person who was found (A11): opened by a lookup, compared by a match; elements is a set, as in records.
CREATE TABLE usage_elements (
	agency_id BIGINT NOT NULL,
	day BIGINT NOT NULL,
	purpose TEXT NOT NULL,
	elements BIGINT NOT NULL,
	uses BIGINT NOT NULL,
	PRIMARY KEY (agency_id, day, purpose, elements)
);
