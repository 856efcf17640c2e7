-- +goose Up
ALTER TABLE institutions ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE institutions ADD COLUMN email TEXT NOT NULL DEFAULT '';
ALTER TABLE heads ADD COLUMN sptjm_file BIGINT NOT NULL DEFAULT 0;
ALTER TABLE heads ADD COLUMN appointed_by TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN email TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN nda_form TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN nda_file BIGINT NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN notices_read BIGINT NOT NULL DEFAULT 0;
CREATE INDEX users_of_agency ON users (agency_id, login);
ALTER TABLE agreements ADD COLUMN subject TEXT NOT NULL DEFAULT '';

CREATE TABLE contacts (
	id INTEGER PRIMARY KEY,
	agency_id BIGINT NOT NULL REFERENCES institutions (id),
	side TEXT NOT NULL,
	name TEXT NOT NULL,
	position TEXT NOT NULL,
	phone TEXT NOT NULL,
	email TEXT NOT NULL
);
CREATE INDEX contacts_of_agency ON contacts (agency_id);

-- A case is one run of a procedure. What was filled in is sealed: forms hold personal data.
CREATE TABLE cases (
	id INTEGER PRIMARY KEY,
	agency_id BIGINT NOT NULL REFERENCES institutions (id),
	procedure_key TEXT NOT NULL,
	state TEXT NOT NULL,
	steps BIGINT NOT NULL,
	opened_us BIGINT NOT NULL,
	changed_us BIGINT NOT NULL
);
CREATE INDEX cases_of_agency ON cases (agency_id, id);
CREATE INDEX cases_of_state ON cases (state, id);

CREATE TABLE case_steps (
	case_id BIGINT NOT NULL REFERENCES cases (id),
	seq BIGINT NOT NULL,
	step TEXT NOT NULL,
	at_us BIGINT NOT NULL,
	by_user BIGINT NOT NULL,
	letter TEXT NOT NULL,
	letter_day TEXT NOT NULL,
	verdict TEXT NOT NULL,
	fields_sealed BLOB NOT NULL,
	PRIMARY KEY (case_id, seq)
);

CREATE TABLE files (
	id INTEGER PRIMARY KEY,
	agency_id BIGINT NOT NULL REFERENCES institutions (id),
	case_id BIGINT NOT NULL,
	case_seq BIGINT NOT NULL,
	agreement_id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	title TEXT NOT NULL,
	number TEXT NOT NULL,
	version BIGINT NOT NULL,
	media TEXT NOT NULL,
	size BIGINT NOT NULL,
	sha256 BLOB NOT NULL,
	by_user BIGINT NOT NULL,
	at_us BIGINT NOT NULL
);
CREATE INDEX files_of_agency ON files (agency_id, id);
CREATE INDEX files_of_case ON files (case_id);

CREATE TABLE file_contents (
	file_id BIGINT PRIMARY KEY REFERENCES files (id),
	sealed BLOB NOT NULL
);

-- The register of letters sent: a number is taken once, whatever becomes of the letter.
CREATE TABLE letter_years (year BIGINT PRIMARY KEY, taken BIGINT NOT NULL);
CREATE TABLE letters (
	year BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	agency_id BIGINT NOT NULL,
	case_id BIGINT NOT NULL,
	subject TEXT NOT NULL,
	at_us BIGINT NOT NULL,
	PRIMARY KEY (year, seq)
);

CREATE TABLE readers (
	id INTEGER PRIMARY KEY,
	agency_id BIGINT NOT NULL REFERENCES institutions (id),
	serial TEXT NOT NULL UNIQUE,
	model TEXT NOT NULL,
	sam TEXT NOT NULL,
	state TEXT NOT NULL,
	since_us BIGINT NOT NULL
);
CREATE INDEX readers_of_agency ON readers (agency_id, id);

CREATE TABLE evidence (
	id INTEGER PRIMARY KEY,
	agency_id BIGINT NOT NULL REFERENCES institutions (id),
	agreement_id BIGINT NOT NULL,
	rule TEXT NOT NULL,
	period TEXT NOT NULL,
	on_day TEXT NOT NULL,
	note TEXT NOT NULL,
	file_id BIGINT NOT NULL,
	by_user BIGINT NOT NULL,
	at_us BIGINT NOT NULL,
	judged_by BIGINT NOT NULL,
	judged_us BIGINT NOT NULL,
	accepted BOOLEAN NOT NULL
);
CREATE INDEX evidence_of_agency ON evidence (agency_id, id);

CREATE TABLE holidays (
	day TEXT NOT NULL,
	kind TEXT NOT NULL,
	name TEXT NOT NULL,
	source TEXT NOT NULL,
	PRIMARY KEY (day, kind)
);

-- What was reminded of; a reminder is sent once.
CREATE TABLE reminders (
	agreement_id BIGINT NOT NULL,
	rule TEXT NOT NULL,
	period TEXT NOT NULL,
	threshold BIGINT NOT NULL,
	at_us BIGINT NOT NULL,
	PRIMARY KEY (agreement_id, rule, period, threshold)
);

-- The queue of e-mail. A mail is due when sent_us = 0 and next_us has passed.
CREATE TABLE mails (
	id INTEGER PRIMARY KEY,
	recipient TEXT NOT NULL,
	subject TEXT NOT NULL,
	body TEXT NOT NULL,
	file_id BIGINT NOT NULL,
	created_us BIGINT NOT NULL,
	next_us BIGINT NOT NULL,
	tries BIGINT NOT NULL,
	sent_us BIGINT NOT NULL,
	failure TEXT NOT NULL
);
CREATE INDEX mails_due ON mails (sent_us, next_us);

-- Notices in the application; agency 0 are those for the provider's staff.
CREATE TABLE notices (
	id INTEGER PRIMARY KEY,
	agency_id BIGINT NOT NULL REFERENCES institutions (id),
	at_us BIGINT NOT NULL,
	text TEXT NOT NULL,
	path TEXT NOT NULL
);
CREATE INDEX notices_of_agency ON notices (agency_id, id);

CREATE TABLE templates (
	key TEXT NOT NULL,
	version BIGINT NOT NULL,
	text TEXT NOT NULL,
	by_user BIGINT NOT NULL,
	at_us BIGINT NOT NULL,
	PRIMARY KEY (key, version)
);

-- Who used how much on a day: the console asks for all agencies at once. Charging a hit changes no indexed column.
CREATE INDEX quota_days_of_day ON quota_days (day);
