/* What a programme probably does not mean.  Everything said here is certain: a doubt is not a finding. */
#include "earn/lint.h"

#include "base/checked.h"
#include "earn/rule.h"
#include "earn/templates.h"

#include <string.h>

struct lint {
	const struct programme *programme;
	int64_t today; /* business day */
	void (*found)(void *user, const struct lint_finding *finding);
	void *user;
};

static void tell(const struct lint *lint, enum rewapp_problem problem, size_t rule, int other,
	const char *within, const char *why)
{
	struct lint_finding finding = { problem, (int)rule, other, within, why };

	lint->found(lint->user, &finding);
}

static bool is(const struct condition *condition, const char *key)
{
	return rewapp__condition_is(condition, key);
}

static bool is_leaf(const struct condition *condition)
{
	return !condition->type->composite;
}

/* ---- sets ---- */

static size_t item_size(const struct condition *condition)
{
	if (is(condition, "merchants") || is(condition, "stores"))
		return sizeof(struct rewapp_id);
	return is(condition, "mcc") || is(condition, "nth_purchase") ? sizeof(int64_t) : 0; /* 0: texts */
}

static bool has_item(const struct condition *of, size_t index, const struct condition *in)
{
	size_t size = item_size(of);
	const char *const *texts = of->items;

	if (size == 0)
		return rewapp__texts_have(in->items, in->count, texts[index]);
	for (size_t i = 0; i < in->count; i++)
		if (memcmp((const char *)of->items + index * size, (const char *)in->items + i * size,
			    size) == 0)
			return true;
	return false;
}

static size_t common_items(const struct condition *a, const struct condition *b)
{
	size_t count = 0;

	for (size_t i = 0; i < a->count; i++)
		count += has_item(a, i, b);
	return count;
}

static bool texts_within(const char *const *a, size_t a_count, const char *const *b, size_t b_count)
{
	for (size_t i = 0; i < a_count; i++)
		if (!rewapp__texts_have(b, b_count, a[i]))
			return false;
	return true;
}

static bool lines_within(const struct line_set *a, const struct line_set *b)
{
	if (b->sku_count + b->category_count == 0)
		return true;
	return a->sku_count + a->category_count > 0 &&
		texts_within(a->skus, a->sku_count, b->skus, b->sku_count) &&
		texts_within(a->categories, a->category_count, b->categories, b->category_count);
}

static bool in_hours(const struct condition *hours, int64_t minute)
{
	return hours->low < hours->high ? minute >= hours->low && minute < hours->high
					: minute >= hours->low || minute < hours->high;
}

/* Of the minutes of `a`: whether all, or any, are minutes of `b`. */
static bool minutes_within(const struct condition *a, const struct condition *b, bool all)
{
	for (int64_t minute = 0; minute < 1440; minute++)
		if (in_hours(a, minute) && in_hours(b, minute) != all)
			return !all;
	return all;
}

/* ---- what implies what ---- */

/* True when `a` cannot hold without `b`; both are leaves. */
static bool leaf_implies(const struct condition *a, const struct condition *b)
{
	if (a->type != b->type)
		return false;
	if (is(a, "min_amount") || is(a, "from"))
		return a->low >= b->low;
	if (is(a, "max_amount") || is(a, "until"))
		return a->low <= b->low;
	if (is(a, "days"))
		return (a->low & ~b->low) == 0;
	if (is(a, "hours"))
		return minutes_within(a, b, true);
	if (is(a, "referred"))
		return a->low == b->low;
	if (is(a, "lines"))
		return lines_within(&a->lines, &b->lines) && a->low >= b->low && a->high >= b->high;
	if (a->low || b->low) /* nth_purchase: every */
		return a->low && b->low && a->low % b->low == 0;
	return common_items(a, b) == a->count;
}

/* True when some leaf that `all` asks for implies `leaf`. */
static bool all_implies_leaf(const struct condition *all, const struct condition *leaf)
{
	for (size_t i = 0; i < all->child_count; i++) {
		const struct condition *child = &all->children[i];

		if (is(child, "all") ? all_implies_leaf(child, leaf)
				     : is_leaf(child) && leaf_implies(child, leaf))
			return true;
	}
	return false;
}

