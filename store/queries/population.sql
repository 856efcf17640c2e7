-- name: Resident :one
SELECT sealed FROM residents WHERE nik_index = $1;

-- name: PutResident :exec
INSERT INTO residents (nik_index, sealed) VALUES ($1, $2) ON CONFLICT (nik_index) DO UPDATE SET sealed = excluded.sealed;

-- name: CountResidents :one
SELECT count(*) FROM residents;
