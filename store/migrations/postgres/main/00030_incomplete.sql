-- +goose Up
-- Finds what came without values, and whether the same person's values came since.
CREATE INDEX balikan_incomplete ON balikan (agency_id, incomplete, nik_index);
