/* A wallet: one member's points in one programme, as lots, holds and a debt.
 *
 * Pure: every function works on what was loaded and records into the book.  Spending
 * takes the lot that expires soonest first; what is given back goes to the lots it came
 * from, and of them a debt is paid first: what is owed and what can be spent never stand side by
 * side.  A hold takes its points out of their lots at once, so that no later expiry can break the
 * promise of a QR code. */
#ifndef REWAPP_LEDGER_WALLET_H
#define REWAPP_LEDGER_WALLET_H

#include "base/pack.h"
#include "ledger/book.h"
#include "ledger/household.h"
#include "ledger/standing.h"

struct lot {
	ref number;
	ref command; /* the purchase or adjustment that earned it */
	ref funder;  /* account */
	int64_t original, remaining;
	int64_t activates_ms, expires_ms; /* expires 0: never, LOT_SLIDES: with the member's activity */
	bool gone;                        /* used up: the wallet's state has it no more */
};

/* Stored: such a lot ends when its wallet says, rewapp__lot_ends_ms(). */
#define LOT_SLIDES INT64_C(-1)

/* What a hold or a redemption took from a lot. */
struct lot_share {
	struct lot *lot;
	int64_t amount;
};

struct hold {
	ref number;        /* of the pending transfer */
	ref number_posted; /* of the redemption, once posted in this batch */
	ref command;
	ref merchant; /* 0: any */
	int64_t amount, posted;
	int state; /* enum hold_state */
	int64_t issued_ms, expires_ms;
	int64_t key;       /* of its QR token or its code, 0: none */
	const char *offer; /* of a voucher: the programme's that it was made by; NULL: it is none */
	bool forfeits;     /* of a voucher: what is not spent of it is lost */
	ref by;            /* of a household: the member who spends; 0: of no household */
	struct lot_share *shares;
	size_t share_count;
};

enum hold_state {
	HOLD_OPEN = 0,
	HOLD_POSTED = 1,
	HOLD_VOIDED = 2,
	HOLD_TIMED_OUT = 3
};

/* How long a wallet's sliding lots live.  An activity moves one instant, not the lots.  When one comes
 * after the last end, that end is final for the lots from before: they never live again. */
struct activity {
	int64_t until_ms; /* 0: there was none */
	int64_t lapsed_ms;
	ref since; /* lots with lower numbers ended at lapsed_ms */
};

/* What a lot is told from in a wallet's state: the one before it.  Lots of one wallet are alike. */
struct lot_neighbour {
	ref number; /* of a row, not of the batch that writes; else 0 */
	ref funder;
	int64_t behind; /* how far its number lies behind its command's */
	bool mixed;     /* one of the two is of the batch that writes: a reader sees another distance */
	int64_t activates_ms, life_ms;
};

/* Lots that stay as the wallet's state has them (ledger/state_lots.h), before all others in their order. */
struct shut_lots {
	const uint8_t *bytes;
	size_t size;
	uint64_t count; /* 0: all lots are open */
	struct lot_neighbour last;
	int64_t points;
	int64_t ends_ms, ends_points; /* of those that end first; 0: none ends */
	int64_t active_ms;            /* when the last of them is active */
};

struct kept_wallet;

struct wallet {
	struct account *account, *debt;      /* debt exists in memory from the start, in storage when used */
	struct account *clearing, *breakage; /* of the programme */
	ref member, programme;
	struct shut_lots shut; /* see rewapp__wallet_may_stay_shut() */
	struct lot **lots;     /* soonest expiry first (never last), then activation, then number */
	size_t lot_count, lot_capacity;
	struct hold **holds;
	size_t hold_count, hold_capacity;
	struct tally *tallies; /* of the member's limits, in the order of what, then window */
	struct activity activity;
	struct arena *arena;
	bool stored;          /* there is a row of it */
	int64_t due_ms;       /* of that row */
	int64_t base;         /* of that row */
	struct wallet *next;  /* of the batch */
	int64_t open_from_ms; /* the programme's books are closed before it: what was due is booked here */
	int64_t expired;      /* points that rewapp__wallet_settle() let expire */
	struct standing standing; /* in the programme's tiers */
	int64_t closed_ms;        /* since when its account is closed; 0: it is open */
	struct sharer *sharers;   /* of a household, as they joined */
	size_t sharer_count;
	bool stands_anew;         /* one of the three was changed */
	struct kept_wallet *kept; /* where an owned store has it in memory; NULL: not there, or not known */
};

/* Whether an open hold's points came from the lot. */
bool rewapp__lot_is_held(const struct wallet *wallet, const struct lot *lot);

/* Whether the wallet's state keeps the lot. */
static inline bool rewapp__wallet_keeps(const struct wallet *wallet, const struct lot *lot)
{
	return lot->remaining > 0 || rewapp__lot_is_held(wallet, lot);
}

/* When the lot's points end, as it stands now; 0: never. */
int64_t rewapp__lot_ends_ms(const struct wallet *wallet, const struct lot *lot);

/* What the lot would hold in a settled wallet: a timed-out hold's points are back in it, but for those
 * that pay a debt, and a dead lot has none. */
int64_t rewapp__lot_worth(const struct wallet *wallet, const struct lot *lot, int64_t now_ms);

/* The member was active: the sliding lots live until `until_ms` now, if that is later than before.  On a
 * settled wallet.  slide() is the part that follows from the record: the fold does it too. */
void rewapp__wallet_active(struct wallet *wallet, struct book *book, int64_t until_ms);
void rewapp__wallet_slide(struct wallet *wallet, int64_t until_ms, int64_t now_ms, ref command);

/* After the activity was read: the lots stand in its order. */
void rewapp__wallet_order(struct wallet *wallet);

