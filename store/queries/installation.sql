-- name: Installation :one
SELECT mark, key_check FROM installation WHERE id = 1;

-- name: PutInstallation :exec
INSERT INTO installation (id, mark, key_check) VALUES (1, $1, $2) ON CONFLICT (id) DO UPDATE SET key_check = excluded.key_check WHERE installation.mark = excluded.mark;

-- name: PopulationInstallation :one
SELECT mark FROM population_installation WHERE id = 1;

-- name: PutPopulationInstallation :exec
INSERT INTO population_installation (id, mark) VALUES (1, $1) ON CONFLICT (id) DO NOTHING;

-- name: AnyResident :one
SELECT nik_index, sealed FROM residents LIMIT 1;

-- name: AnyForm :one
SELECT case_id, seq, fields_sealed FROM case_steps ORDER BY case_id, seq LIMIT 1;

-- name: CountChangesOf :one
SELECT COUNT(*) FROM changes WHERE agency_id = $1 AND subject = $2;

-- name: AddRestoration :exec
INSERT INTO restorations (at_us, since_us) VALUES ($1, $2) ON CONFLICT (at_us) DO UPDATE SET since_us = excluded.since_us;

-- name: LastRestoration :one
SELECT at_us, since_us FROM restorations ORDER BY at_us DESC LIMIT 1;
