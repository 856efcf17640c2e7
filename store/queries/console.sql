-- name: InstitutionByCode :one
SELECT * FROM institutions WHERE code = $1;

-- name: SetInstitution :exec
UPDATE institutions SET name = $2, address = $3, email = $4 WHERE id = $1;

-- name: InsertContact :exec
INSERT INTO contacts (agency_id, side, name, position, phone, email, on_day, known_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: DropContactsOf :exec
DELETE FROM contacts WHERE agency_id = $1 AND side = $2 AND known_us = $3;

-- name: Contacts :many
-- Those of the last word about each side.
SELECT * FROM contacts c WHERE c.agency_id = $1 AND c.known_us = (SELECT MAX(x.known_us) FROM contacts x WHERE x.agency_id = c.agency_id AND x.side = c.side)
ORDER BY side, id;

-- name: AllContacts :many
SELECT * FROM contacts WHERE agency_id = $1 ORDER BY side, id;

-- name: KeepParticulars :exec
INSERT INTO particulars (agency_id, name, address, email, on_day, known_us)
SELECT i.id, i.name, i.address, i.email, CAST(sqlc.arg(on_day) AS TEXT), CAST(sqlc.arg(known_us) AS BIGINT) FROM institutions i WHERE i.id = sqlc.arg(id);

-- name: Particulars :many
SELECT * FROM particulars WHERE agency_id = $1 ORDER BY id;

-- name: InsertConnection :exec
INSERT INTO connections (agency_id, provider, bandwidth, on_day, known_us) VALUES ($1, $2, $3, $4, $5);

-- name: Connections :many
SELECT * FROM connections WHERE agency_id = $1 ORDER BY id;

-- name: UsersOfAgency :many
SELECT * FROM users WHERE agency_id = $1 AND login > $2 ORDER BY login LIMIT $3;

-- name: LastUses :many
SELECT u.id, CAST(COALESCE((SELECT r.at_us FROM records r WHERE r.agency_id = u.agency_id AND r.user_id = u.id ORDER BY r.seq DESC LIMIT 1), 0) AS BIGINT) AS at_us
FROM users u WHERE u.agency_id = $1;

-- name: AgencyAdmins :many
SELECT * FROM users WHERE role = 'agency-admin' AND deactivated_us = 0 AND nda_signed <> '' AND password_hash <> ''
	AND (CAST(sqlc.arg(agency) AS BIGINT) < 0 OR agency_id = sqlc.arg(agency)) ORDER BY agency_id, id;

-- name: ContactsInForce :many
SELECT * FROM contacts c WHERE (CAST(sqlc.arg(agency) AS BIGINT) < 0 OR c.agency_id = sqlc.arg(agency))
	AND c.known_us = (SELECT MAX(x.known_us) FROM contacts x WHERE x.agency_id = c.agency_id AND x.side = c.side) ORDER BY agency_id, id;

-- name: UsersLike :many
SELECT u.*, i.name AS agency_name, i.code AS agency_code FROM users u JOIN institutions i ON i.id = u.agency_id
WHERE u.login > sqlc.arg(after) AND (lower(u.login) LIKE sqlc.arg(pattern) OR lower(u.name) LIKE sqlc.arg(pattern)) ORDER BY u.login LIMIT sqlc.arg(most);

-- name: CountUsers :many
SELECT agency_id, COUNT(*) AS users, CAST(SUM(CASE WHEN nda_signed = '' THEN 1 ELSE 0 END) AS BIGINT) AS without_nda
FROM users WHERE deactivated_us = 0 AND role <> 'application' GROUP BY agency_id;

-- name: SetUserNDAForm :exec
UPDATE users SET nda_signed = $2, nda_form = $3, nda_file = $4 WHERE id = $1;

-- name: StaffEmails :many
SELECT email FROM users WHERE agency_id = $1 AND deactivated_us = 0 AND email <> '' AND role <> 'auditor' ORDER BY id;

-- name: AllAgreements :many
SELECT * FROM agreements ORDER BY agency_id, signed_on, id;

-- name: AllAddenda :many
SELECT * FROM addenda ORDER BY agreement_id, effective_on, id;

-- name: AllPoCResults :many
SELECT * FROM poc_results ORDER BY agreement_id, id;

-- name: AllApplications :many
SELECT * FROM applications ORDER BY agency_id, name, id;

-- name: AllDecisions :many
SELECT * FROM decisions ORDER BY agreement_id, from_us, id;

-- name: AllSPTJM :many
SELECT * FROM sptjms ORDER BY id;

-- name: AllExtensionSteps :many
SELECT * FROM extension_steps ORDER BY id;

-- name: AllHeads :many
SELECT * FROM heads ORDER BY agency_id, since, id;

-- name: InsertCase :one
INSERT INTO cases (agency_id, procedure_key, state, steps, opened_us, changed_us) VALUES ($1, $2, 'open', 0, $3, $3) RETURNING id;

-- name: SetDraft :execrows
UPDATE cases SET draft_sealed = $2 WHERE id = $1 AND steps = 0 AND cases.state = 'open';

-- name: KeepTyped :exec
INSERT INTO case_typed (case_id, user_id, seq, at_us, sealed) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (case_id, user_id) DO UPDATE SET seq = excluded.seq, at_us = excluded.at_us, sealed = excluded.sealed;

-- name: Typed :one
SELECT seq, at_us, sealed FROM case_typed WHERE case_id = $1 AND user_id = $2;

-- name: DropTyped :exec
DELETE FROM case_typed WHERE case_id = $1 AND user_id = $2;

-- name: DropTypedOfCase :exec
DELETE FROM case_typed WHERE case_id = $1;

-- name: DropTypedBefore :exec
DELETE FROM case_typed WHERE at_us < sqlc.arg(before_us);

-- name: CaseByID :one
SELECT * FROM cases WHERE id = $1;

-- name: Cases :many
SELECT c.*, i.name AS agency_name, i.code AS agency_code,
	CAST((SELECT COUNT(DISTINCT s.step) FROM case_steps s WHERE s.case_id = c.id AND s.verdict <> 'withdraw') AS BIGINT) AS taken,
	CAST(COALESCE((SELECT s.letter FROM case_steps s WHERE s.case_id = c.id AND s.letter <> '' ORDER BY s.seq LIMIT 1), '') AS TEXT) AS letter
FROM cases c JOIN institutions i ON i.id = c.agency_id
WHERE c.id < sqlc.arg(before) AND (CAST(sqlc.arg(state) AS TEXT) = '' OR c.state = sqlc.arg(state))
	AND (CAST(sqlc.arg(agency) AS BIGINT) < 0 OR c.agency_id = sqlc.arg(agency))
	AND (CAST(sqlc.arg(number) AS BIGINT) = 0 OR c.id = sqlc.arg(number))
	AND (CAST(sqlc.arg(kind) AS TEXT) = '' OR c.procedure_key = sqlc.arg(kind))
	AND c.opened_us >= sqlc.arg(from_us) AND c.opened_us < sqlc.arg(to_us)
	AND (CAST(sqlc.arg(pattern) AS TEXT) = '' OR c.id IN (SELECT x.case_id FROM case_steps x WHERE x.letter <> '' AND lower(x.letter) LIKE CAST(sqlc.arg(pattern) AS TEXT))
		OR c.id IN (SELECT f.case_id FROM files f WHERE f.number <> '' AND lower(f.number) LIKE CAST(sqlc.arg(pattern) AS TEXT)))
ORDER BY c.id DESC LIMIT sqlc.arg(most);

-- name: CountCases :many
SELECT state, COUNT(*) AS cases FROM cases GROUP BY state;

-- name: AdvanceCase :execrows
UPDATE cases SET steps = steps + 1, state = sqlc.arg(state), changed_us = sqlc.arg(at_us), agency_id = sqlc.arg(agency), draft_sealed = NULL
WHERE id = sqlc.arg(id) AND steps = sqlc.arg(expected) AND cases.state = 'open';

-- name: InsertCaseStep :exec
INSERT INTO case_steps (case_id, seq, step, at_us, by_user, letter, letter_day, verdict, fields_sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: CaseSteps :many
SELECT s.*, COALESCE(u.name, '') AS by_name FROM case_steps s LEFT JOIN users u ON u.id = s.by_user WHERE case_id = $1 ORDER BY seq;

-- name: LastCase :one
SELECT id FROM cases WHERE agency_id = $1 AND procedure_key = $2 AND steps > 0 AND cases.state IN ('open', 'done') ORDER BY id DESC LIMIT 1;

-- name: InsertFile :one
INSERT INTO files (agency_id, case_id, case_seq, agreement_id, kind, title, number, version, media, size, sha256, by_user, at_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id;

-- name: InsertFileContent :exec
INSERT INTO file_contents (file_id, sealed) VALUES ($1, $2);

-- name: File :one
SELECT * FROM files WHERE id = $1;

-- name: FileContent :one
SELECT sealed FROM file_contents WHERE file_id = $1;

-- name: FilesOfCase :many
SELECT * FROM files WHERE case_id = $1 ORDER BY id;

-- name: FilesOfAgency :many
SELECT * FROM files WHERE agency_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3;

-- name: FileVersions :one
SELECT COUNT(*) FROM files WHERE agency_id = $1 AND kind = $2 AND title = $3;

-- name: NextLetter :one
INSERT INTO letter_series (series, year, taken) VALUES ($1, $2, 1) ON CONFLICT (series, year) DO UPDATE SET taken = letter_series.taken + 1 RETURNING taken;

-- name: OpenLetterSeries :exec
-- Every series goes on in a year.
INSERT INTO letter_series (series, year, taken) SELECT DISTINCT l.series, CAST(sqlc.arg(year) AS BIGINT), 0 FROM letter_series l WHERE 1 = 1
ON CONFLICT (series, year) DO NOTHING;

-- name: SkipLetters :exec
UPDATE letter_series SET taken = taken + sqlc.arg(by) WHERE year >= sqlc.arg(since);

-- name: InsertLetter :exec
INSERT INTO letters (series, year, seq, agency_id, case_id, subject, at_us) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: Letters :many
SELECT l.*, i.name AS agency_name FROM letters l JOIN institutions i ON i.id = l.agency_id
WHERE l.series = $1 AND l.year = $2 AND l.seq < $3 ORDER BY l.seq DESC LIMIT $4;

-- name: InsertReader :exec
INSERT INTO readers (agency_id, serial, model, sam) VALUES ($1, $2, $3, $4);

-- name: SetReader :execrows
UPDATE readers SET sam = $3 WHERE agency_id = $1 AND serial = $2;

-- name: Readers :many
SELECT r.*, s.state, s.from_us, i.name AS agency_name, i.code AS agency_code
FROM readers r JOIN institutions i ON i.id = r.agency_id JOIN reader_states s ON s.serial = r.serial
WHERE r.id > sqlc.arg(after) AND (CAST(sqlc.arg(state) AS TEXT) = '' OR s.state = sqlc.arg(state))
	AND s.n = (SELECT MAX(x.n) FROM reader_states x WHERE x.serial = r.serial AND x.from_us <= sqlc.arg(at_us))
ORDER BY r.id LIMIT sqlc.arg(most);

-- name: ReadersOfAgency :many
SELECT * FROM readers WHERE agency_id = $1 ORDER BY id;

-- name: AllReaders :many
SELECT * FROM readers ORDER BY agency_id, id;

-- name: AllReaderStates :many
SELECT * FROM reader_states ORDER BY serial, n;

-- name: PutReaderState :exec
INSERT INTO reader_states (serial, n, known_us, from_us, state)
SELECT sqlc.arg(serial), COALESCE(MAX(x.n), 0) + 1, sqlc.arg(known_us), sqlc.arg(from_us), sqlc.arg(state) FROM reader_states x WHERE x.serial = sqlc.arg(serial);

-- name: ReaderStates :many
SELECT s.* FROM reader_states s JOIN readers r ON r.serial = s.serial WHERE r.agency_id = $1 ORDER BY s.n;

-- name: ReaderUses :many
SELECT reader, CAST(MAX(read_us) AS BIGINT) AS last_us, CAST(SUM(CASE WHEN read_us >= sqlc.arg(since_us) THEN 1 ELSE 0 END) AS BIGINT) AS reads
FROM records WHERE agency_id = $1 AND reader <> '' AND outcome = 'card_read' GROUP BY reader ORDER BY reader;

-- name: InsertEvidence :one
INSERT INTO evidence (agency_id, agreement_id, rule, period, on_day, note, file_id, by_user, at_us, judged_by, judged_us, accepted)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, FALSE) RETURNING id;

-- name: JudgeEvidence :execrows
UPDATE evidence SET judged_by = $2, judged_us = $3, accepted = $4, judged_note = $5 WHERE id = $1 AND judged_us = 0 AND by_user <> $2;

-- name: Evidence :one
SELECT * FROM evidence WHERE id = $1;

-- name: EvidenceOfAgency :many
SELECT e.*, COALESCE(u.name, '') AS by_name FROM evidence e LEFT JOIN users u ON u.id = e.by_user WHERE e.agency_id = $1 ORDER BY e.id DESC LIMIT 200;

-- name: EvidenceOfAgencies :many
SELECT agency_id, agreement_id, rule, period, on_day, judged_us, accepted FROM evidence WHERE agency_id BETWEEN sqlc.arg(first) AND sqlc.arg(last) ORDER BY agency_id, id;

-- name: ReceivedEvidence :one
SELECT * FROM evidence WHERE agency_id = $1 AND rule = $2 AND period = $3 AND accepted ORDER BY id DESC LIMIT 1;

-- name: InsertForward :execrows
INSERT INTO forwards (evidence_id, agency_id, sent_us, by_user, mailed) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING;

-- name: Forwards :many
SELECT f.*, e.rule, e.period, COALESCE(u.name, '') AS by_name FROM forwards f JOIN evidence e ON e.id = f.evidence_id LEFT JOIN users u ON u.id = f.by_user
WHERE (CAST(sqlc.arg(agency) AS BIGINT) = 0 OR f.agency_id = sqlc.arg(agency)) ORDER BY f.agency_id, f.sent_us;

-- name: Holidays :many
SELECT * FROM holidays ORDER BY day, kind;

-- name: PutHoliday :exec
INSERT INTO holidays (day, kind, name, source, estimated) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (day, kind) DO UPDATE SET name = excluded.name, source = excluded.source, estimated = excluded.estimated;

-- name: DeleteYear :exec
DELETE FROM holidays WHERE day LIKE $1;

-- name: DeleteHoliday :execrows
DELETE FROM holidays WHERE day = $1 AND kind = $2;

-- name: InsertReminder :execrows
INSERT INTO reminders (agreement_id, rule, period, threshold, at_us) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING;

-- name: CountReminders :one
SELECT COUNT(*) FROM reminders WHERE agreement_id = $1 AND rule = $2 AND period = $3 AND threshold = $4;

-- name: InsertMail :exec
INSERT INTO mails (recipient, subject, body, file_id, created_us, next_us, tries, sent_us, failure, sealed, subscription_id) VALUES ('', $1, '', $2, $3, $3, 0, 0, '', $4, $5);

-- name: OpenMails :many
SELECT * FROM mails WHERE recipient <> '';

-- name: SealMail :exec
UPDATE mails SET recipient = '', body = '', sealed = $2 WHERE id = $1 AND sent_us = 0;

-- name: MailsDue :many
SELECT * FROM mails WHERE sent_us = 0 AND next_us <= $1 ORDER BY next_us LIMIT $2;

-- name: ClaimMail :execrows
UPDATE mails SET next_us = sqlc.arg(until), tries = tries + 1 WHERE id = sqlc.arg(id) AND sent_us = 0 AND next_us = sqlc.arg(expected);

-- name: MailSent :exec
UPDATE mails SET sent_us = $2, failure = '', sealed = NULL WHERE id = $1;

-- name: MailFailed :exec
UPDATE mails SET next_us = $2, failure = $3 WHERE id = $1;

-- name: CountMailsFailing :one
SELECT COUNT(*) FROM mails WHERE sent_us = 0 AND failure <> '' AND tries >= $1;

-- name: Mails :many
SELECT * FROM mails WHERE id < $1 ORDER BY id DESC LIMIT $2;

-- name: InsertNotice :exec
INSERT INTO notices (agency_id, at_us, text, path) VALUES ($1, $2, $3, $4);

-- name: Notices :many
SELECT * FROM notices WHERE agency_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3;

-- name: CountNotices :one
SELECT COUNT(*) FROM notices WHERE agency_id = $1 AND id > $2;

-- name: ReadNotices :exec
UPDATE users SET notices_read = $2 WHERE id = $1;

-- name: Template :one
SELECT * FROM templates WHERE key = $1 ORDER BY version DESC LIMIT 1;

-- name: Templates :many
SELECT key, CAST(MAX(version) AS BIGINT) AS version FROM templates GROUP BY key;

-- name: InsertTemplate :exec
INSERT INTO templates (key, version, text, by_user, at_us) VALUES ($1, $2, $3, $4, $5);

-- name: ChangesBefore :many
SELECT sqlc.embed(c), COALESCE(u.name, '') AS by_name FROM changes c LEFT JOIN users u ON u.id = c.by_user
WHERE c.agency_id = $1 AND c.seq < $2 ORDER BY c.seq DESC LIMIT $3;

-- name: HitsOfDay :many
SELECT agency_id, application_id, hits FROM quota_hits WHERE day = $1;

-- name: LoginsKnown :one
SELECT COUNT(*) FROM users WHERE login = $1;


-- name: InsertSignatory :exec
INSERT INTO signatories (name, position, nip, acting, from_day, until_day, letter, known_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: Signatories :many
SELECT * FROM signatories ORDER BY id;
