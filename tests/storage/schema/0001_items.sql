-- The words that PostgreSQL spells otherwise, each in its place.
CREATE TABLE item (
	id INTEGER PRIMARY KEY,
	number INTEGER,
	body TEXT,
	bytes BLOB
) STRICT;
CREATE TABLE purse (
	owner TEXT PRIMARY KEY,
	balance INTEGER NOT NULL CHECK (balance >= 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX item_body ON item (body);
