/* What stands in the ledger: balances, statements, totals, and the proof that it adds up. */
#ifndef REWAPP_LEDGER_H
#define REWAPP_LEDGER_H

#include <rewapp/engine.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A member's points in one programme at `as_of_ms`.
 * Expired points and timed-out holds never count, whether or not a sweep has recorded them. */
struct rewapp_balance {
	size_t size; /* sizeof(struct rewapp_balance) */
	int64_t as_of_ms;
	int64_t available; /* can be spent now */
	int64_t pending;   /* earned, activates later */
	int64_t held;      /* on hold for QR codes */
	int64_t debt;      /* owed after returns of purchases whose points were spent */
	int64_t next_expiry_ms;     /* 0: nothing expires */
	int64_t next_expiry_points; /* of available and pending points */
	int64_t next_activation_ms; /* 0: nothing pending */
	/* the account's four counters, as recorded */
	int64_t debits_posted, debits_pending, credits_posted, credits_pending;
	int64_t version; /* of the account: grows with each transfer */
	int64_t closed_ms; /* since when the account is closed now (CLOSE_ACCOUNT); 0: it is open, or another instant
			    * was asked */
};

/* `programme` NULL or zero: the store's only one.
 * Returns 0, REWAPP_E_NOTFOUND (member or programme), REWAPP_E_ARGUMENT, REWAPP_E_ABI, storage errors. */
REWAPP_API int rewapp_balance_get(rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, struct rewapp_balance *out);

/* A past instant on two clocks.  `recorded_ms`: what the books said at that instant; what was recorded
 * later is not in it, however long ago it occurred.  `occurred_ms`: what had occurred until that instant, with all that
 * was recorded later about the time before it.  Both: what the books said at the one about the other.  Both 0: now.
 *
 * On the second clock a debt may be below 0: points that had been earned by then, and that later paid a debt
 * which had not arisen then. */
struct rewapp_instant {
	size_t size; /* sizeof(struct rewapp_instant) */
	int64_t recorded_ms, occurred_ms; /* 0: this clock is not asked */
};

/* As rewapp_balance_get(), at a past instant; as_of_ms is occurred_ms, or else recorded_ms.  It plays the
 * wallet's transfers again from the log, so its time grows with their number.
 *
 * Returns as rewapp_balance_get(), and REWAPP_E_ARGUMENT for an instant in the future or below 0. */
REWAPP_API int rewapp_balance_at(rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, const struct rewapp_instant *at, struct rewapp_balance *out);

/* Why a transfer was made, or what an event tells: NAME, value, text.  TIER_RISE and TIER_FALL are events only;
 * their points are the rank of the tier that was reached, 0 for none. */
#define REWAPP_CODE_MAP(X) \
	X(AWARD, 1, "award") \
	X(HOLD, 2, "hold") \
	X(REDEMPTION, 3, "redemption") \
	X(RELEASE, 4, "release") \
	X(TIMEOUT, 5, "timeout") \
	X(CLAWBACK, 6, "clawback") \
	X(DEBT, 7, "debt") \
	X(DEBT_PAYMENT, 8, "debt_payment") \
	X(EXPIRY, 9, "expiry") \
	X(REVERSAL, 10, "reversal") \
	X(ADJUSTMENT, 11, "adjustment") \
	X(WRITE_OFF, 12, "write_off") \
	X(TIER_RISE, 13, "tier_rise") \
	X(TIER_FALL, 14, "tier_fall") \
	X(FORFEIT, 15, "forfeit") \
	X(GIFT_CARD, 16, "gift_card") \
	X(BONUS, 17, "bonus") \
	X(TRANSFER, 18, "transfer")

enum rewapp_code {
#define REWAPP_CODE_ENUM(name, value, text) REWAPP_CODE_##name = value,
	REWAPP_CODE_MAP(REWAPP_CODE_ENUM)
#undef REWAPP_CODE_ENUM
	REWAPP_CODE_LAST_ = 32767
};
REWAPP_API const char *rewapp_code_name(int code);

