/* Which rule is tried when, and which of a group may give points. */
#include "earn/parts.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))

static int read_group(struct reader *reader, const cJSON *item, const char *place, struct group *out)
{
	static const char *const keys[] = { "id", "stack" };
	static const char *const stacks[] = { "all", "first", "best", "exclusive" };
	int stack = 0;
	int error = rewapp__read_object(reader, item, place, keys, COUNT(keys), NULL, 0);

	if (error == 0)
		error = rewapp__read_name(reader, item, place, "id", out->id);
	if (error == 0)
		error = rewapp__read_word(reader, item, place, "stack", stacks, COUNT(stacks), -1, &stack);
	out->stack = (enum stack)stack;
	return error;
}

static int group_named(const struct programme *programme, const char *id)
{
	for (size_t i = 0; i < programme->group_count; i++)
		if (strcmp(programme->groups[i].id, id) == 0)
			return (int)i;
	return -1;
}

int rewapp__groups_parse(struct reader *reader, struct programme *programme, const cJSON *document)
{
	const cJSON *array;
	size_t count, at = 0;
	int error = rewapp__read_array(reader, document, "", "groups", PROGRAMME_GROUPS_MAX, &array, &count);

	if (error < 0 || count == 0)
		return error;
	programme->groups = rewapp__arena_array(&programme->memory, count, sizeof *programme->groups);
	if (!programme->groups)
		return rewapp__reader_out_of_memory();
	for (const cJSON *item = array->child; item; item = item->next, at++) {
		struct group *group = &programme->groups[at];
		char here[PLACE_BYTES];

		rewapp__reader_item(here, "", "groups", at);
		if ((error = read_group(reader, item, here, group)) < 0)
			return error;
		if (group_named(programme, group->id) >= 0)
			return rewapp__reader_fail(
				reader, REWAPP_PROBLEM_DUPLICATE, here, "id", "stands twice");
		programme->group_count++;
	}
	return 0;
}

int rewapp__rank_parse(struct reader *reader, const struct programme *programme, const cJSON *object,
	const char *place, struct rule *rule)
{
	int64_t priority = 0;
	char name[NAME_BYTES];
	int error = rewapp__read_optional(reader, object, place, "priority", RULE_PRIORITY_MAX, &priority);

	rule->priority = (int32_t)priority;
	rule->group = -1;
	if (error < 0 || !rewapp__json_get(object, "group"))
		return error;
	if ((error = rewapp__read_name(reader, object, place, "group", name)) < 0)
		return error;
	rule->group = group_named(programme, name);
	if (rule->group < 0)
		return rewapp__reader_fail(
			reader, REWAPP_PROBLEM_UNKNOWN_REFERENCE, place, "group", "not one of the groups");
	return 0;
}

enum stack rewapp__rule_stack(const struct programme *programme, const struct rule *rule)
{
	return rule->group < 0 ? STACK_ALL : programme->groups[rule->group].stack;
}

/* ---- the order ---- */

/* Where a rule stands: exclusive groups first; then by priority, where a group counts as its best rule; what
 * is equal, in the order of the document. */
struct rank {
	bool late;       /* of no exclusive group */
	int32_t of_team; /* priority of its group's best rule, or its own */
	size_t team;     /* the group's first rule, or itself */
	int32_t own;
	size_t index;
};

static int compare_ranks(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;

	if (x->late != y->late)
		return x->late ? 1 : -1;
	if (x->of_team != y->of_team)
		return x->of_team > y->of_team ? -1 : 1;
	if (x->team != y->team)
		return x->team < y->team ? -1 : 1;
	if (x->own != y->own)
		return x->own > y->own ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

static void rank_of(const struct programme *programme, size_t index, struct rank *out)
{
	const struct rule *rule = &programme->rules[index];

	*out = (struct rank){ rewapp__rule_stack(programme, rule) != STACK_EXCLUSIVE, rule->priority, index,
		rule->priority, index };
	for (size_t i = programme->rule_count; rule->group >= 0 && i-- > 0;) {
		if (programme->rules[i].group != rule->group)
			continue;
		out->team = i;
		if (programme->rules[i].priority > out->of_team)
			out->of_team = programme->rules[i].priority;
	}
}

int rewapp__order_make(struct programme *programme)
{
	size_t count = programme->rule_count;
	struct rank *ranks = rewapp__env_allocate(programme->memory.env, NULL, count * sizeof *ranks);

	programme->order = rewapp__arena_array(&programme->memory, count, sizeof *programme->order);
	if (ranks && programme->order) {
		for (size_t i = 0; i < count; i++)
			rank_of(programme, i, &ranks[i]);
		qsort(ranks, count, sizeof *ranks, compare_ranks);
		for (size_t i = 0; i < count; i++)
			programme->order[i] = (uint16_t)ranks[i].index;
	}
	rewapp__env_allocate(programme->memory.env, ranks, 0);
	return ranks && programme->order ? 0 : rewapp__reader_out_of_memory();
}
