-- +goose Up
-- Dates are text YYYY-MM-DD ('' none), instants are microseconds since 1970 UTC (0 none): the same on both engines.

-- The version grows with every change of a right or a password; records are written only on today's (journal.ErrStale).
CREATE TABLE rights (id BIGINT PRIMARY KEY, version BIGINT NOT NULL);
INSERT INTO rights (id, version) VALUES (1, 1);

CREATE TABLE institutions (
	id INTEGER PRIMARY KEY,
	code TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	zone TEXT NOT NULL
);

CREATE TABLE heads (
	id INTEGER PRIMARY KEY,
	agency_id BIGINT NOT NULL REFERENCES institutions (id),
	name TEXT NOT NULL,
	position TEXT NOT NULL,
	sptjm_signed TEXT NOT NULL,
	sptjm_until TEXT NOT NULL,
	since TEXT NOT NULL,
	until TEXT NOT NULL
);
CREATE INDEX heads_of_agency ON heads (agency_id);

CREATE TABLE users (
	id INTEGER PRIMARY KEY,
	agency_id BIGINT NOT NULL REFERENCES institutions (id),
	login TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	position TEXT NOT NULL,
	role TEXT NOT NULL,
	methods TEXT NOT NULL,
	nda_signed TEXT NOT NULL,
	deactivated_us BIGINT NOT NULL,
	password_hash TEXT NOT NULL,
	failures BIGINT NOT NULL DEFAULT 0,
	failed_us BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE api_tokens (
	hash BLOB PRIMARY KEY,
	user_id BIGINT NOT NULL REFERENCES users (id),
	created_us BIGINT NOT NULL,
	revoked_us BIGINT NOT NULL
);

CREATE TABLE links (
	hash BLOB PRIMARY KEY,
	user_id BIGINT NOT NULL REFERENCES users (id),
	expires_us BIGINT NOT NULL,
	used_us BIGINT NOT NULL
);

CREATE TABLE sessions (
	hash BLOB PRIMARY KEY,
	user_id BIGINT NOT NULL REFERENCES users (id),
	opened_us BIGINT NOT NULL,
	seen_us BIGINT NOT NULL
);

CREATE TABLE agreements (
	id INTEGER PRIMARY KEY,
	agency_id BIGINT NOT NULL REFERENCES institutions (id),
	provider_number TEXT NOT NULL,
	agency_number TEXT NOT NULL,
	signed_on TEXT NOT NULL,
	ends_on TEXT NOT NULL,
	terms TEXT NOT NULL
);
CREATE INDEX agreements_of_agency ON agreements (agency_id, signed_on);

CREATE TABLE addenda (
	id INTEGER PRIMARY KEY,
	agreement_id BIGINT NOT NULL REFERENCES agreements (id),
	number TEXT NOT NULL,
	effective_on TEXT NOT NULL,
	terms_change TEXT NOT NULL
);
CREATE INDEX addenda_of_agreement ON addenda (agreement_id, effective_on);

CREATE TABLE poc_results (
	id INTEGER PRIMARY KEY,
	agreement_id BIGINT NOT NULL REFERENCES agreements (id),
	letter TEXT NOT NULL,
	decided_on TEXT NOT NULL,
	passed BOOLEAN NOT NULL
);
CREATE INDEX poc_results_of_agreement ON poc_results (agreement_id);

CREATE TABLE decisions (
	id INTEGER PRIMARY KEY,
	agreement_id BIGINT NOT NULL REFERENCES agreements (id),
	kind TEXT NOT NULL,
	from_us BIGINT NOT NULL,
	reason TEXT NOT NULL,
	letter TEXT NOT NULL
);
CREATE INDEX decisions_of_agreement ON decisions (agreement_id, from_us);

-- One log per agency, 0 the provider's. Records of accesses and changes of rights take their places from the same sequence; updating a
-- log's row gives one order within an agency, over several processes too.
CREATE TABLE logs (id BIGINT PRIMARY KEY, size BIGINT NOT NULL);

CREATE TABLE quota_days (
	agency_id BIGINT NOT NULL,
	day TEXT NOT NULL,
	hits BIGINT NOT NULL,
	PRIMARY KEY (agency_id, day)
) WITHOUT ROWID;

CREATE TABLE records (
	agency_id BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	at_us BIGINT NOT NULL,
	act TEXT NOT NULL,
	user_id BIGINT NOT NULL,
	agreement_id BIGINT NOT NULL,
	basis TEXT NOT NULL,
	method TEXT NOT NULL,
	purpose TEXT NOT NULL,
	reference TEXT NOT NULL,
	address TEXT NOT NULL,
	nik_sealed BLOB,
	nik_index BLOB,
	outcome TEXT NOT NULL,
	hit BOOLEAN NOT NULL,
	elements BIGINT NOT NULL,
	PRIMARY KEY (agency_id, seq)
) WITHOUT ROWID;
CREATE INDEX records_of_user ON records (agency_id, user_id, seq);

CREATE TABLE changes (
	agency_id BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	at_us BIGINT NOT NULL,
	by_user BIGINT NOT NULL,
	subject TEXT NOT NULL,
	reason TEXT NOT NULL,
	letter TEXT NOT NULL,
	before_text TEXT NOT NULL,
	after_text TEXT NOT NULL,
	PRIMARY KEY (agency_id, seq)
) WITHOUT ROWID;
