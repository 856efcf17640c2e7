-- +goose Up

-- Persons whose data no lookup is answered with (a court's order, a threat, an adoption). The NIK is kept as its blind index only.
CREATE TABLE protections (
	id INTEGER PRIMARY KEY,
	nik_index BLOB NOT NULL,
	order_number TEXT NOT NULL,
	authority TEXT NOT NULL,
	until TEXT NOT NULL,
	watcher INTEGER NOT NULL,
	known_us INTEGER NOT NULL
);
