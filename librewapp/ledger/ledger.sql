-- The ledger's statements.  Reads come first, then what a plan writes.

-- STMT_LEDGER_ACCOUNT
SELECT seq, programme, kind, owner, debits_pending, debits_posted, credits_pending, credits_posted, version, last
FROM account WHERE owner = $1 AND kind = $2 AND programme = $3

-- STMT_LEDGER_LOTS
SELECT seq, command, funder, original, remaining, activates_ms, expires_ms
FROM lot WHERE account = $1 AND remaining > 0

-- STMT_LEDGER_HOLDS
SELECT seq, command, merchant, amount, issued_ms, expires_ms, key
FROM hold WHERE account = $1 AND state = 0 ORDER BY seq

-- STMT_LEDGER_HOLD_SHARES
SELECT h.seq, m.lot, m.amount, l.command, l.funder, l.original, l.remaining, l.activates_ms, l.expires_ms
FROM hold h JOIN lot_move m ON m.transfer = h.seq JOIN lot l ON l.seq = m.lot
WHERE h.account = $1 AND h.state = 0
ORDER BY h.seq, CASE WHEN l.expires_ms = 0 THEN 1 ELSE 0 END, l.expires_ms, l.activates_ms, l.seq

-- STMT_LEDGER_HOLD
SELECT h.seq, h.command, h.account, h.merchant, h.amount, h.posted, h.state, h.issued_ms, h.expires_ms, h.key,
	a.owner, a.programme, c.id
FROM hold h JOIN account a ON a.seq = h.account JOIN command c ON c.seq = h.command WHERE h.seq = $1

-- STMT_LEDGER_REDEMPTION
SELECT t.seq, t.debit, t.credit, t.amount, t.pending, a.owner, a.programme, s.owner, coalesce(r.points, 0)
FROM transfer t JOIN account a ON a.seq = t.debit JOIN account s ON s.seq = t.credit
LEFT JOIN reversal r ON r.hold = t.pending
WHERE t.seq = $1

-- STMT_LEDGER_TAKEN
SELECT m.lot, m.amount, l.command, l.funder, l.original, l.remaining, l.activates_ms, l.expires_ms
FROM lot_move m JOIN lot l ON l.seq = m.lot
WHERE m.transfer = $1 OR m.transfer = $2
ORDER BY CASE WHEN l.expires_ms = 0 THEN 1 ELSE 0 END, l.expires_ms, l.activates_ms, l.seq

-- STMT_LEDGER_REVERSED
INSERT INTO reversal (hold, points) VALUES ($1, $2) ON CONFLICT (hold) DO UPDATE SET points = $2
WHERE reversal.points = $3

-- STMT_LEDGER_DAY
INSERT INTO day (programme, day, issued, spent, expired, clawed_back) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (programme, day) DO UPDATE SET
	issued = CASE
		WHEN $3 > 0 AND day.issued > 9223372036854775807 - $3 THEN 9223372036854775807
		WHEN $3 < 0 AND day.issued < -9223372036854775807 - $3 THEN -9223372036854775807
		ELSE day.issued + $3 END,
	spent = CASE
		WHEN $4 > 0 AND day.spent > 9223372036854775807 - $4 THEN 9223372036854775807
		WHEN $4 < 0 AND day.spent < -9223372036854775807 - $4 THEN -9223372036854775807
		ELSE day.spent + $4 END,
	expired = CASE
		WHEN $5 > 0 AND day.expired > 9223372036854775807 - $5 THEN 9223372036854775807
		WHEN $5 < 0 AND day.expired < -9223372036854775807 - $5 THEN -9223372036854775807
		ELSE day.expired + $5 END,
	clawed_back = CASE
		WHEN $6 > 0 AND day.clawed_back > 9223372036854775807 - $6 THEN 9223372036854775807
		WHEN $6 < 0 AND day.clawed_back < -9223372036854775807 - $6 THEN -9223372036854775807
		ELSE day.clawed_back + $6 END

-- STMT_LEDGER_ACCOUNT_INSERT
INSERT INTO account (seq, programme, kind, owner, debits_pending, debits_posted, credits_pending, credits_posted,
	version, last)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

-- STMT_LEDGER_ACCOUNT_GUARDED
UPDATE account SET debits_pending = $3, debits_posted = $4, credits_pending = $5, credits_posted = $6,
	version = $7, last = $8
WHERE seq = $1 AND version = $2

-- STMT_LEDGER_ACCOUNT_ADD
UPDATE account SET debits_pending = debits_pending + $2, debits_posted = debits_posted + $3,
	credits_pending = credits_pending + $4, credits_posted = credits_posted + $5, version = version + $6
WHERE seq = $1

-- STMT_LEDGER_TRANSFER_INSERT
INSERT INTO transfer (seq, command, code, debit, credit, amount, pending, prev, balance, occurred_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

-- STMT_LEDGER_LOT_INSERT
INSERT INTO lot (seq, account, command, funder, original, remaining, activates_ms, expires_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- STMT_LEDGER_LOT_UPDATE
UPDATE lot SET remaining = $3 WHERE seq = $1 AND remaining = $2

-- STMT_LEDGER_LOT_MOVE_INSERT
INSERT INTO lot_move (transfer, lot, amount) VALUES ($1, $2, $3)

-- STMT_LEDGER_DUE
SELECT DISTINCT a.owner, a.programme FROM (
	SELECT account FROM (SELECT account FROM lot WHERE remaining > 0 AND expires_ms > 0 AND expires_ms <= $1
		ORDER BY expires_ms LIMIT $2) AS due_lots
	UNION
	SELECT account FROM (SELECT account FROM hold WHERE state = 0 AND expires_ms <= $1
		ORDER BY expires_ms LIMIT $2) AS due_holds
) AS due JOIN account a ON a.seq = due.account

-- STMT_LEDGER_HOLD_INSERT
INSERT INTO hold (seq, command, account, merchant, amount, posted, state, issued_ms, expires_ms, key)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

-- STMT_LEDGER_HOLD_UPDATE
UPDATE hold SET state = $2, posted = $3 WHERE seq = $1 AND state = 0
