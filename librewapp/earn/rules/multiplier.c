/* multiplier: multiplies what the rules before it gave; what it adds is its own award. */
#include "earn/rule.h"

enum {
	ONCE = 10000 /* basis points: leaves all as it is */
};

static int multiplier_parse(struct reader *reader, const cJSON *object, const char *place, struct rule *rule)
{
	return rewapp__read_integer(
		reader, object, place, "basis_points", ONCE + 1, RULE_RATE_MAX, &rule->basis_points);
}

static bool multiplier_points(const struct rule *rule, const struct earn_base *base, earn_fine *out)
{
	*out = base->before * (rule->basis_points - ONCE) / ONCE; /* 2^77 * 10^6: it fits */
	return true;
}

const struct earn_rule_type rewapp__earn_rule_multiplier = {
	.name = "multiplier",
	.doc = "multiplies what the rules before it gave by basis_points: 20000 doubles",
	.keys = { "basis_points" },
	.parse = multiplier_parse,
	.points = multiplier_points,
	.nothing = REWAPP_REASON_NOTHING_TO_MULTIPLY,
};
