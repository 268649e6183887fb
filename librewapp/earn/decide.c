/* The decision: conditions, points, caps, in rule order. */
#include "earn/decide.h"

#include "base/checked.h"
#include "base/error.h"
#include "earn/rule.h"

#include <string.h>

/* What one evaluation carries from rule to rule. */
struct run {
	const struct programme *programme;
	const struct earn_facts *facts;
	int64_t amount;
	struct civil local;
	int64_t left[PROGRAMME_CAPS_MAX]; /* room of each cap */
	const struct awards *original;    /* its rooms apply instead of `left`; NULL when deciding */
	int64_t total;                    /* what the rules so far gave */
	struct awards *out;
};

/* ---- conditions: 0 when it holds, else the reason ---- */

static bool has_merchant(const struct when *when, const struct rewapp_id *merchant)
{
	size_t low = 0, high = when->merchant_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = memcmp(&when->merchants[middle], merchant, sizeof *merchant);

		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static bool has_mcc(const struct when *when, int32_t mcc)
{
	size_t low = 0, high = when->mcc_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (when->mcc[middle] == mcc)
			return true;
		if (when->mcc[middle] < mcc)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static bool in_hours(const struct when *when, const struct civil *local)
{
	int32_t now = local->hour * 60 + local->minute;

	if (when->hour_from < 0)
		return true;
	if (when->hour_from < when->hour_until)
		return now >= when->hour_from && now < when->hour_until;
	return now >= when->hour_from || now < when->hour_until;
}

/* Milliseconds from the purchase to a minute of a local day; 0 when it is not ahead. */
static int64_t until_instant(const struct run *run, int64_t days, int32_t minute)
{
	int64_t start = rewapp__zone_instant_ms(run->programme->zone, days, minute), distance;

	return rewapp__sub(start, run->facts->occurred_ms, &distance) && distance > 0 ? distance : 0;
}

static int64_t days_to_start(const struct run *run, const struct when *when)
{
	int64_t ahead = 1;

	while (!(when->days >> ((run->local.weekday + ahead) % 7) & 1))
		ahead++;
	return until_instant(run, run->local.days + ahead, 0);
}

/* Outside the hours the start is always the next one, today's or tomorrow's. */
static int64_t hours_to_start(const struct run *run, const struct when *when)
{
	int32_t now = run->local.hour * 60 + run->local.minute;

	return until_instant(run, run->local.days + (now >= when->hour_from), when->hour_from);
}

static int time_reason(const struct run *run, const struct when *when, int64_t *distance)
{
	if (run->local.days < when->from_day) {
		*distance = until_instant(run, when->from_day, 0);
		return REWAPP_REASON_OUTSIDE_DATES;
	}
	if (run->local.days >= when->until_day)
		return REWAPP_REASON_OUTSIDE_DATES;
	if (when->days && !(when->days >> run->local.weekday & 1)) {
		*distance = days_to_start(run, when);
		return REWAPP_REASON_OUTSIDE_DAYS;
	}
	if (!in_hours(when, &run->local)) {
		*distance = hours_to_start(run, when);
		return REWAPP_REASON_OUTSIDE_HOURS;
	}
	return 0;
}

/* The minimum comes last: its distance is told only when all else fits. */
static int refusal(const struct run *run, const struct when *when, int64_t *distance)
{
	int reason;

	if (when->merchant_count && !has_merchant(when, &run->facts->merchant))
		return REWAPP_REASON_OTHER_MERCHANT;
	if (when->mcc_count && !has_mcc(when, run->facts->mcc))
		return REWAPP_REASON_OTHER_CATEGORY;
	reason = time_reason(run, when, distance);
	if (reason)
		return reason;
	if (run->amount < when->min_amount) {
		*distance = when->min_amount - run->amount;
		return REWAPP_REASON_BELOW_MINIMUM;
	}
	return 0;
}

/* ---- caps ---- */

static int64_t room_of(const struct run *run, const struct rule *rule)
{
	int64_t room = INT64_MAX;

	for (size_t i = rule->cap_from; i < rule->cap_until; i++)
		if (run->left[i] < room)
			room = run->left[i];
	for (size_t i = run->programme->cap_common; i < run->programme->cap_count; i++)
		if (run->left[i] < room)
			room = run->left[i];
	return room;
}

static void take(struct run *run, size_t cap, int64_t points)
{
	run->left[cap] -= points;
	run->out->counted[cap] += points; /* no more than all points together */
}

static void take_all(struct run *run, const struct rule *rule, int64_t points)
{
	for (size_t i = rule->cap_from; i < rule->cap_until; i++)
		take(run, i, points);
	for (size_t i = run->programme->cap_common; i < run->programme->cap_count; i++)
		take(run, i, points);
}

/* ---- one rule ---- */

static int count_award(struct run *run, const struct award *award)
{
	const struct rule *rule = &run->programme->rules[award->rule];
	struct awards *out = run->out;

	if (!rewapp__add(run->total, award->points, &run->total))
		return rewapp__fail(
			REWAPP_E_OVERFLOW, "rules[%d]: all points together leave 64 bits", award->rule);
	*(award->funder == FUNDER_MERCHANT ? &out->by_merchant : &out->by_programme) += award->points;
	take_all(run, rule, award->points);
	return 0;
}

static int evaluate(struct run *run, size_t index)
{
	const struct rule *rule = &run->programme->rules[index];
	struct award *award = &run->out->list[index];
	int64_t full;

	award->rule = (int32_t)index;
	award->funder = rule->funder;
	award->room = run->original ? run->original->list[index].room : room_of(run, rule);
	award->reason = refusal(run, &rule->when, &award->distance);
	if (award->reason)
		return 0;
	if (!rule->type->points(rule, run->amount, run->total, &full))
		return rewapp__fail(REWAPP_E_OVERFLOW, "rules[%zu]: the points leave 64 bits", index);
	award->points = full < award->room ? full : award->room;
	if (full == 0)
		award->reason = rule->type->nothing == REWAPP_REASON_NOTHING_TO_MULTIPLY && run->total
			? REWAPP_REASON_ROUNDED_TO_ZERO
			: rule->type->nothing;
	else if (award->points == 0)
		award->reason = REWAPP_REASON_LIMIT_REACHED;
	else
		award->reason = award->points < full ? REWAPP_REASON_AWARDED_IN_PART : REWAPP_REASON_AWARDED;
	return count_award(run, award);
}

static void load_counters(struct run *run)
{
	run->out->counter_count = run->programme->cap_count;
	for (size_t i = 0; i < run->programme->cap_count; i++) {
		int64_t used = run->facts->used[i] > 0 ? run->facts->used[i] : 0;
		int64_t limit = run->programme->caps[i].limit;

		run->left[i] = used < limit ? limit - used : 0;
	}
}

static int run_rules(struct run *run)
{
	struct awards *out = run->out;

	memset(out, 0, sizeof *out);
	rewapp__zone_local(run->programme->zone, run->facts->occurred_ms, &run->local);
	load_counters(run);
	out->count = run->programme->rule_count;
	for (size_t i = 0; i < out->count; i++) {
		int error = evaluate(run, i);

		if (error < 0)
			return error;
	}
	return 0;
}

size_t rewapp__earn_counters(
	const struct programme *programme, int64_t occurred_ms, struct counter_key out[EARN_COUNTERS_MAX])
{
	for (size_t i = 0; i < programme->cap_count; i++) {
		const struct cap *cap = &programme->caps[i];

		out[i] = (struct counter_key){ cap->key, cap->scope,
			rewapp__window_start(programme->zone, cap->window, occurred_ms), cap->limit };
	}
	return programme->cap_count;
}

int rewapp__earn_decide(const struct programme *programme, const struct earn_facts *facts, struct awards *out)
{
	struct run run = { .programme = programme, .facts = facts, .amount = facts->amount, .out = out };

	if (facts->amount < 0)
		return rewapp__fail(REWAPP_E_ARGUMENT, "amount: below 0");
	return run_rules(&run);
}

/* Nothing left gives nothing, whatever a rule says of an amount of 0. */
static void clear_points(struct awards *awards)
{
	awards->by_programme = awards->by_merchant = 0;
	for (size_t i = 0; i < awards->count; i++)
		awards->list[i].points = 0;
	memset(awards->counted, 0, sizeof awards->counted);
}

int rewapp__earn_retained(const struct programme *programme, const struct earn_facts *original,
	const struct awards *awards, int64_t amount_left, struct awards *out)
{
	struct run run = { .programme = programme,
		.facts = original,
		.amount = amount_left,
		.original = awards,
		.out = out };
	int error;

	if (amount_left < 0 || amount_left > original->amount)
		return rewapp__fail(REWAPP_E_ARGUMENT, "amount_left: not from 0 to the purchase's amount");
	if (awards->count != programme->rule_count)
		return rewapp__fail(REWAPP_E_ARGUMENT, "awards: not of this version of the programme");
	error = run_rules(&run);
	if (error < 0)
		return error;
	if (amount_left == 0)
		clear_points(out);
	return 0;
}

const char *rewapp__rule_id(const struct programme *programme, int rule)
{
	return rule >= 0 && (size_t)rule < programme->rule_count ? programme->rules[rule].id : "";
}
