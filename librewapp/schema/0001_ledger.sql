-- The store's ground: commands and their receipts, accounts, transfers, lots, holds.
--
-- Every row that has happened is immutable; what changes (counters, remainders, states)
-- can be derived from the rows that do not, and rewapp_verify() does so.
-- Numbers (seq) come from one sequence for the whole store, in commit order.

CREATE TABLE store (
	one INTEGER PRIMARY KEY CHECK (one = 1),
	last_ms INTEGER NOT NULL,          -- the newest instant recorded: the clock's floor
	catalogue INTEGER NOT NULL         -- seq of the newest change to a merchant or a programme
) STRICT;
INSERT INTO store (one, last_ms, catalogue) VALUES (1, 0, 0);

-- A command is known by its id for ever; receipt is the first answer.  subject: the hold or
-- the redemption's transfer that it made; 0: none.
CREATE TABLE command (
	seq INTEGER PRIMARY KEY,
	id BLOB NOT NULL UNIQUE,
	kind INTEGER NOT NULL,
	subject INTEGER NOT NULL,
	recorded_ms INTEGER NOT NULL,
	fingerprint BLOB NOT NULL,
	receipt BLOB NOT NULL,
	terminal TEXT,
	reference TEXT
) STRICT;

CREATE TABLE member (
	seq INTEGER PRIMARY KEY,
	id BLOB NOT NULL UNIQUE,
	status INTEGER NOT NULL
) STRICT;

CREATE TABLE merchant (
	seq INTEGER PRIMARY KEY,
	id BLOB NOT NULL UNIQUE,
	changed INTEGER NOT NULL,          -- seq of the command that put this version
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

-- kind: 1 wallet and 2 debt (owner: a member), 3 issuance (owner 0 or the merchant that
-- funds), 4 settlement (owner: a merchant), 5 breakage, 6 clearing, 7 adjustment (owner 0).
-- Wallets and debts are guarded by their version; the others only ever grow.
CREATE TABLE account (
	seq INTEGER PRIMARY KEY,
	programme INTEGER NOT NULL,
	kind INTEGER NOT NULL,
	owner INTEGER NOT NULL,
	debits_pending INTEGER NOT NULL,
	debits_posted INTEGER NOT NULL,
	credits_pending INTEGER NOT NULL,
	credits_posted INTEGER NOT NULL,
	version INTEGER NOT NULL,
	last INTEGER NOT NULL,             -- seq of a wallet's newest transfer: the head of its statement
	UNIQUE (owner, kind, programme)
) STRICT;

-- pending: the hold that this transfer posts or releases; 0: none.
-- At most one side is a wallet: prev is the transfer before in its statement, balance its
-- posted points afterwards.
CREATE TABLE transfer (
	seq INTEGER PRIMARY KEY,
	command INTEGER NOT NULL,
	code INTEGER NOT NULL,
	debit INTEGER NOT NULL,
	credit INTEGER NOT NULL,
	amount INTEGER NOT NULL CHECK (amount > 0),
	pending INTEGER NOT NULL,
	prev INTEGER NOT NULL,
	balance INTEGER NOT NULL,
	occurred_ms INTEGER NOT NULL
) STRICT;

-- seq is the transfer that opened the lot.
CREATE TABLE lot (
	seq INTEGER PRIMARY KEY,
	account INTEGER NOT NULL,
	command INTEGER NOT NULL,          -- the purchase or adjustment that earned it
	funder INTEGER NOT NULL,           -- the issuance account that stands for it
	original INTEGER NOT NULL CHECK (original > 0),
	remaining INTEGER NOT NULL CHECK (remaining >= 0 AND remaining <= original),
	activates_ms INTEGER NOT NULL,
	expires_ms INTEGER NOT NULL        -- 0: never
) STRICT;
CREATE INDEX lot_open ON lot (account) WHERE remaining > 0;
CREATE INDEX lot_due ON lot (expires_ms) WHERE remaining > 0 AND expires_ms > 0;

-- What a transfer took from a lot (amount > 0) or gave back to it (< 0).
CREATE TABLE lot_move (
	transfer INTEGER NOT NULL,
	lot INTEGER NOT NULL,
	amount INTEGER NOT NULL,
	PRIMARY KEY (transfer, lot)
) STRICT, WITHOUT ROWID;

-- seq is the pending transfer; state: 0 open, 1 posted, 2 voided, 3 timed out.
CREATE TABLE hold (
	seq INTEGER PRIMARY KEY,
	command INTEGER NOT NULL,
	account INTEGER NOT NULL,
	merchant INTEGER NOT NULL,         -- 0: any
	amount INTEGER NOT NULL CHECK (amount > 0),
	posted INTEGER NOT NULL,
	state INTEGER NOT NULL,
	issued_ms INTEGER NOT NULL,
	expires_ms INTEGER NOT NULL,
	key INTEGER NOT NULL               -- of its QR token, 0: it has none
) STRICT;
CREATE INDEX hold_open ON hold (account) WHERE state = 0;
CREATE INDEX hold_due ON hold (expires_ms) WHERE state = 0;

-- The outbox.
CREATE TABLE event (
	seq INTEGER PRIMARY KEY,
	command INTEGER NOT NULL,
	kind INTEGER NOT NULL,
	code INTEGER NOT NULL,
	member INTEGER NOT NULL,           -- 0: none
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
