-- +goose Up
-- The security log: who did what at this desk. Entries are only added; each carries a MAC, under a key outside the database, over itself and the MAC of the one before.
-- by_user, about: 0 is nobody that has a user id here. What was done stands sealed, because it may name things of people.
CREATE TABLE security (
	seq INTEGER PRIMARY KEY,
	at_us INTEGER NOT NULL,
	kind TEXT NOT NULL,
	by_user INTEGER NOT NULL,
	about INTEGER NOT NULL,
	source TEXT NOT NULL,
	sealed BLOB NOT NULL,
	mac BLOB NOT NULL
);
CREATE INDEX security_about ON security (about, seq);
CREATE INDEX security_kind ON security (kind, seq);
-- +goose StatementBegin
CREATE TRIGGER security_unchanged BEFORE UPDATE ON security BEGIN SELECT RAISE(ABORT, 'the security log is only added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER security_kept BEFORE DELETE ON security BEGIN SELECT RAISE(ABORT, 'the security log is only added to'); END;
-- +goose StatementEnd

-- One row: a MAC over the log's length and last entry, so that taking its end away is found.
CREATE TABLE security_head (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	mac BLOB NOT NULL
);

-- What it held of users' own ways in is part of the log from now on.
DROP TABLE activity;
