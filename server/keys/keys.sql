-- The server's own tables: API keys.

-- STMT_KEYS_SCHEMA
CREATE SCHEMA IF NOT EXISTS rewapp_server

-- STMT_KEYS_INSERT
INSERT INTO api_key (id, hash, scope, merchant, terminal, created_ms, revoked_ms)
VALUES ($1, $2, $3, $4, $5, $6, 0)

-- STMT_KEYS_REVOKE
UPDATE api_key SET revoked_ms = $2 WHERE id = $1 AND revoked_ms = 0

-- STMT_KEYS_ALL
SELECT id, hash, scope, merchant, terminal, created_ms, revoked_ms FROM api_key ORDER BY created_ms, id

-- STMT_KEYS_LIVE
SELECT id, hash, scope, merchant, terminal, created_ms, revoked_ms FROM api_key WHERE revoked_ms = 0 ORDER BY id
