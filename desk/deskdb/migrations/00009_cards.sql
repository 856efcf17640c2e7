-- +goose Up
-- The outbox also holds what is told of each card that was read, by its consent; what was in it of a card is dropped once it is told. record is
-- the provider's of it; trouble of a letter that was sent is why the provider recorded the reading as one that should not have been.
CREATE TABLE letters (
	key TEXT PRIMARY KEY,
	application INTEGER UNIQUE REFERENCES applications (id),
	consent INTEGER UNIQUE REFERENCES consents (id),
	user_id INTEGER NOT NULL,
	sealed BLOB,
	made_us INTEGER NOT NULL,
	tries INTEGER NOT NULL DEFAULT 0,
	next_us INTEGER NOT NULL,
	trouble TEXT NOT NULL DEFAULT '',
	sent_us INTEGER NOT NULL DEFAULT 0,
	repeated INTEGER NOT NULL DEFAULT 0,
	record TEXT NOT NULL DEFAULT '',
	CHECK ((application IS NULL) <> (consent IS NULL))
) WITHOUT ROWID;
INSERT INTO letters (key, application, user_id, sealed, made_us, tries, next_us, trouble, sent_us, repeated)
SELECT key, application, user_id, sealed, made_us, tries, next_us, trouble, sent_us, repeated FROM outbox;
DROP TABLE outbox;
ALTER TABLE letters RENAME TO outbox;
CREATE INDEX outbox_waiting ON outbox (next_us) WHERE sent_us = 0;
CREATE INDEX outbox_sent ON outbox (sent_us) WHERE sent_us > 0;
CREATE INDEX consents_application ON consents (application) WHERE application IS NOT NULL;
