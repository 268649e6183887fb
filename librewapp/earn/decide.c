/* The decision: conditions, points, groups and caps, in the programme's order. */
#include "earn/decide.h"

#include "base/checked.h"
#include "base/error.h"
#include "earn/index.h"
#include "earn/rule.h"

#include <string.h>

/* What one evaluation carries from rule to rule. */
struct run {
	const struct programme *programme;
	struct question question;
	int64_t left[PROGRAMME_CAPS_MAX]; /* room of each cap */
	int64_t total;                    /* what the rules so far gave */
	earn_fine before;                 /* of it, what multipliers multiply */
	earn_fine exact, rounded;         /* when the sum is rounded: before and after */
	size_t giving;                    /* rules that gave */
	uint64_t groups;                  /* bit i: a rule of group i gave */
	bool closed;                      /* an exclusive group gave */
	int64_t kept, whole;              /* after returns: of the money, when awards are shared out */
	struct awards *out;
};

/* A rule's points before they are given. */
struct weighed {
	struct award award;
	earn_fine exact;
	bool cut; /* by a cap */
};

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

static void load_counters(struct run *run)
{
	run->out->counter_count = run->programme->cap_count;
	for (size_t i = 0; i < run->programme->cap_count; i++) {
		int64_t used = run->question.facts->used[i] > 0 ? run->question.facts->used[i] : 0;
		int64_t limit = run->programme->caps[i].limit;

		run->left[i] = used < limit ? limit - used : 0;
	}
}

/* ---- points of one rule ---- */

static bool round_fine(enum rounding mode, earn_fine exact, int64_t *out)
{
	earn_fine whole = exact / EARN_FINE, rest = exact % EARN_FINE;
	bool up = mode == ROUND_UP ? rest > 0 : rest * 2 > EARN_FINE;

	if (mode != ROUND_UP && rest * 2 == EARN_FINE)
		up = mode == ROUND_HALF_UP || (whole & 1);
	if (mode != ROUND_DOWN)
		whole += up;
	if (whole > INT64_MAX)
		return false;
	*out = (int64_t)whole;
	return true;
}

static void base_of(const struct run *run, const struct rule *rule, struct earn_base *out)
{
	const struct question *question = &run->question;

	*out = (struct earn_base){ .amount = question->paid, .before = run->before };
	if (rule->on)
		out->amount = rewapp__question_lines(question, rule->on, &out->quantity);
	out->amount = rewapp__question_share(question, out->amount);
	out->quantity = rewapp__question_share(question, out->quantity);
}

/* Each line's points rounded by itself; *exact is then a whole number. */
static bool by_line(const struct run *run, const struct rule *rule, earn_fine *exact)
{
	const struct question *question = &run->question;
	earn_fine sum = 0, line_points;

	for (size_t i = 0; i < question->facts->line_count; i++) {
		const struct earn_line *line = &question->facts->lines[i];
		struct earn_base base = { .quantity = line->quantity };
		int64_t rounded;

		if (line->excluded || (rule->on && !rewapp__line_set_has(rule->on, line)))
			continue;
		if (question->earning > 0)
			rewapp__mul_div(line->amount, question->paid, question->earning, &base.amount);
		base.amount = rewapp__question_share(question, base.amount);
		if (!rule->type->points(rule, &base, &line_points) ||
			!round_fine(run->programme->rounding, line_points, &rounded))
			return false;
		sum += (earn_fine)rounded * EARN_FINE;
	}
	*exact = sum;
	return true;
}

/* The points with all that rounding asks for, before caps. */
static bool points_of(const struct run *run, const struct rule *rule, const struct earn_base *base,
	earn_fine *exact, int64_t *out)
{
	const struct programme *programme = run->programme;
	int64_t whole;

	if (programme->rounding_scope == ROUND_LINE && rule->type->by_line && run->question.facts->line_count
			? !by_line(run, rule, exact)
			: !rule->type->points(rule, base, exact))
		return false;
	if (programme->rounding_scope != ROUND_PURCHASE)
		return round_fine(programme->rounding, *exact, out);
	if (!round_fine(programme->rounding, run->exact + *exact, &whole))
		return false;
	*out = whole - (int64_t)run->rounded;
	return true;
}

