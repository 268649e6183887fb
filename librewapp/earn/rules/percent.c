/* percent: a share of the amount, in basis points. */
#include "earn/rule.h"

static int percent_parse(struct reader *reader, const cJSON *object, const char *place, struct rule *rule)
{
	return rewapp__read_integer(
		reader, object, place, "basis_points", 1, RULE_RATE_MAX, &rule->basis_points);
}

static bool percent_points(const struct rule *rule, const struct earn_base *base, earn_fine *out)
{
	*out = (earn_fine)base->amount * rule->basis_points; /* 2^63 * 10^6: it fits */
	return true;
}

const struct earn_rule_type rewapp__earn_rule_percent = {
	.name = "percent",
	.doc = "basis_points of the amount",
	.keys = { "basis_points" },
	.parse = percent_parse,
	.points = percent_points,
	.nothing = REWAPP_REASON_ROUNDED_TO_ZERO,
	.by_line = true,
	.of_spend = true,
};
