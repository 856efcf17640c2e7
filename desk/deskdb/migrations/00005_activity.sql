-- +goose Up
-- What was done with a user's ways in, for its owner: sign-ins and changes of credentials.
CREATE TABLE activity (
	id INTEGER PRIMARY KEY,
	user_id INTEGER NOT NULL REFERENCES users (id),
	at_us INTEGER NOT NULL,
	text TEXT NOT NULL,
	source TEXT NOT NULL DEFAULT ''
);
CREATE INDEX activity_user ON activity (user_id, id);
ALTER TABLE users ADD COLUMN password_us INTEGER NOT NULL DEFAULT 0;
