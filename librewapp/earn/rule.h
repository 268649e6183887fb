/* What a rule type is: one file in rules/ with one of these, and its name in meson.build. */
#ifndef REWAPP_EARN_RULE_H
#define REWAPP_EARN_RULE_H

#include "earn/programme.h"
#include "earn/reader.h"

#include <rewapp/errors.h>

/* Points before they are rounded: ten-thousandths, so that every rate is exact. */
__extension__ typedef __int128 earn_fine;
enum {
	EARN_FINE = 10000
};

/* What a rule's points are counted from. */
struct earn_base {
	int64_t amount;   /* >= 0: paid for the purchase, or for the lines that the rule is on */
	int64_t quantity; /* of those lines */
	earn_fine before; /* what the rules before it gave, without bonuses */
};

struct earn_rule_type {
	const char *name;    /* the word in documents */
	const char *doc;     /* one line */
	const char *keys[4]; /* that its rules take besides the common ones, NULL behind the last */

	/* Reads those keys into `rule`; `place` begins the messages ("rules[2]").  0 or a REWAPP_E_ code. */
	int (*parse)(struct reader *reader, const cJSON *object, const char *place, struct rule *rule);

	/* The points; never fall when the base grows.  False when they leave 64 bits. */
	bool (*points)(const struct rule *rule, const struct earn_base *base, earn_fine *out);

	int nothing;   /* enum rewapp_reason when the result is 0 */
	bool by_line;  /* may be counted line by line: the sum of the lines is the whole */
	bool aside;    /* no multiplier multiplies it */
	bool of_spend; /* counts money, and gives nothing where none was paid */
};

/* Whole points in ten-thousandths; false when they leave 64 bits. */
static inline bool rewapp__fine_of(int64_t points, earn_fine *out)
{
	*out = (earn_fine)points * EARN_FINE;
	return true;
}

#endif
