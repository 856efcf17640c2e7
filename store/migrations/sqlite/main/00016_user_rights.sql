-- +goose Up
-- What a user id may do at every door, and who its owner is: people are compared, not user ids. A user id of before keeps what it could do, and its owner is not known.
ALTER TABLE users ADD COLUMN match_only BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE users ADD COLUMN purposes TEXT NOT NULL DEFAULT '[]';
ALTER TABLE users ADD COLUMN nip TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN nik_sealed BLOB;
