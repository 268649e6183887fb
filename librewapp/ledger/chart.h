/* The chart of accounts: what each kind is, and on which side it stands. */
#ifndef REWAPP_LEDGER_CHART_H
#define REWAPP_LEDGER_CHART_H

#include "ledger/book.h"

struct chart_kind {
	const char *name;
	enum rewapp_account_type type;
	enum rewapp_account_side side; /* the normal one */
	bool bound;                    /* it never stands on the other */
};

/* NULL: there is no such kind. */
const struct chart_kind *rewapp__chart_kind(int kind);

/* Posted, on the normal side; modulo 2^64. */
int64_t rewapp__chart_balance(enum account_kind kind, const struct counters *now);

/* Whether an account of this kind may stand so: a bound one on its normal side, with what is pending on the
 * other taken off. */
bool rewapp__chart_allows(enum account_kind kind, const struct counters *now);

#endif
