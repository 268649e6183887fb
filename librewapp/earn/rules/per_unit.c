/* per_unit: points for every full unit of money, such as 10 points for every 10 euros. */
#include "base/checked.h"
#include "earn/rule.h"

static int per_unit_parse(const cJSON *object, const char *place, struct rule *rule)
{
	int error = rewapp__earn_integer(
		object, place, "unit_amount", 1, PROGRAMME_POINTS_MAX, &rule->unit_amount);

	if (error < 0)
		return error;
	return rewapp__earn_integer(object, place, "points", 1, PROGRAMME_POINTS_MAX, &rule->points);
}

static bool per_unit_points(const struct rule *rule, int64_t amount, int64_t before, int64_t *out)
{
	return rewapp__mul(amount / rule->unit_amount, rule->points, out);
}

const struct earn_rule_type rewapp__earn_rule_per_unit = {
	.name = "per_unit",
	.doc = "points for every full unit_amount",
	.keys = { "unit_amount", "points" },
	.parse = per_unit_parse,
	.points = per_unit_points,
	.nothing = REWAPP_REASON_ROUNDED_TO_ZERO,
};
