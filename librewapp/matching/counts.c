/* How often a word stands behind the first place of the catalogue's names: "MARKET" often, so a
 * merchant called Market is not meant by every text that holds it. */
#include "matching/matcher.h"

#include "base/arena.h"

#include <string.h>

static struct word_count *place(struct word_count *words, uint32_t capacity, uint32_t hash)
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
	return place(matcher->words, matcher->word_capacity, rewapp__hash_text(word, length) | 1)->count;
}

bool rewapp__words_grow(struct matcher *matcher)
{
	uint32_t capacity = matcher->word_capacity ? matcher->word_capacity * 2 : 256;
	struct word_count *bigger;

	if ((matcher->word_count + REWAPP__WORDS_MAX) * 4 <= matcher->word_capacity * 3)
		return true;
	bigger = rewapp__env_allocate(matcher->env, NULL, capacity * sizeof *bigger);
	if (!bigger)
		return false;
	memset(bigger, 0, capacity * sizeof *bigger);
	for (uint32_t i = 0; i < matcher->word_capacity; i++)
		if (matcher->words[i].hash)
			*place(bigger, capacity, matcher->words[i].hash) = matcher->words[i];
	rewapp__env_allocate(matcher->env, matcher->words, 0);
	matcher->words = bigger;
	matcher->word_capacity = capacity;
	return true;
}

static void count(struct matcher *matcher, const char *text, size_t length, int step)
{
	uint32_t hash = rewapp__hash_text(text, length) | 1;
	struct word_count *word = place(matcher->words, matcher->word_capacity, hash);

	matcher->word_count += !word->hash;
	word->hash = hash;
	word->count += (uint32_t)step;
}

/* There is room for them: what went uncounted would later be counted down. */
void rewapp__words_count(struct matcher *matcher, const struct alias *alias, int step)
{
	const char *text = matcher->text + alias->text;
	uint8_t from = 0;

	if (!alias->starts || alias->flags & (ALIAS_VARIANT | ALIAS_NEGATIVE))
		return;
	while (from < alias->length) {
		uint8_t to = (uint8_t)(from + 1);

		while (to < alias->length && (to >= 32 || !(alias->starts >> to & 1)))
			to++;
		if (from && to - from >= 3)
			count(matcher, text + from, (size_t)(to - from), step);
		from = to;
	}
}
