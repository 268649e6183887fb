-- Where the outbox's consumers stand.  The outbox itself is the log.

-- STMT_EVENTS_POSITION
SELECT position FROM consumer WHERE name = $1

-- STMT_EVENTS_ACKNOWLEDGE
INSERT INTO consumer (name, position) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET position = CASE WHEN consumer.position < $2 THEN $2 ELSE consumer.position END