/* Why nothing came of a rule whose conditions hold. */
static int why_nothing(
	const struct run *run, const struct rule *rule, const struct earn_base *base, int64_t *distance)
{
	if (rule->on && base->amount == 0 && base->quantity == 0)
		return REWAPP_REASON_OTHER_LINES;
	if (rule->type->of_spend && run->question.paid == 0 && run->question.facts->amount > 0)
		return REWAPP_REASON_NOTHING_PAID;
	if (rule->step_count && base->amount < rule->steps[0].from) {
		*distance = rule->steps[0].from - base->amount;
		return REWAPP_REASON_BELOW_MINIMUM;
	}
	if (rule->type->nothing == REWAPP_REASON_NOTHING_TO_MULTIPLY && run->before > 0)
		return REWAPP_REASON_ROUNDED_TO_ZERO;
	return rule->type->nothing;
}

static int reason_of(const struct award *award, int64_t full)
{
	if (award->points == 0)
		return REWAPP_REASON_LIMIT_REACHED;
	return award->points < full ? REWAPP_REASON_AWARDED_IN_PART : REWAPP_REASON_AWARDED;
}

/* The first business day behind the window that holds the purchase; false: it has no such end. */
static bool window_end(const struct run *run, const struct cap *cap, int64_t *days)
{
	const struct civil *day = &run->question.day;

	switch (cap->window) {
	case WINDOW_DAY:
		*days = day->days + 1;
		return true;
	case WINDOW_WEEK:
		*days = day->days - day->weekday + 7;
		return true;
	case WINDOW_MONTH:
		*days = rewapp__days_of_date(day->year + day->month / 12, day->month % 12 + 1, 1);
		return true;
	case WINDOW_YEAR:
		*days = rewapp__days_of_date(day->year + 1, 1, 1);
		return true;
	default:
		return false;
	}
}

/* Milliseconds until the last of the caps that are used up begins anew; 0: one of them slides, or never does.
 */
static int64_t until_free(const struct run *run, const struct rule *rule)
{
	const struct programme *programme = run->programme;
	int64_t last = 0, days, distance;

	for (size_t i = 0; i < programme->cap_count; i++) {
		if ((i < programme->cap_common && (i < rule->cap_from || i >= rule->cap_until)) ||
			run->left[i] > 0)
			continue;
		if (!window_end(run, &programme->caps[i], &days))
			return 0;
		last = days > last ? days : last;
	}
	days = rewapp__zone_instant_ms(programme->zone, last, programme->day_start);
	return rewapp__sub(days, run->question.facts->occurred_ms, &distance) && distance > 0 ? distance : 0;
}

static int overflow(const struct rule *rule)
{
	return rewapp__fail(REWAPP_E_OVERFLOW, "rule %s: the points leave 64 bits", rule->id);
}

/* What the rule would give in this place with this room; nothing is taken yet. */
static int weigh(struct run *run, size_t index, int64_t room, struct weighed *out)
{
	const struct rule *rule = &run->programme->rules[index];
	struct earn_base base;
	int64_t full;

	*out = (struct weighed){ .award = { (int32_t)index, 0, 0, 0, rule->funder, room } };
	out->award.reason = rewapp__condition_refusal(&run->question, &rule->when, &out->award.distance);
	if (out->award.reason)
		return 0;
	base_of(run, rule, &base);
	if (!points_of(run, rule, &base, &out->exact, &full))
		return overflow(rule);
	out->award.points = full < room ? full : room;
	out->cut = full > room;
	out->award.reason = full ? reason_of(&out->award, full)
				 : why_nothing(run, rule, &base, &out->award.distance);
	if (out->award.reason == REWAPP_REASON_LIMIT_REACHED)
		out->award.distance = until_free(run, rule);
	return 0;
}

/* ---- giving ---- */

