-- +goose Up

-- What paths of the legacy wire were called with while no profile was configured for them: names of keys, no values. Bounded (store/wirecalls.go).
CREATE TABLE wire_calls (
	agency_id BIGINT NOT NULL,
	path TEXT NOT NULL,
	keys TEXT NOT NULL,
	calls BIGINT NOT NULL,
	last_us BIGINT NOT NULL,
	PRIMARY KEY (agency_id, path)
);
