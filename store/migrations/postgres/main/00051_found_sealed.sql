-- +goose Up
-- What speaks against a lookup tells of the person's family, name and place: it is kept sealed, and the reason is worded when it is shown.
ALTER TABLE snooping_questions DROP COLUMN reason;
ALTER TABLE snooping_questions DROP COLUMN rules;
ALTER TABLE snooping_questions ADD COLUMN found_sealed BYTEA NOT NULL DEFAULT '';