static int give(struct run *run, const struct weighed *weighed)
{
	const struct award *award = &weighed->award;
	const struct rule *rule = &run->programme->rules[award->rule];
	struct awards *out = run->out;

	if (!rewapp__add(run->total, award->points, &run->total))
		return rewapp__fail(
			REWAPP_E_OVERFLOW, "rule %s: all points together leave 64 bits", rule->id);
	*(award->funder == FUNDER_MERCHANT ? &out->by_merchant : &out->by_programme) += award->points;
	take_all(run, rule, award->points);
	if (!weighed->cut) {
		run->exact += weighed->exact;
		run->rounded += award->points;
	}
	if (!rule->type->aside)
		run->before += run->programme->rounding_scope == ROUND_PURCHASE && !weighed->cut
			? weighed->exact
			: (earn_fine)award->points * EARN_FINE;
	if (award->points == 0)
		return 0;
	run->giving++;
	if (rule->group >= 0)
		run->groups |= UINT64_C(1) << rule->group;
	run->closed |= rewapp__rule_stack(run->programme, rule) == STACK_EXCLUSIVE;
	return 0;
}

/* Into the awards: at its rule's place, or where room is; refusals give way to what gives. */
static void keep(struct run *run, const struct award *award)
{
	struct awards *out = run->out;
	size_t at = out->count;

	if (!run->programme->index) {
		out->list[award->rule] = *award;
		return;
	}
	if (at < AWARDS_MAX) {
		out->list[out->count++] = *award;
		return;
	}
	if (award->points == 0)
		return;
	while (at-- > 0)
		if (out->list[at].points == 0) {
			out->list[at] = *award;
			return;
		}
}

/* What rounds to nothing alone still counts where only the sum is rounded. */
static int settle(struct run *run, const struct weighed *weighed)
{
	int reason = weighed->award.reason;
	bool carries = reason == REWAPP_REASON_ROUNDED_TO_ZERO &&
		run->programme->rounding_scope == ROUND_PURCHASE;

	keep(run, &weighed->award);
	if (reason != REWAPP_REASON_AWARDED && reason != REWAPP_REASON_AWARDED_IN_PART && !carries)
		return 0;
	return give(run, weighed);
}

/* ---- groups ---- */

static bool outranked(const struct run *run, const struct rule *rule)
{
	enum stack stack = rewapp__rule_stack(run->programme, rule);

	if (run->closed)
		return true;
	if (stack != STACK_FIRST && stack != STACK_EXCLUSIVE)
		return false;
	return run->groups >> rule->group & 1;
}

/* A rule that is outranked still says first what it lacks. */
static int try_one(struct run *run, size_t index)
{
	const struct rule *rule = &run->programme->rules[index];
	struct weighed weighed;
	int error = weigh(run, index, room_of(run, rule), &weighed);

	if (error < 0)
		return error;
	if (weighed.award.points && outranked(run, rule)) {
		weighed.award.points = 0;
		weighed.award.reason = REWAPP_REASON_OUTRANKED;
	}
	return settle(run, &weighed);
}

/* The rule that gives most; of equal ones the first. */
static int find_best(struct run *run, const uint16_t *rules, size_t count, struct weighed *best)
{
	best->award.rule = -1;
	best->award.points = 0;
	for (size_t i = 0; i < count; i++) {
		struct weighed weighed;
		int error = weigh(run, rules[i], room_of(run, &run->programme->rules[rules[i]]), &weighed);

		if (error < 0)
			return error;
		if (weighed.award.points > best->award.points)
			*best = weighed;
	}
	return 0;
}

static int try_best(struct run *run, const uint16_t *rules, size_t count)
{
	struct weighed best;
	int error = find_best(run, rules, count, &best);

	if (run->closed)
		best.award.rule = -1;
	for (size_t i = 0; i < count && error == 0; i++) {
		struct weighed other;

		error = weigh(run, rules[i], room_of(run, &run->programme->rules[rules[i]]), &other);
		if (error == 0 && other.award.points && other.award.rule != best.award.rule) {
			other.award.distance = run->closed ? 0 : best.award.points - other.award.points;
			other.award.points = 0;
			other.award.reason = REWAPP_REASON_OUTRANKED;
		}
		if (error == 0 && other.award.rule != best.award.rule)
			keep(run, &other.award);
	}
	return error == 0 && best.award.rule >= 0 ? settle(run, &best) : error;
}

