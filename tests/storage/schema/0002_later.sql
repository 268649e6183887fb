-- A second step, its words where only some of them may change.
CREATE TABLE later (id INTEGER PRIMARY KEY, note TEXT NOT NULL) WITHOUT ROWID, STRICT;
INSERT INTO later (id, note) VALUES (1, '; INTEGER STRICT'); -- a word in quotes stays
INSERT INTO later (id, note) VALUES (2, CAST (7 AS TEXT));
