-- Members, merchants, programmes: who takes part.

-- STMT_PROGRAMME_STORE
SELECT coalesce((SELECT at_ms FROM log ORDER BY seq DESC LIMIT 1), 0), catalogue FROM store WHERE one = 1

-- STMT_PROGRAMME_STORE_CHANGED
UPDATE store SET catalogue = $1 WHERE one = 1

-- STMT_PROGRAMME_MEMBER
SELECT seq, id, status FROM member WHERE id = $1

-- STMT_PROGRAMME_MEMBER_BY_NUMBER
SELECT seq, id, status, key FROM member WHERE seq = $1

-- STMT_PROGRAMME_MEMBER_INSERT
INSERT INTO member (seq, id, status, key) VALUES ($1, $2, $3, $4)

-- STMT_PROGRAMME_MEMBER_UPDATE
UPDATE member SET status = $3 WHERE seq = $1 AND id = $2

-- What is overwritten from here on leaves no trace in the file.
-- STMT_PROGRAMME_FORGET
PRAGMA secure_delete = ON
-- [postgres]
SELECT 1

-- STMT_PROGRAMME_MEMBER_ERASE
UPDATE member SET id = $3, status = $4, key = NULL WHERE seq = $1 AND id = $2

-- STMT_PROGRAMME_MEMBERS
SELECT seq, id, status FROM member WHERE seq > $1 ORDER BY seq LIMIT $2

-- STMT_PROGRAMME_MERCHANTS_CHANGED
SELECT seq, id, changed, name, document FROM merchant WHERE changed > $1 ORDER BY changed

-- STMT_PROGRAMME_MERCHANTS
SELECT seq, id, name, document FROM merchant WHERE seq > $1 ORDER BY seq LIMIT $2

-- STMT_PROGRAMME_MERCHANT
SELECT seq, id, name, document FROM merchant WHERE id = $1

-- STMT_PROGRAMME_MERCHANT_INSERT
INSERT INTO merchant (seq, id, changed, name, document) VALUES ($1, $2, $3, $4, $5)

-- STMT_PROGRAMME_MERCHANT_UPDATE
UPDATE merchant SET changed = $3, name = $4, document = $5 WHERE seq = $1 AND id = $2

-- STMT_PROGRAMME_CURRENT
SELECT p.seq, p.id, p.version, v.name, v.document, p.closed_ms FROM programme p
JOIN programme_version v ON v.programme = p.seq AND v.version = p.version ORDER BY p.seq

-- STMT_PROGRAMME_LIST
SELECT p.seq, p.id, p.version, v.name, v.document FROM programme p
JOIN programme_version v ON v.programme = p.seq AND v.version = p.version WHERE p.seq > $1 ORDER BY p.seq LIMIT $2

-- STMT_PROGRAMME_ONE
SELECT p.seq, p.id, p.version, v.name, v.document FROM programme p
JOIN programme_version v ON v.programme = p.seq AND v.version = p.version WHERE p.id = $1

-- STMT_PROGRAMME_VERSION
SELECT document FROM programme_version WHERE programme = $1 AND version = $2

-- STMT_PROGRAMME_INSERT
INSERT INTO programme (seq, id, version) VALUES ($1, $2, 1)

-- STMT_PROGRAMME_NEXT
UPDATE programme SET version = $2 WHERE seq = $1 AND version = $3

-- STMT_PROGRAMME_CLOSE
UPDATE programme SET closed_ms = $2 WHERE seq = $1 AND closed_ms = $3

-- Nobody has closed a period meanwhile.
-- STMT_PROGRAMME_STILL_OPEN
UPDATE programme SET closed_ms = closed_ms WHERE seq = $1 AND closed_ms = $2

-- STMT_PROGRAMME_PERIOD_INSERT
INSERT INTO period (number, programme, until_ms) VALUES ($1, $2, $3)

-- STMT_PROGRAMME_PERIODS
SELECT number, until_ms FROM period WHERE programme = $1 AND until_ms > $2 ORDER BY until_ms LIMIT $3

-- STMT_PROGRAMME_VERSION_INSERT
INSERT INTO programme_version (programme, version, name, document) VALUES ($1, $2, $3, $4)
