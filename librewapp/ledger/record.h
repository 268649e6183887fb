/* Records: what a command was, what was answered, and everything that it did.
 *
 * The log is made of them, and everything else in the store follows from the log.  A record
 * is canonical: the same command with the same effects is the same bytes.
 *
 * A row of the log is: version (1), the instant of recording (zigzag), how far its first
 * command's number lies behind the batch's first, then records.  A record is: its size, the
 * distance of its number from the row's, then what record.c writes.  Numbers that the batch
 * itself makes are distances from the command's own, so that a record can be written before
 * the store gives the numbers.  Instants are spans (base/pack.h) from the recording, and ends from
 * what begins: the same number of days is a byte or two. */
#ifndef REWAPP_LEDGER_RECORD_H
#define REWAPP_LEDGER_RECORD_H

#include "base/pack.h"
#include "ledger/book.h"

#include <rewapp/types.h>

/* --- what happened: the effects of a command, in their order ------------------------------- */

enum effect_kind {
	EFFECT_ACCOUNT = 1,   /* an account is opened */
	EFFECT_TRANSFER = 2,  /* points move */
	EFFECT_LOT = 3,       /* the transfer before opened a lot */
	EFFECT_MOVE = 4,      /* the transfer before took from a lot (amount > 0) or gave back to it */
	EFFECT_HOLD = 5,      /* the transfer before opened a hold */
	EFFECT_TALLY = 6,     /* a limit was used up (delta > 0), or released */
	EFFECT_UNDONE = 7,    /* so much of a purchase or a redemption is now given back */
	EFFECT_PURCHASE = 8,  /* what the purchase was */
	EFFECT_EVENT = 9,     /* what the outbox tells */
	EFFECT_MEMBER = 10,   /* a member is put */
	EFFECT_DOCUMENT = 11, /* a merchant's or a programme's document is put */
	EFFECT_ORIGIN = 16,   /* the lot before was another member's: what it was there */
	EFFECT_CLOSED = 15,   /* a member's account in a programme is closed, or open again */
	EFFECT_CLOSE = 14,    /* a programme's books are closed up to an instant */
	EFFECT_REVIVE = 12,   /* a lot that was used up has points again: what it was */
	EFFECT_ACTIVE = 17,   /* a member was active: the wallet's sliding lots now live that long */
	EFFECT_RETURNED = 21, /* so many articles of each line of a purchase have come back now */
	EFFECT_VOUCHER = 22,  /* the hold before is a voucher */
	EFFECT_CASHIER = 23,  /* who stood at the till, under the member's key as the texts of the record */
	EFFECT_TIER = 24,     /* where a member stands in a programme's tiers now */
	EFFECT_REFERRED = 25, /* a purchase rewarded who brought the member, or a return took that back */
	EFFECT_SHARER = 26,   /* a member shares a wallet, up to limits, or does so no more */
	EFFECT_SPENT =
		27, /* who spends of a shared wallet: the hold before is his, or so many points are spent */
	EFFECT_SIGHTING = 29, /* what was seen of a purchase, as it stands now */
	EFFECT_LEARNT = 32,   /* a person said what a bank's text means */
	EFFECT_REVIEWED = 33, /* a person has answered for a bank line, or the line waits again */
	EFFECT_DOUBT = 34     /* a bank line begins to wait for a person */
};

