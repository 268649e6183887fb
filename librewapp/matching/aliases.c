/* Aliases and the two tables that find them: their memory, their links, their filter. */
#include "matching/matcher.h"

#include "base/arena.h"
#include "base/error.h"

#include <string.h>

#define TEXT_MOVED 0x80000000u /* of an alias's offset, while texts are moved */

uint32_t rewapp__hash_text(const char *text, size_t length)
{
	uint32_t hash = REWAPP__HASH_SEED;

	for (size_t i = 0; i < length; i++)
		hash = rewapp__hash_step(hash, text[i]);
	return hash;
}

/* By an eighth: doubling would leave half of a large catalogue's memory empty. */
bool rewapp__array_grow(
	const struct rewapp_env *env, void **array, uint32_t count, uint32_t *capacity, size_t size)
{
	uint32_t wanted = *capacity ? *capacity + *capacity / 8 + 8 : 64;
	void *bigger;

	if (count < *capacity)
		return true;
	if (wanted < *capacity || wanted > UINT32_MAX / 4)
		return false;
	bigger = rewapp__env_allocate(env, *array, wanted * size);
	if (!bigger)
		return false;
	*array = bigger;
	*capacity = wanted;
	return true;
}

/* How many letters are the alias's beginning; 0: it has none, for nothing of it could be missing. */
static size_t beginning(const struct matcher *matcher, const struct alias *alias)
{
	const char *text = matcher->text + alias->text;
	size_t from = 0, length;

	if (!alias->starts || alias->flags & ALIAS_NEGATIVE)
		return 0;
	while (from < alias->length) {
		size_t to = from + 1;

		while (to < alias->length && (to >= 32 || !(alias->starts >> to & 1)))
			to++;
		if (!(rewapp__lexicon_flags(&matcher->lexicon, text + from, to - from) & REWAPP__EVERYDAY))
			break;
		from = to;
	}
	length = from + REWAPP__BEGINNING_OWN > REWAPP__BEGINNING ? from + REWAPP__BEGINNING_OWN
								  : REWAPP__BEGINNING;
	return length < alias->length ? length : 0;
}

/* NULL: it has no beginning. */
static uint32_t *begun_of(const struct matcher *matcher, struct alias *alias)
{
	size_t length = beginning(matcher, alias);
	uint32_t hash;

	alias->begun_tag = 0;
	if (!length)
		return NULL;
	hash = rewapp__hash_text(matcher->text + alias->text, length);
	alias->begun_tag = rewapp__begun_tag(hash);
	return rewapp__begun_bucket(matcher, hash);
}

/* What tells most misses before the tables are touched. */
static void announce(struct matcher *matcher, const struct alias *alias)
{
	const char *text = matcher->text + alias->text;
	unsigned more = alias->length - REWAPP__SHORT_STEM;

	if (!alias->starts || alias->flags & ALIAS_NEGATIVE)
		return;
	*rewapp__filter_word(matcher, rewapp__hash_mix(alias->hash)) |= rewapp__filter_bits(alias->hash);
	if (alias->length < REWAPP__SHORT_STEM)
		return;
	*rewapp__short_ends(matcher,
		rewapp__hash_text(text, REWAPP__SHORT_STEM)) |= (uint8_t)(1u << (more < 4 ? more : 4));
	if (alias->length < REWAPP__LONG_STEM)
		return;
	more = alias->length - REWAPP__LONG_STEM;
	*rewapp__long_ends(matcher, rewapp__hash_text(text, REWAPP__LONG_STEM)) |= 1u
		<< (more < 31 ? more : 31);
}

/* How many of an alias's beginning the chain has from it on, where those behind it are counted. */
static uint8_t count_behind(const struct matcher *matcher, const struct alias *alias)
{
	uint32_t at = rewapp__begun_first(matcher, alias->begun_next, alias->begun_tag);
	uint8_t behind = at == REWAPP__NO_ALIAS ? 0 : matcher->aliases[at].begun_count;

	return behind < REWAPP__BEGUN_COUNTED ? (uint8_t)(behind + 1) : REWAPP__BEGUN_COUNTED;
}

/* One of the chain is gone: only the last ones count fewer than the most that is counted. */
static void recount(struct matcher *matcher, uint32_t head, uint16_t tag)
{
	uint32_t last[REWAPP__BEGUN_COUNTED], seen = 0;

	for (uint32_t i = rewapp__begun_first(matcher, head, tag); i != REWAPP__NO_ALIAS;
		i = rewapp__begun_first(matcher, matcher->aliases[i].begun_next, tag))
		last[seen++ % REWAPP__BEGUN_COUNTED] = i;
	for (uint8_t n = 1; n <= seen && n <= REWAPP__BEGUN_COUNTED; n++)
		matcher->aliases[last[(seen - n) % REWAPP__BEGUN_COUNTED]].begun_count = n;
}

