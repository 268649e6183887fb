/* The catalogue in memory: one hash chain by a name's glued letters and one by its
 * first six, so that a look-up costs what the descriptor is long, not the catalogue. */
#include "matching/index.h"

#include "base/arena.h"
#include "base/error.h"
#include "matching/matcher.h"

#include <stdbool.h>
#include <string.h>

struct glued {
	char text[REWAPP__ALIAS_MAX];
	uint8_t length, flags;
	uint32_t starts;
};

static uint32_t hash_text(const char *text, size_t length)
{
	uint32_t hash = REWAPP__HASH_SEED;

	for (size_t i = 0; i < length; i++)
		hash = rewapp__hash_step(hash, text[i]);
	return hash;
}

static int no_memory(void)
{
	return rewapp__fail(REWAPP_E_NOMEMORY, "the catalogue of merchants");
}

/* Makes room for one more of `size` bytes each. */
static bool grow(const struct rewapp_env *env, void **array, uint32_t count, uint32_t *capacity, size_t size)
{
	uint32_t wanted = *capacity ? *capacity * 2 : 64;
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

/* --- numbers --- */

static uint32_t number_home(const struct matcher *matcher, uint64_t number)
{
	number ^= number >> 32;
	number *= 0x9e3779b97f4a7c15u;
	return (uint32_t)(number >> 32) & (matcher->number_capacity - 1);
}

static uint32_t find_slot(const struct matcher *matcher, uint64_t number)
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

	if ((matcher->merchant_count + 1) * 2 <= matcher->number_capacity)
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
	uint32_t slot = find_slot(matcher, number);

	if (slot != UINT32_MAX)
		return slot;
	if (!grow_numbers(matcher) ||
		!grow(matcher->env, (void **)&matcher->merchants, matcher->merchant_count,
			&matcher->merchant_capacity, sizeof *matcher->merchants))
		return UINT32_MAX;
	slot = matcher->merchant_count++;
	matcher->merchants[slot] = (struct merchant_slot){ number, NULL, REWAPP__NO_ALIAS };
	place_number(matcher, number, slot);
	return slot;
}

/* --- how common a word is --- */

enum {
	WORDS_MAX = 12 /* of a name */
};

static struct word_count *word_place(struct word_count *words, uint32_t capacity, uint32_t hash)
{
	uint32_t at = rewapp__hash_mix(hash) & (capacity - 1);

	while (words[at].hash && words[at].hash != hash)
		at = (at + 1) & (capacity - 1);
	return &words[at];
}

uint32_t rewapp__matcher_word_count(const struct matcher *matcher, const char *word, size_t length)
{
	if (!matcher->word_capacity)
		return 0;
	return word_place(matcher->words, matcher->word_capacity, hash_text(word, length) | 1)->count;
}

/* Room for the words of one more alias. */
static bool grow_words(struct matcher *matcher)
{
	uint32_t capacity = matcher->word_capacity ? matcher->word_capacity * 2 : 256;
	struct word_count *bigger;

	if ((matcher->word_count + WORDS_MAX) * 2 <= matcher->word_capacity)
		return true;
	bigger = rewapp__env_allocate(matcher->env, NULL, capacity * sizeof *bigger);
	if (!bigger)
		return false;
	memset(bigger, 0, capacity * sizeof *bigger);
	for (uint32_t i = 0; i < matcher->word_capacity; i++)
		if (matcher->words[i].hash)
			*word_place(bigger, capacity, matcher->words[i].hash) = matcher->words[i];
	rewapp__env_allocate(matcher->env, matcher->words, 0);
	matcher->words = bigger;
	matcher->word_capacity = capacity;
	return true;
}

/* Counts the words of a name behind its first; there is room for them. */
static void count_words(struct matcher *matcher, const struct alias *alias, int step)
{
	const char *text = matcher->text + alias->text;
	uint8_t from = 0;

	if (alias->flags & (ALIAS_VARIANT | ALIAS_NEGATIVE))
		return;
	while (from < alias->length) {
		uint8_t to = (uint8_t)(from + 1);

		while (to < alias->length && (to >= 32 || !(alias->starts >> to & 1)))
			to++;
		if (from && to - from >= 3) {
			uint32_t hash = hash_text(text + from, (size_t)(to - from)) | 1;
			struct word_count *word = word_place(matcher->words, matcher->word_capacity, hash);

			matcher->word_count += !word->hash;
			word->hash = hash;
			word->count += (uint32_t)step;
		}
		from = to;
	}
}

/* --- aliases --- */

static uint32_t bucket_of(const struct matcher *matcher, uint32_t hash)
{
	return rewapp__hash_mix(hash) & (matcher->bucket_count - 1);
}

