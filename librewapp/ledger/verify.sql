-- Does the ledger add up?  Each statement counts the rows that do not, and names one.

-- STMT_VERIFY_COUNTS
SELECT (SELECT count(*) FROM command), (SELECT count(*) FROM transfer), (SELECT count(*) FROM account),
	(SELECT count(*) FROM lot), (SELECT count(*) FROM hold), (SELECT count(*) FROM purchase)

-- In halves of 32 bits: points of many accounts may be more than 64 bits hold.
-- STMT_VERIFY_CONSERVATION
SELECT count(*), min(programme) FROM (SELECT programme FROM account GROUP BY programme
	HAVING (sum(debits_posted / 4294967296) - sum(credits_posted / 4294967296)) * 4294967296 +
			sum(debits_posted % 4294967296) - sum(credits_posted % 4294967296) <> 0
		OR (sum(debits_pending / 4294967296) - sum(credits_pending / 4294967296)) * 4294967296 +
			sum(debits_pending % 4294967296) - sum(credits_pending % 4294967296) <> 0) AS bad

-- STMT_VERIFY_DEBITS
SELECT count(*), min(a.seq) FROM account a LEFT JOIN
	(SELECT debit, sum(amount) AS total FROM transfer WHERE code NOT IN (2, 4, 5)
		GROUP BY debit) AS t ON t.debit = a.seq
WHERE a.debits_posted <> coalesce(t.total, 0)

-- STMT_VERIFY_CREDITS
SELECT count(*), min(a.seq) FROM account a LEFT JOIN
	(SELECT credit, sum(amount) AS total FROM transfer WHERE code NOT IN (2, 4, 5)
		GROUP BY credit) AS t ON t.credit = a.seq
WHERE a.credits_posted <> coalesce(t.total, 0)

-- STMT_VERIFY_PENDING
SELECT count(*), min(a.seq) FROM account a LEFT JOIN
	(SELECT account, sum(amount) AS total FROM hold WHERE state = 0 GROUP BY account) AS h ON h.account = a.seq
WHERE a.debits_pending <> coalesce(h.total, 0)

-- STMT_VERIFY_CLEARING
SELECT count(*), min(a.seq) FROM account a LEFT JOIN
	(SELECT t.credit, sum(h.amount) AS total FROM hold h JOIN transfer t ON t.seq = h.seq WHERE h.state = 0
		GROUP BY t.credit) AS h
	ON h.credit = a.seq
WHERE a.credits_pending <> coalesce(h.total, 0)

-- STMT_VERIFY_VERSIONS
SELECT count(*), min(a.seq) FROM account a LEFT JOIN
	(SELECT account, count(*) AS times FROM (
		SELECT debit AS account FROM transfer UNION ALL SELECT credit FROM transfer UNION ALL
		SELECT h.credit FROM transfer r JOIN transfer h ON h.seq = r.pending WHERE r.code = 3) AS sides
	GROUP BY account) AS t ON t.account = a.seq
WHERE a.version <> coalesce(t.times, 0)

-- STMT_VERIFY_STATEMENTS
SELECT count(*), min(seq) FROM (
	SELECT t.seq, t.prev, t.balance,
		lag(t.seq) OVER (PARTITION BY a.seq ORDER BY t.seq) AS before,
		sum(CASE WHEN t.code IN (2, 4, 5) THEN 0 WHEN t.credit = a.seq THEN t.amount ELSE -t.amount END)
			OVER (PARTITION BY a.seq ORDER BY t.seq ROWS UNBOUNDED PRECEDING) AS running
	FROM account a JOIN transfer t ON t.debit = a.seq OR t.credit = a.seq WHERE a.kind = 1) AS line
WHERE prev <> coalesce(before, 0) OR balance <> running

-- STMT_VERIFY_HEADS
SELECT count(*), min(a.seq) FROM account a WHERE a.kind = 1
	AND a.last <> (SELECT coalesce(max(t.seq), 0) FROM transfer t WHERE t.debit = a.seq OR t.credit = a.seq)

-- STMT_VERIFY_LOTS
SELECT count(*), min(l.seq) FROM lot l LEFT JOIN
	(SELECT lot, sum(amount) AS total FROM lot_move GROUP BY lot) AS m ON m.lot = l.seq
WHERE l.remaining <> l.original - coalesce(m.total, 0)

-- STMT_VERIFY_LOT_SUMS
SELECT count(*), min(a.seq) FROM account a LEFT JOIN
	(SELECT account, sum(remaining) AS total FROM lot GROUP BY account) AS l ON l.account = a.seq
WHERE a.kind = 1 AND a.credits_posted - a.debits_posted - a.debits_pending <> coalesce(l.total, 0)

-- STMT_VERIFY_LOT_ORIGINS
SELECT count(*), min(l.seq) FROM lot l LEFT JOIN transfer t ON t.seq = l.seq
WHERE t.seq IS NULL OR t.credit <> l.account OR t.amount <> l.original OR t.command <> l.command OR t.debit <> l.funder

-- STMT_VERIFY_HOLDS
SELECT count(*), min(h.seq) FROM hold h LEFT JOIN
	(SELECT pending, count(*) AS ends, sum(CASE WHEN code = 3 THEN amount ELSE 0 END) AS posted FROM transfer
		WHERE pending <> 0 GROUP BY pending) AS t ON t.pending = h.seq
WHERE (h.state = 0 AND t.ends IS NOT NULL) OR (h.state <> 0 AND coalesce(t.ends, 0) <> 1)
	OR h.posted <> coalesce(t.posted, 0) OR h.posted > h.amount

-- STMT_VERIFY_PURCHASES
SELECT count(*), min(p.seq) FROM purchase p LEFT JOIN
	(SELECT command, sum(amount) AS total FROM transfer WHERE code IN (1, 8)
		GROUP BY command) AS t ON t.command = p.seq
WHERE p.clawed_back > coalesce(t.total, 0) OR p.clawed_back < 0

-- STMT_VERIFY_COMMANDS
SELECT count(*), min(t.seq) FROM transfer t LEFT JOIN command c ON c.seq = t.command WHERE c.seq IS NULL

-- STMT_VERIFY_BOUNDS
SELECT count(*), min(seq) FROM account WHERE kind = 1 AND (debits_posted + debits_pending > credits_posted)

-- STMT_VERIFY_REVERSALS
SELECT count(*), min(r.hold) FROM reversal r LEFT JOIN hold h ON h.seq = r.hold
WHERE h.seq IS NULL OR r.points > h.posted OR r.points < 1

-- STMT_VERIFY_REVERSED
SELECT count(*), min(total) FROM (SELECT (SELECT coalesce(sum(points), 0) FROM reversal) -
	(SELECT coalesce(sum(amount), 0) FROM transfer WHERE code = 10) AS total) AS sums WHERE total <> 0
