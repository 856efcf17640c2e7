-- +goose Up
-- A token is its agency's under an agreement, and ends with it. One of before that names none goes on under the agreement that was signed last.
UPDATE credentials SET agreement_id = COALESCE((SELECT a.id FROM agreements a WHERE a.agency_id = credentials.agency_id ORDER BY a.signed_on DESC, a.id DESC LIMIT 1), 0)
WHERE kind IN ('api', 'balikan', 'desk') AND agreement_id = 0 AND agency_id <> 0;

-- Of an agency without any it works for 90 days more; both sides are told.
INSERT INTO notices (agency_id, at_us, text, path)
SELECT DISTINCT c.agency_id, CAST(EXTRACT(EPOCH FROM now()) * 1000000 AS BIGINT), 'Token yang tidak terikat pada perjanjian berlaku paling lama sampai ' || to_char((now() AT TIME ZONE 'UTC') + interval '90 days', 'YYYY-MM-DD') || '. Setelah perjanjian ditandatangani, ajukan penggantinya dengan permohonan Token aplikasi.', '/kredensial'
FROM credentials c WHERE c.kind IN ('api', 'balikan', 'desk') AND c.agreement_id = 0 AND c.agency_id <> 0 AND c.revoked_us = 0;
INSERT INTO notices (agency_id, at_us, text, path)
SELECT DISTINCT 0, CAST(EXTRACT(EPOCH FROM now()) * 1000000 AS BIGINT), i.name || ': token yang tidak terikat pada perjanjian berlaku paling lama sampai ' || to_char((now() AT TIME ZONE 'UTC') + interval '90 days', 'YYYY-MM-DD') || '.', '/konsol/instansi/' || i.code || '/kredensial'
FROM credentials c JOIN institutions i ON i.id = c.agency_id WHERE c.kind IN ('api', 'balikan', 'desk') AND c.agreement_id = 0 AND c.agency_id <> 0 AND c.revoked_us = 0;
UPDATE credentials SET expires_us = CAST(EXTRACT(EPOCH FROM now() + interval '90 days') * 1000000 AS BIGINT)
WHERE kind IN ('api', 'balikan', 'desk') AND agreement_id = 0 AND agency_id <> 0 AND revoked_us = 0
	AND (expires_us = 0 OR expires_us > CAST(EXTRACT(EPOCH FROM now() + interval '90 days') * 1000000 AS BIGINT));
