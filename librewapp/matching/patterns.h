/* How banks write: the rows that descriptor.c reads (banks/), and the word lists (words/). */
#ifndef REWAPP_MATCHING_PATTERNS_H
#define REWAPP_MATCHING_PATTERNS_H

#include "matching/descriptor.h"
#include "matching/lexicon.h"

/* Where a row applies:
 *   OPEN   at the start; taken away, then rows are tried again behind it
 *   CLOSE  at the start of any later word; the merchant's zone ends there
 *   WORD   anywhere; gives the kind of operation and takes nothing away
 *   VIA    as OPEN, and names an acquirer or wallet
 *
 * Pattern language, over folded text; of the rows that fit, the one with the longest text wins,
 * then the one listed first:
 *   space  one or more spaces          _  any spaces and marks, or none
 *   %d     a date: 12/03, 12/03/26, 12.03.2026, 120326, 13DEC26, 2026-03-12, XX/XX
 *   %D     as %d, and four digits that make a day and a month: 1203
 *   %t     a time: 14H05, 14:05, 14H05M09
 *   %c     a card: at least two of digits, X and stars
 *   %n     one or more digits          %w  one word
 *   %r     a reference: a word with a digit in it
 *   %s     a word, of nothing but digits and X, or nothing
 *   %a     an amount: 12,50  1.234,56  %u  a currency: EUR, USD, ...
 *   %p     a postcode of five digits   %e  the end of the text
 * A row that ends in a letter or digit ends at the end of a word. */
enum pattern_place {
	PATTERN_OPEN,
	PATTERN_CLOSE,
	PATTERN_WORD,
	PATTERN_VIA
};

enum pattern_flag {
	PATTERN_TOWN_FIRST = 1,
	PATTERN_CARD = 2,  /* %c names the payer's card: its last four digits are kept */
	PATTERN_STAYS = 8, /* takes nothing away: "PRET A MANGER" is no loan */
	PATTERN_WEAK = 4   /* the kind gives way to any other row's */
};

struct pattern {
	enum pattern_place place;
	enum operation operation; /* OPERATION_UNKNOWN: says nothing about it */
	uint8_t flags;
	const char *family; /* for VIA the acquirer's name */
	const char *text;
};

struct pattern_table {
	const struct pattern *rows;
	size_t count;
};

struct word_list {
	uint16_t flags;
	const char *words; /* separated by spaces */
};

struct word_table {
	const struct word_list *lists;
	size_t count;
};

/* A text that bank lines use for a well-known merchant, who bears `name` in the catalogue. */
struct shorthand {
	const char *name, *text;
};

/* Words of a trade, and the MCC that its houses have: from first to last. */
#define REWAPP__TRADE_RANGES 4

struct trade {
	const char *words;
	uint16_t mcc[REWAPP__TRADE_RANGES][2];
};

extern const struct trade rewapp__trades[];
extern const size_t rewapp__trade_count;
extern const char rewapp__kin_words[], rewapp__house_words[];

/* ISO 3166. */
struct country {
	char code3[4], code2[3];
};

extern const struct country rewapp__countries[];
extern const size_t rewapp__country_count;

/* One file of banks/ or words/ each. */
#define REWAPP__BANK_MAP(X) \
	X(any_bank) X(france) X(neobanks) X(britain) X(america) X(germany) X(elsewhere) X(acquirers)
#define REWAPP__WORDS_MAP(X) X(grammar) X(shops) X(trades) X(first_names) X(surnames) X(towns) X(known_names)

#define REWAPP__BANK(name) extern const struct pattern_table rewapp__bank_##name;
REWAPP__BANK_MAP(REWAPP__BANK)
#undef REWAPP__BANK
#define REWAPP__WORDS(name) extern const struct word_table rewapp__words_##name;
REWAPP__WORDS_MAP(REWAPP__WORDS)
#undef REWAPP__WORDS

extern const struct shorthand rewapp__shorthand[];
extern const size_t rewapp__shorthand_count;

#endif
