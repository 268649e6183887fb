/* The catalogue in memory: merchants by number; what they are called is in aliases.c and names.c,
 * what else is known in facts.c. */
#include "matching/index.h"

#include "base/arena.h"
#include "base/error.h"
#include "matching/matcher.h"

#include <string.h>

static int no_memory(void)
{
	return rewapp__fail(REWAPP_E_NOMEMORY, "the catalogue of merchants");
}

static uint32_t number_home(const struct matcher *matcher, uint64_t number)
{
	number ^= number >> 32;
	number *= 0x9e3779b97f4a7c15u;
	return (uint32_t)(number >> 32) & (matcher->number_capacity - 1);
}

uint32_t rewapp__matcher_slot(const struct matcher *matcher, uint64_t number)
{
	uint32_t at;

	if (!matcher->number_capacity)
		return UINT32_MAX;
	for (at = number_home(matcher, number); matcher->numbers[at];
		at = (at + 1) & (matcher->number_capacity - 1))
		if (matcher->merchants[matcher->numbers[at] - 1].number == number)
			return matcher->numbers[at] - 1;
	return UINT32_MAX;
}

static void place_number(struct matcher *matcher, uint64_t number, uint32_t slot)
{
	uint32_t at = number_home(matcher, number);

	while (matcher->numbers[at])
		at = (at + 1) & (matcher->number_capacity - 1);
	matcher->numbers[at] = slot + 1;
}

static bool grow_numbers(struct matcher *matcher)
{
	uint32_t capacity = matcher->number_capacity ? matcher->number_capacity * 2 : 128;
	uint32_t *bigger;

	if ((uint64_t)(matcher->merchant_count + 1) * 5 <= (uint64_t)matcher->number_capacity * 4)
		return true;
	bigger = rewapp__env_allocate(matcher->env, NULL, capacity * sizeof *bigger);
	if (!bigger)
		return false;
	memset(bigger, 0, capacity * sizeof *bigger);
	rewapp__env_allocate(matcher->env, matcher->numbers, 0);
	matcher->numbers = bigger;
	matcher->number_capacity = capacity;
	for (uint32_t i = 0; i < matcher->merchant_count; i++)
		place_number(matcher, matcher->merchants[i].number, i);
	return true;
}

/* A removed merchant keeps its slot, for the day it comes back. */
static uint32_t take_slot(struct matcher *matcher, uint64_t number)
{
	uint32_t slot = rewapp__matcher_slot(matcher, number);

	if (slot != UINT32_MAX)
		return slot;
	if (!grow_numbers(matcher) ||
		!rewapp__array_grow(matcher->env, (void **)&matcher->merchants, matcher->merchant_count,
			&matcher->merchant_capacity, sizeof *matcher->merchants))
		return UINT32_MAX;
	slot = matcher->merchant_count++;
	matcher->merchants[slot] = (struct merchant_slot){ number, REWAPP__NO_ALIAS, 0 };
	place_number(matcher, number, slot);
	return slot;
}

int rewapp__matcher_open(struct matcher **out, const struct rewapp_env *env)
{
	struct matcher *matcher = rewapp__env_allocate(env, NULL, sizeof *matcher);

	*out = NULL;
	if (!matcher)
		return no_memory();
	memset(matcher, 0, sizeof *matcher);
	matcher->env = env;
	matcher->free_alias = REWAPP__NO_ALIAS;
	rewapp__lexicon_build(&matcher->lexicon);
	if (!rewapp__buckets_grow(matcher)) {
		rewapp__matcher_close(matcher);
		return no_memory();
	}
	*out = matcher;
	return 0;
}

void rewapp__matcher_close(struct matcher *matcher)
{
	const struct rewapp_env *env;

	if (!matcher)
		return;
	env = matcher->env;
	for (uint32_t i = 0; i < matcher->facts_count; i++)
		rewapp__env_allocate(env, matcher->facts[i], 0);
	rewapp__env_allocate(env, matcher->facts, 0);
	rewapp__env_allocate(env, matcher->aliases, 0);
	rewapp__env_allocate(env, matcher->filter, 0); /* and the tables behind it */
	rewapp__env_allocate(env, matcher->merchants, 0);
	rewapp__env_allocate(env, matcher->numbers, 0);
	rewapp__env_allocate(env, matcher->text, 0);
	rewapp__env_allocate(env, matcher->words, 0);
	rewapp__env_allocate(env, matcher->learnt, 0);
	rewapp__env_allocate(env, matcher->learnt_heads, 0);
	rewapp__env_allocate(env, matcher, 0);
}

static int add_ids(struct matcher *matcher, uint32_t slot, const struct catalogue_entry *entry)
{
	int result = 0;

	for (size_t i = 0; i < entry->id_count && !result; i++) {
		struct glued glued;

		rewapp__glue_id(entry->ids[i].kind, entry->ids[i].text, &glued);
		result = rewapp__alias_add(matcher, slot, &glued);
	}
	return result;
}

