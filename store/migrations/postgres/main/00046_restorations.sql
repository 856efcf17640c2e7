-- +goose Up
-- When the installation went on from a backup, or the journal's anchor began anew: what was brought since since_us may be lost.
CREATE TABLE restorations (at_us BIGINT PRIMARY KEY, since_us BIGINT NOT NULL);
