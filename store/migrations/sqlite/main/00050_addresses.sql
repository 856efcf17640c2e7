-- +goose Up
-- Who named the address to which the second half of a user's slips goes: whoever did prints no slip of theirs. 0: of before this was kept.
ALTER TABLE users ADD COLUMN email_by BIGINT NOT NULL DEFAULT 0;
