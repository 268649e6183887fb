/* Households: a wallet that several members spend from, each up to his own limits.
 *
 * Who they are, what each may spend and what he has spent stands in the wallet itself, so that it is read,
 * guarded and written with it.  Pure.  What is on hold counts as spent in every window that it lives
 * through, and what is spent of it counts in the window of that moment: so no window is ever exceeded. */
#ifndef REWAPP_LEDGER_HOUSEHOLD_H
#define REWAPP_LEDGER_HOUSEHOLD_H

#include "ledger/book.h"

struct wallet;
struct hold;

enum {
	HOUSEHOLD_MAX = 32 /* members who share one wallet */
};

/* Points of a business day, of its month, and ever. */
struct spending {
	int64_t day, month, total;
};

/* The business day and the month of an instant: numbers of days. */
struct spending_window {
	int64_t day, month;
};

/* A member who shares the wallet. */
struct sharer {
	ref member, since;     /* since: the command by which he joined */
	struct spending limit; /* each 0: none */
	struct spending spent; /* `day` and `month` of the window below */
	struct spending_window window;
};

/* The member, or NULL: he does not share the wallet. */
struct sharer *rewapp__household_sharer(const struct wallet *wallet, ref member);

/* Of his holds that are open at `now_ms`, the points. */
int64_t rewapp__household_held(const struct wallet *wallet, ref member, int64_t now_ms);

/* What he has spent in a window, the newest he spent in or a later one; of an earlier one it is not known. */
struct spending rewapp__household_spent(const struct sharer *sharer, const struct spending_window *window);

/* How many points he may still spend; below 0: more are spent than limits that came later allow;
 * INT64_MAX: there is no limit. */
int64_t rewapp__household_left(const struct wallet *wallet, const struct sharer *sharer,
	const struct spending_window *window, int64_t now_ms);

/* The parts that follow from the record: the fold does them too.  put() lets a member in, or sets his limits
 * anew; count() adds what he spent in a window, or below 0 gives it back there.  False when memory is
 * exhausted. */
bool rewapp__household_put(struct wallet *wallet, ref member, ref command, const struct spending *limit);
void rewapp__household_drop(struct wallet *wallet, ref member);
void rewapp__household_count(struct sharer *sharer, int64_t points, const struct spending_window *window);

/* The verbs record into the book.  Points are those that the wallet's counters have taken already, so that
 * no sum leaves 64 bits.  join() returns 0 or REWAPP_E_NOMEMORY. */
int rewapp__household_join(
	struct wallet *wallet, struct book *book, ref member, const struct spending *limit);
void rewapp__household_leave(struct wallet *wallet, struct book *book, ref member);

/* The hold, just opened, is this member's. */
void rewapp__household_hold(struct wallet *wallet, struct book *book, struct hold *hold, ref member,
	const struct spending_window *window);

/* He spends, of the hold that has just ended or (0) at once; or below 0 he gets back what `when` had spent,
 * in the window that it counted in.  Nothing when he has left since. */
struct spent {
	ref member, hold, when;
	int64_t points;
	struct spending_window window;
};
void rewapp__household_spend(struct wallet *wallet, struct book *book, const struct spent *spent);

#endif
