-- +goose Up
-- Failures of sign-ins that count against no account, in one row: they are written so that an unknown user costs the same time as a wrong password.
CREATE TABLE strangers (
	failures BIGINT NOT NULL,
	failed_us BIGINT NOT NULL
);
INSERT INTO strangers (failures, failed_us) VALUES (0, 0);
