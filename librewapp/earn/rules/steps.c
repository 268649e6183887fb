/* steps: a table; the highest step that the amount reaches gives its points or its rate of the whole amount.
 */
#include "earn/rule.h"

enum {
	STEPS_MAX = 32
};

static int step_parse(struct reader *reader, const cJSON *object, const char *place, struct rule_step *step)
{
	static const char *const keys[] = { "from", "points", "basis_points" };
	bool rate = rewapp__json_get(object, "basis_points") != NULL;
	int error = rewapp__read_object(reader, object, place, keys, 3, NULL, 0);

	if (error == 0 && rate && rewapp__json_get(object, "points"))
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_CONTRADICTION, place, "points",
			"a step has points or basis_points, not both");
	if (error == 0)
		error = rewapp__read_integer(
			reader, object, place, "from", 0, PROGRAMME_POINTS_MAX, &step->from);
	if (error == 0 && rate)
		return rewapp__read_integer(
			reader, object, place, "basis_points", 1, RULE_RATE_MAX, &step->basis_points);
	if (error == 0)
		error = rewapp__read_integer(
			reader, object, place, "points", 1, PROGRAMME_POINTS_MAX, &step->points);
	return error;
}

/* Steps rise, so that who spends more never gets less. */
static int step_check(struct reader *reader, const char *place, const struct rule_step *before,
	const struct rule_step *step)
{
	if (!before->points != !step->points)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_CONTRADICTION, place, "",
			"all steps have points, or all have basis_points");
	if (step->from <= before->from)
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_CONTRADICTION, place, "from", "not above the step before");
	if (step->points < before->points || step->basis_points < before->basis_points)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_CONTRADICTION, place,
			step->points ? "points" : "basis_points", "below the step before");
	return 0;
}

static int steps_parse(struct reader *reader, const cJSON *object, const char *place, struct rule *rule)
{
	const cJSON *array;
	struct rule_step *steps;
	size_t at = 0;
	int error = rewapp__read_array(reader, object, place, "steps", STEPS_MAX, &array, &rule->step_count);

	if (error < 0)
		return error;
	if (!array)
		return rewapp__reader_fail(reader, REWAPP_PROBLEM_MISSING, place, "steps", "missing");
	steps = rewapp__arena_array(reader->memory, rule->step_count, sizeof *steps);
	if (!steps)
		return rewapp__reader_out_of_memory();
	for (const cJSON *item = array->child; item; item = item->next, at++) {
		char here[PLACE_BYTES];

		rewapp__reader_item(here, place, "steps", at);
		if ((error = step_parse(reader, item, here, &steps[at])) < 0 ||
			(at && (error = step_check(reader, here, &steps[at - 1], &steps[at])) < 0))
			return error;
	}
	rule->steps = steps;
	return 0;
}

static bool steps_points(const struct rule *rule, const struct earn_base *base, earn_fine *out)
{
	const struct rule_step *reached = NULL;

	for (size_t i = 0; i < rule->step_count && base->amount >= rule->steps[i].from; i++)
		reached = &rule->steps[i];
	*out = 0;
	if (!reached || base->amount == 0)
		return true;
	*out = reached->points ? (earn_fine)reached->points * EARN_FINE
			       : (earn_fine)base->amount * reached->basis_points;
	return true;
}

const struct earn_rule_type rewapp__earn_rule_steps = {
	.name = "steps",
	.doc = "the points or the rate of the highest step that the amount reaches",
	.keys = { "steps" },
	.parse = steps_parse,
	.points = steps_points,
	.nothing = REWAPP_REASON_ROUNDED_TO_ZERO,
	.of_spend = true,
};
