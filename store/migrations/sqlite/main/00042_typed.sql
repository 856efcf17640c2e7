-- +goose Up
-- What somebody of the office has typed for the next step of a case and not saved yet (seq: steps taken by then), sealed; one a person and case.
CREATE TABLE case_typed (
	case_id INTEGER NOT NULL REFERENCES cases (id),
	user_id INTEGER NOT NULL REFERENCES users (id),
	seq INTEGER NOT NULL,
	at_us INTEGER NOT NULL,
	sealed BLOB NOT NULL,
	PRIMARY KEY (case_id, user_id)
);
CREATE INDEX case_typed_at ON case_typed (at_us);
