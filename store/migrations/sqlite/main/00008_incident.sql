-- +goose Up
-- The register of incidents. A line's text is sealed: it may name people. Days of what happened are instants at which they begin and end.
CREATE TABLE incidents (
	id INTEGER PRIMARY KEY,
	agency_id BIGINT NOT NULL REFERENCES institutions (id),
	kind TEXT NOT NULL,
	state TEXT NOT NULL,
	user_id BIGINT NOT NULL,
	known_us BIGINT NOT NULL,
	from_us BIGINT NOT NULL,
	to_us BIGINT NOT NULL,
	reported_us BIGINT NOT NULL,
	reported_by BIGINT NOT NULL,
	notified_us BIGINT NOT NULL,
	closed_us BIGINT NOT NULL,
	entries BIGINT NOT NULL
);
CREATE INDEX incidents_of_agency ON incidents (agency_id, id);
CREATE INDEX incidents_of_state ON incidents (state, id);

CREATE TABLE incident_entries (
	incident_id BIGINT NOT NULL REFERENCES incidents (id),
	seq BIGINT NOT NULL,
	at_us BIGINT NOT NULL,
	by_user BIGINT NOT NULL,
	act TEXT NOT NULL,
	sealed BLOB NOT NULL,
	PRIMARY KEY (incident_id, seq)
);

-- The accesses that an incident is about, as the journal's records say, kept with it: records go to the archive and forget their NIK.
CREATE TABLE incident_uses (
	incident_id BIGINT NOT NULL REFERENCES incidents (id),
	agency_id BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	nik_index BLOB NOT NULL,
	at_us BIGINT NOT NULL,
	user_id BIGINT NOT NULL,
	purpose TEXT NOT NULL,
	reference TEXT NOT NULL,
	elements BIGINT NOT NULL,
	PRIMARY KEY (incident_id, agency_id, seq)
);
CREATE INDEX incident_uses_of_person ON incident_uses (incident_id, nik_index);

CREATE TABLE incident_people (
	incident_id BIGINT NOT NULL REFERENCES incidents (id),
	nik_index BLOB NOT NULL,
	sealed BLOB NOT NULL,
	PRIMARY KEY (incident_id, nik_index)
);

CREATE TABLE incident_letters (
	incident_id BIGINT NOT NULL REFERENCES incidents (id),
	file_id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	number TEXT NOT NULL,
	made_us BIGINT NOT NULL,
	sent_us BIGINT NOT NULL,
	PRIMARY KEY (incident_id, file_id)
);

-- Evaluations as they were proposed, with the figures of that moment; a case with four eyes decides each.
CREATE TABLE evaluations (
	id INTEGER PRIMARY KEY,
	agency_id BIGINT NOT NULL REFERENCES institutions (id),
	period TEXT NOT NULL,
	at_us BIGINT NOT NULL,
	by_user BIGINT NOT NULL,
	case_id BIGINT NOT NULL,
	figures TEXT NOT NULL,
	result TEXT NOT NULL,
	decision TEXT NOT NULL,
	decided_us BIGINT NOT NULL
);
CREATE INDEX evaluations_of_agency ON evaluations (agency_id, id);
CREATE INDEX evaluations_of_period ON evaluations (period, agency_id, id);

-- Reports of a half-year's evaluations to the Director General.
CREATE TABLE evaluation_reports (
	file_id BIGINT PRIMARY KEY REFERENCES files (id),
	period TEXT NOT NULL,
	number TEXT NOT NULL,
	made_us BIGINT NOT NULL,
	sent_us BIGINT NOT NULL
);
