/* fixed: the same points for every purchase. */
#include "earn/rule.h"

static int fixed_parse(struct reader *reader, const cJSON *object, const char *place, struct rule *rule)
{
	return rewapp__read_integer(reader, object, place, "points", 1, PROGRAMME_POINTS_MAX, &rule->points);
}

static bool fixed_points(const struct rule *rule, const struct earn_base *base, earn_fine *out)
{
	return rewapp__fine_of(base->amount > 0 ? rule->points : 0, out);
}

const struct earn_rule_type rewapp__earn_rule_fixed = {
	.name = "fixed",
	.doc = "points for every purchase",
	.keys = { "points" },
	.parse = fixed_parse,
	.points = fixed_points,
	.nothing = REWAPP_REASON_ROUNDED_TO_ZERO,
	.of_spend = true,
};
