/* How banks write: the rows that descriptor.c reads, and the word lists. */
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
 * Pattern language, over folded text; rows are tried in order, the first that fits wins:
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
	PATTERN_CARD = 2, /* %c names the payer's card: its last four digits are kept */
	PATTERN_WEAK = 4  /* the kind gives way to any other row's */
};

struct pattern {
	enum pattern_place place;
	enum operation operation; /* OPERATION_UNKNOWN: says nothing about it */
	uint8_t flags;
	const char *family; /* for VIA the acquirer's name */
	const char *text;
};

extern const struct pattern rewapp__patterns[];
extern const size_t rewapp__pattern_count;

struct word_list {
	uint16_t flags;
	const char *words; /* separated by spaces and line ends */
};

extern const struct word_list rewapp__word_lists[];
extern const size_t rewapp__word_list_count;

#endif