static uint32_t *prefix_bucket(struct matcher *matcher, const struct alias *alias)
{
	uint32_t hash = hash_text(matcher->text + alias->text, REWAPP__PREFIX_LENGTH);

	return &matcher->prefixes[rewapp__hash_mix(hash) & (matcher->bucket_count - 1)];
}

static bool has_prefix(const struct alias *alias)
{
	return alias->length > REWAPP__PREFIX_LENGTH && !(alias->flags & ALIAS_NEGATIVE);
}

static void link_alias(struct matcher *matcher, uint32_t index)
{
	struct alias *alias = &matcher->aliases[index];
	uint32_t *bucket = &matcher->buckets[bucket_of(matcher, alias->hash)];

	alias->next = *bucket;
	*bucket = index;
	if (!has_prefix(alias))
		return;
	bucket = prefix_bucket(matcher, alias);
	alias->prefix_next = *bucket;
	*bucket = index;
}

static void unlink_alias(struct matcher *matcher, uint32_t index)
{
	struct alias *alias = &matcher->aliases[index];
	uint32_t *at = &matcher->buckets[bucket_of(matcher, alias->hash)];

	while (*at != index)
		at = &matcher->aliases[*at].next;
	*at = alias->next;
	if (!has_prefix(alias))
		return;
	for (at = prefix_bucket(matcher, alias); *at != index;)
		at = &matcher->aliases[*at].prefix_next;
	*at = alias->prefix_next;
}

static bool grow_buckets(struct matcher *matcher)
{
	uint32_t count = matcher->bucket_count ? matcher->bucket_count * 2 : 128;
	uint32_t *buckets, *prefixes;

	if (matcher->live_aliases < matcher->bucket_count)
		return true;
	buckets = rewapp__env_allocate(matcher->env, NULL, count * sizeof *buckets);
	prefixes = rewapp__env_allocate(matcher->env, NULL, count * sizeof *prefixes);
	if (!buckets || !prefixes) {
		rewapp__env_allocate(matcher->env, buckets, 0);
		rewapp__env_allocate(matcher->env, prefixes, 0);
		return false;
	}
	rewapp__env_allocate(matcher->env, matcher->buckets, 0);
	rewapp__env_allocate(matcher->env, matcher->prefixes, 0);
	memset(buckets, 0xff, count * sizeof *buckets);
	memset(prefixes, 0xff, count * sizeof *prefixes);
	matcher->buckets = buckets;
	matcher->prefixes = prefixes;
	matcher->bucket_count = count;
	for (uint32_t i = 0; i < matcher->alias_count; i++)
		if (!(matcher->aliases[i].flags & ALIAS_FREE))
			link_alias(matcher, i);
	return true;
}

static bool grow_text(struct matcher *matcher)
{
	size_t capacity = matcher->text_capacity ? matcher->text_capacity * 2 : 4096;
	char *bigger;

	if (matcher->text_size + REWAPP__ALIAS_MAX <= matcher->text_capacity)
		return true;
	if (capacity > UINT32_MAX)
		return false;
	bigger = rewapp__env_allocate(matcher->env, matcher->text, capacity);
	if (!bigger)
		return false;
	matcher->text = bigger;
	matcher->text_capacity = capacity;
	return true;
}

