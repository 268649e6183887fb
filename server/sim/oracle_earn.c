/* The oracle's own reading of a programme's rules: docs/documents.md, line by line. */
#include "sim/oracle_earn.h"

#include <string.h>

/* --- conditions ----------------------------------------------------------------------------- */

static int64_t ahead(const struct sim_purchase *purchase, int64_t days, int minute)
{
	int64_t distance = rewapp__sim_instant(purchase->rules.zone, days, minute) - purchase->occurred_ms;

	return distance > 0 ? distance : 0;
}

static int reason_of_date(const struct sim_purchase *purchase, const struct sim_when *when,
	const struct sim_day *local, int64_t *distance)
{
	if (when->from_day && local->days < when->from_day) {
		*distance = ahead(purchase, when->from_day, 0);
		return REWAPP_REASON_OUTSIDE_DATES;
	}
	return when->from_day && local->days >= when->until_day ? REWAPP_REASON_OUTSIDE_DATES : 0;
}

static int reason_of_day(const struct sim_purchase *purchase, const struct sim_when *when,
	const struct sim_day *local, int64_t *distance)
{
	int days = 1;

	if (when->days == 0 || when->days >> local->weekday & 1)
		return 0;
	while (!(when->days >> (local->weekday + days) % 7 & 1))
		days++;
	*distance = ahead(purchase, local->days + days, 0);
	return REWAPP_REASON_OUTSIDE_DAYS;
}

static bool in_hours(const struct sim_when *when, int minute)
{
	if (when->hour_from < when->hour_until)
		return minute >= when->hour_from && minute < when->hour_until;
	return when->hour_from == when->hour_until || minute >= when->hour_from || minute < when->hour_until;
}

static int reason_of_hour(const struct sim_purchase *purchase, const struct sim_when *when,
	const struct sim_day *local, int64_t *distance)
{
	if (in_hours(when, local->minute))
		return 0;
	*distance = ahead(
		purchase, local->days + (local->minute >= when->hour_from ? 1 : 0), when->hour_from);
	return REWAPP_REASON_OUTSIDE_HOURS;
}

/* 0 when the rule is for this purchase; in the order that the document tells. */
static int reason_against(
	const struct sim_purchase *purchase, const struct sim_when *when, int64_t amount, int64_t *distance)
{
	struct sim_day local = rewapp__sim_local(purchase->rules.zone, purchase->occurred_ms);
	int reason;

	if (when->merchants && !(when->merchants >> purchase->merchant & 1))
		return REWAPP_REASON_OTHER_MERCHANT;
	if (when->mcc && when->mcc != purchase->mcc)
		return REWAPP_REASON_OTHER_CATEGORY;
	if ((reason = reason_of_date(purchase, when, &local, distance)) ||
		(reason = reason_of_day(purchase, when, &local, distance)) ||
		(reason = reason_of_hour(purchase, when, &local, distance)))
		return reason;
	if (amount < when->min_amount) {
		*distance = when->min_amount - amount;
		return REWAPP_REASON_BELOW_MINIMUM;
	}
	return 0;
}

/* --- points --------------------------------------------------------------------------------- */

/* Rates are at most a hundredfold and amounts far from the edge of 64 bits: see workload.c. */
static int64_t full_points(const struct sim_rule *rule, int64_t amount, int64_t before)
{
	switch (rule->type) {
	case SIM_RULE_PERCENT:
		return amount * rule->rate / 10000;
	case SIM_RULE_FIXED:
		return amount > 0 ? rule->points : 0;
	case SIM_RULE_PER_UNIT:
		return amount / rule->unit * rule->points;
	default:
		return before * (rule->rate - 10000) / 10000;
	}
}

