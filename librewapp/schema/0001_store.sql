-- The store's ground.  Two kinds of tables: what happened (the log, and the documents of members,
-- merchants and programmes), which never changes, and what follows from it (all others), which
-- rewapp_verify() makes again from the log and compares.
--
-- Numbers come from one sequence for the whole store, in commit order.

-- The log itself is the storage's (core/storage): each row holds the records of one or more commands
-- of one batch, as ledger/record.h writes them, and is sealed into the chain (storage/chain.h).

CREATE TABLE store (
	one INTEGER PRIMARY KEY CHECK (one = 1),
	catalogue INTEGER NOT NULL,        -- the newest number when a merchant or a programme changed last
	rolled INTEGER NOT NULL,           -- tally's sums of days and account's counters hold all numbers below this
	owned INTEGER NOT NULL,            -- 0: shared; else the number from which one process keeps wallets in memory
	applied INTEGER NOT NULL           -- when owned: wallets hold at least all numbers below this
) STRICT;
INSERT INTO store (one, catalogue, rolled, owned, applied) VALUES (1, 0, 1, 0, 0);

-- Where a command's record is: in the row of the log with the greatest seq up to its number.
CREATE TABLE command (
	id BLOB PRIMARY KEY,
	number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The same of an owned store, whose commands are not in the table above: those with numbers from
-- first on and below next.  ids: for each the distance of its number from the one before (from first)
-- as ledger/record.h writes numbers, and eight bytes of hash of its id.
CREATE TABLE command_run (
	first INTEGER PRIMARY KEY,
	next INTEGER NOT NULL,
	ids BLOB NOT NULL
) STRICT;

CREATE TABLE member (
	seq INTEGER PRIMARY KEY,
	id BLOB NOT NULL UNIQUE,
	status INTEGER NOT NULL
) STRICT;

CREATE TABLE merchant (
	seq INTEGER PRIMARY KEY,
	id BLOB NOT NULL UNIQUE,
	changed INTEGER NOT NULL,          -- number of the command that put this version
	name TEXT NOT NULL,
	document TEXT NOT NULL
) STRICT;
CREATE INDEX merchant_changed ON merchant (changed);

CREATE TABLE programme (
	seq INTEGER PRIMARY KEY,
	id BLOB NOT NULL UNIQUE,
	version INTEGER NOT NULL           -- the current one
) STRICT;

CREATE TABLE programme_version (
	programme INTEGER NOT NULL,
	version INTEGER NOT NULL,
	name TEXT NOT NULL,
	document TEXT NOT NULL,
	PRIMARY KEY (programme, version)
) STRICT, WITHOUT ROWID;

-- A member's points in a programme: account, debt, lots, holds, limits, as ledger/state.h writes
-- them.  number: of the wallet's account.  base: the first number of the batch that wrote it; the
-- guard against another writer.  due_ms: when the first lot or hold ends; 0: none does.
CREATE TABLE wallet (
	number INTEGER PRIMARY KEY,
	member INTEGER NOT NULL,
	programme INTEGER NOT NULL,
	base INTEGER NOT NULL,
	due_ms INTEGER NOT NULL,
	state BLOB NOT NULL,
	UNIQUE (member, programme)
) STRICT;
CREATE INDEX wallet_due ON wallet (due_ms) WHERE due_ms > 0;

-- The accounts that are no member's.  kind: 3 issuance (owner 0 or the merchant that funds),
-- 4 settlement (owner: a merchant), 5 breakage, 6 clearing, 7 adjustment (owner 0).  No command writes
-- their counters, so that no two collide on them: a sweep adds them up from the log (store.rolled).
CREATE TABLE account (
	number INTEGER PRIMARY KEY,
	programme INTEGER NOT NULL,
	kind INTEGER NOT NULL,
	owner INTEGER NOT NULL,
	debits_pending INTEGER NOT NULL,
	debits_posted INTEGER NOT NULL,
	credits_pending INTEGER NOT NULL,
	credits_posted INTEGER NOT NULL,
	version INTEGER NOT NULL,
	UNIQUE (owner, kind, programme)
) STRICT;

-- Sums within a window of time.  what > 0: points given under that limit of the programme
-- (owner 0: the whole programme; a member's own stand in the wallet); what < 0: the points of a
-- UTC day, for reports: -1 issued, -2 spent, -3 expired, -4 clawed back, as far as a sweep has
-- added them up (store.rolled).
CREATE TABLE tally (
	programme INTEGER NOT NULL,
	owner INTEGER NOT NULL,
	what INTEGER NOT NULL,
	window_start INTEGER NOT NULL,
	total INTEGER NOT NULL,
	base INTEGER NOT NULL,
	PRIMARY KEY (programme, owner, what, window_start)
) STRICT, WITHOUT ROWID;

-- How a hold ended; an open one stands in its wallet.  number: of the transfer that opened it;
-- state: 1 posted, 2 voided, 3 timed out.
CREATE TABLE hold_end (
	number INTEGER PRIMARY KEY,
	state INTEGER NOT NULL
) STRICT;

-- What has been given back: of a purchase (number: the command's) its amount and points, of a
-- redemption (number: the hold's) its points.
CREATE TABLE undone (
	number INTEGER PRIMARY KEY,
	amount INTEGER NOT NULL,
	points INTEGER NOT NULL
) STRICT;

CREATE TABLE consumer (
	name TEXT PRIMARY KEY,
	position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE qr_key (
	key INTEGER PRIMARY KEY,
	secret BLOB NOT NULL,
	not_before_ms INTEGER NOT NULL,
	retire_ms INTEGER NOT NULL         -- 0: not yet
) STRICT;
