-- +goose Up
-- Lookups and matches by month (months from January of year 0, by the agency's days): a semester over all agencies without reading its days.
CREATE TABLE usage_months (
	month BIGINT NOT NULL,
	agency_id BIGINT NOT NULL,
	outcome TEXT NOT NULL,
	lookups BIGINT NOT NULL,
	hits BIGINT NOT NULL,
	PRIMARY KEY (month, agency_id, outcome)
) WITHOUT ROWID;

INSERT INTO usage_months (month, agency_id, outcome, lookups, hits)
SELECT CAST(strftime('%Y', day * 86400, 'unixepoch') AS INTEGER) * 12 + CAST(strftime('%m', day * 86400, 'unixepoch') AS INTEGER) - 1,
	agency_id, outcome, SUM(lookups), SUM(hits)
FROM usage_days WHERE act IN ('lookup', 'match') GROUP BY 1, 2, 3;