/* ---- all rules ---- */

/* The rules to try, in order. */
static size_t choose(const struct run *run, uint16_t out[PROGRAMME_RULES_MAX])
{
	const struct programme *programme = run->programme;
	uint64_t candidates[INDEX_WORDS];
	size_t count = 0;

	if (!programme->index) {
		memcpy(out, programme->order, programme->rule_count * sizeof *out);
		return programme->rule_count;
	}
	rewapp__index_candidates(programme, &run->question, candidates);
	for (size_t word = 0; word < INDEX_WORDS; word++)
		for (uint64_t bits = candidates[word]; bits; bits &= bits - 1)
			out[count++] = programme->order[word * 64 + (size_t)__builtin_ctzll(bits)];
	return count;
}

/* How many rules from `rules` on belong to one group of which the best gives; 1 for any other rule. */
static size_t team_of(const struct programme *programme, const uint16_t *rules, size_t count)
{
	const struct rule *first = &programme->rules[rules[0]];
	size_t size = 1;

	if (rewapp__rule_stack(programme, first) != STACK_BEST)
		return 1;
	while (size < count && programme->rules[rules[size]].group == first->group)
		size++;
	return size;
}

static void sort_awards(struct awards *out)
{
	for (size_t i = 1; i < out->count; i++) {
		struct award award = out->list[i];
		size_t at = i;

		for (; at > 0 && out->list[at - 1].rule > award.rule; at--)
			out->list[at] = out->list[at - 1];
		out->list[at] = award;
	}
}

static int run_rules(struct run *run)
{
	uint16_t rules[PROGRAMME_RULES_MAX];
	size_t count = choose(run, rules), team;

	for (size_t i = 0; i < count && run->giving < AWARDS_MAX; i += team) {
		int error;

		team = team_of(run->programme, rules + i, count - i);
		error = team > 1 ? try_best(run, rules + i, team) : try_one(run, rules[i]);
		if (error < 0)
			return error;
	}
	sort_awards(run->out);
	return 0;
}

static int run_begin(struct run *run, const struct programme *programme, const struct earn_facts *facts,
	struct awards *out)
{
	memset(run, 0, sizeof *run);
	memset(out, 0, sizeof *out);
	run->programme = programme;
	run->out = out;
	return rewapp__question_of(programme->zone, programme->day_start, facts, &run->question);
}

int rewapp__earn_decide(const struct programme *programme, const struct earn_facts *facts, struct awards *out)
{
	struct run run;
	int error = run_begin(&run, programme, facts, out);

	if (error < 0)
		return error;
	load_counters(&run);
	out->count = programme->index ? 0 : programme->rule_count;
	return run_rules(&run);
}

static int lines_refusal(const struct question *question, const struct line_set *on)
{
	int64_t quantity, amount = rewapp__question_lines(question, on, &quantity);

	return amount == 0 && quantity == 0 ? REWAPP_REASON_OTHER_LINES : 0;
}

int rewapp__earn_reason(
	const struct programme *programme, const struct earn_facts *facts, int rule, int64_t *distance)
{
	struct question question;
	int error = rewapp__question_of(programme->zone, programme->day_start, facts, &question);

	*distance = 0;
	if (error == 0)
		error = rewapp__condition_refusal(&question, &programme->rules[rule].when, distance);
	if (error == 0 && programme->rules[rule].on)
		error = lines_refusal(&question, programme->rules[rule].on);
	return error;
}

/* ---- returns ---- */

