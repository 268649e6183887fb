/* The lists of words/ in one hash table, and the rows of banks/ by their first characters. */
#include "matching/lexicon.h"

#include "matching/patterns.h"

#include <string.h>

static uint32_t hash_word(const char *word, size_t length)
{
	uint32_t hash = REWAPP__LEXICON_SEED;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)word[i]) * REWAPP__LEXICON_PRIME;
	return hash;
}

static void add_word(struct lexicon *lexicon, const char *word, size_t length, uint16_t flags)
{
	uint32_t hash = hash_word(word, length), slot = rewapp__lexicon_slot(hash);

	while (lexicon->flags[slot] && lexicon->hashes[slot] != hash)
		slot = (slot + 1) & (REWAPP__LEXICON_SLOTS - 1);
	lexicon->hashes[slot] = hash;
	lexicon->flags[slot] |= flags;
}

static void add_list(struct lexicon *lexicon, const char *at, uint16_t flags)
{
	while (*at) {
		size_t length = strcspn(at, " ");

		if (length)
			add_word(lexicon, at, length, flags);
		at += length;
		at += *at == ' ';
	}
}

static void add_words(struct lexicon *lexicon, const struct word_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		add_list(lexicon, table->lists[i].words, table->lists[i].flags);
}

/* A word has one trade. */
static void add_trades(struct lexicon *lexicon)
{
	for (size_t i = 0; i < rewapp__trade_count; i++)
		add_list(lexicon, rewapp__trades[i].words, (uint16_t)((i + 1) << WORD_TRADE_SHIFT));
	add_list(lexicon, rewapp__kin_words, TRADE_KIN << WORD_TRADE_SHIFT);
	add_list(lexicon, rewapp__house_words, (uint16_t)(TRADE_HOUSE << WORD_TRADE_SHIFT));
}

/* The characters before the first that can stand for several. */
static void make_head(struct lexicon_row *row)
{
	const char *text = row->pattern->text;
	char head[sizeof row->head] = { 0 }, mask[sizeof row->mask] = { 0 };

	while (row->known < sizeof head && text[row->known] && !strchr("% _", text[row->known])) {
		head[row->known] = text[row->known];
		mask[row->known++] = (char)0xff;
	}
	memcpy(&row->head, head, sizeof head);
	memcpy(&row->mask, mask, sizeof mask);
}

static uint16_t *chain_of(struct lexicon *lexicon, const struct lexicon_row *row)
{
	enum pattern_place place = row->pattern->place;
	const char *text = row->pattern->text;

	if (row->known >= 4)
		return &lexicon->fours[place][rewapp__row_chain(text, 4)];
	if (row->known >= 2)
		return &lexicon->pairs[place][rewapp__row_chain(text, 2)];
	return &lexicon->singles[place][(unsigned char)text[0] & 127];
}

/* Behind the rows whose text is as long or longer. */
static void add_row(struct lexicon *lexicon, const struct pattern *pattern)
{
	struct lexicon_row *row = &lexicon->rows[lexicon->row_count];
	uint16_t *at;

	if (lexicon->row_count == REWAPP__ROWS_MAX)
		return;
	*row = (struct lexicon_row){ .pattern = pattern, .length = (uint16_t)strlen(pattern->text) };
	make_head(row);
	at = chain_of(lexicon, row);
	while (*at && lexicon->rows[*at - 1].length >= row->length)
		at = &lexicon->rows[*at - 1].next;
	row->next = *at;
	*at = ++lexicon->row_count;
}

static void add_rows(struct lexicon *lexicon, const struct pattern_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		add_row(lexicon, &table->rows[i]);
}

static void add_shorthands(struct lexicon *lexicon)
{
	for (size_t i = rewapp__shorthand_count; i-- > 0;) {
		const char *name = rewapp__shorthand[i].name;
		uint16_t *chain =
			&lexicon->shorthands[hash_word(name, strlen(name)) % REWAPP__SHORTHAND_CHAINS];

		if (i >= REWAPP__SHORTHANDS_MAX)
			continue;
		lexicon->shorthand_next[i] = *chain;
		*chain = (uint16_t)(i + 1);
	}
}

uint16_t rewapp__lexicon_shorthand(const struct lexicon *lexicon, const char *name, uint16_t after)
{
	uint16_t at = after ? lexicon->shorthand_next[after - 1]
			    : lexicon->shorthands[hash_word(name, strlen(name)) % REWAPP__SHORTHAND_CHAINS];

	while (at && strcmp(rewapp__shorthand[at - 1].name, name) != 0)
		at = lexicon->shorthand_next[at - 1];
	return at;
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
	add_trades(lexicon);
	add_shorthands(lexicon);
}

uint16_t rewapp__lexicon_flags(const struct lexicon *lexicon, const char *word, size_t length)
{
	return rewapp__lexicon_find(lexicon, hash_word(word, length));
}
