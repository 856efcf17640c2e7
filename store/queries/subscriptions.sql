-- name: InsertSubscription :one
INSERT INTO subscriptions (nik_index, email_index, link_index, sealed, letter, by_user, begun_us, confirmed_us, claimed_us, told)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, '') RETURNING id;

-- name: SubscriptionOfPerson :one
SELECT * FROM subscriptions WHERE nik_index = $1;

-- name: SubscriptionOfEmail :one
SELECT * FROM subscriptions WHERE email_index = $1;

-- name: SubscriptionOfLink :one
SELECT * FROM subscriptions WHERE link_index = $1;

-- name: ConfirmSubscription :execrows
UPDATE subscriptions SET confirmed_us = sqlc.arg(at_us), told = sqlc.arg(told) WHERE id = $1 AND confirmed_us = 0;

-- name: EndSubscription :execrows
DELETE FROM subscriptions WHERE id = $1 AND link_index = $2;

-- name: DropMailsOf :exec
DELETE FROM mails WHERE subscription_id = $1 AND sent_us = 0;

-- name: SubscriptionsToTell :many
SELECT * FROM subscriptions WHERE confirmed_us <> 0 AND told < sqlc.arg(day) AND claimed_us < sqlc.arg(now_us) AND id > $1 ORDER BY id LIMIT $2;

-- name: SubscriptionsUnconfirmed :many
SELECT * FROM subscriptions WHERE confirmed_us = 0 AND begun_us < sqlc.arg(before_us) ORDER BY id LIMIT $1;

-- name: ClaimSubscription :execrows
UPDATE subscriptions SET claimed_us = sqlc.arg(until_us) WHERE id = $1 AND told < sqlc.arg(day) AND claimed_us < sqlc.arg(now_us);

-- name: ToldSubscription :execrows
UPDATE subscriptions SET told = sqlc.arg(day), claimed_us = 0 WHERE id = $1 AND link_index = $2 AND told < sqlc.arg(day);

-- name: ReleasedUses :many
SELECT agency_id, from_us, to_us FROM withholdings WHERE nik_index = $1 AND until >= sqlc.arg(since) AND until < sqlc.arg(today);