static struct award *award_of(struct awards *awards, int32_t rule)
{
	size_t low = 0, high = awards->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (awards->list[middle].rule == rule)
			return &awards->list[middle];
		if (awards->list[middle].rule < rule)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* Its part of the points while its conditions hold. */
static int retain_share(struct run *run, struct award *award)
{
	const struct rule *rule = &run->programme->rules[award->rule];
	struct weighed weighed = { .award = *award, .cut = true };

	award->reason = rewapp__condition_refusal(&run->question, &rule->when, &award->distance);
	if (award->reason) {
		award->points = 0;
		return 0;
	}
	if (run->kept < run->whole)
		rewapp__mul_div(award->points, run->kept, run->whole, &award->points);
	award->reason = weighed.award.reason;
	weighed.award.points = award->points;
	return give(run, &weighed);
}

/* Decided again; never more than it was. */
static int retain(struct run *run, struct award *award)
{
	int64_t most = award->points < award->room ? award->points : award->room;
	struct weighed weighed;
	int error;

	if (run->programme->returns == RETURNS_SHARE)
		return retain_share(run, award);
	if ((error = weigh(run, (size_t)award->rule, award->room, &weighed)) < 0)
		return error;
	if (weighed.award.points > most)
		weighed.award.points = most;
	*award = weighed.award;
	return award->points ? give(run, &weighed) : 0;
}

static int check_awards(const struct programme *programme, const struct awards *awards)
{
	bool fits = programme->index || awards->count == programme->rule_count;

	for (size_t i = 0; i < awards->count && fits; i++)
		fits = awards->list[i].rule > (i ? awards->list[i - 1].rule : -1) &&
			(size_t)awards->list[i].rule < programme->rule_count;
	return fits ? 0 : rewapp__fail(REWAPP_E_ARGUMENT, "awards: not of this version of the programme");
}

/* Nothing left gives nothing, whatever a rule says of an amount of 0. */
static void clear_points(struct awards *awards)
{
	awards->by_programme = awards->by_merchant = 0;
	for (size_t i = 0; i < awards->count; i++)
		awards->list[i].points = 0;
	memset(awards->counted, 0, sizeof awards->counted);
}

/* Part of a line's money goes with part of its articles, rounded down: all of it with all of them. */
void rewapp__earn_without(const struct earn_facts *original, const int64_t *returned, struct earn_line *lines,
	struct earn_facts *out)
{
	*out = *original;
	out->lines = lines;
	out->line_count = 0;
	for (size_t i = 0; i < original->line_count; i++) {
		struct earn_line line = original->lines[i];
		int64_t amount = 0;

		if (returned[i])
			rewapp__mul_div(line.amount, returned[i], line.quantity, &amount);
		line.amount -= amount;
		out->amount -= amount;
		line.quantity -= returned[i];
		if (line.quantity > 0 || returned[i] == 0)
			lines[out->line_count++] = line;
	}
	if (out->unpaid > out->amount)
		out->unpaid = out->amount;
}

/* What is left as a question; conditions may ask what it was at first. */
static int question_left(const struct programme *programme, const struct earn_facts *original,
	const struct earn_left *left, struct question *first, struct run *run)
{
	int error = rewapp__question_of(programme->zone, programme->day_start, original, first);

	if (left->facts != original)
		run->question.first = first;
	if (left->facts->amount > 0) {
		run->question.left = left->amount;
		run->question.of = left->facts->amount;
	}
	run->kept = left->amount;
	run->whole = original->amount;
	return error;
}

int rewapp__earn_retained(const struct programme *programme, const struct earn_facts *original,
	const struct awards *awards, const struct earn_left *left, struct awards *out)
{
	struct question first;
	struct run run;
	int error = check_awards(programme, awards);

	if (error < 0)
		return error;
	if (left->amount < 0 || left->amount > left->facts->amount)
		return rewapp__fail(REWAPP_E_ARGUMENT, "amount_left: not from 0 to the purchase's amount");
	if ((error = run_begin(&run, programme, left->facts, out)) < 0 ||
		(error = question_left(programme, original, left, &first, &run)) < 0)
		return error;
	memcpy(out->list, awards->list, awards->count * sizeof *out->list);
	out->count = awards->count;
	out->counter_count = programme->cap_count;
	for (size_t i = 0; i < programme->rule_count && error == 0; i++) {
		struct award *award = award_of(out, programme->order[i]);

		if (award && award->points)
			error = retain(&run, award);
	}
	if (error == 0 && left->amount == 0)
		clear_points(out);
	return error;
}

const char *rewapp__rule_id(const struct programme *programme, int rule)
{
	return rule >= 0 && (size_t)rule < programme->rule_count ? programme->rules[rule].id : "";
}
