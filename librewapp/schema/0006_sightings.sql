-- What was seen of purchases: lines of banks, and tickets of tills where the programme asks for them.  A purchase
-- that was seen twice has two rows, and earned once.  It follows from the log.
CREATE TABLE sighting (
	number INTEGER PRIMARY KEY,        -- of the command that told it
	member INTEGER NOT NULL,
	programme INTEGER NOT NULL,
	merchant INTEGER NOT NULL,         -- that was recognised, or the best candidate; 0: none
	purchase INTEGER NOT NULL,         -- number of the purchase that it is, or that the refund is of; 0: none
	other INTEGER NOT NULL,            -- the sighting that it repeats, belongs to, or was replaced by; 0: none
	outcome INTEGER NOT NULL,          -- enum rewapp_outcome
	source INTEGER NOT NULL,           -- 0: a till; else the feed, twice, plus 1 when its lines have ids
	refund INTEGER NOT NULL,           -- 1: the money came back
	amount INTEGER NOT NULL,
	foreign_amount INTEGER NOT NULL,   -- in the currency of the shop; 0: none
	foreign_currency INTEGER NOT NULL, -- its letters, as one number
	occurred_ms INTEGER NOT NULL,
	mcc INTEGER NOT NULL,
	certainty INTEGER NOT NULL,        -- of the merchant, in basis points
	bank_key INTEGER NOT NULL,         -- hash of the feed and of the line's id in it; 0: it has none
	content INTEGER NOT NULL,          -- hash of what the line says
	catalogue INTEGER NOT NULL         -- the newest change to merchants and programmes when it was decided
) STRICT;
CREATE INDEX sighting_of ON sighting (member, programme, occurred_ms);
CREATE INDEX sighting_key ON sighting (bank_key) WHERE bank_key <> 0;
CREATE INDEX sighting_open ON sighting (outcome, number) WHERE outcome IN (2, 6);
