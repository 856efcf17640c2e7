-- +goose Up
-- Why evidence was refused, or what its judge noted; empty: nothing, or judged before this was kept.
ALTER TABLE evidence ADD COLUMN judged_note TEXT NOT NULL DEFAULT '';