/* What counts towards a tier. */
enum rewapp_tier_by {
	REWAPP_TIER_BY_POINTS = 0, /* that were earned and not given back */
	REWAPP_TIER_BY_SPEND = 1,  /* minor units of the programme's currency */
	REWAPP_TIER_BY_VISITS = 2  /* purchases */
};

/* A member's tier at `as_of_ms`, whether its last change was recorded yet or not, and what is missing to the next. */
struct rewapp_tier {
	size_t size; /* sizeof(struct rewapp_tier) */
	int64_t as_of_ms;
	char tier[32];          /* its id in the programme; "": none */
	char next[32];          /* the next higher one; "": there is none */
	int32_t rank;           /* 1: the lowest; 0: none */
	int32_t by;             /* enum rewapp_tier_by */
	int64_t since_ms;       /* 0: none, or from the beginning */
	int64_t until_ms;       /* the tier is held until then in any case; 0: no end */
	int64_t counted;        /* in the period that runs, in what `by` counts */
	int64_t from_ms, period_until_ms; /* that period; of a rolling one until when today's purchases count */
	int64_t missing;        /* to `next`; 0: there is none */
	int64_t keep_missing;   /* to reach the tier again in this period; 0: it is reached */
	char currency[4];       /* of the programme: what is spent is counted in its minor units */
	int32_t reserved;
};

/* `programme` as above.  Returns 0, REWAPP_E_NOTFOUND (member or programme, or the programme has no tiers),
 * REWAPP_E_ARGUMENT, REWAPP_E_ABI, storage errors. */
REWAPP_API int rewapp_tier_get(rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, struct rewapp_tier *out);

/* One line of a member's statement. */
struct rewapp_entry {
	int64_t number;   /* of the transfer in the store; the cursor of the line */
	int32_t code;     /* enum rewapp_code */
	int32_t reserved;
	struct rewapp_id command;  /* that caused it: rewapp_receipt_get() explains it */
	struct rewapp_id merchant; /* zero: none */
	int64_t points;   /* > 0 came in, < 0 went out; a HOLD, RELEASE or TIMEOUT moves the held points only */
	int64_t balance;  /* posted points after this line (credits posted less debits posted) */
	int64_t recorded_ms, occurred_ms;
	int64_t activates_ms, expires_ms; /* of the lot that an award or credit opened; 0: none.  Points that
					   * live from the last activity: the end as it stands now */
	int64_t previous; /* posted points before this line: balance less points, or balance where held points move */
	struct rewapp_id spender; /* of a household's wallet: the member who spent, or got back; zero: none */
};

/* The newest lines first.  `before` is the cursor: 0 for the newest page, then the
 * number of the last line received.  Fills up to `capacity` lines and sets *count;
 * fewer than `capacity` means the end.  Returns as rewapp_balance_get(). */
REWAPP_API int rewapp_statement(rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, int64_t before, struct rewapp_entry *entries, size_t capacity, size_t *count);

/* The statement as it was at a past instant.  On the second clock lines stand in the order in which they
 * occurred, and previous and balance are counted in that order.  Pages and returns as rewapp_statement()
 * and rewapp_balance_at(). */
REWAPP_API int rewapp_statement_at(rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, const struct rewapp_instant *at, int64_t before,
	struct rewapp_entry *entries, size_t capacity, size_t *count);

/* A member who shares a household's wallet (JOIN).  Points; days and months are business days and their months in
 * the programme's zone. */
struct rewapp_sharer {
	struct rewapp_id member;                     /* of one who was erased: what is left of it */
	int64_t day_limit, month_limit, total_limit; /* 0: none */
	int64_t day_spent, month_spent, total_spent; /* today, this month, and since he joined, less reversals */
	int64_t held; /* on hold for him: they count as spent in each of the three */
	int64_t left; /* what he may still spend now, if it is there; -1: there is no limit */
};

