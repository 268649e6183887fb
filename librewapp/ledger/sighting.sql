-- What was seen of purchases.

-- Of the member $6, or of the one with the id $1, in a programme, around a date, and what has the bank's own key.
-- STMT_SIGHTING_NEAR
SELECT number, member, programme, merchant, purchase, other, outcome, source, refund, amount, foreign_amount,
	foreign_currency, occurred_ms, mcc, certainty, bank_key, content, catalogue
FROM sighting WHERE member = CASE WHEN $6 > 0 THEN $6 ELSE (SELECT seq FROM member WHERE id = $1) END AND programme = $2
	AND ((occurred_ms >= $3 AND occurred_ms <= $4) OR (bank_key = $5 AND bank_key <> 0)) ORDER BY number

-- STMT_SIGHTING_ONE
SELECT number, member, programme, merchant, purchase, other, outcome, source, refund, amount, foreign_amount,
	foreign_currency, occurred_ms, mcc, certainty, bank_key, content, catalogue
FROM sighting WHERE number = $1

-- Of a member ($4 = 0: the one with the id $5) with an outcome (0: any).
-- STMT_SIGHTING_LIST
SELECT number, member, programme, merchant, purchase, other, outcome, source, refund, amount, foreign_amount,
	foreign_currency, occurred_ms, mcc, certainty, bank_key, content, catalogue
FROM sighting WHERE number > $1 AND ($3 = 0 OR outcome = $3)
	AND ($4 <> 0 OR member = (SELECT seq FROM member WHERE id = $5)) ORDER BY number LIMIT $2

-- STMT_SIGHTING_KNOWS
SELECT seq FROM member WHERE id = $1

-- STMT_SIGHTING_MEMBER
SELECT id, key FROM member WHERE seq = $1

-- STMT_SIGHTING_INSERT
INSERT INTO sighting (number, member, programme, merchant, purchase, other, outcome, source, refund, amount,
	foreign_amount, foreign_currency, occurred_ms, mcc, certainty, bank_key, content, catalogue)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)

-- STMT_SIGHTING_UPDATE
UPDATE sighting SET merchant = $2, purchase = $3, other = $4, outcome = $5
WHERE number = $1 AND purchase = $6 AND other = $7 AND outcome = $8
