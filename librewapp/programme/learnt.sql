-- Bank lines that wait for a person, and what the answers taught.

-- STMT_LEARNT_CHANGED
SELECT number, merchant, votes, text, taken_back FROM learnt WHERE changed > $1 ORDER BY number

-- STMT_LEARNT_INSERT
INSERT INTO learnt (number, merchant, line, votes, text, who, at_ms, taken_back, changed)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $1)

-- STMT_LEARNT_TAKE_BACK
UPDATE learnt SET taken_back = $2, changed = $2 WHERE number = $1 AND taken_back = 0

-- Of a merchant, or (0) of all.
-- STMT_LEARNT_LIST
SELECT number, merchant, line, votes, text, who, at_ms, taken_back FROM learnt
WHERE number > $1 AND ($3 = 0 OR merchant = $3) ORDER BY number LIMIT $2

-- The last column: whether the answer taught something.
-- STMT_LEARNT_DOUBT
SELECT number, id, member, programme, candidate, answer, line,
	(SELECT count(*) FROM learnt WHERE learnt.number = doubt.answer) FROM doubt WHERE id = $1

-- STMT_LEARNT_ANSWERED
SELECT number, id, member, programme, candidate, answer, line,
	(SELECT count(*) FROM learnt WHERE learnt.number = doubt.answer) FROM doubt WHERE answer = $1

-- STMT_LEARNT_DOUBT_INSERT
INSERT INTO doubt (number, id, member, programme, candidate, line, answer) VALUES ($1, $2, $3, $4, $5, $6, 0)

-- STMT_LEARNT_DOUBT_ANSWER
UPDATE doubt SET answer = $2 WHERE number = $1 AND answer = $3

-- Those that wait, with what makes their texts readable.
-- STMT_LEARNT_DOUBTS
SELECT d.number, d.id, d.programme, d.candidate, d.line, m.id, m.key FROM doubt d JOIN member m ON m.seq = d.member
WHERE d.answer = 0 AND d.number > $1 AND m.key IS NOT NULL ORDER BY d.number LIMIT $2
