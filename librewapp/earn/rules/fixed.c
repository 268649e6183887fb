/* fixed: the same points for every purchase. */
#include "earn/rule.h"

static int fixed_parse(const cJSON *object, const char *place, struct rule *rule)
{
	return rewapp__earn_integer(object, place, "points", 1, PROGRAMME_POINTS_MAX, &rule->points);
}

static bool fixed_points(const struct rule *rule, int64_t amount, int64_t before, int64_t *out)
{
	*out = amount > 0 ? rule->points : 0;
	return true;
}

const struct earn_rule_type rewapp__earn_rule_fixed = {
	.name = "fixed",
	.doc = "points for every purchase",
	.keys = { "points" },
	.parse = fixed_parse,
	.points = fixed_points,
	.nothing = REWAPP_REASON_ROUNDED_TO_ZERO,
};