/* The members who share the wallet of the member `household`, in the order in which they joined; none: it is
 * an ordinary wallet.  What is in it is its balance, and what a member has of his own is his: two questions.
 * *out is the engine's, until its next call.
 * `programme` as above.  Returns 0, REWAPP_E_NOTFOUND (member or programme), REWAPP_E_ARGUMENT, storage errors. */
REWAPP_API int rewapp_household(rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *household, const struct rewapp_sharer **out, size_t *count);

/* A voucher that can be spent. */
struct rewapp_voucher {
	struct rewapp_id id;       /* of the command that made it */
	struct rewapp_id merchant; /* the only one who takes it; zero: any */
	char offer[32];            /* of the programme */
	char code[104];            /* for REDEEM; as in the receipt */
	int64_t points, amount;    /* what it is worth, minor units of the programme's currency */
	int64_t made_ms;
	int64_t expires_ms;        /* the first instant at which it is over */
};

/* A member's vouchers that can be spent now, in the order of their making; programmes.md and templates.md tell of
 * offers.
 *
 * Sets *out to *count of them; they are the engine's, until its next call.  Returns as rewapp_balance_get(). */
REWAPP_API int rewapp_vouchers(rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, const struct rewapp_voucher **out, size_t *count);

/* What an achievement counts. */
enum rewapp_achievement_by {
	REWAPP_ACHIEVEMENT_BY_VISITS = 0,
	REWAPP_ACHIEVEMENT_BY_MERCHANTS = 1, /* different ones */
	REWAPP_ACHIEVEMENT_BY_SPEND = 2,     /* minor units of the programme's currency */
	REWAPP_ACHIEVEMENT_BY_STREAK = 3     /* months in a row */
};

/* How far a member is with an achievement, in the period that runs. */
struct rewapp_achievement {
	char id[32];      /* in the programme */
	int32_t by;       /* enum rewapp_achievement_by */
	char currency[4]; /* of what is spent */
	int64_t counted, target, missing;
	int64_t points;   /* that reaching it gives */
	int64_t given;    /* and has given in this period; of a streak in this month */
};

/* A member's progress, one for each achievement of the programme, in its order.
 *
 * Sets *out to *count of them; they are the engine's, until its next call.  Returns as rewapp_balance_get(). */
REWAPP_API int rewapp_achievements(rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, const struct rewapp_achievement **out, size_t *count);

/* Points that end together, and that one party paid for. */
struct rewapp_expiry {
	int64_t expires_ms;        /* the first instant at which they are gone; 0: never */
	int64_t points;            /* available and pending; held ones are not among them */
	int64_t lots;
	struct rewapp_id merchant; /* who paid for them; zero: the programme, or whoever adjusted by hand */
};

/* What ends when: "120 points end on 31 December".  Of one member, or of all (`member` NULL or zero): then
 * expires_ms is the start of the month in which they end, in the programme's zone; that reads every wallet.
 * Points that live from the last activity end as it stands now.  What has ended already is in none.
 *
 * Sets *out to *count of them, the soonest first; they are the engine's, until its next call.  Returns as
 * rewapp_balance_get(), REWAPP_E_OVERFLOW. */
REWAPP_API int rewapp_expiries(rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, const struct rewapp_expiry **out, size_t *count);

/* What a redemption took from one lot. */
struct rewapp_origin {
	int64_t lot;               /* number of the transfer that opened it: a line of the statement */
	int64_t points;            /* that the redemption took from it */
	int64_t reversed;          /* and so many have come back since */
	int64_t earned_ms, expires_ms; /* recorded; 0: they never end */
	struct rewapp_id command;  /* the purchase or adjustment that gave them */
	struct rewapp_id merchant; /* who paid for them; zero: the programme, or whoever adjusted by hand */
};

/* Whose points a redemption spent: `id` is of the command that redeemed or posted it.  They add up to its
 * points.
 *
 * Sets *out to *count of them, in the order in which they were taken; they are the engine's, until its next
 * call.  Returns 0, REWAPP_E_NOTFOUND, REWAPP_E_ARGUMENT, storage errors. */
