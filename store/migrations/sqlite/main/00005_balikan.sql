-- +goose Up
-- How paths of the legacy wire speak; the profile is JSON.
CREATE TABLE wire_profiles (
	id INTEGER PRIMARY KEY,
	agency_id BIGINT NOT NULL REFERENCES institutions (id),
	path TEXT NOT NULL UNIQUE,
	profile TEXT NOT NULL
);

-- Tokens with which institutions send data balikan.
CREATE TABLE balikan_tokens (
	hash BLOB PRIMARY KEY,
	agency_id BIGINT NOT NULL REFERENCES institutions (id),
	lembaga_id TEXT NOT NULL,
	lembaga TEXT NOT NULL,
	created_us BIGINT NOT NULL,
	revoked_us BIGINT NOT NULL
);

-- Data balikan as received. The digest recognises a repeat.
CREATE TABLE balikan (
	agency_id BIGINT NOT NULL,
	digest BLOB NOT NULL,
	at_us BIGINT NOT NULL,
	by_user BIGINT NOT NULL,
	via TEXT NOT NULL,
	nik_index BLOB NOT NULL,
	sealed BLOB NOT NULL,
	incomplete BOOLEAN NOT NULL,
	unmatched BOOLEAN NOT NULL,
	PRIMARY KEY (agency_id, digest)
) WITHOUT ROWID;
CREATE INDEX balikan_by_time ON balikan (agency_id, at_us);
CREATE INDEX balikan_unmatched ON balikan (agency_id, unmatched, at_us);

-- What each looked-up person is owed: open (0), answered (1) or excused with a reason (2). Filled behind the log, in its order.
CREATE TABLE expectations (
	agency_id BIGINT NOT NULL,
	nik_index BLOB NOT NULL,
	seq BIGINT NOT NULL,
	opened_us BIGINT NOT NULL,
	due_us BIGINT NOT NULL,
	user_id BIGINT NOT NULL,
	reference TEXT NOT NULL,
	month TEXT NOT NULL,
	state BIGINT NOT NULL,
	closed_us BIGINT NOT NULL,
	closed_by BIGINT NOT NULL,
	reason TEXT NOT NULL,
	PRIMARY KEY (agency_id, nik_index, seq)
) WITHOUT ROWID;
CREATE INDEX expectations_open ON expectations (agency_id, state, due_us, seq);
CREATE INDEX expectations_of_record ON expectations (agency_id, seq);

CREATE TABLE balikan_fed (agency_id BIGINT PRIMARY KEY, upto BIGINT NOT NULL);

-- Sums by the month and the user of the lookup, moved with each change, so that rates need no scan.
CREATE TABLE balikan_totals (
	agency_id BIGINT NOT NULL,
	user_id BIGINT NOT NULL,
	month TEXT NOT NULL,
	opened BIGINT NOT NULL,
	met BIGINT NOT NULL,
	late BIGINT NOT NULL,
	excused BIGINT NOT NULL,
	PRIMARY KEY (agency_id, user_id, month)
) WITHOUT ROWID;
