/* Days: what a programme's points did on each UTC day, and the counters of shared accounts. */
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
	case REWAPP_CODE_GIFT_CARD:
	case REWAPP_CODE_BONUS:
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
	case REWAPP_CODE_FORFEIT:
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

	if (!shared || rewapp__account_is_members(shared) || /* a wallet paid its debt */
		!sum_of(transfer->transfer.code, from_shared, &sum, &sign) ||
		!(day = rewapp__days_of(days, shared->programme, at_ms / DAY_MS * DAY_MS)))
		return;
	if (!rewapp__add(day->sums[sum], sign * points, &day->sums[sum]))
		day->sums[sum] = sign > 0 ? INT64_MAX : -INT64_MAX;
}

/* --- shared accounts ---------------------------------------------------------------------------- */

/* Found by its number, and where a programme's holds are pending by the programme too. */
static struct map_key key_of(ref number, bool is_programme)
{
	return rewapp__map_key(number, is_programme);
}

static void put(struct days *days, struct map_key key, struct day_account *shared)
{
	days->failed |= rewapp__map_put(&days->accounts, &key, shared) < 0;
}

static struct account *get(const struct days *days, struct map_key key)
{
	struct day_account *shared = rewapp__map_get(&days->accounts, &key);

	return shared ? &shared->account : NULL;
}

void rewapp__days_account(struct days *days, const struct account *account)
{
	struct day_account *shared = rewapp__arena_take(days->arena, sizeof *shared);

	if (!shared) {
		days->failed = true;
		return;
	}
	shared->account = *account;
	shared->next = days->account_list;
	days->account_list = shared;
	put(days, key_of(account->number, false), shared);
	if (account->kind == ACCOUNT_CLEARING)
		put(days, key_of(account->programme, true), shared);
}

static void touch(struct account *account)
{
	if (account)
		account->touched = true;
}

void rewapp__days_transfer(struct days *days, const struct effect *transfer, int64_t at_ms)
{
	struct account *debit = get(days, key_of(transfer->transfer.debit, false));
	struct account *credit = get(days, key_of(transfer->transfer.credit, false));
	struct account *clearing = NULL;

	if (transfer->transfer.pending && credit)
		clearing = get(days, key_of(credit->programme, true));
	rewapp__book_replay(transfer, debit, credit, clearing);
	touch(debit);
	touch(credit);
	touch(clearing);
	rewapp__days_add(days, transfer, debit, credit, at_ms);
}
