-- Commands with their receipts, purchases, and the counters of limits.

-- STMT_PURCHASES_COMMAND
SELECT seq, kind, subject, fingerprint, receipt FROM command WHERE id = $1

-- STMT_PURCHASES_COMMAND_INSERT
INSERT INTO command (seq, id, kind, subject, recorded_ms, fingerprint, receipt, terminal, reference)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- STMT_PURCHASES_PURCHASE
SELECT seq, member, merchant, programme, version, amount, returned, clawed_back, mcc, occurred_ms, awards
FROM purchase WHERE seq = $1

-- STMT_PURCHASES_INSERT
INSERT INTO purchase (seq, member, merchant, programme, version, amount, returned, clawed_back, mcc,
	occurred_ms, awards)
VALUES ($1, $2, $3, $4, $5, $6, 0, 0, $7, $8, $9)

-- STMT_PURCHASES_RETURNED
UPDATE purchase SET returned = $3, clawed_back = $4 WHERE seq = $1 AND returned = $2

-- STMT_PURCHASES_COUNTER
SELECT used FROM counter WHERE programme = $1 AND member = $2 AND cap = $3 AND window_start = $4

-- STMT_PURCHASES_COUNTER_ADD
INSERT INTO counter (programme, member, cap, window_start, used) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (programme, member, cap, window_start) DO UPDATE SET used = counter.used + $5
WHERE counter.used + $5 <= $6

-- STMT_PURCHASES_COUNTER_RELEASE
UPDATE counter SET used = used - $5 WHERE programme = $1 AND member = $2 AND cap = $3 AND window_start = $4
	AND used >= $5