static void link_alias(struct matcher *matcher, uint32_t index)
{
	struct alias *alias = &matcher->aliases[index];
	uint32_t *bucket = rewapp__bucket(matcher, alias->hash);

	alias->next = *bucket;
	*bucket = index;
	announce(matcher, alias);
	bucket = begun_of(matcher, alias);
	alias->begun_next = REWAPP__NO_ALIAS;
	if (!bucket)
		return;
	alias->begun_next = *bucket;
	alias->begun_count = count_behind(matcher, alias);
	*bucket = index;
}

/* What was announced stays until the tables grow: it may say "look" too often, never too rarely. */
static void unlink_alias(struct matcher *matcher, uint32_t index)
{
	struct alias *alias = &matcher->aliases[index];
	uint32_t *at = rewapp__bucket(matcher, alias->hash);

	while (*at != index)
		at = &matcher->aliases[*at].next;
	*at = alias->next;
	at = begun_of(matcher, alias);
	if (!at)
		return;
	while (*at != index)
		at = &matcher->aliases[*at].begun_next;
	*at = alias->begun_next;
	recount(matcher, *begun_of(matcher, alias), alias->begun_tag);
}

/* The tables of one size, in one block of memory; false: there is none. */
static bool make_tables(struct matcher *matcher, uint32_t count)
{
	size_t links = (count + count / 2) * sizeof *matcher->buckets;
	size_t filter = count / 8 * sizeof *matcher->filter, ends = count / 4 * sizeof *matcher->long_ends;
	char *block = rewapp__env_allocate(matcher->env, NULL, filter + links + ends + count / 2);

	if (!block)
		return false;
	rewapp__env_allocate(matcher->env, matcher->filter, 0);
	matcher->filter = (uint64_t *)block;
	matcher->buckets = (uint32_t *)(block + filter);
	matcher->beginnings = matcher->buckets + count;
	matcher->long_ends = matcher->beginnings + count / 2;
	matcher->short_ends = (uint8_t *)(matcher->long_ends + count / 4);
	memset(matcher->filter, 0, filter);
	memset(matcher->buckets, 0xff, links);
	memset(matcher->long_ends, 0, ends + count / 2);
	matcher->bucket_count = count;
	matcher->begun_count = count / 2;
	return true;
}

bool rewapp__buckets_grow(struct matcher *matcher)
{
	if (matcher->live_aliases < matcher->bucket_count)
		return true;
	if (!make_tables(matcher, matcher->bucket_count ? matcher->bucket_count * 2 : 128))
		return false;
	for (uint32_t i = 0; i < matcher->alias_count; i++)
		if (!(matcher->aliases[i].flags & ALIAS_FREE))
			link_alias(matcher, i);
	return true;
}

static bool grow_text(struct matcher *matcher)
{
	size_t capacity = matcher->text_capacity ? matcher->text_capacity + matcher->text_capacity / 8 : 4096;
	char *bigger;

	if (matcher->text_size + REWAPP__ALIAS_MAX <= matcher->text_capacity)
		return true;
	if (capacity > TEXT_MOVED)
		return false;
	bigger = rewapp__env_allocate(matcher->env, matcher->text, capacity);
	if (!bigger)
		return false;
	matcher->text = bigger;
	matcher->text_capacity = capacity;
	return true;
}

/* Another alias of the same letters; NULL: there is none. */
static const struct alias *find_twin(
	const struct matcher *matcher, uint32_t hash, const char *text, uint8_t length)
{
	for (uint32_t i = *rewapp__bucket(matcher, hash); i != REWAPP__NO_ALIAS;
		i = matcher->aliases[i].next) {
		const struct alias *alias = &matcher->aliases[i];

		if (alias->hash == hash && alias->length == length &&
			memcmp(matcher->text + alias->text, text, length) == 0)
			return alias;
	}
	return NULL;
}

/* Copies an alias's letters, for all who share them. */
static void move_text(struct matcher *matcher, const struct alias *alias, char *fresh, size_t *size)
{
	uint32_t from = alias->text;

	memcpy(fresh + *size, matcher->text + from, alias->length);
	for (uint32_t i = *rewapp__bucket(matcher, alias->hash); i != REWAPP__NO_ALIAS;
		i = matcher->aliases[i].next)
		if (matcher->aliases[i].text == from)
			matcher->aliases[i].text = (uint32_t)*size | TEXT_MOVED;
	*size += alias->length;
}

