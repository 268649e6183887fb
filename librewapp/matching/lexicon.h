/* Words that mean something in bank text: towns, trades, first names, legal forms. */
#ifndef REWAPP_MATCHING_LEXICON_H
#define REWAPP_MATCHING_LEXICON_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum word_flag {
	WORD_TOWN = 1,    /* a town, or a word of a town's name */
	WORD_GENERIC = 2, /* a trade or an everyday word: "BOULANGERIE", "CAFE" */
	WORD_FIRST_NAME = 4,
	WORD_LEGAL = 8,    /* "SARL", "GMBH": carries nothing */
	WORD_LINK = 16,    /* "ET", "AND": left out of glued names */
	WORD_ARTICLE = 32, /* "LE", "THE" */
	WORD_PLACE = 64,   /* country and state codes, "CEDEX" */
	WORD_SHOP = 128,   /* what may stand before or behind any brand: "MAGASIN", "STORE", "ONLINE" */
	WORD_NUMBER = 256, /* digits, masks, references */
	WORD_WEB = 512,    /* "WWW", "COM" */
	WORD_KNOWN = 1024, /* a name, glued, that means its brand: "BURGERKING" */
	WORD_TRADE = 2048  /* from this bit on: index + 1 of words/trade_codes.c, or one of those below */
};

enum {
	WORD_TRADE_SHIFT = 11,
	TRADE_KIN = 30,  /* "FILS", "BROTHERS" */
	TRADE_HOUSE = 31 /* "ETS", "MAISON" */
};

/* A word, a name or a row can be all of these and still say nothing of its own. */
#define REWAPP__EVERYDAY (WORD_GENERIC | WORD_TOWN | WORD_FIRST_NAME | WORD_SHOP | WORD_ARTICLE)

#define REWAPP__LEXICON_SLOTS 8192
#define REWAPP__ROWS_MAX 1024

struct pattern;

struct lexicon_row {
	const struct pattern *pattern;
	uint64_t head,
		mask;  /* the characters that a text must begin with, up to eight, and where they stand */
	uint16_t next; /* of the same chain: index + 1, 0 ends */
	uint16_t length;
	uint8_t known; /* how many the head holds */
};

#define REWAPP__ROW_CHAINS 256
#define REWAPP__SHORTHAND_CHAINS 64
#define REWAPP__SHORTHANDS_MAX 512

/* Of the first `count` characters at `at`, two or four. */
static inline unsigned rewapp__row_chain(const char *at, size_t count)
{
	uint32_t letters = 0;

	memcpy(&letters, at, count);
	return letters * 0x9e3779b1u >> 24 & (REWAPP__ROW_CHAINS - 1);
}

/* Built once, read by any number of threads. */
struct lexicon {
	uint32_t hashes[REWAPP__LEXICON_SLOTS];
	uint16_t flags[REWAPP__LEXICON_SLOTS]; /* 0: free */
	struct lexicon_row rows[REWAPP__ROWS_MAX];
	uint16_t row_count;
	/* The rows of a place, longest first: by their first four characters, by two where the third or
	 * the fourth may be any, and by the first where the second may be. */
	uint16_t fours[4][REWAPP__ROW_CHAINS], pairs[4][REWAPP__ROW_CHAINS], singles[4][128];
	uint16_t shorthands[REWAPP__SHORTHAND_CHAINS], shorthand_next[REWAPP__SHORTHANDS_MAX];
};

void rewapp__lexicon_build(struct lexicon *lexicon);

#define REWAPP__LEXICON_SEED 2166136261u
#define REWAPP__LEXICON_PRIME 16777619u

static inline uint32_t rewapp__lexicon_slot(uint32_t hash)
{
	return (hash ^ hash >> 15) & (REWAPP__LEXICON_SLOTS - 1);
}

/* The flags of a word by its hash: FNV-1a from the seed, which a caller may make letter by letter. */
static inline uint16_t rewapp__lexicon_find(const struct lexicon *lexicon, uint32_t hash)
{
	uint32_t slot = rewapp__lexicon_slot(hash);

	for (; lexicon->flags[slot]; slot = (slot + 1) & (REWAPP__LEXICON_SLOTS - 1))
		if (lexicon->hashes[slot] == hash)
			return lexicon->flags[slot];
	return 0;
}

/* The first shorthand for a merchant of this name, and the next: index + 1 in the list, 0: none. */
uint16_t rewapp__lexicon_shorthand(const struct lexicon *lexicon, const char *name, uint16_t after);

/* The flags of a folded word; 0 for a word that the lists do not have. */
uint16_t rewapp__lexicon_flags(const struct lexicon *lexicon, const char *word, size_t length);

#endif
