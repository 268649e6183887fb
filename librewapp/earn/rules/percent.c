/* percent: a share of the amount, in basis points. */
#include "base/checked.h"
#include "earn/rule.h"

static int percent_parse(const cJSON *object, const char *place, struct rule *rule)
{
	return rewapp__earn_integer(object, place, "basis_points", 1, RULE_RATE_MAX, &rule->basis_points);
}

static bool percent_points(const struct rule *rule, int64_t amount, int64_t before, int64_t *out)
{
	return rewapp__mul_div(amount, rule->basis_points, 10000, out);
}

const struct earn_rule_type rewapp__earn_rule_percent = {
	.name = "percent",
	.doc = "basis_points of the amount",
	.keys = { "basis_points" },
	.parse = percent_parse,
	.points = percent_points,
	.nothing = REWAPP_REASON_ROUNDED_TO_ZERO,
};
