-- +goose Up

-- Who of which office has confirmed the hash of what both signed (E19). Rows are added and never changed; each has its record in the log.
CREATE TABLE confirmations (
	agency_id BIGINT NOT NULL REFERENCES institutions (id),
	document TEXT NOT NULL,
	side TEXT NOT NULL,
	at_us BIGINT NOT NULL,
	by_user BIGINT NOT NULL,
	PRIMARY KEY (agency_id, document, side)
);
