-- +goose Up
-- Whom a mail is for and what it says lie sealed until it is sent, and are forgotten then. The open columns are empty from then on; what
-- waits in them is sealed when the program starts, which alone has the key.
ALTER TABLE mails ADD COLUMN sealed BYTEA;
UPDATE mails SET recipient = '' WHERE sent_us <> 0;
