/* Achievements: counted in windows like limits, as tallies of the wallet.
 *
 * Whether one is reached follows from what is counted now, and whether it was paid is a tally of its own: a
 * return that undoes one takes its bonus back, and buying again gives it again, whatever the order. */
#include "flows/goals.h"

#include "base/checked.h"
#include "base/error.h"
#include "earn/templates.h"
#include "flows/purchase.h"
#include "flows/read.h"

#include <string.h>

enum {
	MERCHANT_BITS = 40 /* of a merchant's hash, below the window's day */
};

/* --- counting ------------------------------------------------------------------------------------ */

static struct tally *tally_of(struct batch *batch, struct wallet *wallet, int64_t key, int64_t window)
{
	const struct counter_key counter = {
		.cap = key, .scope = CAP_MEMBER, .window_start = window, .limit = INT64_MAX
	};

	return rewapp__batch_tally(batch, wallet, &counter);
}

static int64_t value_of(const struct tally *tally)
{
	return tally->total + tally->added;
}

/* A window never holds less than nothing, nor more than can be added to another one. */
static void add(struct batch *batch, struct tally *tally, int64_t delta)
{
	int64_t total = value_of(tally), low = -total, high = GOAL_TOTAL_MAX - total;

	rewapp__book_tally(&batch->book, tally, delta < low ? low : delta > high ? high : delta);
}

static int64_t window_of(const struct programme *rules, const struct goal *goal, int64_t at_ms)
{
	return rewapp__programme_window(rules, goal->by == GOAL_STREAK ? WINDOW_MONTH : goal->window, at_ms);
}

/* The merchant's own count in the window: the first of them is another merchant. */
static int64_t merchant_window(const struct purchase *purchase, int64_t window)
{
	uint64_t hash = 0;

	for (int i = 0; i < MERCHANT_BITS / 8; i++)
		hash = hash << 8 | purchase->facts->merchant.bytes[i];
	return (int64_t)((uint64_t)window << MERCHANT_BITS | hash);
}

static bool count(struct batch *batch, const struct purchase *purchase, const struct goal *goal,
	int64_t window, int64_t delta)
{
	struct tally *tally = tally_of(batch, purchase->wallet, goal->key, window), *own;
	int64_t before;

	if (!tally)
		return false;
	if (goal->by != GOAL_MERCHANTS) {
		add(batch, tally, delta);
		return true;
	}
	own = tally_of(batch, purchase->wallet, goal->key_merchants, merchant_window(purchase, window));
	if (!own)
		return false;
	before = value_of(own);
	add(batch, own, delta);
	add(batch, tally, (value_of(own) > 0) - (before > 0));
	return true;
}

/* --- what is reached ----------------------------------------------------------------------------- */

/* Calendar months that have a visit, as numbers in a row, oldest first: tallies stand in that order. */
static size_t months_of(const struct wallet *wallet, int64_t key, int64_t *months, int64_t *windows)
{
	size_t found = 0;

	for (const struct tally *tally = wallet->tallies; tally; tally = tally->next) {
		struct civil day;

		if (tally->what != key || value_of(tally) <= 0)
			continue;
		rewapp__date_of_days(tally->window_start, &day);
		windows[found] = tally->window_start;
		months[found++] = (int64_t)day.year * 12 + day.month;
	}
	return found;
}

static size_t tally_count(const struct wallet *wallet)
{
	size_t found = 0;

	for (const struct tally *tally = wallet->tallies; tally; tally = tally->next)
		found++;
	return found;
}

struct months {
	int64_t *numbers, *windows;
	size_t count;
};

static bool months_read(struct batch *batch, const struct wallet *wallet, int64_t key, struct months *out)
{
	size_t most = tally_count(wallet);

	out->numbers = rewapp__arena_array(batch->arena, most, sizeof *out->numbers);
	out->windows = rewapp__arena_array(batch->arena, most, sizeof *out->windows);
	if (!out->numbers || !out->windows) {
		batch->failed = rewapp__fail(REWAPP_E_NOMEMORY, "achievements");
		return false;
	}
	out->count = months_of(wallet, key, out->numbers, out->windows);
	return true;
}

struct paying {
	struct batch *batch;
	struct purchase *purchase;
	const struct goal *goal;
	struct goal_sum *sum;
};

/* A purchase that fills a gap may complete several runs: they are told together. */
static void tell_award(const struct paying *paying, int64_t points)
{
	struct goal_sum *sum = paying->sum;
	struct rewapp_award *award = sum->awards + sum->count;

	if (sum->count && strcmp(award[-1].rule, paying->goal->id) == 0) {
		award[-1].points += points;
		return;
	}
	*award = (struct rewapp_award){
		.reason = REWAPP_REASON_ACHIEVED, .version = paying->purchase->version, .points = points
	};
	memcpy(award->rule, paying->goal->id, sizeof award->rule);
	sum->count++;
}