struct effect {
	enum effect_kind kind;
	union {
		struct {
			ref number, programme, owner;
			enum account_kind kind;
		} account;
		struct {
			ref number, debit, credit, pending, prev;
			enum rewapp_code code;
			int64_t amount, balance, occurred_ms;
			int64_t held; /* by the hold `pending` that it ends */
		} transfer;
		struct {
			int64_t activates_ms, expires_ms;
		} lot;
		struct {
			ref lot;
			int64_t amount;
		} move;
		struct {
			ref merchant;
			int64_t issued_ms, expires_ms, key;
		} hold;
		struct {
			ref programme, owner;
			int64_t what, window_start, delta;
		} tally;
		struct {
			ref number;
			int64_t amount, points;
		} undone;
		struct {
			int64_t amount, version, mcc, occurred_ms;
			const void *awards; /* as earn/ encodes them */
			size_t awards_size;
		} purchase;
		struct {
			ref number, member;
			enum rewapp_code code;
			int64_t points;
		} event;
		struct {
			ref number;
			int64_t status;
			struct rewapp_id id;
		} member;
		struct {
			ref number;
			int64_t version;  /* of a programme; 0: a merchant */
			uint8_t hash[32]; /* BLAKE2b-256 */
			const char *name; /* that it gives; no NUL behind it when it was read */
			size_t name_size;
		} document;
		struct {
			ref programme;
			int64_t until_ms;
		} close;
		struct {
			ref lot, command, funder; /* lot: that it was taken from */
		} origin;
		struct {
			ref lot, command, funder;
			int64_t original, activates_ms, expires_ms;
		} revive;
		struct {
			ref number;
			const void *lines; /* a number for each, packed */
			size_t size;
		} returned;
		struct {
			ref programme, member;
			int64_t until_ms;
		} active;
		struct {
			ref programme, member;
			bool closed; /* from the recording on; else it is open again */
		} closed;
		struct {
			ref programme, member;
			const void *standing; /* as standing.h puts it */
			size_t standing_size;
		} tier;
		struct {
			ref purchase, by;          /* the member who brought the purchase's */
			int64_t points, by_points; /* to the member, and to `by` */
		} referred;
		struct {
			const void *name;
			size_t size;
		} cashier;
		struct {
			ref merchant, line;     /* the command that brought the bank's line */
			int64_t votes;          /* 1: it means the merchant, -1: it does not */
			const char *text, *who; /* no NUL behind them when they were read */
			size_t text_size, who_size;
		} learnt;
		struct {
			ref line;   /* the command that brought it */
			bool waits; /* again: what the answer had taught is taken back with it */
		} reviewed;
		struct {
			ref member, programme, candidate; /* the best merchant */
			const void *line;                 /* as flows/ encodes it */
			size_t line_size;
		} doubt;
		struct {
			ref programme, household, member;
			int64_t day, month, total; /* at most so many points; 0: no limit */
			bool leaves;
		} sharer;
		struct {
			ref programme, household, member;
			ref hold;           /* that begins, or has ended; 0: none */
			int64_t points;     /* < 0: given back */
			int64_t day, month; /* in which they count: numbers of days */
		} spent;
		struct {
			ref hold;
			bool forfeits;
			const char *offer; /* no NUL behind it when it was read */
			size_t offer_size;
		} voucher;
		struct {
			const void *bytes; /* as sighting.h puts it */
			size_t size;
		} sighting;
	};
};

/* --- a record -------------------------------------------------------------------------------- */

struct record {
	ref number;
	int32_t kind; /* enum rewapp_kind */
	int64_t recorded_ms;
	ref base; /* the first number of its batch */
	struct rewapp_id id;
	ref subject;                       /* the purchase, hold or redemption that it made; 0: none */
	ref member, programme, merchant;   /* whom the receipt names */
	const void *fingerprint, *receipt; /* as flows/ encodes them */
	size_t fingerprint_size, receipt_size;
	const void *terminal, *reference;
	size_t terminal_size, reference_size;
	const void *effects;
	size_t effects_size;

	/* Set by reading: the record's bytes as they stand in the row. */
	const void *body;
	size_t body_size;
};

/* A number, told from that of the command. */
void rewapp__ref_put(struct pack *pack, ref number, ref command);
ref rewapp__ref_get(struct unpack *from, ref command);

/* The instant when something ends that begins at `from_ms`: 2 for 0, never; 4 for LOT_SLIDES; else a span. */
void rewapp__end_put(struct pack *pack, int64_t from_ms, int64_t ends_ms);
int64_t rewapp__end_get(struct unpack *from, int64_t from_ms);

/* Collects a command's effects while it is decided.  `command` is its ref. */
struct effects {
	struct pack pack;
	ref command;
	int64_t now_ms;
};

void rewapp__effects_begin(struct effects *effects, ref command);
void rewapp__effects_add(struct effects *effects, const struct effect *effect);

/* Makes `body` the record without its place; record->effects is what was collected, `record->number` a ref
 * of this batch. */
void rewapp__record_body(struct pack *body, const struct record *record);

/* Appends it to a row whose first command's ref is `row_first`. */
void rewapp__record_put(struct pack *row, const struct pack *body, ref number, ref row_first);

/* The head of a row. */
void rewapp__record_row(struct pack *out, int64_t now_ms, ref row_first);

/* --- reading --------------------------------------------------------------------------------- */

/* Walks through a row of the log, whose first number is `seq`; bytes are borrowed. */
struct record_reader {
	struct unpack from;
	int64_t seq, base, recorded_ms;
	bool failed;
};

void rewapp__record_open(struct record_reader *reader, int64_t seq, const void *row, size_t size);

/* The next record, with absolute numbers; false at the end, or when the row is damaged (failed). */
bool rewapp__record_next(struct record_reader *reader, struct record *out);

/* The record of the command that made `number`: the last one that is not beyond it. */
bool rewapp__record_find(int64_t seq, const void *row, size_t size, int64_t number, struct record *out);

/* Walks through a record's effects, with absolute numbers. */
struct effect_reader {
	struct unpack from;
	ref command;
	int64_t recorded_ms;
	bool failed;
};

void rewapp__effects_open(struct effect_reader *reader, const struct record *record);
bool rewapp__effects_next(struct effect_reader *reader, struct effect *out);

#endif
