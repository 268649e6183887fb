-- Closed periods.  closed_ms: the programme's books are closed up to this instant; 0: never yet.
ALTER TABLE programme ADD COLUMN closed_ms INTEGER NOT NULL DEFAULT 0;

-- number: of the command that closed it.  It follows from the log.
CREATE TABLE period (
	number INTEGER PRIMARY KEY,
	programme INTEGER NOT NULL,
	until_ms INTEGER NOT NULL,
	UNIQUE (programme, until_ms)
) STRICT;
