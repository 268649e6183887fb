/* per_item: points for every article of the lines that the rule is on. */
#include "base/checked.h"
#include "earn/rule.h"

static int per_item_parse(struct reader *reader, const cJSON *object, const char *place, struct rule *rule)
{
	if (!rewapp__json_get(object, "on"))
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_MISSING, place, "on", "missing: which lines count");
	return rewapp__read_integer(reader, object, place, "points", 1, PROGRAMME_POINTS_MAX, &rule->points);
}

static bool per_item_points(const struct rule *rule, const struct earn_base *base, earn_fine *out)
{
	int64_t points;

	return rewapp__mul(base->quantity, rule->points, &points) && rewapp__fine_of(points, out);
}

const struct earn_rule_type rewapp__earn_rule_per_item = {
	.name = "per_item",
	.doc = "points for every article of the lines that the rule is on",
	.keys = { "points" },
	.parse = per_item_parse,
	.points = per_item_points,
	.nothing = REWAPP_REASON_OTHER_LINES,
	.of_spend = true,
};
