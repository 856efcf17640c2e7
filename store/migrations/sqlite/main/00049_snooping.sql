-- +goose Up
-- What may explain lookups: cases at a desk, lists, letters. The person and the reference are sealed; the digest is keyed.
CREATE TABLE services (
	agency_id BIGINT NOT NULL REFERENCES institutions (id),
	digest BLOB NOT NULL,
	day TEXT NOT NULL,
	kind TEXT NOT NULL,
	at_us BIGINT NOT NULL,
	by_user BIGINT NOT NULL,
	sealed BLOB NOT NULL,
	PRIMARY KEY (agency_id, digest)
);
CREATE INDEX services_by_day ON services (agency_id, day);

-- Each evening's run of an agency.
CREATE TABLE snooping_runs (
	agency_id BIGINT NOT NULL,
	day TEXT NOT NULL,
	at_us BIGINT NOT NULL,
	lookups BIGINT NOT NULL,
	explained BIGINT NOT NULL,
	PRIMARY KEY (agency_id, day)
);

-- Lookups that their officers are asked about. The answer is sealed.
CREATE TABLE snooping_questions (
	agency_id BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	day TEXT NOT NULL,
	user_id BIGINT NOT NULL,
	at_us BIGINT NOT NULL,
	kind TEXT NOT NULL,
	score DOUBLE PRECISION NOT NULL,
	rules TEXT NOT NULL,
	reason TEXT NOT NULL,
	repeats BIGINT NOT NULL,
	case_id BIGINT NOT NULL,
	answered_us BIGINT NOT NULL,
	sealed BLOB NOT NULL,
	PRIMARY KEY (agency_id, seq)
);
CREATE INDEX snooping_questions_by_user ON snooping_questions (agency_id, user_id, answered_us);
CREATE INDEX snooping_questions_by_case ON snooping_questions (case_id);

-- Series that are looked into. The person is kept sealed beside a blind index.
CREATE TABLE snooping_cases (
	id INTEGER PRIMARY KEY,
	agency_id BIGINT NOT NULL REFERENCES institutions (id),
	user_id BIGINT NOT NULL REFERENCES users (id),
	nik_index BLOB NOT NULL,
	sealed BLOB NOT NULL,
	state TEXT NOT NULL,
	rule TEXT NOT NULL,
	opened_us BIGINT NOT NULL,
	closed_us BIGINT NOT NULL,
	finding TEXT NOT NULL,
	entries BIGINT NOT NULL
);
CREATE INDEX snooping_cases_by_person ON snooping_cases (agency_id, user_id, nik_index);

CREATE TABLE snooping_entries (
	case_id BIGINT NOT NULL REFERENCES snooping_cases (id),
	seq BIGINT NOT NULL,
	at_us BIGINT NOT NULL,
	by_user BIGINT NOT NULL,
	act TEXT NOT NULL,
	finding TEXT NOT NULL,
	sealed BLOB NOT NULL,
	PRIMARY KEY (case_id, seq)
);

-- An agency's choice of rules, JSON; without a row the defaults.
CREATE TABLE snooping_settings (agency_id BIGINT PRIMARY KEY REFERENCES institutions (id), settings TEXT NOT NULL);
