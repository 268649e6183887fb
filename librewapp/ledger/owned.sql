-- What a process that owns its store writes late, and how it begins and ends.

-- STMT_OWNED_STORE
SELECT owned, applied, coalesce((SELECT next FROM log ORDER BY seq DESC LIMIT 1), 1),
	EXISTS (SELECT 1 FROM command), coalesce((SELECT max(next) FROM command_run), 0)
FROM store WHERE one = 1

-- STMT_OWNED_SET
UPDATE store SET owned = $1, applied = $2 WHERE one = 1

-- STMT_OWNED_APPLIED
UPDATE store SET applied = $1 WHERE one = 1

-- STMT_OWNED_RUNS
SELECT first, next, ids FROM command_run WHERE first > $1 ORDER BY first LIMIT $2

-- STMT_OWNED_RUN_INSERT
INSERT INTO command_run (first, next, ids) VALUES ($1, $2, $3)

-- STMT_OWNED_RUN_DELETE
DELETE FROM command_run WHERE first = $1

-- STMT_OWNED_WALLETS
SELECT number, member, programme, base, state FROM wallet WHERE number >= $1 ORDER BY number LIMIT $2

-- The rows of the log that hold commands with numbers from $1 on and below $2.
-- STMT_OWNED_LOG
SELECT seq, next, record FROM log WHERE seq >= (SELECT max(seq) FROM log WHERE seq <= $1) AND seq < $2 ORDER BY seq
