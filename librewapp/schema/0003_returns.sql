-- What came back of each line of a purchase: its articles so far, a number for each line, packed.  It follows
-- from the log, as `undone` does.
CREATE TABLE returned (
	number INTEGER PRIMARY KEY,
	lines BLOB NOT NULL
) STRICT;