/* True when `a` cannot hold without `b`: found for trees of `all`, and for an `any` with such a branch. */
static bool implies(const struct condition *a, const struct condition *b)
{
	bool all = is(b, "all");

	if (is_leaf(b))
		return all_implies_leaf(a, b);
	if (is(b, "not"))
		return false;
	for (size_t i = 0; i < b->child_count; i++)
		if (implies(a, &b->children[i]) != all)
			return !all;
	return all;
}

/* ---- never ---- */

static bool contradict(const struct condition *a, const struct condition *b)
{
	if (is(a, "from") && is(b, "until"))
		return a->low >= b->low;
	if (is(a, "min_amount") && is(b, "max_amount"))
		return a->low > b->low;
	if (a->type != b->type || is(a, "lines") || is(a, "segments"))
		return false;
	if (is(a, "days"))
		return (a->low & b->low) == 0;
	if (is(a, "hours"))
		return !minutes_within(a, b, false);
	if (is(a, "referred"))
		return a->low != b->low;
	return a->items && b->items && common_items(a, b) == 0;
}

/* A leaf against all that an `all` asks for. */
static bool clashes(const struct condition *all, const struct condition *leaf)
{
	for (size_t i = 0; i < all->child_count; i++) {
		const struct condition *child = &all->children[i];

		if (is(child, "all") ? clashes(child, leaf)
				     : is_leaf(child) && (contradict(child, leaf) || contradict(leaf, child)))
			return true;
	}
	return false;
}

/* `top` is the whole condition: what it asks for holds in every branch. */
static bool impossible(
	const struct lint *lint, const struct condition *top, const struct condition *condition)
{
	bool all = is(condition, "all");

	if (is_leaf(condition))
		return clashes(top, condition) || (is(condition, "until") && condition->low <= lint->today);
	if (is(condition, "not"))
		return implies(top, condition->children);
	for (size_t i = 0; i < condition->child_count; i++)
		if (impossible(lint, top, &condition->children[i]) == all)
			return all;
	return !all;
}

/* Whether a rule that is tried before this one may leave points to multiply. */
static bool has_before(const struct programme *programme, size_t rule)
{
	for (size_t i = 0; programme->order[i] != rule; i++)
		if (!programme->rules[programme->order[i]].type->aside)
			return true;
	return false;
}

static void look_for_never(const struct lint *lint, size_t index)
{
	const struct rule *rule = &lint->programme->rules[index];

	if (impossible(lint, &rule->when, &rule->when))
		tell(lint, REWAPP_PROBLEM_NEVER_FIRES, index, -1, "when",
			"its conditions never hold together, or its time is over");
	else if (!rule->type->of_spend && !has_before(lint->programme, index))
		tell(lint, REWAPP_PROBLEM_NEVER_FIRES, index, -1, "",
			"no rule before it gives points to multiply");
}

/* ---- shadows ---- */

/* Whether the rule gives whenever its conditions hold and money was paid: points for any amount, no cap. */
static bool surely_gives(const struct programme *programme, const struct rule *rule)
{
	return rule->points > 0 && !rule->unit_amount && !rule->on && rule->cap_from == rule->cap_until &&
		programme->cap_common == programme->cap_count;
}

static size_t place_of(const struct programme *programme, size_t rule)
{
	size_t at = 0;

	while (programme->order[at] != rule)
		at++;
	return at;
}

/* Of two rules of a kind in a group of which the best gives: never more than the other. */
static bool worse(const struct rule *rule, const struct rule *other)
{
	return rule->type == other->type && !rule->on && !other->on && !rule->step_count &&
		!rule->unit_amount && rule->basis_points <= other->basis_points &&
		rule->points <= other->points && other->cap_from == other->cap_until;
}

static bool shadowed_by(const struct programme *programme, size_t index, size_t other)
{
	const struct rule *rule = &programme->rules[index], *before = &programme->rules[other];
	enum stack stack = rewapp__rule_stack(programme, before);
	bool earlier = place_of(programme, other) < place_of(programme, index);

	if (index == other || stack == STACK_ALL || !implies(&rule->when, &before->when))
		return false;
	if (rule->group != before->group)
		return stack == STACK_EXCLUSIVE && earlier && surely_gives(programme, before);
	if (stack == STACK_BEST)
		return worse(rule, before) && (earlier || !worse(before, rule));
	return earlier && surely_gives(programme, before);
}

