-- +goose Up
-- The day of the data that a check rests on, YYYY-MM-DD; empty: not known.
ALTER TABLE checks ADD COLUMN data_as_of TEXT NOT NULL DEFAULT '';
