-- name: Resident :one
SELECT nik_index, sealed FROM residents WHERE place = $1;

-- name: PutResident :execrows
INSERT INTO residents (place, nik_index, sealed) VALUES ($1, $2, $3)
ON CONFLICT (place) DO UPDATE SET sealed = excluded.sealed WHERE residents.nik_index = excluded.nik_index;

-- name: CountResidents :one
SELECT count(*) FROM residents;
