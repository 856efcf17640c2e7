-- +goose Up
-- When a user's lookups were stopped for abuse; 0: they are not.
ALTER TABLE users ADD COLUMN stopped_us BIGINT NOT NULL DEFAULT 0;

-- Each stop of a user, with its end. The rule is of the Watcher, empty when a person stopped the user.
CREATE TABLE stops (
	agency_id BIGINT NOT NULL REFERENCES institutions (id),
	user_id BIGINT NOT NULL REFERENCES users (id),
	at_us BIGINT NOT NULL,
	rule TEXT NOT NULL,
	ended_us BIGINT NOT NULL,
	false_alarm BOOLEAN NOT NULL,
	PRIMARY KEY (agency_id, user_id, at_us)
);

-- What the Watcher found, one row for a user, day, action and rule. NIKs in the reasons are masked.
CREATE TABLE alerts (
	agency_id BIGINT NOT NULL,
	user_id BIGINT NOT NULL,
	day TEXT NOT NULL,
	action TEXT NOT NULL,
	rule TEXT NOT NULL,
	first_us BIGINT NOT NULL,
	last_us BIGINT NOT NULL,
	lookups BIGINT NOT NULL,
	score DOUBLE PRECISION NOT NULL,
	reasons TEXT NOT NULL,
	PRIMARY KEY (agency_id, user_id, day, action, rule)
);
CREATE INDEX alerts_by_time ON alerts (last_us);

-- NIKs that no honest source knows.
CREATE TABLE decoys (
	nik_index BLOB PRIMARY KEY,
	sealed BLOB NOT NULL,
	planted_us BIGINT NOT NULL,
	note TEXT NOT NULL
);

-- An agency's settings of the Watcher, JSON; without a row the defaults.
CREATE TABLE abuse_settings (agency_id BIGINT PRIMARY KEY REFERENCES institutions (id), settings TEXT NOT NULL);