/* What removed names left behind is given up once it is more than what lives. */
void rewapp__text_compact(struct matcher *matcher)
{
	char *fresh;
	size_t size = 0;

	if (matcher->text_garbage < 4096 || matcher->text_garbage * 2 < matcher->text_size)
		return;
	fresh = rewapp__env_allocate(matcher->env, NULL, matcher->text_capacity);
	if (!fresh)
		return; /* it stays as it is */
	for (uint32_t i = 0; i < matcher->alias_count; i++)
		if (!(matcher->aliases[i].flags & ALIAS_FREE || matcher->aliases[i].text & TEXT_MOVED))
			move_text(matcher, &matcher->aliases[i], fresh, &size);
	for (uint32_t i = 0; i < matcher->alias_count; i++)
		matcher->aliases[i].text &= ~TEXT_MOVED;
	rewapp__env_allocate(matcher->env, matcher->text, 0);
	matcher->text = fresh;
	matcher->text_size = size;
	matcher->text_garbage = 0;
}

static uint32_t take_alias(struct matcher *matcher)
{
	uint32_t index = matcher->free_alias;

	if (index != REWAPP__NO_ALIAS) {
		matcher->free_alias = matcher->aliases[index].sibling;
		return index;
	}
	if (!rewapp__array_grow(matcher->env, (void **)&matcher->aliases, matcher->alias_count,
		    &matcher->alias_capacity, sizeof *matcher->aliases))
		return REWAPP__NO_ALIAS;
	return matcher->alias_count++;
}

static bool already_has(const struct matcher *matcher, uint32_t slot, const struct glued *glued)
{
	for (uint32_t i = matcher->merchants[slot].first_alias; i != REWAPP__NO_ALIAS;
		i = matcher->aliases[i].sibling) {
		const struct alias *alias = &matcher->aliases[i];

		if (alias->length == glued->length && !((alias->flags ^ glued->flags) & ALIAS_NEGATIVE) &&
			memcmp(matcher->text + alias->text, glued->text, glued->length) == 0)
			return true;
	}
	return false;
}

static uint32_t put_text(struct matcher *matcher, const struct glued *glued)
{
	uint32_t at = (uint32_t)matcher->text_size;

	memcpy(matcher->text + at, glued->text, glued->length);
	matcher->text_size += glued->length;
	return at;
}

int rewapp__alias_add(struct matcher *matcher, uint32_t slot, const struct glued *glued)
{
	const struct alias *twin;
	struct alias *alias;
	uint32_t index;

	if (glued->length < 2 || already_has(matcher, slot, glued))
		return 0;
	if (!grow_text(matcher) || !rewapp__buckets_grow(matcher) || !rewapp__words_grow(matcher) ||
		(index = take_alias(matcher)) == REWAPP__NO_ALIAS)
		return rewapp__fail(REWAPP_E_NOMEMORY, "the catalogue of merchants");
	alias = &matcher->aliases[index];
	alias->hash = rewapp__hash_text(glued->text, glued->length);
	twin = find_twin(matcher, alias->hash, glued->text, glued->length);
	alias->sibling = matcher->merchants[slot].first_alias;
	alias->merchant = slot;
	alias->text = twin ? twin->text : put_text(matcher, glued);
	alias->starts = glued->starts;
	alias->length = glued->length;
	alias->flags = glued->flags;
	matcher->merchants[slot].first_alias = index;
	matcher->live_aliases++;
	matcher->live_negatives += (glued->flags & ALIAS_NEGATIVE) != 0;
	matcher->live_ids += glued->starts == 0;
	link_alias(matcher, index);
	rewapp__words_count(matcher, alias, 1);
	return 0;
}

void rewapp__aliases_drop(struct matcher *matcher, uint32_t slot)
{
	struct merchant_slot *merchant = &matcher->merchants[slot];

	while (merchant->first_alias != REWAPP__NO_ALIAS) {
		uint32_t index = merchant->first_alias;
		struct alias *alias = &matcher->aliases[index];

		merchant->first_alias = alias->sibling;
		rewapp__words_count(matcher, alias, -1);
		unlink_alias(matcher, index);
		if (!find_twin(matcher, alias->hash, matcher->text + alias->text, alias->length))
			matcher->text_garbage += alias->length;
		matcher->live_aliases--;
		matcher->live_negatives -= (alias->flags & ALIAS_NEGATIVE) != 0;
		matcher->live_ids -= alias->starts == 0;
		alias->flags = ALIAS_FREE;
		alias->sibling = matcher->free_alias;
		matcher->free_alias = index;
	}
}