static int reason_for(const struct sim_rule *rule, int64_t full, int64_t points, int64_t before)
{
	if (full == 0)
		return rule->type == SIM_RULE_MULTIPLIER && before == 0 ? REWAPP_REASON_NOTHING_TO_MULTIPLY
									: REWAPP_REASON_ROUNDED_TO_ZERO;
	if (points == 0)
		return REWAPP_REASON_LIMIT_REACHED;
	return points < full ? REWAPP_REASON_AWARDED_IN_PART : REWAPP_REASON_AWARDED;
}

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* --- caps ----------------------------------------------------------------------------------- */

static int64_t given(const struct sim_purchase *purchase, int rule)
{
	int64_t points = 0;

	for (int i = 0; i < purchase->rules.rule_count; i++)
		points += rule == SIM_NOBODY || rule == i ? purchase->points[i] : 0;
	return points;
}

static const struct sim_cap *cap_of(const struct sim_purchase *purchase, int rule, int place)
{
	const struct sim_programme *rules = &purchase->rules;

	if (rule == SIM_NOBODY)
		return place < rules->cap_count ? &rules->caps[place] : NULL;
	return rule < rules->rule_count && place < rules->rules[rule].cap_count
		? &rules->rules[rule].caps[place]
		: NULL;
}

/* The same cap in another version of the document has the same names, scope and window. */
static bool counts_for(
	const struct sim_purchase *other, const struct sim_purchase *purchase, int rule, int place)
{
	const struct sim_cap *cap = cap_of(purchase, rule, place), *same = cap_of(other, rule, place);

	return other->programme == purchase->programme && same && same->of_member == cap->of_member &&
		same->window == cap->window && (!cap->of_member || other->member == purchase->member) &&
		other->windows[cap->window] == purchase->windows[cap->window];
}

/* What the cap has left, over all purchases that were ever made. */
static int64_t left_of(
	const struct sim_oracle *oracle, const struct sim_purchase *purchase, int rule, int place)
{
	int64_t left = cap_of(purchase, rule, place)->limit;

	for (int i = 0; i < oracle->purchase_count; i++) {
		const struct sim_purchase *other = oracle->pasts[oracle->purchases[i]].purchase;

		if (counts_for(other, purchase, rule, place))
			left -= given(other, rule);
	}
	return left > 0 ? left : 0;
}

/* --- a decision ----------------------------------------------------------------------------- */

static void award(
	const struct sim_purchase *purchase, int i, int64_t amount, int64_t before, struct sim_decision *out)
{
	const struct sim_rule *rule = &purchase->rules.rules[i];
	int64_t full;

	out->awards[i].reason = reason_against(purchase, &rule->when, amount, &out->awards[i].distance);
	if (out->awards[i].reason)
		return;
	full = full_points(rule, amount, before);
	out->awards[i].points = smaller(full, out->awards[i].room);
	out->awards[i].reason = reason_for(rule, full, out->awards[i].points, before);
	*(rule->by_merchant ? &out->by_merchant : &out->by_programme) += out->awards[i].points;
}

void rewapp__sim_decide(
	const struct sim_oracle *oracle, const struct sim_purchase *purchase, struct sim_decision *out)
{
	int64_t common = INT64_MAX, before = 0;

	memset(out, 0, sizeof *out);
	for (int place = 0; place < purchase->rules.cap_count; place++)
		common = smaller(common, left_of(oracle, purchase, SIM_NOBODY, place));
	for (int i = 0; i < purchase->rules.rule_count; i++) {
		int64_t room = common == INT64_MAX ? common : common - before;

		for (int place = 0; place < purchase->rules.rules[i].cap_count; place++)
			room = smaller(room, left_of(oracle, purchase, i, place));
		out->awards[i].room = room;
		award(purchase, i, purchase->amount, before, out);
		before += out->awards[i].points;
	}
}

void rewapp__sim_decide_again(const struct sim_purchase *purchase, int64_t left, struct sim_decision *out)
{
	int64_t before = 0;

	memset(out, 0, sizeof *out);
	for (int i = 0; i < purchase->rules.rule_count && left > 0; i++) {
		out->awards[i].room = purchase->rooms[i];
		award(purchase, i, left, before, out);
		before += out->awards[i].points;
	}
}
