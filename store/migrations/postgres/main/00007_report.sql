-- +goose Up
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

-- How far each log has been summed up.
CREATE TABLE usage_fed (agency_id BIGINT PRIMARY KEY, upto BIGINT NOT NULL);

-- Semester reports. The report is sealed: it names people. What was sent is kept as it is; its evidence says whether it was received.
CREATE TABLE reports (
	agency_id BIGINT NOT NULL REFERENCES institutions (id),
	period TEXT NOT NULL,
	made_us BIGINT NOT NULL,
	sent_us BIGINT NOT NULL,
	sent_by BIGINT NOT NULL,
	evidence_id BIGINT NOT NULL,
	sealed BYTEA NOT NULL,
	PRIMARY KEY (agency_id, period)
);

-- Data balikan of parts of a month; whole months have their sums.
CREATE INDEX expectations_by_time ON expectations (agency_id, opened_us);
