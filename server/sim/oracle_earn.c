/* The oracle's own reading of a programme's rules: docs/programmes.md, line by line. */
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
		*distance = ahead(purchase, when->from_day, purchase->rules.day_start);
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
	*distance = ahead(purchase, local->days + days, purchase->rules.day_start);
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

/* 0 when the rule is for this purchase; in the order that the document tells.  Hours are the wall
 * clock's, days those of business. */
static int reason_against(
	const struct sim_purchase *purchase, const struct sim_when *when, int64_t amount, int64_t *distance)
{
	const struct sim_programme *rules = &purchase->rules;
	struct sim_day wall = rewapp__sim_local(rules->zone, purchase->occurred_ms);
	struct sim_day day = rewapp__sim_business(rules->zone, rules->day_start, purchase->occurred_ms);
	int reason;

	if (when->merchants && !(when->merchants >> purchase->merchant & 1))
		return REWAPP_REASON_OTHER_MERCHANT;
	if (when->mcc && when->mcc != purchase->mcc)
		return REWAPP_REASON_OTHER_CATEGORY;
	if ((reason = reason_of_date(purchase, when, &day, distance)) ||
		(reason = reason_of_day(purchase, when, &day, distance)) ||
		(reason = reason_of_hour(purchase, when, &wall, distance)))
		return reason;
	if (when->max_amount && amount > when->max_amount) {
		*distance = amount - when->max_amount;
		return REWAPP_REASON_ABOVE_MAXIMUM;
	}
	if (amount < when->min_amount) {
		*distance = when->min_amount - amount;
		return REWAPP_REASON_BELOW_MINIMUM;
	}
	return 0;
}

/* --- points --------------------------------------------------------------------------------- */

enum {
	WHOLE = 10000 /* a point, in the parts that are rounded */
};

/* Rates are at most a fifth and amounts far from the edge of 64 bits: see workload.c. */
static int64_t exact_points(const struct sim_rule *rule, int64_t amount, int64_t articles, int64_t before)
{
	int64_t points = 0;

	switch (rule->type) {
	case SIM_RULE_PERCENT:
		return amount * rule->rate;
	case SIM_RULE_MULTIPLIER:
		return before * (rule->rate - WHOLE);
	case SIM_RULE_PER_UNIT:
		return amount / rule->unit * rule->points * WHOLE;
	case SIM_RULE_STEPS:
		for (int i = 0; i < SIM_STEPS_MAX && amount >= rule->from[i]; i++)
			points = rule->points * (i + 1);
		return points * WHOLE;
	case SIM_RULE_PER_ITEM:
		return articles * rule->points * WHOLE;
	default:
		return amount > 0 ? rule->points * WHOLE : 0;
	}
}