static int give(const struct paying *paying, struct tally *paid)
{
	const struct programme *rules = paying->purchase->rules;
	struct wallet *wallet = paying->purchase->wallet;
	int64_t occurred_ms = paying->purchase->occurred_ms;
	struct credit credit = {
		.code = REWAPP_CODE_BONUS,
		.points = paying->goal->points,
		.activates_ms = rewapp__programme_activates_ms(rules, occurred_ms),
		.expires_ms = LOT_SLIDES,
	};
	int error;

	credit.from = rewapp__batch_account(paying->batch, wallet->programme, ACCOUNT_ISSUANCE, 0);
	if (!credit.from)
		return paying->batch->failed;
	if (rules->life_from == LIFE_FROM_PURCHASE)
		credit.expires_ms = rewapp__programme_expires_ms(rules, occurred_ms);
	else
		rewapp__wallet_active(
			wallet, &paying->batch->book, rewapp__programme_expires_ms(rules, occurred_ms));
	if ((error = rewapp__wallet_credit(wallet, &paying->batch->book, &credit, NULL)) < 0)
		return error;
	rewapp__book_tally(&paying->batch->book, paid, credit.points);
	paying->sum->given += credit.points;
	tell_award(paying, credit.points);
	return 0;
}

static int take(const struct paying *paying, struct tally *paid)
{
	int64_t missing = 0;
	int error = rewapp__purchase_take_back(paying->batch, paying->purchase, 0, value_of(paid), &missing);

	paying->sum->taken += value_of(paid);
	paying->sum->missing += missing;
	rewapp__book_tally(&paying->batch->book, paid, -value_of(paid));
	return error;
}

/* The bonus of a window is paid when it is due, and taken back when it is no more. */
static int settle(const struct paying *paying, int64_t window, bool due)
{
	struct tally *paid = tally_of(
		paying->batch, paying->purchase->wallet, paying->goal->key_paid, window);

	if (!paid)
		return paying->batch->failed;
	if (due && value_of(paid) == 0)
		return give(paying, paid);
	if (!due && value_of(paid) > 0 && !paying->goal->keeps)
		return take(paying, paid);
	return 0;
}

/* Every run of so many months ends with a bonus, and the next one begins anew. */
static int settle_streaks(const struct paying *paying)
{
	struct wallet *wallet = paying->purchase->wallet;
	struct months months;
	int64_t run = 0;
	int error = 0;

	if (!months_read(paying->batch, wallet, paying->goal->key, &months))
		return paying->batch->failed;
	for (size_t i = 0; i < months.count && !error; i++) {
		run = i && months.numbers[i] == months.numbers[i - 1] + 1 ? run + 1 : 1;
		error = settle(paying, months.windows[i], run == paying->goal->target);
		if (run == paying->goal->target)
			run = 0;
	}
	return error;
}

static int look(const struct paying *paying, int64_t window)
{
	const struct tally *counted;
	int error;

	if (paying->goal->by == GOAL_STREAK) {
		/* the month itself may have no visit any more */
		counted = tally_of(paying->batch, paying->purchase->wallet, paying->goal->key, window);
		if (counted && value_of(counted) == 0 && (error = settle(paying, window, false)) < 0)
			return error;
		return counted ? settle_streaks(paying) : paying->batch->failed;
	}
	counted = tally_of(paying->batch, paying->purchase->wallet, paying->goal->key, window);
	if (!counted)
		return paying->batch->failed;
	return settle(paying, window, value_of(counted) >= paying->goal->target);
}

int rewapp__goals_most(const struct programme *rules, int64_t points, int64_t *out)
{
	const struct templates *templates = rules->templates;

	*out = points;
	for (size_t i = 0; i < templates->goal_count; i++)
		if (!rewapp__add(*out,
			    templates->goals[i].points *
				    (templates->goals[i].by == GOAL_STREAK ? GOAL_RUNS_MAX : 1),
			    out))
			return rewapp__fail(REWAPP_E_OVERFLOW, "points: they leave 64 bits");
	return 0;
}

