-- +goose Up
-- Two times (E2) for what an institution is called, for contact persons and for the network: on_day is the first day (empty: since ever),
-- known_us the instant of the record (0: no record tells). Rows are added, never changed; institutions holds what is called so today.
CREATE TABLE particulars (
	id INTEGER PRIMARY KEY,
	agency_id BIGINT NOT NULL REFERENCES institutions (id),
	name TEXT NOT NULL,
	address TEXT NOT NULL,
	email TEXT NOT NULL,
	on_day TEXT NOT NULL,
	known_us BIGINT NOT NULL
);
CREATE INDEX particulars_of_agency ON particulars (agency_id, id);
-- What a renamed institution was called before stands in its records in words only.
INSERT INTO particulars (agency_id, name, address, email, on_day, known_us)
SELECT i.id, i.name, i.address, i.email, '', COALESCE((SELECT MAX(c.at_us) FROM changes c WHERE c.agency_id = i.id
	AND c.subject = 'Instansi ' || i.code AND c.before_text <> ''), 0) FROM institutions i WHERE i.id <> 0 ORDER BY i.id;

ALTER TABLE contacts ADD COLUMN on_day TEXT NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN known_us BIGINT NOT NULL DEFAULT 0;
UPDATE contacts SET known_us = COALESCE((SELECT MAX(c.at_us) FROM changes c WHERE c.agency_id = contacts.agency_id
	AND c.subject = 'Narahubung ' || CASE contacts.side WHEN 'provider' THEN 'Dinas Dukcapil' ELSE 'instansi' END), 0);

CREATE TABLE connections (
	id INTEGER PRIMARY KEY,
	agency_id BIGINT NOT NULL REFERENCES institutions (id),
	provider TEXT NOT NULL,
	bandwidth TEXT NOT NULL,
	on_day TEXT NOT NULL,
	known_us BIGINT NOT NULL
);
CREATE INDEX connections_of_agency ON connections (agency_id, id);