static int64_t rounded(enum sim_rounding rounding, int64_t exact)
{
	int64_t whole = exact / WHOLE, rest = exact % WHOLE;

	switch (rounding) {
	case SIM_ROUND_UP:
		return whole + (rest > 0);
	case SIM_ROUND_HALF_UP:
		return whole + (rest >= WHOLE / 2);
	case SIM_ROUND_HALF_EVEN:
		return whole + (rest > WHOLE / 2 || (rest == WHOLE / 2 && whole % 2 == 1));
	default:
		return whole;
	}
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
static bool is_of_cap(
	const struct sim_purchase *other, const struct sim_purchase *purchase, int rule, int place)
{
	const struct sim_cap *cap = cap_of(purchase, rule, place), *same = cap_of(other, rule, place);

	return other->programme == purchase->programme && same && same->of_member == cap->of_member &&
		same->window == cap->window && same->days == cap->days &&
		(!cap->of_member || other->member == purchase->member);
}

/* What the window that ends on `last` has left, over all purchases that were ever made. */
static int64_t left_until(const struct sim_oracle *oracle, const struct sim_purchase *purchase, int rule,
	int place, int64_t last)
{
	const struct sim_cap *cap = cap_of(purchase, rule, place);
	int64_t left = cap->limit, first = cap->days ? last - cap->days + 1 : last;

	for (int i = 0; i < oracle->purchase_count; i++) {
		const struct sim_purchase *other = oracle->pasts[oracle->purchases[i]].purchase;

		if (is_of_cap(other, purchase, rule, place) && other->windows[cap->window] >= first &&
			other->windows[cap->window] <= last)
			left -= given(other, rule);
	}
	return left > 0 ? left : 0;
}

/* A sliding window is every one that the purchase's day falls into. */
static int64_t left_of(
	const struct sim_oracle *oracle, const struct sim_purchase *purchase, int rule, int place)
{
	const struct sim_cap *cap = cap_of(purchase, rule, place);
	int64_t start = purchase->windows[cap->window];
	int64_t left = left_until(oracle, purchase, rule, place, start);

	for (int64_t later = 1; later < cap->days; later++)
		left = smaller(left, left_until(oracle, purchase, rule, place, start + later));
	return left;
}

/* --- a decision ----------------------------------------------------------------------------- */

/* What a decision carries from rule to rule. */
struct trial {
	const struct sim_purchase *purchase;
	int64_t own_left[SIM_RULES_MAX], common_left; /* of the caps: the least, and each */
	int64_t own_each[SIM_RULES_MAX][SIM_CAPS_MAX], common_each[SIM_CAPS_MAX];
	struct sim_basket basket;
	int64_t total;
	int64_t before; /* what multipliers multiply: no bonus */
	bool group_gave, closed;
	struct sim_decision *out;
};

/* Days until the calendar is in another window; 0: never, or it slides. */
static int64_t days_to_end(const struct sim_cap *cap, const struct sim_day *today)
{
	int64_t ahead = 1;

	if (cap->window == SIM_WINDOW_TOTAL || cap->window == SIM_WINDOW_SLIDING)
		return 0;
	for (;; ahead++) {
		struct sim_day then = rewapp__sim_local(
			SIM_ZONE_UTC, (today->days + ahead) * 24 * 60 * 60 * 1000);

		if (rewapp__sim_window(cap->window, &then) != rewapp__sim_window(cap->window, today))
			return ahead;
	}
}

/* How long the caps that are used up stay so. */
static int64_t until_free(const struct trial *trial, int i)
{
	const struct sim_programme *rules = &trial->purchase->rules;
	struct sim_day today = rewapp__sim_business(
		rules->zone, rules->day_start, trial->purchase->occurred_ms);
	int64_t last = 0, days;

	for (int own = 0; own < 2; own++)
		for (int place = 0; place < SIM_CAPS_MAX; place++) {
			const struct sim_cap *cap = cap_of(trial->purchase, own ? i : SIM_NOBODY, place);

			if (!cap ||
				(own ? trial->own_each[i][place] : trial->common_each[place] - trial->total) >
					0)
				continue;
			if (!(days = days_to_end(cap, &today)))
				return 0;
			last = days > last ? days : last;
		}
	return ahead(trial->purchase, today.days + last, rules->day_start);
}

static int reason_for_nothing(const struct trial *trial, const struct sim_rule *rule, int64_t amount,
	int64_t articles, int64_t *distance)
{
	bool on_lines = rule->skus || rule->categories;
	int64_t before = trial->before;

	if (on_lines && amount == 0 && articles == 0)
		return REWAPP_REASON_OTHER_LINES;
	if (rewapp__sim_paid(&trial->basket) == 0 && rule->type != SIM_RULE_MULTIPLIER)
		return REWAPP_REASON_NOTHING_PAID;
	if (rule->type == SIM_RULE_STEPS) {
		*distance = rule->from[0] - amount;
		return REWAPP_REASON_BELOW_MINIMUM;
	}
	return rule->type == SIM_RULE_MULTIPLIER && before == 0 ? REWAPP_REASON_NOTHING_TO_MULTIPLY
								: REWAPP_REASON_ROUNDED_TO_ZERO;
}

/* What the rule would give in this place, as if there were no group. */
static void weigh(struct trial *trial, int i, int64_t room)
{
	const struct sim_rule *rule = &trial->purchase->rules.rules[i];
	struct sim_award *award = &trial->out->awards[i];
	int64_t paid = rewapp__sim_paid(&trial->basket), full, articles;
	int64_t amount = rewapp__sim_paid_on(&trial->basket, rule, &articles);

	*award = (struct sim_award){ .room = room };
	award->reason = reason_against(trial->purchase, &rule->when, paid, &award->distance);
	if (award->reason)
		return;
	full = rounded(trial->purchase->rules.rounding, exact_points(rule, amount, articles, trial->before));
	award->points = smaller(full, room);
	if (full == 0)
		award->reason = reason_for_nothing(trial, rule, amount, articles, &award->distance);
	else if (award->points == 0)
		award->reason = REWAPP_REASON_LIMIT_REACHED;
	else
		award->reason = award->points < full ? REWAPP_REASON_AWARDED_IN_PART : REWAPP_REASON_AWARDED;
	if (award->reason == REWAPP_REASON_LIMIT_REACHED)
		award->distance = until_free(trial, i);
}

static void give(struct trial *trial, int i)
{
	const struct sim_programme *rules = &trial->purchase->rules;
	const struct sim_rule *rule = &rules->rules[i];
	int64_t points = trial->out->awards[i].points;

	*(rule->by_merchant ? &trial->out->by_merchant : &trial->out->by_programme) += points;
	trial->total += points;
	trial->before += rule->type == SIM_RULE_BONUS ? 0 : points;
	if (points && rule->in_group) {
		trial->group_gave = true;
		trial->closed = rules->stack == SIM_STACK_EXCLUSIVE;
	}
}

static int64_t room_of(const struct trial *trial, int i)
{
	int64_t common = trial->common_left;

	return smaller(trial->own_left[i], common == INT64_MAX ? common : common - trial->total);
}

static void outrank(struct trial *trial, int i, int64_t distance)
{
	struct sim_award *award = &trial->out->awards[i];

	if (award->points == 0)
		return;
	award->points = 0;
	award->distance = distance;
	award->reason = REWAPP_REASON_OUTRANKED;
}

static void try_rule(struct trial *trial, int i)
{
	const struct sim_programme *rules = &trial->purchase->rules;
	bool one_gives = rules->stack == SIM_STACK_FIRST || rules->stack == SIM_STACK_EXCLUSIVE;

	weigh(trial, i, room_of(trial, i));
	if (trial->closed || (rules->rules[i].in_group && one_gives && trial->group_gave))
		outrank(trial, i, 0);
	give(trial, i);
}

/* The rule of the group that gives most, of equal ones the first; the others are told by how much. */
static void try_best(struct trial *trial, const int *order, int count)
{
	int best = SIM_NOBODY;

	for (int k = 0; k < count; k++) {
		weigh(trial, order[k], room_of(trial, order[k]));
		if (trial->out->awards[order[k]].points >
			(best == SIM_NOBODY ? 0 : trial->out->awards[best].points))
			best = order[k];
	}
	for (int k = 0; k < count; k++)
		if (order[k] != best)
			outrank(trial, order[k],
				best == SIM_NOBODY ? 0
						   : trial->out->awards[best].points -
						trial->out->awards[order[k]].points);
	if (best != SIM_NOBODY)
		give(trial, best);
}

/* The priority of a rule's place: a group stands where its best rule does. */
static int place_of(const struct sim_programme *rules, int i)
{
	int priority = rules->rules[i].priority;

	for (int k = 0; k < rules->rule_count; k++)
		if (rules->rules[i].in_group && rules->rules[k].in_group &&
			rules->rules[k].priority > priority)
			priority = rules->rules[k].priority;
	return priority;
}

/* The first of a rule's group, or itself. */
static int team_of(const struct sim_programme *rules, int i)
{
	for (int k = 0; k < rules->rule_count && rules->rules[i].in_group; k++)
		if (rules->rules[k].in_group)
			return k;
	return i;
}

static bool is_tried_before(const struct sim_programme *rules, int a, int b)
{
	bool first = rules->stack == SIM_STACK_EXCLUSIVE;

	if (first && rules->rules[a].in_group != rules->rules[b].in_group)
		return rules->rules[a].in_group;
	if (place_of(rules, a) != place_of(rules, b))
		return place_of(rules, a) > place_of(rules, b);
	if (team_of(rules, a) != team_of(rules, b))
		return team_of(rules, a) < team_of(rules, b);
	if (rules->rules[a].priority != rules->rules[b].priority)
		return rules->rules[a].priority > rules->rules[b].priority;
	return a < b;
}

static void put_in_order(const struct sim_programme *rules, int order[SIM_RULES_MAX])
{
	for (int i = 0; i < rules->rule_count; i++) {
		int at = i;

		for (; at > 0 && is_tried_before(rules, i, order[at - 1]); at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
}

static struct trial begin(const struct sim_purchase *purchase, const int64_t back[SIM_WARES_MAX],
	int64_t left, struct sim_decision *out)
{
	struct trial trial = { .purchase = purchase, .out = out };

	memset(out, 0, sizeof *out);
	rewapp__sim_basket_of(purchase, back, left, &trial.basket);
	return trial;
}

void rewapp__sim_decide(
	const struct sim_oracle *oracle, const struct sim_purchase *purchase, struct sim_decision *out)
{
	const struct sim_programme *rules = &purchase->rules;
	struct trial trial = begin(purchase, (const int64_t[SIM_WARES_MAX]){ 0 }, purchase->amount, out);
	int order[SIM_RULES_MAX] = { 0 };

	put_in_order(rules, order);
	trial.common_left = INT64_MAX;
	for (int place = 0; place < rules->cap_count; place++) {
		trial.common_each[place] = left_of(oracle, purchase, SIM_NOBODY, place);
		trial.common_left = smaller(trial.common_left, trial.common_each[place]);
	}
	for (int i = 0; i < rules->rule_count; i++) {
		trial.own_left[i] = INT64_MAX;
		for (int place = 0; place < rules->rules[i].cap_count; place++) {
			trial.own_each[i][place] = left_of(oracle, purchase, i, place);
			trial.own_left[i] = smaller(trial.own_left[i], trial.own_each[i][place]);
		}
	}
	for (int k = 0, count; k < rules->rule_count; k += count) {
		bool best = rules->rules[order[k]].in_group && rules->stack == SIM_STACK_BEST;

		for (count = 1;
			best && k + count < rules->rule_count && rules->rules[order[k + count]].in_group;)
			count++;
		if (best)
			try_best(&trial, order + k, count);
		else
			try_rule(&trial, order[k]);
	}
}

/* Only what gave points then can give any now, and no more than then. */
void rewapp__sim_decide_again(const struct sim_purchase *purchase, const int64_t back[SIM_WARES_MAX],
	int64_t left, struct sim_decision *out)
{
	struct trial trial = begin(purchase, back, left, out);
	int order[SIM_RULES_MAX] = { 0 };

	put_in_order(&purchase->rules, order);
	for (int k = 0; k < purchase->rules.rule_count && left > 0; k++) {
		int i = order[k];

		if (purchase->first[i] == 0)
			continue;
		weigh(&trial, i, purchase->rooms[i]);
		out->awards[i].points = smaller(out->awards[i].points, purchase->first[i]);
		give(&trial, i);
	}
}
