-- Bank lines whose merchant is in doubt.  It follows from the log.
CREATE TABLE doubt (
	number INTEGER PRIMARY KEY,        -- of the command that brought the line
	id BLOB NOT NULL UNIQUE,           -- of that command
	member INTEGER NOT NULL,
	programme INTEGER NOT NULL,
	candidate INTEGER NOT NULL,        -- the best merchant then
	line BLOB NOT NULL,                -- as flows/doubt.c writes it, its texts under the member's key
	answer INTEGER NOT NULL            -- the command that answered; 0: it waits
) STRICT;
CREATE INDEX doubt_waits ON doubt (number) WHERE answer = 0;
CREATE UNIQUE INDEX doubt_answer ON doubt (answer) WHERE answer > 0;

-- What people said of bank texts: this text means that merchant (votes 1), or does not (votes -1).  It follows
-- from the log.
CREATE TABLE learnt (
	number INTEGER PRIMARY KEY,        -- of the command that said it
	merchant INTEGER NOT NULL,
	line INTEGER NOT NULL,             -- the command that brought the bank's line
	votes INTEGER NOT NULL,
	text TEXT NOT NULL,                -- the words that are remembered: "AMZN MKTP FR"
	who TEXT NOT NULL,                 -- who said it, as the host told
	at_ms INTEGER NOT NULL,
	taken_back INTEGER NOT NULL,       -- the command that took it back; 0: it holds
	changed INTEGER NOT NULL           -- the newer one of the two commands
) STRICT;
CREATE INDEX learnt_changed ON learnt (changed);