REWAPP_API int rewapp_trace(
	rewapp_engine *engine, const struct rewapp_id *id, const struct rewapp_origin **out, size_t *count);

/* A programme's points of one UTC day.  A sum that would leave 64 bits stays at the largest number. */
struct rewapp_day {
	int64_t day_ms; /* 00:00 UTC */
	int64_t issued, spent, expired, clawed_back;
};

/* Totals for each day from `from_ms` until `until_ms` (exclusive) that has any, oldest
 * first.  Returns as rewapp_balance_get(). */
REWAPP_API int rewapp_totals(rewapp_engine *engine, const struct rewapp_id *programme, int64_t from_ms,
	int64_t until_ms, struct rewapp_day *days, size_t capacity, size_t *count);

/* A period whose books are closed (REWAPP_KIND_CLOSE); it begins where the one before ended. */
struct rewapp_period {
	int64_t until_ms;         /* its end, which is not part of it; the cursor */
	int64_t recorded_ms;      /* when it was closed */
	struct rewapp_id command; /* that closed it */
};

/* The closed periods of a programme that end after `after` (0: all), oldest first; fewer than
 * `capacity` means the end.  Returns as rewapp_balance_get(). */
REWAPP_API int rewapp_period_list(rewapp_engine *engine, const struct rewapp_id *programme, int64_t after,
	struct rewapp_period *periods, size_t capacity, size_t *count);

/* The chart of accounts: NAME, value, word, type, normal side.  What a programme's points are in it:
 *
 *   WALLET      a member's points; pending debits are on hold
 *   DEBT        what a member owes after returns
 *   ISSUANCE    points given, at the cost of the programme (no owner) or of a merchant
 *   SETTLEMENT  points that a merchant accepted
 *   BREAKAGE    points that expired or were given up, less those that were written off
 *   CLEARING    where points on hold wait, and points pass that members give one another
 *   ADJUSTMENT  points given and taken by hand
 *
 * An account of a BOUND kind never stands on the other side: no posting that would put it there is recorded, and
 * rewapp_verify() finds one that was. */
#define REWAPP_ACCOUNT_MAP(X) \
	X(WALLET, 1, "wallet", LIABILITY, CREDIT, BOUND) \
	X(DEBT, 2, "debt", ASSET, DEBIT, BOUND) \
	X(ISSUANCE, 3, "issuance", EXPENSE, DEBIT, BOUND) \
	X(SETTLEMENT, 4, "settlement", LIABILITY, CREDIT, BOUND) \
	X(BREAKAGE, 5, "breakage", INCOME, CREDIT, FREE) \
	X(CLEARING, 6, "clearing", LIABILITY, CREDIT, BOUND) \
	X(ADJUSTMENT, 7, "adjustment", EXPENSE, DEBIT, FREE)

enum rewapp_account_kind {
#define REWAPP_ACCOUNT_ENUM(name, value, text, type, side, bound) REWAPP_ACCOUNT_##name = value,
	REWAPP_ACCOUNT_MAP(REWAPP_ACCOUNT_ENUM)
#undef REWAPP_ACCOUNT_ENUM
	REWAPP_ACCOUNT_LAST_ = 32767
};
#define REWAPP_ACCOUNT_KINDS 7

enum rewapp_account_type {
	REWAPP_TYPE_ASSET = 1,
	REWAPP_TYPE_LIABILITY = 2,
	REWAPP_TYPE_INCOME = 3,
	REWAPP_TYPE_EXPENSE = 4
};

enum rewapp_account_side {
	REWAPP_SIDE_DEBIT = 1,
	REWAPP_SIDE_CREDIT = 2
};

/* The words ("wallet", "liability", "credit"), "unknown" for a value that is none.  Static; any thread. */
REWAPP_API const char *rewapp_account_kind_name(int kind);
REWAPP_API const char *rewapp_account_type_name(int type);
REWAPP_API const char *rewapp_account_side_name(int side);

