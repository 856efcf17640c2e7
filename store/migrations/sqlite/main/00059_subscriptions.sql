-- +goose Up
-- Residents who asked to be told by e-mail of the uses of their data. Who they are, where they are written to and the link by which they
-- end it lie sealed; the indexes find a person, an address and a link without naming them. told is the last day that was told or empty of
-- uses; claimed_us is until when a process composes the next mail.
CREATE TABLE subscriptions (
	id INTEGER PRIMARY KEY,
	nik_index BLOB NOT NULL UNIQUE,
	email_index BLOB NOT NULL UNIQUE,
	link_index BLOB NOT NULL UNIQUE,
	sealed BLOB NOT NULL,
	letter TEXT NOT NULL,
	by_user BIGINT NOT NULL,
	begun_us BIGINT NOT NULL,
	confirmed_us BIGINT NOT NULL,
	claimed_us BIGINT NOT NULL,
	told TEXT NOT NULL
);
-- The subscription that a mail is of (0: none), so that what waits is not sent any more after its end.
ALTER TABLE mails ADD COLUMN subscription_id BIGINT NOT NULL DEFAULT 0;
