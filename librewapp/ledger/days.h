/* Days: what a programme's points did on each UTC day, and the counters of the accounts that all members
 * share, added up from transfers.
 *
 * No purchase keeps these sums: a sweep adds up what the log has got since the last one, and a report
 * adds the rest while it is read. */
#ifndef REWAPP_LEDGER_DAYS_H
#define REWAPP_LEDGER_DAYS_H

#include "base/map.h"
#include "ledger/record.h"

enum day_sum {
	DAY_ISSUED,
	DAY_SPENT,
	DAY_EXPIRED,
	DAY_CLAWED_BACK,
	DAY_SUMS
};

struct day {
	ref programme;
	int64_t day_ms; /* 00:00 UTC */
	int64_t sums[DAY_SUMS];
	struct day *next;
};

struct day_account {
	struct account account; /* touched: something was counted */
	struct day_account *next;
};

struct days {
	struct arena *arena;
	struct day *first;   /* in no order; the newest are found first */
	struct map accounts; /* shared ones, by number */
	struct day_account *account_list;
	bool failed; /* memory is exhausted */
};

/* The day, made when it is new; NULL when memory is exhausted. */
struct day *rewapp__days_of(struct days *days, ref programme, int64_t day_ms);

/* Counts a transfer that was recorded at `at_ms`.  `debit` and `credit` may be NULL when they are a
 * member's: one side of every transfer that counts is not.  A sum stops at the end of 64 bits. */
void rewapp__days_add(struct days *days, const struct effect *transfer, const struct account *debit,
	const struct account *credit, int64_t at_ms);

/* Makes a shared account known, with its sums so far. */
void rewapp__days_account(struct days *days, const struct account *account);

/* As rewapp__days_add(), and counts on the shared accounts too. */
void rewapp__days_transfer(struct days *days, const struct effect *transfer, int64_t at_ms);

/* The number under which a sum stands in the table of tallies. */
static inline int64_t rewapp__day_what(enum day_sum sum)
{
	return -1 - (int64_t)sum;
}

#endif
