-- +goose Up

-- A reader's states have two times: from when it is in one, and since when the records say so. Which holds at an instant is the last word
-- (by n) that had begun by then, so that nothing of it stands with the reader itself.
CREATE TABLE reader_words (
	serial TEXT NOT NULL,
	n BIGINT NOT NULL,
	known_us BIGINT NOT NULL,
	from_us BIGINT NOT NULL,
	state TEXT NOT NULL,
	PRIMARY KEY (serial, n)
);
INSERT INTO reader_words (serial, n, known_us, from_us, state)
SELECT serial, ROW_NUMBER() OVER (PARTITION BY serial ORDER BY from_us), from_us, from_us, state FROM reader_states;
DROP TABLE reader_states;
ALTER TABLE reader_words RENAME TO reader_states;
ALTER TABLE readers DROP COLUMN state;
ALTER TABLE readers DROP COLUMN since_us;
