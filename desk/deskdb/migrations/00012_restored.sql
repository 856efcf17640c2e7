-- +goose Up
-- The restoration of the provider (when it was) that the outbox has been sent again for; 0: none.
ALTER TABLE enrolment ADD COLUMN restored_us INTEGER NOT NULL DEFAULT 0;
