-- +goose Up
-- Versions of agreements and guidelines as documents. agreement_id is 0 until the case that prepares the agreement is signed, scan_id until the
-- signed document is kept.
CREATE TABLE manuscripts (
	id INTEGER PRIMARY KEY,
	agency_id BIGINT NOT NULL REFERENCES institutions (id),
	agreement_id BIGINT NOT NULL,
	case_id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	version BIGINT NOT NULL,
	reason TEXT NOT NULL,
	file_id BIGINT NOT NULL REFERENCES files (id),
	scan_id BIGINT NOT NULL DEFAULT 0,
	by_user BIGINT NOT NULL,
	at_us BIGINT NOT NULL,
	content_sealed BLOB NOT NULL,
	UNIQUE (agency_id, kind, agreement_id, case_id, version)
);

-- Initials on each page of a version; never changed.
CREATE TABLE initials (
	manuscript_id BIGINT NOT NULL REFERENCES manuscripts (id),
	side TEXT NOT NULL,
	name TEXT NOT NULL,
	position TEXT NOT NULL,
	on_day TEXT NOT NULL,
	by_user BIGINT NOT NULL,
	at_us BIGINT NOT NULL,
	PRIMARY KEY (manuscript_id, side)
);
