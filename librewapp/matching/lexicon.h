/* Words that mean something in bank text: towns, trades, first names, legal forms. */
#ifndef REWAPP_MATCHING_LEXICON_H
#define REWAPP_MATCHING_LEXICON_H

#include <stddef.h>
#include <stdint.h>

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
	WORD_WEB = 512     /* "WWW", "COM" */
};

#define REWAPP__LEXICON_SLOTS 8192
#define REWAPP__ROWS_MAX 1024

/* Built once, read by any number of threads. */
struct lexicon {
	struct {
		uint32_t hash;
		uint16_t flags;
	} slots[REWAPP__LEXICON_SLOTS];
	/* The rows of patterns.h by place and first character, in their order: index + 1, 0 ends. */
	uint16_t first_row[4][128];
	uint16_t next_row[REWAPP__ROWS_MAX];
};

void rewapp__lexicon_build(struct lexicon *lexicon);

/* The flags of a folded word; 0 for a word that the lists do not have. */
uint16_t rewapp__lexicon_flags(const struct lexicon *lexicon, const char *word, size_t length);

#endif
