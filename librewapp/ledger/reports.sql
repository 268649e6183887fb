-- What is read for people: statements and totals.

-- STMT_REPORTS_WALLET
SELECT a.seq, a.last FROM account a JOIN member m ON m.seq = a.owner WHERE m.id = $1 AND a.kind = 1 AND a.programme = $2

-- STMT_REPORTS_BEFORE
SELECT prev FROM transfer WHERE seq = $1 AND (debit = $2 OR credit = $2)

-- STMT_REPORTS_STATEMENT
WITH RECURSIVE line(seq, depth) AS (
	SELECT CAST($1 AS BIGINT), 1
	UNION ALL
	SELECT t.prev, line.depth + 1 FROM line JOIN transfer t ON t.seq = line.seq WHERE t.prev > 0 AND line.depth < $3
)
SELECT t.seq, t.code, c.id, coalesce(pm.id, sm.id),
	CASE WHEN t.credit = $2 OR t.code IN (4, 5) THEN t.amount ELSE -t.amount END,
	t.balance, c.recorded_ms, t.occurred_ms, coalesce(l.activates_ms, 0), coalesce(l.expires_ms, 0)
FROM line JOIN transfer t ON t.seq = line.seq
JOIN command c ON c.seq = t.command
LEFT JOIN purchase p ON p.seq = t.command
LEFT JOIN merchant pm ON pm.seq = p.merchant
LEFT JOIN account s ON s.seq = CASE WHEN t.credit = $2 THEN t.debit ELSE t.credit END AND s.kind = 4
LEFT JOIN merchant sm ON sm.seq = s.owner
LEFT JOIN lot l ON l.seq = t.seq
ORDER BY t.seq DESC

-- STMT_REPORTS_TOTALS
SELECT day, issued, spent, expired, clawed_back FROM day
WHERE programme = $1 AND day >= $2 AND day < $3 ORDER BY day LIMIT $4
