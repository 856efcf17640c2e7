-- +goose Up
-- What somebody of the office has typed for the next step of a case and not saved yet (seq: steps taken by then), sealed; one a person and case.
CREATE TABLE case_typed (
	case_id BIGINT NOT NULL REFERENCES cases (id),
	user_id BIGINT NOT NULL REFERENCES users (id),
	seq BIGINT NOT NULL,
	at_us BIGINT NOT NULL,
	sealed BYTEA NOT NULL,
	PRIMARY KEY (case_id, user_id)
);
CREATE INDEX case_typed_at ON case_typed (at_us);
