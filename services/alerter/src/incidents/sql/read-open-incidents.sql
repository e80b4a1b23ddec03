-- Those that are not over; the oldest first.
SELECT * FROM incidents WHERE tenant = $1 AND state <> 'resolved' ORDER BY opened_at, number
