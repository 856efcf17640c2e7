-- +goose Up
-- What was changed of one user id, for its owner.
CREATE INDEX changes_subject ON changes (agency_id, subject, seq);
