-- What the proof reads of the store, a page at a time after the last one's end.

-- STMT_VERIFY_LOG
SELECT seq, next, at_ms, record, hash FROM log WHERE seq > $1 ORDER BY seq LIMIT $2

-- What the database says of its own structures: the rows are read here by their tables, not by the indexes.
-- STMT_VERIFY_FILE
PRAGMA integrity_check(1)
-- [postgres]
SELECT 'ok'

-- STMT_VERIFY_LOG_COUNT
SELECT count(*) FROM log

-- STMT_VERIFY_COMMANDS
SELECT id, number FROM command WHERE id > $1 ORDER BY id LIMIT $2

-- STMT_VERIFY_WALLETS
SELECT number, member, programme, base, due_ms, state FROM wallet WHERE number > $1 ORDER BY number LIMIT $2

-- With who they are, for the chart of accounts.
-- STMT_VERIFY_MEMBERS_WALLETS
SELECT w.number, w.member, w.programme, w.base, w.state, m.id FROM wallet w JOIN member m ON m.seq = w.member
WHERE w.number > $1 ORDER BY w.number LIMIT $2

-- STMT_VERIFY_ACCOUNTS
SELECT number, programme, kind, owner, debits_pending, debits_posted, credits_pending, credits_posted, version
FROM account WHERE number > $1 ORDER BY number LIMIT $2

-- STMT_VERIFY_TALLIES
SELECT programme, owner, what, window_start, total FROM tally WHERE total <> 0

-- STMT_VERIFY_ENDS
SELECT number, state FROM hold_end WHERE number > $1 ORDER BY number LIMIT $2

-- STMT_VERIFY_UNDONE
SELECT number, amount, points FROM undone WHERE number > $1 ORDER BY number LIMIT $2

-- STMT_VERIFY_RETURNED
SELECT number, lines FROM returned WHERE number > $1 ORDER BY number LIMIT $2

-- STMT_VERIFY_SIGHTINGS
SELECT number, member, programme, merchant, purchase, other, outcome, source, refund, amount, foreign_amount,
	foreign_currency, occurred_ms, mcc, certainty, bank_key, content, catalogue
FROM sighting WHERE number > $1 ORDER BY number LIMIT $2

-- STMT_VERIFY_MEMBERS
SELECT seq, id, status, key FROM member WHERE seq > $1 ORDER BY seq LIMIT $2

-- STMT_VERIFY_MERCHANTS
SELECT seq, document, 0, name, changed FROM merchant WHERE seq > $1 ORDER BY seq LIMIT $2

-- All versions of a programme come on one page.
-- STMT_VERIFY_PROGRAMMES
SELECT p.seq, v.document, v.version, v.name, p.version FROM programme p JOIN programme_version v ON v.programme = p.seq
WHERE p.seq > $1 ORDER BY p.seq, v.version LIMIT $2 + 1000000

-- STMT_VERIFY_PERIODS
SELECT number, programme, until_ms FROM period WHERE number > $1 ORDER BY number LIMIT $2

-- STMT_VERIFY_CLOSED
SELECT seq, closed_ms FROM programme WHERE seq > $1 ORDER BY seq LIMIT $2

-- STMT_VERIFY_LEARNT
SELECT number, merchant, line, votes, text, who, at_ms, taken_back, changed FROM learnt
WHERE number > $1 ORDER BY number LIMIT $2

-- STMT_VERIFY_DOUBTS
SELECT number, id, member, programme, candidate, line, answer FROM doubt WHERE number > $1 ORDER BY number LIMIT $2
