/* per_unit: points for every full unit of money, such as 10 points for every 10 euros. */
#include "base/checked.h"
#include "earn/rule.h"

static int per_unit_parse(struct reader *reader, const cJSON *object, const char *place, struct rule *rule)
{
	const cJSON *unit = rewapp__json_get(object, "unit_amount");
	int64_t value;
	int error;

	if (unit && rewapp__json_int(unit, &value) && value == 0)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_ZERO_DIVISOR, place, "unit_amount",
			"0 is not from 1 to %lld", (long long)PROGRAMME_POINTS_MAX);
	error = rewapp__read_integer(
		reader, object, place, "unit_amount", 1, PROGRAMME_POINTS_MAX, &rule->unit_amount);
	if (error < 0)
		return error;
	return rewapp__read_integer(reader, object, place, "points", 1, PROGRAMME_POINTS_MAX, &rule->points);
}

static bool per_unit_points(const struct rule *rule, const struct earn_base *base, earn_fine *out)
{
	int64_t points;

	return rewapp__mul(base->amount / rule->unit_amount, rule->points, &points) &&
		rewapp__fine_of(points, out);
}

const struct earn_rule_type rewapp__earn_rule_per_unit = {
	.name = "per_unit",
	.doc = "points for every full unit_amount",
	.keys = { "unit_amount", "points" },
	.parse = per_unit_parse,
	.points = per_unit_points,
	.nothing = REWAPP_REASON_ROUNDED_TO_ZERO,
	.of_spend = true,
};
