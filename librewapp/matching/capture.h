/* Does one row of banks/ fit a text, and what does it catch? */
#ifndef REWAPP_MATCHING_CAPTURE_H
#define REWAPP_MATCHING_CAPTURE_H

#include "matching/fold.h"

struct capture {
	int day, month, year;
	uint16_t card_from, card_to;
	int64_t amount;
	char currency[4];
	bool has_amount;
	bool named; /* the month by its name: nobody writes it first */
};

/* Where the pattern `row` (language: patterns.h) ends when it fits at `at`, else NULL.  Its first `known`
 * characters stand for themselves and are known to be there. */
const char *rewapp__pattern_match(
	const struct folded *text, const char *row, uint8_t known, const char *at, struct capture *capture);

#endif
