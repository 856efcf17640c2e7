-- +goose Up
-- Sums of what each purpose used of a person who was found (A11): opened by a lookup, compared by a match; elements is a set, as in records.
CREATE TABLE usage_elements (
	agency_id BIGINT NOT NULL,
	day BIGINT NOT NULL,
	purpose TEXT NOT NULL,
	elements BIGINT NOT NULL,
	uses BIGINT NOT NULL,
	PRIMARY KEY (agency_id, day, purpose, elements)
);
INSERT INTO usage_elements (agency_id, day, purpose, elements, uses)
SELECT r.agency_id, (r.at_us + CASE i.zone WHEN 'WITA' THEN 8 WHEN 'WIT' THEN 9 ELSE 7 END * 3600000000) / 86400000000 AS day, r.purpose, r.elements, COUNT(*)
FROM records r JOIN institutions i ON i.id = r.agency_id JOIN usage_fed f ON f.agency_id = r.agency_id
WHERE r.seq < f.upto AND r.elements <> 0 AND r.act IN ('lookup', 'match')
GROUP BY r.agency_id, (r.at_us + CASE i.zone WHEN 'WITA' THEN 8 WHEN 'WIT' THEN 9 ELSE 7 END * 3600000000) / 86400000000, r.purpose, r.elements;