/* An account of a programme, or all of a kind together. */
struct rewapp_account {
	int64_t cursor;         /* grows along the list; of a kind together: how many accounts there are */
	int32_t kind;           /* enum rewapp_account_kind */
	int32_t type;           /* enum rewapp_account_type */
	int32_t side;           /* enum rewapp_account_side: the normal one */
	int32_t bound;          /* 1: it never stands on the other */
	struct rewapp_id owner; /* the member or the merchant; zero: the programme */
	int64_t debits_posted, debits_pending, credits_posted, credits_pending;
	int64_t balance;        /* posted, on the normal side: below 0 it stands on the other */
	int64_t version;        /* grows with each transfer */
};

/* The accounts of a programme behind the cursor `after` (0: from the first), as recorded; fewer than `capacity`
 * means the end.  Those that all members share are added up from the log since the last sweep, modulo 2^64.
 *
 * Sets *count.  Returns as rewapp_balance_get(). */
REWAPP_API int rewapp_account_list(rewapp_engine *engine, const struct rewapp_id *programme, int64_t after,
	struct rewapp_account *accounts, size_t capacity, size_t *count);

/* The trial balance: one line for each kind, in the chart's order, into lines[REWAPP_ACCOUNT_KINDS], from one state of
 * the store; it reads every wallet.  *sum: all credits less all debits, posted, and *pending: the same of what is
 * pending.  Both are 0 in books that are right.  Sums are modulo 2^64.
 *
 * Returns as rewapp_balance_get(). */
REWAPP_API int rewapp_trial_balance(rewapp_engine *engine, const struct rewapp_id *programme,
	struct rewapp_account *lines, int64_t *sum, int64_t *pending);

/* A listed object: a member, a merchant or a programme. */
struct rewapp_object {
	int64_t number;      /* the cursor */
	struct rewapp_id id;
	int32_t status;      /* of a member: enum rewapp_member_status */
	int32_t version;     /* of a programme */
	const char *name;     /* of a merchant or programme; NULL for a member */
	const char *document; /* as it was put; NULL for a member */
};

/* Lists the objects of `kind` (REWAPP_KIND_MEMBER, _MERCHANT, _PROGRAMME: current versions)
 * in the order of their making, after the cursor `after` (0: from the start).
 * Texts are the engine's, until its next call.  Returns 0, REWAPP_E_ARGUMENT, storage errors. */
REWAPP_API int rewapp_object_list(rewapp_engine *engine, int kind, int64_t after, struct rewapp_object *objects,
	size_t capacity, size_t *count);

/* One object by its id.  Returns 0, REWAPP_E_NOTFOUND, REWAPP_E_ARGUMENT, storage errors. */
REWAPP_API int rewapp_object_get(rewapp_engine *engine, int kind, const struct rewapp_id *id,
	struct rewapp_object *out);

/* What rewapp_verify() found. */
struct rewapp_verification {
	size_t size; /* sizeof(struct rewapp_verification) */
	int64_t commands, transfers, accounts, lots, holds, purchases;
	int64_t problems;   /* 0: the ledger adds up */
	char first[256];    /* the first problem, in one line */
};

/* Adds the whole ledger up again and compares: debits equal credits; every account's
 * four counters and version equal the fold of its transfers; every lot's remainder
 * follows from its moves; open holds equal the pending counters; statements link
 * without gaps; clawbacks fit the purchases and reversals the redemptions.  Of SQLite's file the indexes are
 * held against their tables too.
 *
 * `progress` (NULL: none) is told now and then how far it is.  Reads only.
 * Returns 0 also when problems were found; REWAPP_E_ABI, storage errors. */
REWAPP_API int rewapp_verify(rewapp_engine *engine, void (*progress)(void *user, int64_t done, int64_t total),
	void *user, struct rewapp_verification *out);

#ifdef __cplusplus
}
#endif

#endif
