-- The ledger's statements.  Reads come first, then what a plan writes.

-- STMT_LEDGER_ACCOUNT
SELECT number FROM account WHERE owner = $1 AND kind = $2 AND programme = $3

-- A member, with the wallet in the programme $2 if there is one.
-- STMT_LEDGER_MEMBER
SELECT m.seq, m.id, m.status, m.key, w.base, w.state FROM member m
LEFT JOIN wallet w ON w.member = m.seq AND w.programme = $2 WHERE m.id = $1

-- STMT_LEDGER_WALLETS_OF
SELECT programme FROM wallet WHERE member = $1

-- STMT_LEDGER_WALLET
SELECT base, state FROM wallet WHERE member = $1 AND programme = $2

-- STMT_LEDGER_HOLD_STATE
SELECT state FROM hold_end WHERE number = $1

-- STMT_LEDGER_UNDONE
SELECT amount, points FROM undone WHERE number = $1

-- STMT_LEDGER_RETURNED
SELECT lines FROM returned WHERE number = $1

-- The row of the log that holds the record of the command that made the number $1.
-- STMT_LEDGER_LOG
SELECT seq, record FROM log WHERE seq <= $1 ORDER BY seq DESC LIMIT 1

-- STMT_LEDGER_LOG_AT
SELECT seq, record, at_ms FROM log WHERE seq <= $1 ORDER BY seq DESC LIMIT 1

-- STMT_LEDGER_LOG_FROM
SELECT seq, record FROM log WHERE seq >= (SELECT coalesce(max(seq), 0) FROM log WHERE seq <= $1)
ORDER BY seq LIMIT $2

-- STMT_LEDGER_LOG_BEHIND
SELECT seq, next, record FROM log WHERE seq > $1 ORDER BY seq LIMIT $2

-- STMT_LEDGER_COMMAND
SELECT c.number, l.seq, l.record FROM command c JOIN log l
	ON l.seq = (SELECT max(seq) FROM log WHERE seq <= c.number) WHERE c.id = $1

-- STMT_LEDGER_TALLY
SELECT total FROM tally WHERE programme = $1 AND owner = $2 AND what = $3 AND window_start = $4

-- STMT_LEDGER_TALLIES
SELECT window_start, total FROM tally
WHERE programme = $1 AND owner = 0 AND what = $2 AND window_start >= $3 AND window_start <= $4

-- STMT_LEDGER_DUE
SELECT member, programme FROM wallet WHERE due_ms > 0 AND due_ms <= $1 ORDER BY due_ms, number LIMIT $2

-- Whether time has done something to a wallet of the programme $1 before $2 that no record tells yet.
-- STMT_LEDGER_DUE_BEFORE
SELECT number FROM wallet WHERE due_ms > 0 AND due_ms < $2 AND programme = $1 LIMIT 1

-- STMT_LEDGER_ACCOUNTS
SELECT number, programme, kind, owner, debits_pending, debits_posted, credits_pending, credits_posted, version
FROM account

-- The days' sums and those of the shared accounts hold all numbers below this.
-- STMT_LEDGER_ROLLED
SELECT rolled FROM store WHERE one = 1

-- STMT_LEDGER_ROLL
UPDATE store SET rolled = $1 WHERE one = 1 AND rolled = $2

-- STMT_LEDGER_TOTALS
SELECT window_start, what, total FROM tally
WHERE programme = $1 AND owner = 0 AND what < 0 AND window_start >= $2 AND window_start < $3

-- STMT_LEDGER_COMMAND_INSERT
INSERT INTO command (id, number) VALUES ($1, $2)

-- STMT_LEDGER_WALLET_INSERT
INSERT INTO wallet (number, base, due_ms, state, member, programme) VALUES ($1, $2, $3, $4, $5, $6)

-- STMT_LEDGER_WALLET_UPDATE
UPDATE wallet SET base = $2, due_ms = $3, state = $4 WHERE number = $1 AND base = $5

-- The same, when it is due as before: the index is left alone.
-- STMT_LEDGER_WALLET_KEEP
UPDATE wallet SET base = $2, state = $3 WHERE number = $1 AND base = $4

-- STMT_LEDGER_ACCOUNT_INSERT
INSERT INTO account (number, programme, kind, owner, debits_pending, debits_posted, credits_pending, credits_posted,
	version)
VALUES ($1, $2, $3, $4, 0, 0, 0, 0, 0)

-- The one who rolls is alone: the statement after it makes sure.
-- STMT_LEDGER_ACCOUNT_ROLL
UPDATE account SET debits_pending = $2, debits_posted = $3, credits_pending = $4, credits_posted = $5, version = $6
WHERE number = $1

-- STMT_LEDGER_TALLY_ADD
INSERT INTO tally (programme, owner, what, window_start, total, base) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (programme, owner, what, window_start) DO UPDATE SET total = tally.total + $5, base = $6
WHERE tally.total + $5 <= $7

-- STMT_LEDGER_TALLY_RELEASE
UPDATE tally SET total = total - $5, base = $6 WHERE programme = $1 AND owner = $2 AND what = $3
	AND window_start = $4 AND total >= $5

-- A report's sum stops at the end of 64 bits.
-- STMT_LEDGER_DAY_ADD
INSERT INTO tally (programme, owner, what, window_start, total, base) VALUES ($1, 0, $2, $3, $4, $5)
ON CONFLICT (programme, owner, what, window_start) DO UPDATE SET base = $5, total = CASE
	WHEN $4 > 0 AND tally.total > 9223372036854775807 - $4 THEN 9223372036854775807
	WHEN $4 < 0 AND tally.total < -9223372036854775807 - $4 THEN -9223372036854775807
	ELSE tally.total + $4 END

-- STMT_LEDGER_HOLD_END
INSERT INTO hold_end (number, state) VALUES ($1, $2)

-- STMT_LEDGER_UNDONE_INSERT
INSERT INTO undone (number, amount, points) VALUES ($1, $2, $3)

-- STMT_LEDGER_UNDONE_UPDATE
UPDATE undone SET amount = $2, points = $3 WHERE number = $1 AND amount = $4 AND points = $5

-- STMT_LEDGER_RETURNED_INSERT
INSERT INTO returned (number, lines) VALUES ($1, $2)

-- STMT_LEDGER_RETURNED_UPDATE
UPDATE returned SET lines = $2 WHERE number = $1 AND lines = $3