static void look_for_shadows(const struct lint *lint, size_t index)
{
	for (size_t other = 0; other < lint->programme->rule_count; other++) {
		if (!shadowed_by(lint->programme, index, other))
			continue;
		tell(lint, REWAPP_PROBLEM_SHADOWED, index, (int)other, "",
			"whenever it holds, that rule holds too and comes first");
		return;
	}
}

/* ---- costs ---- */

static bool has_budget(const struct programme *programme, size_t from, size_t until)
{
	for (size_t i = from; i < until; i++)
		if (programme->caps[i].scope == CAP_PROGRAMME)
			return true;
	return false;
}

static void look_for_cost(const struct lint *lint, size_t index)
{
	const struct programme *programme = lint->programme;
	const struct rule *rule = &programme->rules[index];
	int64_t worth;

	if (!has_budget(programme, rule->cap_from, rule->cap_until) &&
		!has_budget(programme, programme->cap_common, programme->cap_count))
		tell(lint, REWAPP_PROBLEM_UNBOUNDED_COST, index, -1, "caps",
			"no cap of scope programme holds it, its own or the programme's");
	if (rule->type->by_line &&
		(!rewapp__mul_div(
			 rule->basis_points, programme->value_amount, programme->value_points, &worth) ||
			worth > EARN_FINE))
		tell(lint, REWAPP_PROBLEM_GIVES_MORE_THAN_SPENT, index, -1, "basis_points",
			"the points are worth more than the purchase");
}

/* ---- overflow ---- */

/* What the rule makes of the largest amount that a condition can name, after as many points. */
static bool overflows(const struct rule *rule)
{
	struct earn_base base = { PROGRAMME_POINTS_MAX, 1, (earn_fine)PROGRAMME_POINTS_MAX * EARN_FINE };
	earn_fine points;

	return !rule->type->points(rule, &base, &points) || points / EARN_FINE > INT64_MAX;
}

/* Points that can be spent before the goods can come back no more. */
static void look_for_returns(const struct lint *lint)
{
	struct lint_finding finding = { REWAPP_PROBLEM_RETURN_GAINS, -1, -1, "clawback",
		"points are active at once and what was spent is forgiven: only debt takes it back" };

	if (lint->programme->clawback != CLAWBACK_DEBT && rewapp__span_is_empty(&lint->programme->activation))
		lint->found(lint->user, &finding);
}

/* ---- templates ---- */

static void look_for_gifts(const struct lint *lint)
{
	const struct templates *templates = lint->programme->templates;

	for (size_t i = 0; i < templates->voucher_count; i++)
		if (templates->vouchers[i].from_campaign && !templates->vouchers[i].per_member) {
			tell(lint, REWAPP_PROBLEM_UNBOUNDED_COST, (size_t)-1, -1, "vouchers",
				"a gift without per_member: nothing but the host limits it");
			return;
		}
	if (templates->referral && !templates->referral->per_referrer)
		tell(lint, REWAPP_PROBLEM_UNBOUNDED_COST, (size_t)-1, -1, "referral",
			"without per_referrer nothing limits what one member can be given");
}

void rewapp__lint(const struct programme *programme, int64_t now_ms,
	void (*found)(void *user, const struct lint_finding *finding), void *user)
{
	struct lint lint = { programme, rewapp__programme_window(programme, WINDOW_DAY, now_ms), found,
		user };

	look_for_returns(&lint);
	look_for_gifts(&lint);
	for (size_t i = 0; i < programme->rule_count; i++) {
		look_for_never(&lint, i);
		look_for_shadows(&lint, i);
		look_for_cost(&lint, i);
		if (overflows(&programme->rules[i]))
			tell(&lint, REWAPP_PROBLEM_OVERFLOWS, i, -1, "",
				"a purchase of 10^15 leaves 64 bits and is refused");
	}
}
