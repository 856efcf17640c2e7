-- +goose Up
-- What an agency has filled in for the first step of a case and not sent yet, sealed; NULL: nothing.
ALTER TABLE cases ADD COLUMN draft_sealed BLOB;
