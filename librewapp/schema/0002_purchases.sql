-- Purchases, what was given for them, and how much of each limit is used up.

-- seq is the command that brought it.  awards: the decision, as earn/ encodes it.
CREATE TABLE purchase (
	seq INTEGER PRIMARY KEY,
	member INTEGER NOT NULL,
	merchant INTEGER NOT NULL,
	programme INTEGER NOT NULL,
	version INTEGER NOT NULL,          -- of the programme that decided
	amount INTEGER NOT NULL CHECK (amount > 0),
	returned INTEGER NOT NULL CHECK (returned >= 0 AND returned <= amount),
	clawed_back INTEGER NOT NULL,
	mcc INTEGER NOT NULL,
	occurred_ms INTEGER NOT NULL,
	awards BLOB NOT NULL
) STRICT;

-- Points given within one window of one limit; member 0: the whole programme.
CREATE TABLE counter (
	programme INTEGER NOT NULL,
	member INTEGER NOT NULL,
	cap INTEGER NOT NULL,
	window_start INTEGER NOT NULL,
	used INTEGER NOT NULL CHECK (used >= 0),
	PRIMARY KEY (programme, member, cap, window_start)
) STRICT, WITHOUT ROWID;

-- Points of each UTC day, for reports: increments only.
CREATE TABLE day (
	programme INTEGER NOT NULL,
	day INTEGER NOT NULL,
	issued INTEGER NOT NULL,
	spent INTEGER NOT NULL,
	expired INTEGER NOT NULL,
	clawed_back INTEGER NOT NULL,
	PRIMARY KEY (programme, day)
) STRICT, WITHOUT ROWID;

-- What a redemption has had given back.
CREATE TABLE reversal (
	hold INTEGER PRIMARY KEY,
	points INTEGER NOT NULL
) STRICT;
