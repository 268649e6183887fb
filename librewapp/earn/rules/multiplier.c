/* multiplier: multiplies what the rules before it gave; what it adds is its own award. */
#include "base/checked.h"
#include "earn/rule.h"

enum {
	ONCE = 10000 /* basis points: leaves all as it is */
};

static int multiplier_parse(const cJSON *object, const char *place, struct rule *rule)
{
	return rewapp__earn_integer(
		object, place, "basis_points", ONCE + 1, RULE_RATE_MAX, &rule->basis_points);
}

static bool multiplier_points(const struct rule *rule, int64_t amount, int64_t before, int64_t *out)
{
	return rewapp__mul_div(before, rule->basis_points - ONCE, ONCE, out);
}

const struct earn_rule_type rewapp__earn_rule_multiplier = {
	.name = "multiplier",
	.doc = "multiplies what the rules before it gave by basis_points: 20000 doubles",
	.keys = { "basis_points" },
	.parse = multiplier_parse,
	.points = multiplier_points,
	.nothing = REWAPP_REASON_NOTHING_TO_MULTIPLY,
};