/* Whether who only looks at its worth at `now_ms`, settles it or credits it need not open the lots that are
 * shut; everything else here is for wallets whose lots are all open, rewapp__state_open(). */
bool rewapp__wallet_may_stay_shut(const struct wallet *wallet, int64_t now_ms);

/* Whether the lot stands behind all that are shut: it can be added while they are. */
bool rewapp__wallet_goes_behind(const struct wallet *wallet, const struct lot *lot);

/* What a wallet is worth at `now_ms`; looks, records nothing. */
struct wallet_view {
	int64_t available, pending, held, debt;
	int64_t next_expiry_ms, next_expiry_points, next_activation_ms;
};
void rewapp__wallet_view(const struct wallet *wallet, int64_t now_ms, struct wallet_view *out);

/* Adds a loaded or new lot or hold, in its place.  False when memory is exhausted. */
bool rewapp__wallet_add_lot(struct wallet *wallet, struct lot *lot);
bool rewapp__wallet_add_hold(struct wallet *wallet, struct hold *hold);
void rewapp__wallet_add_tally(struct wallet *wallet, struct tally *tally);

/* The lot of this number, or NULL. */
struct lot *rewapp__wallet_lot(const struct wallet *wallet, ref number);

/* Records what time has done: holds that timed out give their points back in the order of their ends, lots
 * that expired go to breakage, each at the instant when it was due.  First of all on a wallet that a
 * command touches. */
void rewapp__wallet_settle(struct wallet *wallet, struct book *book, int64_t now_ms);

/* The lots that `points` would be taken from at `now_ms`, into the wallet's arena.
 * Returns 0, 1 when there are too few (nothing set), REWAPP_E_NOMEMORY. */
int rewapp__wallet_choose(
	struct wallet *wallet, int64_t now_ms, int64_t points, struct lot_share **shares, size_t *count);

/* As many of `points` as can be spent at `now_ms`, and at least 1. */
int64_t rewapp__wallet_up_to(const struct wallet *wallet, int64_t now_ms, int64_t points);

/* The verbs.  Each returns 0, REWAPP_E_OVERFLOW, REWAPP_E_NOMEMORY, and a credit REWAPP_E_CORRUPT, before it
 * records anything. */

struct credit {
	enum rewapp_code code; /* AWARD, ADJUSTMENT */
	struct account *from;
	int64_t points;
	int64_t activates_ms, expires_ms;
};
/* Opens a lot; a debt is paid first, from the same source.  *paid (may be NULL): what went to the debt. */
int rewapp__wallet_credit(
	struct wallet *wallet, struct book *book, const struct credit *credit, int64_t *paid);

/* Takes `shares` (from rewapp__wallet_choose(), `points` in all) to the account `to`. */
int rewapp__wallet_debit(struct wallet *wallet, struct book *book, enum rewapp_code code, struct account *to,
	const struct lot_share *shares, size_t count, int64_t points);

/* Gives `shares` of its lots to the wallet `to`, as lots of the same end, funder and origin; of them a debt
 * is paid first.  What slides with one member's activity ends for the other when it would end now. */
int rewapp__wallet_give(struct wallet *wallet, struct wallet *to, struct book *book,
	const struct lot_share *shares, size_t count, int64_t points);

/* All that its lots hold goes to breakage. */
void rewapp__wallet_forfeit(struct wallet *wallet, struct book *book);

/* Its account is closed, or opened again. */
void rewapp__wallet_close(struct wallet *wallet, struct book *book, bool closed);

/* Opens `hold` (amount, merchant, times, key set by the caller) over `shares`. */
int rewapp__wallet_hold(struct wallet *wallet, struct book *book, struct hold *hold);

/* Ends an open hold: spends `points` of it (1 to amount) to `to`; the rest goes back. */
int rewapp__wallet_post(
	struct wallet *wallet, struct book *book, struct hold *hold, struct account *to, int64_t points);

/* Ends an open hold and gives all of it back. */
void rewapp__wallet_release(struct wallet *wallet, struct book *book, struct hold *hold,
	enum rewapp_code code, enum hold_state state);

/* Gives `points` of redeemed `shares` back to their lots, the ones that live longest first. */
int rewapp__wallet_restore(struct wallet *wallet, struct book *book, struct account *from,
	struct lot_share *shares, size_t count, int64_t points);

/* Which points a clawback reaches, and what becomes of those that are missing. */
enum claw_policy {
	CLAW_OWED = 0,     /* all; a debt */
	CLAW_WRITTEN_OFF,  /* all; the programme's loss: breakage pays for them */
	CLAW_WITHIN,       /* all; forgotten */
	CLAW_PENDING_ONLY, /* those that are not active yet; forgotten */
	CLAW_POLICIES
};

/* Takes `points` back: from the lots of `purchase` first, then the soonest to expire, even if
 * not active yet.  *short_by says how much was missing. */
int rewapp__wallet_claw_back(struct wallet *wallet, struct book *book, ref purchase, struct account *to,
	int64_t points, enum claw_policy policy, int64_t *short_by);

/* The wallet's new state, after all commands; false when nothing happened to it. */
bool rewapp__wallet_state(const struct wallet *wallet, struct pack *out);

/* A row of a wallet, to be written over the one that stands there. */
struct wallet_row {
	ref number, member, programme, base;
	int64_t due_ms;
	const void *state;
	size_t state_size;
	int64_t stored_base, stored_due_ms; /* of that; base 0: there is none */
};
void rewapp__wallet_plan(struct plan *plan, const struct wallet_row *row);

/* Plans the wallet's row, if anything happened to it.  Once, at the end. */
void rewapp__wallet_finish(const struct wallet *wallet, struct plan *plan);

#endif
