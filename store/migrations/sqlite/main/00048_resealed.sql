-- +goose Up
-- One row: the number of the key of the key file that everything sealed lay under when it was last sealed anew to the end.
CREATE TABLE resealed (id BIGINT PRIMARY KEY CHECK (id = 1), key_no BIGINT NOT NULL);
