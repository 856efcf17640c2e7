-- +goose Up
-- Two times (E2): what a right rests on has the day of its effect, and known_us, the instant of the record that brought it. Rows are added,
-- never changed; what was known before this migration is read from the records (0: no record tells, known since ever).
ALTER TABLE agreements ADD COLUMN known_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE addenda ADD COLUMN signed_on TEXT NOT NULL DEFAULT '';
ALTER TABLE addenda ADD COLUMN known_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE poc_results ADD COLUMN known_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE decisions ADD COLUMN known_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE heads ADD COLUMN known_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE heads ADD COLUMN acting TEXT NOT NULL DEFAULT '';

UPDATE agreements SET known_us = COALESCE((SELECT MIN(c.at_us) FROM changes c WHERE c.agency_id = agreements.agency_id
	AND c.subject = 'Perjanjian ' || agreements.provider_number AND c.after_text LIKE 'ditandatangani %'), 0);
UPDATE addenda SET known_us = COALESCE((SELECT MIN(c.at_us) FROM (
		SELECT x.at_us, x.agency_id, x.subject, ROW_NUMBER() OVER (PARTITION BY x.agency_id, x.subject ORDER BY x.seq) AS n FROM changes x
		WHERE x.subject LIKE 'Perjanjian %' AND x.after_text LIKE '%; mulai %' AND x.after_text NOT LIKE 'ditandatangani %') c
	JOIN agreements a ON a.agency_id = c.agency_id AND c.subject = 'Perjanjian ' || a.provider_number
	WHERE a.id = addenda.agreement_id
		AND c.n = (SELECT COUNT(*) FROM addenda d WHERE d.agreement_id = addenda.agreement_id AND d.id <= addenda.id)), 0);
UPDATE poc_results SET known_us = COALESCE((SELECT MIN(c.at_us) FROM (
		SELECT x.at_us, x.agency_id, x.subject, ROW_NUMBER() OVER (PARTITION BY x.agency_id, x.subject ORDER BY x.seq) AS n FROM changes x
		WHERE x.subject LIKE 'Perjanjian %' AND x.after_text LIKE 'PoC %') c
	JOIN agreements a ON a.agency_id = c.agency_id AND c.subject = 'Perjanjian ' || a.provider_number
	WHERE a.id = poc_results.agreement_id
		AND c.n = (SELECT COUNT(*) FROM poc_results d WHERE d.agreement_id = poc_results.agreement_id AND d.id <= poc_results.id)), 0);
UPDATE decisions SET known_us = from_us;
UPDATE heads SET known_us = COALESCE((SELECT MIN(c.at_us) FROM changes c JOIN institutions i ON c.subject = 'Instansi ' || i.code
	WHERE c.agency_id = 0 AND i.id = heads.agency_id), 0);
UPDATE heads SET known_us = COALESCE((SELECT MIN(c.at_us) FROM (
		SELECT x.at_us, x.agency_id, ROW_NUMBER() OVER (PARTITION BY x.agency_id ORDER BY x.seq) AS n FROM changes x
		WHERE x.subject = 'Penanggung jawab') c
	WHERE c.agency_id = heads.agency_id
		AND c.n = (SELECT COUNT(*) - 1 FROM heads h WHERE h.agency_id = heads.agency_id AND h.id <= heads.id)), known_us);

-- Signed SPTJM, each bound to an agreement and to how often that was extended (B5).
CREATE TABLE sptjms (
	id INTEGER PRIMARY KEY,
	agency_id BIGINT NOT NULL REFERENCES institutions (id),
	agreement_id BIGINT NOT NULL REFERENCES agreements (id),
	head_id BIGINT NOT NULL REFERENCES heads (id),
	extension_case BIGINT NOT NULL,
	extended BIGINT NOT NULL,
	signed_on TEXT NOT NULL,
	until TEXT NOT NULL,
	letter TEXT NOT NULL,
	file_id BIGINT NOT NULL,
	known_us BIGINT NOT NULL
);
CREATE INDEX sptjms_of_agreement ON sptjms (agreement_id, id);

-- One that was signed under the agreement as it stands today names it and goes on. Any other that counts today does so for 90 days more.
INSERT INTO sptjms (agency_id, agreement_id, head_id, extension_case, extended, signed_on, until, letter, file_id, known_us)
SELECT h.agency_id, a.id, h.id, 0, (SELECT COUNT(*) FROM addenda d WHERE d.agreement_id = a.id AND d.terms_change LIKE '%"ends_on"%'), h.sptjm_signed,
	CASE WHEN h.sptjm_signed >= a.signed_on AND NOT EXISTS (SELECT 1 FROM addenda d WHERE d.agreement_id = a.id AND d.terms_change LIKE '%"ends_on"%'
			AND d.effective_on > h.sptjm_signed) THEN h.sptjm_until
		ELSE CASE WHEN h.sptjm_until <> '' AND h.sptjm_until < date('now', '+90 days') THEN h.sptjm_until ELSE date('now', '+90 days') END END,
	'', h.sptjm_file,
	COALESCE((SELECT MAX(c.at_us) FROM changes c WHERE c.agency_id = h.agency_id AND c.subject = 'SPTJM ' || h.name), h.known_us)
