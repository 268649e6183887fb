/* Tiers of members: they rise with the purchase that reaches one, and fall at their instant. */
#include "flows/tiers.h"

#include "base/error.h"
#include "earn/tiers.h"

#include <string.h>

/* --- what was counted ---------------------------------------------------------------------------- */

static bool counts_for(const struct tally *tally, const struct programme *rules)
{
	return tally->what == rules->tiers->key && tally->total + tally->added != 0;
}

/* False only when memory is exhausted. */
static bool count_of(struct batch *batch, const struct wallet *wallet, const struct programme *rules,
	struct tier_count *out)
{
	struct tier_sum *sums;
	size_t count = 0;

	for (const struct tally *tally = wallet->tallies; tally; tally = tally->next)
		count += counts_for(tally, rules);
	*out = (struct tier_count){
		.programme = rules,
		.anchor = wallet->standing.set ? wallet->standing.anchor : TIER_NO_ANCHOR,
	};
	if (!(sums = rewapp__arena_array(batch->arena, count, sizeof *sums))) {
		batch->failed = rewapp__fail(REWAPP_E_NOMEMORY, "tiers");
		return false;
	}
	for (const struct tally *tally = wallet->tallies; tally; tally = tally->next)
		if (counts_for(tally, rules))
			sums[out->count++] = (struct tier_sum){ tally->window_start,
				tally->total + tally->added };
	out->sums = sums;
	return true;
}

/* --- where the member stands --------------------------------------------------------------------- */

/* A tier that the document has no more is none, until it is decided again. */
static struct tier_state state_of(const struct standing *standing, const struct programme *rules)
{
	return (struct tier_state){
		.level = rewapp__tier_level(rules, standing->tier),
		.since_ms = standing->since_ms,
		.until_ms = standing->until_ms,
		.floor = rewapp__tier_level(rules, standing->floor),
		.floor_until_ms = standing->floor_until_ms,
	};
}

static void record(struct batch *batch, struct wallet *wallet, const struct standing *standing)
{
	struct pack bytes;

	rewapp__pack_init(&bytes, batch->arena);
	rewapp__standing_put(standing, &bytes);
	if (bytes.failed) {
		batch->failed = rewapp__fail(REWAPP_E_NOMEMORY, "tiers");
		return;
	}
	rewapp__book_open(&batch->book, wallet->account);
	rewapp__effects_add(&batch->effects,
		&(struct effect){ .kind = EFFECT_TIER,
			.tier = { wallet->programme, wallet->member, bytes.data, bytes.size } });
	wallet->standing = *standing;
	wallet->stands_anew = true;
}

/* Records where the member stands now, if that is elsewhere, and tells of a tier that was changed. */
static void stand(struct batch *batch, struct wallet *wallet, const struct programme *rules,
	const struct tier_state *state, int64_t anchor)
{
	struct standing standing = { .since_ms = state->since_ms,
		.until_ms = state->until_ms,
		.floor_until_ms = state->floor_until_ms,
		.anchor = anchor,
		.set = true };
	int before = rewapp__tier_level(rules, wallet->standing.tier);
	bool same = wallet->standing.set && wallet->standing.anchor == anchor;

	strncpy(standing.tier, rewapp__tier_id(rules, state->level), sizeof standing.tier - 1);
	strncpy(standing.floor, rewapp__tier_id(rules, state->floor), sizeof standing.floor - 1);
	if (same && strcmp(standing.tier, wallet->standing.tier) == 0 &&
		strcmp(standing.floor, wallet->standing.floor) == 0 &&
		standing.since_ms == wallet->standing.since_ms &&
		standing.until_ms == wallet->standing.until_ms &&
		standing.floor_until_ms == wallet->standing.floor_until_ms)
		return;
	record(batch, wallet, &standing);
	if (state->level != before)
		rewapp__batch_event(batch,
			state->level > before ? REWAPP_CODE_TIER_RISE : REWAPP_CODE_TIER_FALL, wallet->member,
			state->level + 1);
}

/* --- time ---------------------------------------------------------------------------------------- */

/* The state at the batch's instant.  False only when memory is exhausted. */
static bool look(struct batch *batch, const struct wallet *wallet, const struct programme *rules,
	struct tier_count *count, struct tier_state *state)
{
	*state = state_of(&wallet->standing, rules);
	if (!count_of(batch, wallet, rules, count))
		return false;
	while (rewapp__tier_settle(count, state, batch->now_ms))
		;
	if (!wallet->standing.set) { /* a first tier that asks for nothing */
		rewapp__tier_decide(count, state, batch->now_ms);
		state->since_ms = 0;
	}
	return true;
}

const char *rewapp__tiers_look(
	struct batch *batch, const struct wallet *wallet, const struct programme *rules)
{
	struct tier_state state;
	struct tier_count count;

	if (!look(batch, wallet, rules, &count, &state) || state.level == TIER_NONE)
		return NULL;
	return rewapp__tier_id(rules, state.level);
}

void rewapp__tiers_tell(struct batch *batch, const struct wallet *wallet, const struct programme *rules,
	struct rewapp_tier *out)
{
	const struct tiers *tiers = rules->tiers;
	struct tier_progress progress;
	struct tier_state state;
	struct tier_count count;
	int64_t from;

