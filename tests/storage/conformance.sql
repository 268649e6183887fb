-- What the conformance tests say to every database.

-- STMT_ITEM_PUT
INSERT INTO item (id, number, body, bytes) VALUES ($1, $2, $3, $4);

-- STMT_ITEM_PUT_ONCE
INSERT INTO item (id, number) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING;

-- STMT_ITEM_ADD
INSERT INTO item (id, number) VALUES ($2, $1)
ON CONFLICT (id) DO UPDATE SET number = item.number + excluded.number;

-- STMT_ITEM_RAISE
UPDATE item SET number = number + $2 WHERE id = $1;

-- STMT_ITEM_RAISE_READ
UPDATE item SET number = number + $2 WHERE id = $1 RETURNING number;

-- STMT_ITEM_RAISE_ALL
UPDATE item SET number = number + $1;

-- STMT_ITEM_GET
SELECT id, number, body, bytes FROM item WHERE id >= $1 ORDER BY id LIMIT $2;

-- STMT_ITEM_SUM
SELECT count(*), sum(number), max(number) FROM item;

-- STMT_ITEM_BODIES
SELECT body FROM item ORDER BY body;

-- STMT_PURSE_PUT
INSERT INTO purse (owner, balance) VALUES ($1, $2);

-- STMT_PURSE_SPEND
UPDATE purse SET balance = balance - $2 WHERE owner = $1;

-- STMT_KIND
SELECT 'sqlite';
-- [postgres]
SELECT 'postgres';

-- STMT_BROKEN
SELECT id FROM no_such_table WHERE id = $1;

-- STMT_VERSION
SELECT max(version), count(*) FROM rewapp_schema;

-- STMT_LATER_COUNT
SELECT count(*) FROM later WHERE note = '; INTEGER STRICT';
