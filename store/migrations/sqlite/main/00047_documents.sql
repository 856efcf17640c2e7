-- +goose Up

-- What both offices signed is known by the SHA-256 of its scan (E19).
ALTER TABLE agreements ADD COLUMN document TEXT NOT NULL DEFAULT '';
ALTER TABLE addenda ADD COLUMN document TEXT NOT NULL DEFAULT '';
