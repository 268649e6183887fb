/* The chart of accounts: what each kind is, and on which side it stands. */
#include "ledger/chart.h"

enum {
	FREE = 0,
	BOUND = 1
};

#define ROW(name, value, text, type, side, bound) \
	[value] = { text, REWAPP_TYPE_##type, REWAPP_SIDE_##side, bound },
static const struct chart_kind kinds[REWAPP_ACCOUNT_KINDS + 1] = { REWAPP_ACCOUNT_MAP(ROW) };
#undef ROW

/* The book's own numbers are the public ones. */
#define SAME(name, value, text, type, side, bound) \
	_Static_assert((int)ACCOUNT_##name == (int)REWAPP_ACCOUNT_##name, "chart");
REWAPP_ACCOUNT_MAP(SAME)
#undef SAME

const struct chart_kind *rewapp__chart_kind(int kind)
{
	return kind >= 1 && kind <= REWAPP_ACCOUNT_KINDS ? &kinds[kind] : NULL;
}

int64_t rewapp__chart_balance(enum account_kind kind, const struct counters *now)
{
	uint64_t credits = (uint64_t)now->credits_posted - (uint64_t)now->debits_posted;

	return (int64_t)(kinds[kind].side == REWAPP_SIDE_CREDIT ? credits : 0 - credits);
}

bool rewapp__chart_allows(enum account_kind kind, const struct counters *now)
{
	int64_t pending = kinds[kind].side == REWAPP_SIDE_CREDIT ? now->debits_pending : now->credits_pending;

	return !kinds[kind].bound || rewapp__chart_balance(kind, now) >= pending;
}