static int fill_slot(struct matcher *matcher, uint32_t slot, const struct catalogue_entry *entry)
{
	int result = rewapp__name_add(matcher, slot, entry->name, ALIAS_NAME);

	for (size_t i = 0; !result && i < entry->alias_count; i++)
		result = rewapp__name_add(matcher, slot, entry->aliases[i], 0);
	for (size_t i = 0; !result && i < entry->negative_count; i++)
		result = rewapp__name_add(matcher, slot, entry->negatives[i], ALIAS_NEGATIVE);
	result = result ? result : add_ids(matcher, slot, entry);
	return result ? result : rewapp__facts_add(matcher, slot, entry);
}

static void empty_slot(struct matcher *matcher, uint32_t slot)
{
	rewapp__aliases_drop(matcher, slot);
	rewapp__facts_drop(matcher, slot);
}

int rewapp__matcher_upsert(struct matcher *matcher, const struct catalogue_entry *entry)
{
	uint32_t slot;
	int result;

	if (!entry->merchant || !entry->name)
		return rewapp__fail(REWAPP_E_ARGUMENT, "merchant: has no number or no name");
	slot = take_slot(matcher, entry->merchant);
	if (slot == UINT32_MAX)
		return no_memory();
	matcher->live_merchants -= matcher->merchants[slot].first_alias != REWAPP__NO_ALIAS;
	empty_slot(matcher, slot);
	result = fill_slot(matcher, slot, entry);
	if (result)
		empty_slot(matcher, slot);
	matcher->live_merchants += matcher->merchants[slot].first_alias != REWAPP__NO_ALIAS;
	rewapp__text_compact(matcher);
	return result;
}

int rewapp__matcher_remove(struct matcher *matcher, uint64_t merchant)
{
	uint32_t slot = rewapp__matcher_slot(matcher, merchant);

	if (slot == UINT32_MAX || matcher->merchants[slot].first_alias == REWAPP__NO_ALIAS)
		return rewapp__fail(REWAPP_E_NOTFOUND, "merchant: not in the catalogue of names");
	empty_slot(matcher, slot);
	matcher->live_merchants--;
	rewapp__text_compact(matcher);
	return 0;
}

/* --- figures --- */

static bool same_name(const struct matcher *matcher, const struct alias *a, const struct alias *b)
{
	return a->hash == b->hash && a->length == b->length && a->merchant != b->merchant &&
		!((a->flags | b->flags) & (ALIAS_NEGATIVE | ALIAS_FREE)) &&
		memcmp(matcher->text + a->text, matcher->text + b->text, a->length) == 0;
}

void rewapp__matcher_collisions(const struct matcher *matcher,
	void (*found)(void *user, const char *glued, size_t length, uint64_t first, uint64_t second),
	void *user)
{
	for (uint32_t i = 0; i < matcher->alias_count; i++) {
		const struct alias *alias = &matcher->aliases[i];

		if (alias->flags & ALIAS_FREE)
			continue;
		for (uint32_t j = alias->next; j != REWAPP__NO_ALIAS; j = matcher->aliases[j].next) {
			uint64_t first = matcher->merchants[alias->merchant].number;
			uint64_t second = matcher->merchants[matcher->aliases[j].merchant].number;

			if (same_name(matcher, alias, &matcher->aliases[j]))
				found(user, matcher->text + alias->text, alias->length,
					first < second ? first : second, first < second ? second : first);
		}
	}
}

static void count_collision(void *user, const char *glued, size_t length, uint64_t first, uint64_t second)
{
	(*(size_t *)user)++;
}

void rewapp__matcher_figures(const struct matcher *matcher, struct matcher_figures *out)
{
	*out = (struct matcher_figures){ matcher->live_merchants, matcher->live_aliases, 0, 0 };
	rewapp__matcher_collisions(matcher, count_collision, &out->collisions);
	out->bytes = sizeof *matcher + matcher->alias_capacity * sizeof *matcher->aliases +
		(matcher->bucket_count + matcher->begun_count) * sizeof *matcher->buckets +
		matcher->bucket_count / 8 * sizeof *matcher->filter +
		matcher->bucket_count / 4 * sizeof *matcher->long_ends + matcher->bucket_count / 2 +
		matcher->merchant_capacity * sizeof *matcher->merchants +
		matcher->number_capacity * sizeof *matcher->numbers + matcher->text_capacity +
		matcher->facts_capacity * sizeof(struct facts *) +
		matcher->word_capacity * sizeof *matcher->words + matcher->facts_bytes +
		rewapp__learnt_bytes(matcher);
}
