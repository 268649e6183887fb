/* Days: what a programme's points did on each UTC day, added up from transfers. */
#include "ledger/days.h"

#include "base/checked.h"

enum {
	DAY_MS = 24 * 60 * 60 * 1000
};

struct day *rewapp__days_of(struct days *days, ref programme, int64_t day_ms)
{
	struct day *day;

	for (day = days->first; day; day = day->next)
		if (day->day_ms == day_ms && day->programme == programme)
			return day;
	if (!(day = rewapp__arena_take(days->arena, sizeof *day))) {
		days->failed = true;
		return NULL;
	}
	*day = (struct day){ .programme = programme, .day_ms = day_ms, .next = days->first };
	days->first = day;
	return day;
}

/* Which sum the code adds to, and whether it adds or takes away; false: it counts nowhere. */
static bool sum_of(enum rewapp_code code, bool from_shared, enum day_sum *sum, int *sign)
{
	*sign = 1;
	switch (code) {
	case REWAPP_CODE_ADJUSTMENT:
		*sign = from_shared ? 1 : -1;
		*sum = DAY_ISSUED;
		return true;
	case REWAPP_CODE_AWARD:
	case REWAPP_CODE_DEBT_PAYMENT:
		*sum = DAY_ISSUED;
		return true;
	case REWAPP_CODE_REVERSAL:
		*sign = -1;
		*sum = DAY_SPENT;
		return true;
	case REWAPP_CODE_REDEMPTION:
		*sum = DAY_SPENT;
		return true;
	case REWAPP_CODE_EXPIRY:
		*sum = DAY_EXPIRED;
		return true;
	case REWAPP_CODE_CLAWBACK:
	case REWAPP_CODE_DEBT:
		*sum = DAY_CLAWED_BACK;
		return true;
	default:
		return false;
	}
}

void rewapp__days_add(struct days *days, const struct effect *transfer, const struct account *debit,
	const struct account *credit, int64_t at_ms)
{
	bool from_shared = debit && !rewapp__account_is_members(debit);
	const struct account *shared = from_shared ? debit : credit;
	int64_t points = transfer->transfer.amount;
	enum day_sum sum;
	struct day *day;
	int sign;

	if (!shared || !sum_of(transfer->transfer.code, from_shared, &sum, &sign) ||
		!(day = rewapp__days_of(days, shared->programme, at_ms / DAY_MS * DAY_MS)))
		return;
	if (!rewapp__add(day->sums[sum], sign * points, &day->sums[sum]))
		day->sums[sum] = sign > 0 ? INT64_MAX : -INT64_MAX;
}
