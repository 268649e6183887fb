-- Evidence: what the books are signed with, the tree over their commands, and what was signed.
-- All but the first two tables follow from the log; rewapp_verify() makes them again.

-- secret: digests of records, pseudonyms and proof codes are made under it.
CREATE TABLE books (
	one INTEGER PRIMARY KEY CHECK (one = 1),
	origin TEXT NOT NULL,
	secret BLOB NOT NULL
) STRICT;

-- The keys of the checkpoints; the one with the greatest number signs.
CREATE TABLE signing_key (
	number INTEGER PRIMARY KEY,
	seed BLOB NOT NULL
) STRICT;

-- Roots of the perfect subtrees of 32 commands, of 1 024 and so on: levels 5, 10, ...
-- last: number of the last command in it.
CREATE TABLE tree (
	level INTEGER NOT NULL,
	position INTEGER NOT NULL,
	hash BLOB NOT NULL,
	last INTEGER NOT NULL,
	PRIMARY KEY (level, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX tree_last ON tree (level, last);

-- size: commands that it covers; hands_over: 1 when it names the next key.
CREATE TABLE checkpoint (
	number INTEGER PRIMARY KEY,
	size INTEGER NOT NULL,
	hands_over INTEGER NOT NULL,
	note TEXT NOT NULL
) STRICT;

-- What the log keeps of a member is under this key; NULL once the member is erased.
ALTER TABLE member ADD COLUMN key BLOB;