/* As the version of the purchase counts, and as the one of now decides. */
static int count_one(struct batch *batch, struct purchase *purchase, const struct goal *goal,
	const int64_t left[2], struct goal_sum *sum)
{
	const struct programme *rules = purchase->rules;
	int64_t delta = rewapp__goal_worth(rules, goal, purchase->facts, left[1]) -
		rewapp__goal_worth(rules, goal, purchase->facts, left[0]);
	int64_t window = window_of(rules, goal, purchase->occurred_ms);
	struct paying paying = { batch, purchase, rewapp__goal_of(purchase->programme->rules, goal->key),
		sum };

	if (delta == 0)
		return 0;
	rewapp__book_open(&batch->book, purchase->wallet->account);
	if (!count(batch, purchase, goal, window, delta))
		return batch->failed;
	return paying.goal ? look(&paying, window) : 0;
}

int rewapp__goals_count(
	struct batch *batch, struct purchase *purchase, int64_t before, int64_t after, struct goal_sum *sum)
{
	const struct templates *templates = purchase->rules->templates;
	int error = 0;

	*sum = (struct goal_sum){ 0 };
	sum->awards = rewapp__arena_array(batch->arena, templates->goal_count + 1, sizeof *sum->awards);
	if (!sum->awards)
		return rewapp__fail(REWAPP_E_NOMEMORY, "achievements");
	for (size_t i = 0; i < templates->goal_count && !error; i++)
		error = count_one(batch, purchase, &templates->goals[i], (int64_t[]){ before, after }, sum);
	return error;
}

/* --- where a member stands ------------------------------------------------------------------------ */

static int64_t total_in(const struct wallet *wallet, int64_t key, int64_t window)
{
	for (const struct tally *tally = wallet->tallies; tally; tally = tally->next)
		if (tally->what == key && tally->window_start == window)
			return value_of(tally);
	return 0;
}

/* The run that lasts: to this month, or to the one before, which this one may still go on. */
static int64_t run_of(struct batch *batch, const struct wallet *wallet, const struct programme *rules,
	const struct goal *goal)
{
	struct months months;
	struct civil day;
	int64_t run = 0, now;

	rewapp__date_of_days(rewapp__programme_window(rules, WINDOW_MONTH, batch->now_ms), &day);
	now = (int64_t)day.year * 12 + day.month;
	if (!months_read(batch, wallet, goal->key, &months))
		return 0;
	for (size_t i = 0; i < months.count && months.numbers[i] <= now; i++) {
		bool goes_on = i && months.numbers[i] == months.numbers[i - 1] + 1;

		run = (goes_on && run < goal->target ? run : 0) + 1;
	}
	return months.count && months.numbers[months.count - 1] >= now - 1 ? run : 0;
}

static void tell(struct batch *batch, const struct wallet *wallet, const struct programme *rules,
	const struct goal *goal, struct rewapp_achievement *out)
{
	int64_t window = window_of(rules, goal, batch->now_ms);

	*out = (struct rewapp_achievement){ .by = (int32_t)goal->by,
		.target = goal->target,
		.points = goal->points,
		.counted = goal->by == GOAL_STREAK ? run_of(batch, wallet, rules, goal)
						   : total_in(wallet, goal->key, window),
		.given = total_in(wallet, goal->key_paid, window) };
	memcpy(out->id, goal->id, sizeof out->id);
	memcpy(out->currency, rules->currency, sizeof out->currency);
	out->missing = out->counted < out->target ? out->target - out->counted : 0;
}

size_t rewapp__goals_tell(struct batch *batch, const struct wallet *wallet, const struct programme *rules,
	struct rewapp_achievement *out)
{
	const struct templates *templates = rules->templates;

	for (size_t i = 0; i < templates->goal_count; i++)
		tell(batch, wallet, rules, &templates->goals[i], &out[i]);
	return templates->goal_count;
}

static int read_achievements(struct rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, const struct rewapp_achievement **out, size_t *number)
{
	struct rewapp_achievement *found;
	struct programme_row *row;
	struct wallet *wallet;
	struct batch batch;
	int error = rewapp__read_programme(engine, programme, &row);

	*number = 0;
	if (error < 0 || (error = rewapp__read_wallet(&batch, engine, row, member, &wallet)) < 0)
		return error;
	found = rewapp__arena_array(&engine->arena, row->rules->templates->goal_count, sizeof *found);
	if (!found)
		return rewapp__fail(REWAPP_E_NOMEMORY, "achievements");
	*out = found;
	*number = rewapp__goals_tell(&batch, wallet, row->rules, found);
	return batch.failed;
}

int rewapp__read_achievements(struct rewapp_engine *engine, const struct rewapp_id *programme,
	const struct rewapp_id *member, const struct rewapp_achievement **out, size_t *number)
{
	int error = read_achievements(engine, programme, member, out, number);

	rewapp__engine_end(engine);
	return error;
}
