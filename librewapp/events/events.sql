-- The outbox.

-- STMT_EVENTS_INSERT
INSERT INTO event (seq, command, kind, code, member, points) VALUES ($1, $2, $3, $4, $5, $6)

-- STMT_EVENTS_READ
SELECT e.seq, e.kind, e.code, c.id, m.id, e.points, c.recorded_ms FROM event e
JOIN command c ON c.seq = e.command LEFT JOIN member m ON m.seq = e.member
WHERE e.seq > $1 ORDER BY e.seq LIMIT $2

-- STMT_EVENTS_POSITION
SELECT position FROM consumer WHERE name = $1

-- STMT_EVENTS_ACKNOWLEDGE
INSERT INTO consumer (name, position) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET position = CASE WHEN consumer.position < $2 THEN $2 ELSE consumer.position END
