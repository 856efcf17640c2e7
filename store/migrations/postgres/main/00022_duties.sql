-- +goose Up

-- Days that no decree has named yet; until it does, due dates counted over their year may move.
ALTER TABLE holidays ADD COLUMN estimated BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE holidays SET estimated = TRUE WHERE source LIKE '%menunggu SKB 3 Menteri';

-- What was passed on to the Director General: the evidence that it came with, when, by whom, and whether by e-mail.
CREATE TABLE forwards (
	evidence_id BIGINT PRIMARY KEY REFERENCES evidence (id),
	agency_id BIGINT NOT NULL REFERENCES institutions (id),
	sent_us BIGINT NOT NULL,
	by_user BIGINT NOT NULL,
	mailed BOOLEAN NOT NULL
);
CREATE INDEX forwards_of_agency ON forwards (agency_id);
