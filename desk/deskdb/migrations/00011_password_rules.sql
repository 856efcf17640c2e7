-- +goose Up
-- What the provider's two administrators have decided about passwords, as it was told when the desk enrolled or renewed its keys; 0: nothing more.
ALTER TABLE enrolment ADD COLUMN password_min INTEGER NOT NULL DEFAULT 0;
ALTER TABLE enrolment ADD COLUMN password_kinds INTEGER NOT NULL DEFAULT 0;
ALTER TABLE enrolment ADD COLUMN password_days INTEGER NOT NULL DEFAULT 0;
