/* The lists of words/ in one hash table, and the rows of banks/ by their first characters. */
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

	while (lexicon->hashes[slot] && lexicon->hashes[slot] != hash)
		slot = (slot + 1) % REWAPP__LEXICON_SLOTS;
	lexicon->hashes[slot] = hash;
	lexicon->flags[slot] |= flags;
}

static void add_words(struct lexicon *lexicon, const struct word_table *table)
{
	for (size_t i = 0; i < table->count; i++) {
		for (const char *at = table->lists[i].words; *at;) {
			size_t length = strcspn(at, " ");

			if (length)
				add_word(lexicon, at, length, table->lists[i].flags);
			at += length;
			at += *at == ' ';
		}
	}
}

/* Behind the rows whose text is as long or longer. */
static void add_row(struct lexicon *lexicon, const struct pattern *pattern)
{
	struct lexicon_row *row = &lexicon->rows[lexicon->row_count];
	uint16_t *at = &lexicon->first_row[pattern->place][(unsigned char)pattern->text[0] & 127];
	size_t length = strlen(pattern->text);
	char second = pattern->text[1];

	if (lexicon->row_count == REWAPP__ROWS_MAX)
		return;
	while (*at && strlen(lexicon->rows[*at - 1].pattern->text) >= length)
		at = &lexicon->rows[*at - 1].next;
	row->pattern = pattern;
	row->second = pattern->text[0] == '%' || second == '%' || second == '_' || second == ' ' ? '\0'
												 : second;
	row->next = *at;
	*at = ++lexicon->row_count;
}

static void add_rows(struct lexicon *lexicon, const struct pattern_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		add_row(lexicon, &table->rows[i]);
}

void rewapp__lexicon_build(struct lexicon *lexicon)
{
	memset(lexicon, 0, sizeof *lexicon);
#define ADD(name) add_words(lexicon, &rewapp__words_##name);
	REWAPP__WORDS_MAP(ADD)
#undef ADD
#define ADD(name) add_rows(lexicon, &rewapp__bank_##name);
	REWAPP__BANK_MAP(ADD)
#undef ADD
}

uint16_t rewapp__lexicon_flags(const struct lexicon *lexicon, const char *word, size_t length)
{
	uint32_t hash = hash_word(word, length);
	size_t slot = hash % REWAPP__LEXICON_SLOTS;

	for (; lexicon->hashes[slot]; slot = (slot + 1) % REWAPP__LEXICON_SLOTS)
		if (lexicon->hashes[slot] == hash)
			return lexicon->flags[slot];
	return 0;
}
