-- +goose Up

-- Each state of a reader from the instant on which it came into it, so that a report of the past shows the readers of then. Of readers of
-- before, the state in which they were found is all that is known.
CREATE TABLE reader_states (
	serial TEXT NOT NULL,
	from_us BIGINT NOT NULL,
	state TEXT NOT NULL,
	PRIMARY KEY (serial, from_us)
);
INSERT INTO reader_states (serial, from_us, state) SELECT serial, since_us, state FROM readers;
