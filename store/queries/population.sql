-- name: Resident :one
SELECT nik_index, sealed FROM residents WHERE place = $1;

-- name: ResidentNow :one
SELECT s.set_no, s.as_of, r.nik_index, r.sealed FROM population_sets s LEFT JOIN residents r ON r.place = $1
WHERE s.set_no = (SELECT max(set_no) FROM population_sets);

-- name: Arrive :one
INSERT INTO arrivals (place) VALUES ($1) ON CONFLICT DO NOTHING RETURNING place;

-- name: ResidentDigest :one
SELECT place, nik_index, digest FROM residents WHERE place = $1;

-- name: PutResident :exec
INSERT INTO residents (place, nik_index, sealed, digest) VALUES ($1, $2, $3, $4)
ON CONFLICT (place) DO UPDATE SET sealed = excluded.sealed, digest = excluded.digest;

-- name: RemoveResident :exec
DELETE FROM residents WHERE place = $1 AND nik_index = $2;

-- name: RemoveMissing :execrows
DELETE FROM residents WHERE NOT EXISTS (SELECT 1 FROM arrivals a WHERE a.place = residents.place);

-- name: ForgetArrivals :exec
DELETE FROM arrivals;

-- name: CountResidents :one
SELECT count(*) FROM residents;

-- name: CurrentSet :one
SELECT set_no, as_of FROM population_sets ORDER BY set_no DESC LIMIT 1;

-- name: AddSet :exec
INSERT INTO population_sets (set_no, as_of, at_us, report) VALUES ($1, $2, $3, $4);

-- name: Sets :many
SELECT set_no, as_of, at_us, report FROM population_sets WHERE set_no > 0 AND set_no < $1 ORDER BY set_no DESC LIMIT $2;

-- name: BeginImport :one
INSERT INTO imports (began_us, seen_us, by_whom, kind, file_hash) VALUES ($1, $2, $3, $4, $5) RETURNING id;

-- name: SeeImport :exec
UPDATE imports SET seen_us = $2, file_rows = $3 WHERE id = $1;

-- name: EndImport :exec
UPDATE imports SET seen_us = $2, ended_us = $2, file_rows = $3, set_no = $4, problem = $5 WHERE id = $1;

-- name: LastImport :one
SELECT id, began_us, seen_us, ended_us, by_whom, kind, file_hash, file_rows, set_no, problem FROM imports ORDER BY id DESC LIMIT 1;
