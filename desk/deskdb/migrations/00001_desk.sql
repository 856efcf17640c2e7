-- +goose Up
CREATE TABLE users (
	id INTEGER PRIMARY KEY,
	login TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	role TEXT NOT NULL,
	password_hash TEXT NOT NULL DEFAULT '',
	failures INTEGER NOT NULL DEFAULT 0,
	failed_us INTEGER NOT NULL DEFAULT 0,
	totp BLOB,
	totp_step INTEGER NOT NULL DEFAULT 0,
	totp_failures INTEGER NOT NULL DEFAULT 0,
	totp_failed_us INTEGER NOT NULL DEFAULT 0,
	token BLOB,
	created_us INTEGER NOT NULL,
	deactivated_us INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE links (hash BLOB PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), until_us INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE sessions (hash BLOB PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), opened_us INTEGER NOT NULL, seen_us INTEGER NOT NULL) WITHOUT ROWID;
-- One row: moves with each change of a user, so that remembered credentials end.
CREATE TABLE version (n INTEGER NOT NULL);
INSERT INTO version (n) VALUES (1);

CREATE TABLE services (key TEXT NOT NULL, version INTEGER NOT NULL, at_us INTEGER NOT NULL, by_user INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (key, version)) WITHOUT ROWID;

-- The last number given of the queue of a day, or of the documents of a year.
CREATE TABLE counters (kind TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE applications (
	id INTEGER PRIMARY KEY,
	number TEXT NOT NULL UNIQUE,
	day TEXT NOT NULL,
	queue INTEGER NOT NULL,
	service TEXT NOT NULL,
	service_version INTEGER NOT NULL,
	state TEXT NOT NULL,
	nik_index BLOB NOT NULL,
	sealed BLOB NOT NULL,
	created_us INTEGER NOT NULL,
	created_by INTEGER NOT NULL,
	changed_us INTEGER NOT NULL,
	sent_us INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX applications_day ON applications (day, queue);
CREATE INDEX applications_state ON applications (state, changed_us);
CREATE INDEX applications_nik ON applications (nik_index);

CREATE TABLE steps (
	id INTEGER PRIMARY KEY,
	application INTEGER NOT NULL REFERENCES applications (id),
	step TEXT NOT NULL,
	act TEXT NOT NULL,
	at_us INTEGER NOT NULL,
	by_user INTEGER NOT NULL,
	note BLOB
);
CREATE INDEX steps_application ON steps (application);

CREATE TABLE files (
	id INTEGER PRIMARY KEY,
	application INTEGER NOT NULL REFERENCES applications (id),
	document TEXT NOT NULL,
	media TEXT NOT NULL,
	size INTEGER NOT NULL,
	at_us INTEGER NOT NULL,
	by_user INTEGER NOT NULL,
	sealed BLOB NOT NULL
);
CREATE INDEX files_application ON files (application);

-- A cross-check: verdicts, never a value of the answer.
CREATE TABLE checks (
	id INTEGER PRIMARY KEY,
	application INTEGER NOT NULL REFERENCES applications (id),
	mode TEXT NOT NULL,
	at_us INTEGER NOT NULL,
	by_user INTEGER NOT NULL,
	outcome TEXT NOT NULL,
	message TEXT NOT NULL,
	record TEXT NOT NULL,
	verdicts TEXT NOT NULL,
	receipt BLOB
);
CREATE INDEX checks_application ON checks (application);
CREATE INDEX checks_without_receipt ON checks (at_us) WHERE receipt IS NULL;

-- Consent of a resident to a reading of the card, with time and officer.
CREATE TABLE consents (
	id INTEGER PRIMARY KEY,
	at_us INTEGER NOT NULL,
	by_user INTEGER NOT NULL,
	reader TEXT NOT NULL,
	note TEXT NOT NULL DEFAULT '',
	application INTEGER REFERENCES applications (id)
);

CREATE TABLE documents (
	application INTEGER PRIMARY KEY REFERENCES applications (id),
	number TEXT NOT NULL UNIQUE,
	code TEXT NOT NULL UNIQUE,
	kind TEXT NOT NULL,
	masked TEXT NOT NULL,
	at_us INTEGER NOT NULL,
	by_user INTEGER NOT NULL,
	sealed BLOB NOT NULL
);

-- Data balikan that waits for the provider, written with the decision.
CREATE TABLE outbox (
	application INTEGER PRIMARY KEY REFERENCES applications (id),
	key TEXT NOT NULL UNIQUE,
	user_id INTEGER NOT NULL,
	sealed BLOB NOT NULL,
	made_us INTEGER NOT NULL,
	tries INTEGER NOT NULL DEFAULT 0,
	next_us INTEGER NOT NULL,
	trouble TEXT NOT NULL DEFAULT '',
	sent_us INTEGER NOT NULL DEFAULT 0,
	repeated INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX outbox_waiting ON outbox (next_us) WHERE sent_us = 0;