	if (!look(batch, wallet, rules, &count, &state))
		return;
	rewapp__tier_progress(&count, batch->now_ms, &progress);
	from = state.level == TIER_NONE ? 0 : tiers->levels[state.level].from;
	*out = (struct rewapp_tier){ .size = sizeof *out,
		.as_of_ms = batch->now_ms,
		.rank = state.level + 1,
		.by = (int32_t)tiers->by,
		.since_ms = state.since_ms,
		.until_ms = state.until_ms,
		.counted = progress.counted,
		.from_ms = progress.from_ms,
		.period_until_ms = progress.until_ms,
		.keep_missing = progress.counted < from ? from - progress.counted : 0 };
	memcpy(out->currency, rules->currency, sizeof out->currency);
	strncpy(out->tier, rewapp__tier_id(rules, state.level), sizeof out->tier - 1);
	if (state.level + 1 == (int)tiers->level_count)
		return;
	strncpy(out->next, rewapp__tier_id(rules, state.level + 1), sizeof out->next - 1);
	from = tiers->levels[state.level + 1].from;
	out->missing = from > progress.counted ? from - progress.counted : 0;
}

/* The programme has no tiers any more: the member stands nowhere. */
static void step_down(struct batch *batch, struct wallet *wallet)
{
	const struct standing nowhere = { .anchor = wallet->standing.anchor, .set = true };

	if (wallet->standing.until_ms && wallet->standing.until_ms <= batch->now_ms)
		record(batch, wallet, &nowhere);
}

void rewapp__tiers_settle(struct batch *batch, struct wallet *wallet, const struct programme *rules)
{
	struct tier_state state;
	struct tier_count count;

	if (!wallet->standing.set || !wallet->standing.until_ms || wallet->standing.until_ms > batch->now_ms)
		return;
	if (!rules->tiers) {
		step_down(batch, wallet);
		return;
	}
	if (!count_of(batch, wallet, rules, &count))
		return;
	state = state_of(&wallet->standing, rules);
	while (rewapp__tier_settle(&count, &state, batch->now_ms))
		stand(batch, wallet, rules, &state, count.anchor);
}

/* --- purchases ----------------------------------------------------------------------------------- */

int64_t rewapp__tiers_worth(const struct purchase *purchase, const struct awards *awards, int64_t left)
{
	if (!purchase->rules->tiers)
		return 0;
	return rewapp__tier_worth(
		purchase->rules, purchase->facts, awards->by_programme + awards->by_merchant, left);
}

/* What can decide nothing any more leaves the wallet. */
static void forget(struct batch *batch, struct wallet *wallet, const struct tier_count *count)
{
	for (struct tally *tally = wallet->tallies; tally; tally = tally->next)
		if (counts_for(tally, count->programme) &&
			!rewapp__tier_counts(count, tally->window_start, batch->now_ms))
			rewapp__book_tally(&batch->book, tally, -(tally->total + tally->added));
}

/* A window never holds less than nothing, nor more than all of them together can. */
static int64_t within(int64_t total, int64_t delta)
{
	int64_t low = -total, high = TIER_TOTAL_MAX - total;

	return delta < low ? low : delta > high ? high : delta;
}

static void count_in(struct batch *batch, const struct purchase *purchase, int64_t anchor, int64_t delta)
{
	struct counter_key key = {
		.cap = purchase->rules->tiers->key, .scope = CAP_MEMBER, .limit = INT64_MAX
	};
	struct tally *tally;

	key.window_start = rewapp__tier_window(purchase->rules, anchor, purchase->occurred_ms);
	tally = rewapp__batch_tally(batch, purchase->wallet, &key);
	if (tally)
		rewapp__book_tally(&batch->book, tally, within(tally->total + tally->added, delta));
}

void rewapp__tiers_count(struct batch *batch, struct purchase *purchase, int64_t delta)
{
	const struct programme *now = purchase->programme->rules;
	struct wallet *wallet = purchase->wallet;
	int64_t anchor = wallet->standing.set ? wallet->standing.anchor : TIER_NO_ANCHOR;
	struct tier_state state;
	struct tier_count count;

	if (!purchase->rules->tiers || delta == 0 || batch->failed)
		return;
	rewapp__book_open(&batch->book, wallet->account);
	if (anchor == TIER_NO_ANCHOR)
		anchor = rewapp__tier_day(purchase->rules, purchase->occurred_ms);
	count = (struct tier_count){ .programme = purchase->rules, .anchor = anchor };
	if (rewapp__tier_counts(&count, rewapp__tier_window(purchase->rules, anchor, purchase->occurred_ms),
		    batch->now_ms))
		count_in(batch, purchase, anchor, delta);
	if (!now->tiers || !count_of(batch, wallet, now, &count))
		return;
	count.anchor = anchor;
	forget(batch, wallet, &count);
	state = state_of(&wallet->standing, now);
	rewapp__tier_decide(&count, &state, batch->now_ms);
	stand(batch, wallet, now, &state, anchor);
}
