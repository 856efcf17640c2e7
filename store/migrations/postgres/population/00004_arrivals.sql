-- +goose Up
-- Whom the full set that comes in tells of, while it comes in: a resident that stays the same is not written anew, and who is missing is found.
CREATE TABLE arrivals (
	place BIGINT PRIMARY KEY
);
ALTER TABLE residents DROP COLUMN set_no;
ALTER TABLE residents DROP COLUMN change;
