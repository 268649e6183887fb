-- The books' name and keys, the tree, the checkpoints.

-- STMT_EVIDENCE_BOOKS
SELECT origin, secret FROM books WHERE one = 1

-- STMT_EVIDENCE_BOOKS_INSERT
INSERT INTO books (one, origin, secret) VALUES (1, $1, $2)

-- STMT_EVIDENCE_NAME
UPDATE books SET origin = $1 WHERE one = 1 AND NOT EXISTS (SELECT 1 FROM checkpoint)

-- STMT_EVIDENCE_KEYS
SELECT number, seed FROM signing_key ORDER BY number

-- STMT_EVIDENCE_KEY_INSERT
INSERT INTO signing_key (number, seed) VALUES ($1, $2)

-- STMT_EVIDENCE_NODES
SELECT position, hash, last FROM tree WHERE level = $1 AND position >= $2 AND position < $3 ORDER BY position

-- STMT_EVIDENCE_NODE_INSERT
INSERT INTO tree (level, position, hash, last) VALUES ($1, $2, $3, $4) ON CONFLICT (level, position) DO NOTHING

-- The newest tile of leaves, and the last command in it.
-- STMT_EVIDENCE_NEWEST_TILE
SELECT position, last FROM tree WHERE level = 5 ORDER BY position DESC LIMIT 1

-- The tile that holds the command $1.
-- STMT_EVIDENCE_TILE_OF
SELECT position FROM tree WHERE level = 5 AND last >= $1 ORDER BY last LIMIT 1

-- The log from the row that holds the number $1.
-- STMT_EVIDENCE_LOG
SELECT seq, record, hash FROM log WHERE seq >= (SELECT coalesce(max(seq), 0) FROM log WHERE seq <= $1)
ORDER BY seq LIMIT $2

-- The rows of a tile of leaves: from the one that holds the number $1 up to the number $2.
-- STMT_EVIDENCE_LEAVES
SELECT seq, record FROM log WHERE seq >= (SELECT coalesce(max(seq), 0) FROM log WHERE seq <= $1) AND seq <= $2
ORDER BY seq LIMIT $3

-- STMT_EVIDENCE_CHECKPOINT_NEWEST
SELECT number, size, note FROM checkpoint ORDER BY number DESC LIMIT 1

-- STMT_EVIDENCE_HAND_OVERS
SELECT note FROM checkpoint WHERE hands_over = 1 AND number < $1 ORDER BY number

-- STMT_EVIDENCE_CHECKPOINT_INSERT
INSERT INTO checkpoint (number, size, hands_over, note) VALUES ($1, $2, $3, $4)

-- The command that put a merchant as it is.
-- STMT_EVIDENCE_MERCHANT_CHANGED
SELECT changed FROM merchant WHERE seq = $1

-- For the proof of the whole store.
-- STMT_EVIDENCE_TREE
SELECT level, count(*), min(position), max(position) FROM tree GROUP BY level ORDER BY level

-- STMT_EVIDENCE_CHECKPOINTS
SELECT number, size, hands_over, note FROM checkpoint WHERE number > $1 ORDER BY number LIMIT $2
