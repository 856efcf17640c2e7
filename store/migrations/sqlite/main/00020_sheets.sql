-- +goose Up
-- A token's secret exists, sealed, from the decision until its owner takes it with the slip; from then on its hash alone.
ALTER TABLE credentials ADD COLUMN slip_id BIGINT NOT NULL DEFAULT 0;
-- The code of a slip is made when it is printed.
ALTER TABLE slips ADD COLUMN printed_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE slips ADD COLUMN overlap_us BIGINT NOT NULL DEFAULT 0;
UPDATE slips SET printed_us = issued_us;
-- What was sent is not kept: a mail may hold half of a secret.
UPDATE mails SET body = '' WHERE sent_us <> 0;
