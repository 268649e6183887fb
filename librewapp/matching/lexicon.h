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
	WORD_WEB = 512,    /* "WWW", "COM" */
	WORD_KNOWN = 1024  /* a name, glued, that means its brand: "BURGERKING" */
};

/* A word, a name or a row can be all of these and still say nothing of its own. */
#define REWAPP__EVERYDAY (WORD_GENERIC | WORD_TOWN | WORD_FIRST_NAME | WORD_SHOP | WORD_ARTICLE)

#define REWAPP__LEXICON_SLOTS 8192
#define REWAPP__ROWS_MAX 1024

struct pattern;

struct lexicon_row {
	const struct pattern *pattern;
	uint16_t next; /* of the same place and first character: index + 1, 0 ends */
	char second;   /* the second character; 0: any */
};

/* Built once, read by any number of threads. */
struct lexicon {
	uint32_t hashes[REWAPP__LEXICON_SLOTS]; /* 0: free */
	uint16_t flags[REWAPP__LEXICON_SLOTS];
	struct lexicon_row rows[REWAPP__ROWS_MAX];
	uint16_t row_count;
	uint16_t first_row[4][128]; /* by place and first character: index + 1, 0: none */
};

void rewapp__lexicon_build(struct lexicon *lexicon);

/* The flags of a folded word; 0 for a word that the lists do not have. */
uint16_t rewapp__lexicon_flags(const struct lexicon *lexicon, const char *word, size_t length);

#endif
