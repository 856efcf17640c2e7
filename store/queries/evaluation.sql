-- name: AlertCounts :many
SELECT agency_id, action, COUNT(*) AS n FROM alerts WHERE last_us >= sqlc.arg(from_us) AND last_us < sqlc.arg(to_us) AND action <> 'record' GROUP BY agency_id, action;

-- name: StopCounts :many
SELECT agency_id, COUNT(*) AS n, CAST(SUM(CASE WHEN false_alarm THEN 1 ELSE 0 END) AS BIGINT) AS mistaken FROM stops
WHERE at_us >= sqlc.arg(from_us) AND at_us < sqlc.arg(to_us) GROUP BY agency_id;

-- name: IncidentCounts :many
SELECT agency_id, COUNT(*) AS n, CAST(SUM(CASE WHEN state <> 'closed' THEN 1 ELSE 0 END) AS BIGINT) AS still_open,
	CAST(SUM(CASE WHEN (notified_us = 0 AND state <> 'closed' AND known_us + sqlc.arg(window_us) < sqlc.arg(now_us)) OR notified_us > known_us + sqlc.arg(window_us) THEN 1 ELSE 0 END) AS BIGINT) AS late
FROM incidents WHERE known_us >= sqlc.arg(from_us) AND known_us < sqlc.arg(to_us) GROUP BY agency_id;
