-- +goose Up
-- What an application is registered for narrows its users: verdicts only, and some of the agreement's purposes (a JSON list; empty: all).
ALTER TABLE applications ADD COLUMN match_only BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE applications ADD COLUMN purposes TEXT NOT NULL DEFAULT '';
