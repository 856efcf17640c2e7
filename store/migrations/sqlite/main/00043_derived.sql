-- +goose Up
-- What is only derived from the log moves into a part of its own (migrations/*/derived) and is made anew there. What people delivered and
-- gave as reasons stays here, as answers in their order: answer n of an agency came when its log held the entries before place. It closes
-- what is open for a person (nik_index), or for one lookup (seq, else -1): answered (1) or excused (2); 3 says that what was recorded
-- before at_us forgot its NIKs.
CREATE TABLE answers (
	agency_id BIGINT NOT NULL,
	n BIGINT NOT NULL,
	place BIGINT NOT NULL,
	state BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	nik_index BLOB NOT NULL,
	at_us BIGINT NOT NULL,
	by_user BIGINT NOT NULL,
	reason TEXT NOT NULL,
	PRIMARY KEY (agency_id, n)
) WITHOUT ROWID;
CREATE TABLE answer_counts (agency_id BIGINT PRIMARY KEY, answers BIGINT NOT NULL);

-- Expectations that no log tells any more, because the NIKs of their lookups were destroyed, by answer n; here those of archived records
-- too. nik_index is empty when no record of the person is left.
CREATE TABLE kept_expectations (
	agency_id BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	n BIGINT NOT NULL,
	nik_index BLOB NOT NULL,
	opened_us BIGINT NOT NULL,
	due_us BIGINT NOT NULL,
	user_id BIGINT NOT NULL,
	reference TEXT NOT NULL,
	month TEXT NOT NULL,
	state BIGINT NOT NULL,
	closed_us BIGINT NOT NULL,
	closed_place BIGINT NOT NULL,
	closed_by BIGINT NOT NULL,
	reason TEXT NOT NULL,
	PRIMARY KEY (agency_id, seq)
) WITHOUT ROWID;

-- An expectation was closed before the person's next one was opened, or before now: with that place the log gives the same ones again.
INSERT INTO kept_expectations (agency_id, seq, n, nik_index, opened_us, due_us, user_id, reference, month, state, closed_us, closed_place, closed_by, reason)
SELECT e.agency_id, e.seq, -1, e.nik_index, e.opened_us, e.due_us, e.user_id, e.reference, e.month, e.state, e.closed_us,
	CASE WHEN e.state = 0 THEN 0 ELSE COALESCE((SELECT MIN(x.seq) FROM expectations x WHERE x.agency_id = e.agency_id AND x.nik_index = e.nik_index AND x.seq > e.seq),
		(SELECT f.upto FROM balikan_fed f WHERE f.agency_id = e.agency_id), e.seq + 1) END, e.closed_by, e.reason
FROM expectations e LEFT JOIN records r ON r.agency_id = e.agency_id AND r.seq = e.seq WHERE r.nik_index IS NULL;
INSERT INTO answers (agency_id, n, place, state, seq, nik_index, at_us, by_user, reason)
SELECT c.agency_id, ROW_NUMBER() OVER (PARTITION BY c.agency_id ORDER BY c.place, c.seq) - 1, c.place, c.state, c.seq, X'', c.closed_us, c.closed_by, c.reason
FROM (SELECT e.agency_id, e.seq, e.state, e.closed_us, e.closed_by, e.reason,
		COALESCE((SELECT MIN(x.seq) FROM expectations x WHERE x.agency_id = e.agency_id AND x.nik_index = e.nik_index AND x.seq > e.seq),
			(SELECT f.upto FROM balikan_fed f WHERE f.agency_id = e.agency_id), e.seq + 1) AS place
	FROM expectations e JOIN records r ON r.agency_id = e.agency_id AND r.seq = e.seq WHERE r.nik_index IS NOT NULL AND e.state <> 0) c;
INSERT INTO answer_counts (agency_id, answers) SELECT agency_id, COUNT(*) FROM answers GROUP BY agency_id;

DROP TABLE nik_uses;
DROP TABLE nik_indexed;
DROP TABLE expectations;
DROP TABLE balikan_fed;
DROP TABLE balikan_totals;
DROP TABLE usage;
DROP TABLE usage_days;
DROP TABLE usage_elements;
DROP TABLE usage_fed;
