-- +goose Up
-- The register of applications: what each is, by which methods, and who answers for it. The portal needs no row: it comes with the agreement.
ALTER TABLE applications ADD COLUMN kind TEXT NOT NULL DEFAULT 'program';
ALTER TABLE applications ADD COLUMN methods TEXT NOT NULL DEFAULT '["api","legacy","reader"]';
ALTER TABLE applications ADD COLUMN answers TEXT NOT NULL DEFAULT '';
UPDATE applications SET kind = 'desk' WHERE name = 'Loket pelayanan';
-- Officers who asked at a door of programs by their password asked from the desk.
INSERT INTO applications (agency_id, name, kind, since_us)
SELECT DISTINCT u.agency_id, 'Loket pelayanan', 'desk', 0 FROM users u WHERE u.agency_id <> 0 AND u.role = 'officer' AND u.deactivated_us = 0
	AND (u.methods LIKE '%"api"%' OR u.methods LIKE '%"legacy"%')
	AND NOT EXISTS (SELECT 1 FROM applications a WHERE a.agency_id = u.agency_id AND a.kind = 'desk' AND a.ended_us = 0);

-- Letters of a PoC by application, 0 the portal; until is the last day of a schedule, empty for a result. What worked goes on: under an
-- agreement past its PoC the applications of that time count as passed, under another they have 90 days for their own, within the quota.
ALTER TABLE poc_results ADD COLUMN application_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE poc_results ADD COLUMN until TEXT NOT NULL DEFAULT '';
INSERT INTO poc_results (agreement_id, letter, decided_on, passed, application_id, known_us)
SELECT p.agreement_id, p.letter, p.decided_on, p.passed, a.id, p.known_us FROM poc_results p JOIN agreements g ON g.id = p.agreement_id
JOIN applications a ON a.agency_id = g.agency_id AND a.ended_us = 0 WHERE p.passed AND p.application_id = 0 ORDER BY p.id, a.id;
INSERT INTO poc_results (agreement_id, letter, decided_on, passed, application_id, until)
SELECT g.id, 'peralihan', date('now'), FALSE, a.id, date('now', '+90 days') FROM agreements g JOIN applications a ON a.agency_id = g.agency_id AND a.ended_us = 0
WHERE NOT EXISTS (SELECT 1 FROM poc_results p WHERE p.agreement_id = g.id AND p.passed) ORDER BY g.id, a.id;

ALTER TABLE records ADD COLUMN application_id BIGINT NOT NULL DEFAULT 0;

-- Hits by application: those that are within the quota share the one of their agency.
CREATE TABLE quota_hits (
	agency_id BIGINT NOT NULL,
	day TEXT NOT NULL,
	application_id BIGINT NOT NULL,
	hits BIGINT NOT NULL,
	PRIMARY KEY (agency_id, day, application_id)
) WITHOUT ROWID;
INSERT INTO quota_hits (agency_id, day, application_id, hits) SELECT agency_id, day, 0, hits FROM quota_days;
DROP TABLE quota_days;
CREATE INDEX quota_hits_of_day ON quota_hits (day);