FROM heads h JOIN agreements a ON a.agency_id = h.agency_id WHERE h.sptjm_signed <> '';
INSERT INTO notices (agency_id, at_us, text, path)
SELECT DISTINCT i.id, CAST(strftime('%s', 'now') AS INTEGER) * 1000000, 'SPTJM penanggung jawab berlaku paling lama sampai ' || date('now', '+90 days') || '. Tandatangani SPTJM baru yang menyebut perjanjian yang berlaku (Juknis VI.D).', '/kewajiban'
FROM sptjms s JOIN institutions i ON i.id = s.agency_id JOIN heads h ON h.id = s.head_id WHERE s.until = date('now', '+90 days') AND h.until = '';
INSERT INTO notices (agency_id, at_us, text, path)
SELECT DISTINCT 0, CAST(strftime('%s', 'now') AS INTEGER) * 1000000, i.name || ': SPTJM penanggung jawab berlaku paling lama sampai ' || date('now', '+90 days') || ', karena tidak ditandatangani untuk perjanjian yang berlaku (Juknis VI.D).', '/konsol/kewajiban/' || i.code
FROM sptjms s JOIN institutions i ON i.id = s.agency_id JOIN heads h ON h.id = s.head_id WHERE s.until = date('now', '+90 days') AND h.until = '';
ALTER TABLE heads DROP COLUMN sptjm_signed;
ALTER TABLE heads DROP COLUMN sptjm_until;
ALTER TABLE heads DROP COLUMN sptjm_file;

-- What happened to requests to extend an agreement (E3); a request is known by its case.
CREATE TABLE extension_steps (
	id INTEGER PRIMARY KEY,
	agreement_id BIGINT NOT NULL REFERENCES agreements (id),
	case_id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	on_day TEXT NOT NULL,
	ends TEXT NOT NULL,
	from_us BIGINT NOT NULL,
	until TEXT NOT NULL,
	letter TEXT NOT NULL,
	known_us BIGINT NOT NULL
);
CREATE INDEX extension_steps_of_agreement ON extension_steps (agreement_id, id);
INSERT INTO extension_steps (agreement_id, case_id, kind, on_day, ends, from_us, until, letter, known_us)
SELECT a.id, c.id, 'asked', s.letter_day,
	COALESCE((SELECT MAX(substr(json_extract(d.terms_change, '$.ends_on'), 1, 10)) FROM addenda d WHERE d.agreement_id = a.id AND d.terms_change LIKE '%"ends_on"%'), a.ends_on), 0, '', s.letter, s.at_us
FROM cases c JOIN case_steps s ON s.case_id = c.id AND s.seq = 0
JOIN agreements a ON a.id = (SELECT MAX(b.id) FROM agreements b WHERE b.agency_id = c.agency_id)
WHERE c.procedure_key = 'perpanjangan' AND c.state = 'open' AND s.letter_day <> '';

-- What a user id could do, as the records came to know it; the newest is the user id as it is.
CREATE TABLE user_versions (
	id INTEGER PRIMARY KEY,
	user_id BIGINT NOT NULL REFERENCES users (id),
	known_us BIGINT NOT NULL,
	role TEXT NOT NULL,
	methods TEXT NOT NULL,
	match_only BOOLEAN NOT NULL,
	purposes TEXT NOT NULL,
	nda_signed TEXT NOT NULL,
	deactivated_us BIGINT NOT NULL
);
CREATE INDEX user_versions_of_user ON user_versions (user_id, id);
INSERT INTO user_versions (user_id, known_us, role, methods, match_only, purposes, nda_signed, deactivated_us)
SELECT u.id, COALESCE((SELECT MIN(c.at_us) FROM changes c WHERE c.agency_id = u.agency_id AND c.subject = 'User ID ' || u.login), 0),
	u.role, u.methods, u.match_only, u.purposes,
	CASE WHEN EXISTS (SELECT 1 FROM changes c WHERE c.agency_id = u.agency_id AND c.subject = 'User ID ' || u.login AND c.after_text LIKE 'NDA ditandatangani %')
		THEN '' ELSE u.nda_signed END, 0
FROM users u ORDER BY u.id;
INSERT INTO user_versions (user_id, known_us, role, methods, match_only, purposes, nda_signed, deactivated_us)
SELECT u.id, MAX(c.at_us), u.role, u.methods, u.match_only, u.purposes, u.nda_signed, 0
FROM users u JOIN changes c ON c.agency_id = u.agency_id AND c.subject = 'User ID ' || u.login AND c.after_text LIKE 'NDA ditandatangani %'
GROUP BY u.id, u.role, u.methods, u.match_only, u.purposes, u.nda_signed ORDER BY u.id;
INSERT INTO user_versions (user_id, known_us, role, methods, match_only, purposes, nda_signed, deactivated_us)
SELECT u.id, u.deactivated_us, u.role, u.methods, u.match_only, u.purposes, u.nda_signed, u.deactivated_us
FROM users u WHERE u.deactivated_us <> 0 ORDER BY u.id;
