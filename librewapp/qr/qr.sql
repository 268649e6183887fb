-- The keys that seal QR tokens.

-- STMT_QR_KEYS
SELECT key, secret, not_before_ms, retire_ms FROM qr_key ORDER BY key

-- STMT_QR_KEY_INSERT
INSERT INTO qr_key (key, secret, not_before_ms, retire_ms) VALUES ($1, $2, $3, 0)
