-- +goose Up
-- Planned outages, as they were announced. They change no right: only what every door says (M6).
CREATE TABLE outages (
	id INTEGER PRIMARY KEY,
	from_us BIGINT NOT NULL,
	to_us BIGINT NOT NULL,
	reason TEXT NOT NULL,
	announced_us BIGINT NOT NULL,
	announced_by BIGINT NOT NULL,
	withdrawn_us BIGINT NOT NULL,
	withdrawn_by BIGINT NOT NULL
);
CREATE INDEX outages_to ON outages (to_us);
