/* Households: a wallet that several members spend from, each up to his own limits. */
#include "ledger/household.h"

#include "base/error.h"
#include "base/pack.h"
#include "ledger/record.h"
#include "ledger/wallet.h"

#include <rewapp/errors.h>
#include <string.h>

struct sharer *rewapp__household_sharer(const struct wallet *wallet, ref member)
{
	for (size_t i = 0; i < wallet->sharer_count; i++)
		if (wallet->sharers[i].member == member)
			return &wallet->sharers[i];
	return NULL;
}

int64_t rewapp__household_held(const struct wallet *wallet, ref member, int64_t now_ms)
{
	int64_t sum = 0;

	for (size_t i = 0; i < wallet->hold_count; i++) {
		const struct hold *hold = wallet->holds[i];

		if (hold->state == HOLD_OPEN && hold->by == member && hold->expires_ms > now_ms)
			sum = rewapp__wrapped_sum(sum, hold->amount);
	}
	return sum;
}

struct spending rewapp__household_spent(const struct sharer *sharer, const struct spending_window *window)
{
	return (struct spending){
		.day = window->day > sharer->window.day ? 0 : sharer->spent.day,
		.month = window->month > sharer->window.month ? 0 : sharer->spent.month,
		.total = sharer->spent.total,
	};
}

static int64_t least(int64_t left, int64_t limit, int64_t used)
{
	int64_t now = rewapp__wrapped_sum(limit, -used);

	return limit && now < left ? now : left;
}

int64_t rewapp__household_left(const struct wallet *wallet, const struct sharer *sharer,
	const struct spending_window *window, int64_t now_ms)
{
	struct spending spent = rewapp__household_spent(sharer, window);
	int64_t held = rewapp__household_held(wallet, sharer->member, now_ms), left = INT64_MAX;

	left = least(left, sharer->limit.day, rewapp__wrapped_sum(spent.day, held));
	left = least(left, sharer->limit.month, rewapp__wrapped_sum(spent.month, held));
	return least(left, sharer->limit.total, rewapp__wrapped_sum(spent.total, held));
}

/* --- what follows from the record --------------------------------------------------------------- */

/* A list that grows is a new one: a chain that falls puts the old one back (flows/undo.h). */
bool rewapp__household_put(struct wallet *wallet, ref member, ref command, const struct spending *limit)
{
	struct sharer *before = rewapp__household_sharer(wallet, member);
	struct sharer *now;

	if (before) {
		before->limit = *limit;
		return true;
	}
	if (!(now = rewapp__arena_array(wallet->arena, wallet->sharer_count + 1, sizeof *now)))
		return false;
	if (wallet->sharer_count)
		memcpy(now, wallet->sharers, wallet->sharer_count * sizeof *now);
	now[wallet->sharer_count++] = (struct sharer){ .member = member, .since = command, .limit = *limit };
	wallet->sharers = now;
	return true;
}

void rewapp__household_drop(struct wallet *wallet, ref member)
{
	size_t kept = 0;

	for (size_t i = 0; i < wallet->sharer_count; i++)
		if (wallet->sharers[i].member != member)
			wallet->sharers[kept++] = wallet->sharers[i];
	wallet->sharer_count = kept;
}

static void count_in(int64_t *sum, int64_t *newest, int64_t points, int64_t window)
{
	if (window > *newest) {
		*newest = window;
		*sum = 0;
	}
	if (window == *newest)
		*sum = rewapp__wrapped_sum(*sum, points);
}

void rewapp__household_count(struct sharer *sharer, int64_t points, const struct spending_window *window)
{
	count_in(&sharer->spent.day, &sharer->window.day, points, window->day);
	count_in(&sharer->spent.month, &sharer->window.month, points, window->month);
	sharer->spent.total = rewapp__wrapped_sum(sharer->spent.total, points);
}

/* --- verbs --------------------------------------------------------------------------------------- */

int rewapp__household_join(struct wallet *wallet, struct book *book, ref member, const struct spending *limit)
{
	if (!rewapp__household_put(wallet, member, book->effects->command, limit))
		return rewapp__fail(REWAPP_E_NOMEMORY, "household");
	rewapp__book_open(book, wallet->account);
	wallet->stands_anew = true;
	rewapp__effects_add(book->effects,
		&(struct effect){ .kind = EFFECT_SHARER,
			.sharer = { wallet->programme, wallet->member, member, limit->day, limit->month,
				limit->total, false } });
	return 0;
}

void rewapp__household_leave(struct wallet *wallet, struct book *book, ref member)
{
	rewapp__household_drop(wallet, member);
	wallet->stands_anew = true;
	rewapp__effects_add(book->effects,
		&(struct effect){ .kind = EFFECT_SHARER,
			.sharer = { wallet->programme, wallet->member, member, 0, 0, 0, true } });
}

static void record(const struct wallet *wallet, struct book *book, ref member, ref hold, int64_t points,
	const struct spending_window *window)
{
	rewapp__effects_add(book->effects,
		&(struct effect){ .kind = EFFECT_SPENT,
			.spent = { wallet->programme, wallet->member, member, hold, points, window->day,
				window->month } });
}

void rewapp__household_hold(struct wallet *wallet, struct book *book, struct hold *hold, ref member,
	const struct spending_window *window)
{
	hold->by = member;
	record(wallet, book, member, hold->number, hold->amount, window);
}

/* Numbers of the batch are below 0, count downwards and come after all others. */
static bool is_before(ref a, ref b)
{
	if (a >= 0 && b >= 0)
		return a < b;
	return a >= 0 || (b < 0 && a > b);
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* Where the programme's day was moved back, by its zone or its hour, he goes on in the newest window that he
 * has spent in: what counted there counts on. */
void rewapp__household_spend(struct wallet *wallet, struct book *book, const struct spent *spent)
{
	struct sharer *sharer = rewapp__household_sharer(wallet, spent->member);
	struct spending_window window = spent->window;

	if (!sharer || is_before(spent->when, sharer->since))
		return;
	if (spent->points > 0)
		window = (struct spending_window){ later(window.day, sharer->window.day),
			later(window.month, sharer->window.month) };
	rewapp__household_count(sharer, spent->points, &window);
	wallet->stands_anew = true;
	record(wallet, book, spent->member, spent->hold, spent->points, &window);
}
