/* The word lists of patterns.c in one hash table, and the rows' first characters. */
#include "matching/lexicon.h"

#include "matching/patterns.h"

#include <string.h>

static uint32_t hash_word(const char *word, size_t length)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)word[i]) * 16777619u;
	hash ^= hash >> 15;
	return hash ? hash : 1;
}

static void add_word(struct lexicon *lexicon, const char *word, size_t length, uint16_t flags)
{
	uint32_t hash = hash_word(word, length);
	size_t slot = hash % REWAPP__LEXICON_SLOTS;

	while (lexicon->slots[slot].hash && lexicon->slots[slot].hash != hash)
		slot = (slot + 1) % REWAPP__LEXICON_SLOTS;
	lexicon->slots[slot].hash = hash;
	lexicon->slots[slot].flags |= flags;
}

static void add_list(struct lexicon *lexicon, const struct word_list *list)
{
	const char *at = list->words;

	while (*at) {
		size_t length = strcspn(at, " ");

		if (length)
			add_word(lexicon, at, length, list->flags);
		at += length;
		at += *at == ' ';
	}
}

void rewapp__lexicon_build(struct lexicon *lexicon)
{
	memset(lexicon, 0, sizeof *lexicon);
	for (size_t i = 0; i < rewapp__word_list_count; i++)
		add_list(lexicon, &rewapp__word_lists[i]);
	for (size_t i = rewapp__pattern_count; i-- > 0;) {
		const struct pattern *row = &rewapp__patterns[i];
		unsigned char first = (unsigned char)row->text[0];

		lexicon->next_row[i] = lexicon->first_row[row->place][first];
		lexicon->first_row[row->place][first] = (uint16_t)(i + 1);
	}
}

uint16_t rewapp__lexicon_flags(const struct lexicon *lexicon, const char *word, size_t length)
{
	uint32_t hash = hash_word(word, length);
	size_t slot = hash % REWAPP__LEXICON_SLOTS;

	while (lexicon->slots[slot].hash) {
		if (lexicon->slots[slot].hash == hash)
			return lexicon->slots[slot].flags;
		slot = (slot + 1) % REWAPP__LEXICON_SLOTS;
	}
	return 0;
}
