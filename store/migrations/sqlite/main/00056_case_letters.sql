-- +goose Up
-- Cases are found by a part of a letter's number. No index finds a part; but these hold nothing else than numbers, so that a search reads
-- some megabytes after decades and not the forms and files beside them.
CREATE INDEX case_steps_letter ON case_steps (letter, case_id) WHERE letter <> '';
CREATE INDEX files_number ON files (number, case_id) WHERE number <> '';
