/* bonus: points on top that no multiplier multiplies. */
#include "earn/rule.h"

static int bonus_parse(struct reader *reader, const cJSON *object, const char *place, struct rule *rule)
{
	return rewapp__read_integer(reader, object, place, "points", 1, PROGRAMME_POINTS_MAX, &rule->points);
}

static bool bonus_points(const struct rule *rule, const struct earn_base *base, earn_fine *out)
{
	return rewapp__fine_of(base->amount > 0 ? rule->points : 0, out);
}

const struct earn_rule_type rewapp__earn_rule_bonus = {
	.name = "bonus",
	.doc = "points on top, which no multiplier multiplies",
	.keys = { "points" },
	.parse = bonus_parse,
	.points = bonus_points,
	.nothing = REWAPP_REASON_ROUNDED_TO_ZERO,
	.aside = true,
	.of_spend = true,
};