/* What removed names left behind is given up once it is more than what lives. */
static void compact_text(struct matcher *matcher)
{
	char *fresh;
	size_t size = 0;

	if (matcher->text_garbage < 4096 || matcher->text_garbage * 2 < matcher->text_size)
		return;
	fresh = rewapp__env_allocate(matcher->env, NULL, matcher->text_capacity);
	if (!fresh)
		return; /* it stays as it is */
	for (uint32_t i = 0; i < matcher->alias_count; i++) {
		struct alias *alias = &matcher->aliases[i];

		if (alias->flags & ALIAS_FREE)
			continue;
		memcpy(fresh + size, matcher->text + alias->text, alias->length);
		alias->text = (uint32_t)size;
		size += alias->length;
	}
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
	if (!grow(matcher->env, (void **)&matcher->aliases, matcher->alias_count, &matcher->alias_capacity,
		    sizeof *matcher->aliases))
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

static int add_alias(struct matcher *matcher, uint32_t slot, const struct glued *glued)
{
	struct alias *alias;
	uint32_t index;

	if (glued->length < 2 || already_has(matcher, slot, glued))
		return 0;
	if (!grow_text(matcher) || !grow_buckets(matcher) || !grow_words(matcher) ||
		(index = take_alias(matcher)) == REWAPP__NO_ALIAS)
		return no_memory();
	alias = &matcher->aliases[index];
	alias->hash = hash_text(glued->text, glued->length);
	alias->sibling = matcher->merchants[slot].first_alias;
	alias->merchant = slot;
	alias->text = (uint32_t)matcher->text_size;
	alias->starts = glued->starts;
	alias->length = glued->length;
	alias->flags = glued->flags;
	memcpy(matcher->text + matcher->text_size, glued->text, glued->length);
	matcher->text_size += glued->length;
	matcher->merchants[slot].first_alias = index;
	matcher->live_aliases++;
	link_alias(matcher, index);
	count_words(matcher, alias, 1);
	return 0;
}

/* --- names --- */

struct word {
	const char *text;
	uint8_t length;
	uint16_t flags;
};

static size_t cut_words(
	const struct matcher *matcher, const struct folded *name, bool plus, struct word *words)
{
	const char *at = name->text;
	size_t count = 0;

	while (*at && *at != '(' && count < WORDS_MAX) {
		const char *from = at;

		while (rewapp__is_word(*at))
			at++;
		if (at > from && at - from < REWAPP__ALIAS_MAX)
			words[count++] = (struct word){ from, (uint8_t)(at - from),
				rewapp__lexicon_flags(&matcher->lexicon, from, (size_t)(at - from)) };
		if (*at == '+' && plus && count < WORDS_MAX)
			words[count++] = (struct word){ "PLUS", 4, 0 };
		at += *at && !rewapp__is_word(*at) && *at != '(';
	}
	return count;
}

/* Links ("ET", "AND") are left out here as they are in descriptors. */
static void glue(const struct word *words, size_t count, uint8_t flags, struct glued *out)
{
	uint16_t all = WORD_GENERIC | WORD_TOWN | WORD_FIRST_NAME | WORD_SHOP | WORD_ARTICLE;
	uint16_t seen = 0;
	bool common = count > 0;

	*out = (struct glued){ .flags = flags };
	for (size_t i = 0; i < count; i++) {
		if (words[i].flags & WORD_LINK && count > 1)
			continue;
		if (out->length + words[i].length > REWAPP__ALIAS_MAX)
			break;
		if (out->length < 32)
			out->starts |= 1u << out->length;
		memcpy(out->text + out->length, words[i].text, words[i].length);
		out->length = (uint8_t)(out->length + words[i].length);
		common = common && words[i].flags & all;
		seen |= words[i].flags;
	}
	if (common)
		out->flags |= seen & WORD_TOWN              ? ALIAS_TOWN
			: seen & (WORD_GENERIC | WORD_SHOP) ? ALIAS_COMMON
							    : ALIAS_PERSON;
}

static int add_name(struct matcher *matcher, uint32_t slot, const char *text, uint8_t flags)
{
	struct folded name;
	struct word words[WORDS_MAX];
	struct glued glued;
	size_t count, length = text ? strlen(text) : 0;
	int result;

	if (length == 0)
		return 0;
	rewapp__fold(&name, text, length);
	count = cut_words(matcher, &name, false, words);
	glue(words, count, flags, &glued);
	result = add_alias(matcher, slot, &glued);
	if (result || flags & ALIAS_NEGATIVE)
		return result;
	flags = (uint8_t)((flags & ~ALIAS_NAME) | ALIAS_VARIANT);
	if (strchr(name.text, '+')) {
		glue(words, cut_words(matcher, &name, true, words), flags, &glued);
		result = add_alias(matcher, slot, &glued);
		count = cut_words(matcher, &name, false, words);
	}
	if (!result && count > 1 && words[0].flags & WORD_ARTICLE && words[0].length > 1) {
		glue(words + 1, count - 1, flags, &glued);
		if (glued.length >= 5 && !(glued.flags & (ALIAS_COMMON | ALIAS_TOWN | ALIAS_PERSON)))
			result = add_alias(matcher, slot, &glued);
	}
	if (!result && count > 1 && words[count - 1].flags & WORD_LEGAL) {
		glue(words, count - 1, flags, &glued);
		if (glued.length >= 4)
			result = add_alias(matcher, slot, &glued);
	}
	return result;
}

/* --- merchants --- */

static uint32_t city_hash(const char *city)
{
	struct folded folded;
	uint32_t hash = REWAPP__HASH_SEED;

	if (!city || !*city)
		return 0;
	rewapp__fold(&folded, city, strlen(city));
	for (uint16_t i = 0; i < folded.length; i++)
		if (rewapp__is_letter(folded.text[i]))
			hash = rewapp__hash_step(hash, folded.text[i]);
	return hash | 1;
}

static size_t facts_size(const struct facts *facts)
{
	return facts ? sizeof *facts + facts->mcc_count * sizeof *facts->mcc + 8 +
			facts->branch_count * sizeof *facts->branches
		     : 0;
}

static int add_facts(struct matcher *matcher, uint32_t slot, const struct catalogue_entry *entry)
{
	size_t head = (sizeof(struct facts) + entry->mcc_count * sizeof(uint16_t) + 7) & ~(size_t)7;
	struct facts *facts;

	if (!entry->mcc_count && !entry->branch_count)
		return 0;
	if (entry->mcc_count > 4096 || entry->branch_count > 1000000)
		return rewapp__fail(REWAPP_E_ARGUMENT, "merchant: too many category codes or branches");
	facts = rewapp__env_allocate(matcher->env, NULL, head + entry->branch_count * sizeof(struct branch));
	if (!facts)
		return no_memory();
	facts->mcc_count = (uint32_t)entry->mcc_count;
	facts->branch_count = (uint32_t)entry->branch_count;
	facts->branches = (struct branch *)(void *)((char *)facts + head);
	if (entry->mcc_count)
		memcpy(facts->mcc, entry->mcc, entry->mcc_count * sizeof *entry->mcc);
	for (size_t i = 0; i < entry->branch_count; i++) {
		struct branch *branch = &facts->branches[i];
		const char *postcode = entry->branches[i].postcode;

		*branch = (struct branch){ entry->branches[i].branch, city_hash(entry->branches[i].city),
			"" };
		if (postcode && strlen(postcode) < sizeof branch->postcode)
			memcpy(branch->postcode, postcode, strlen(postcode));
	}
	matcher->merchants[slot].facts = facts;
	matcher->facts_bytes += facts_size(facts);
	return 0;
}

static void empty_slot(struct matcher *matcher, uint32_t slot)
{
	struct merchant_slot *merchant = &matcher->merchants[slot];

	while (merchant->first_alias != REWAPP__NO_ALIAS) {
		uint32_t index = merchant->first_alias;
		struct alias *alias = &matcher->aliases[index];

		merchant->first_alias = alias->sibling;
		count_words(matcher, alias, -1);
		unlink_alias(matcher, index);
		matcher->text_garbage += alias->length;
		matcher->live_aliases--;
		alias->flags = ALIAS_FREE;
		alias->sibling = matcher->free_alias;
		matcher->free_alias = index;
	}
	matcher->facts_bytes -= facts_size(merchant->facts);
	rewapp__env_allocate(matcher->env, merchant->facts, 0);
	merchant->facts = NULL;
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
	if (!grow_buckets(matcher)) {
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
	for (uint32_t i = 0; i < matcher->merchant_count; i++)
		rewapp__env_allocate(env, matcher->merchants[i].facts, 0);
	rewapp__env_allocate(env, matcher->aliases, 0);
	rewapp__env_allocate(env, matcher->buckets, 0);
	rewapp__env_allocate(env, matcher->prefixes, 0);
	rewapp__env_allocate(env, matcher->merchants, 0);
	rewapp__env_allocate(env, matcher->numbers, 0);
	rewapp__env_allocate(env, matcher->text, 0);
	rewapp__env_allocate(env, matcher->words, 0);
	rewapp__env_allocate(env, matcher, 0);
}

static int fill_slot(struct matcher *matcher, uint32_t slot, const struct catalogue_entry *entry)
{
	int result = add_name(matcher, slot, entry->name, ALIAS_NAME);

	for (size_t i = 0; !result && i < entry->alias_count; i++)
		result = add_name(matcher, slot, entry->aliases[i], 0);
	for (size_t i = 0; !result && i < entry->negative_count; i++)
		result = add_name(matcher, slot, entry->negatives[i], ALIAS_NEGATIVE);
	return result ? result : add_facts(matcher, slot, entry);
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
	compact_text(matcher);
	return result;
}

int rewapp__matcher_remove(struct matcher *matcher, uint64_t merchant)
{
	uint32_t slot = find_slot(matcher, merchant);

	if (slot == UINT32_MAX || matcher->merchants[slot].first_alias == REWAPP__NO_ALIAS)
		return rewapp__fail(REWAPP_E_NOTFOUND, "merchant: not in the catalogue of names");
	empty_slot(matcher, slot);
	matcher->live_merchants--;
	compact_text(matcher);
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
		2 * matcher->bucket_count * sizeof *matcher->buckets +
		matcher->merchant_capacity * sizeof *matcher->merchants +
		matcher->number_capacity * sizeof *matcher->numbers + matcher->text_capacity +
		matcher->word_capacity * sizeof *matcher->words + matcher->facts_bytes;
}
