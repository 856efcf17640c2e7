-- +goose Up
-- The seal is a MAC under a key outside the database over a log's size, tree and instant, and over the state of the rights that it explains: who writes to the
-- database without the key makes none. That of a log from before is made at the first start, once, and told in the log.
ALTER TABLE logs ADD COLUMN seal BLOB NOT NULL DEFAULT X'';
ALTER TABLE logs ADD COLUMN sealed_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE logs ADD COLUMN state BLOB NOT NULL DEFAULT X'';
