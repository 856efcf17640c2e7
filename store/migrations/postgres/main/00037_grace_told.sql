-- +goose Up
-- Applications that were in use at an upgrade and have 90 days for their own PoC: both sides are told of it.
INSERT INTO notices (agency_id, at_us, text, path)
SELECT a.agency_id, CAST(EXTRACT(EPOCH FROM now()) AS BIGINT) * 1000000, 'Aplikasi ' || a.name || ' digunakan dalam batas kuota selama masa peralihan 90 hari. Mohonkan PoC-nya dan selesaikan sebelum masa itu berakhir (Juknis II.D).', '/instansi/aplikasi'
FROM poc_results p JOIN applications a ON a.id = p.application_id WHERE p.letter = 'peralihan' AND p.until >= to_char(now(), 'YYYY-MM-DD') AND a.ended_us = 0 ORDER BY p.id;
INSERT INTO notices (agency_id, at_us, text, path)
SELECT 0, CAST(EXTRACT(EPOCH FROM now()) AS BIGINT) * 1000000, i.name || ': aplikasi ' || a.name || ' digunakan dalam batas kuota selama masa peralihan 90 hari, sampai lulus PoC-nya sendiri (Juknis II.D).', '/konsol/instansi/' || i.code || '/aplikasi'
FROM poc_results p JOIN applications a ON a.id = p.application_id JOIN institutions i ON i.id = a.agency_id WHERE p.letter = 'peralihan' AND p.until >= to_char(now(), 'YYYY-MM-DD') AND a.ended_us = 0 ORDER BY p.id;
