/* What a rule type is: one file in rules/ with one of these, and its name in meson.build. */
#ifndef REWAPP_EARN_RULE_H
#define REWAPP_EARN_RULE_H

#include "base/json.h"
#include "earn/programme.h"

#include <rewapp/errors.h>

struct earn_rule_type {
	const char *name;    /* the word in documents */
	const char *doc;     /* one line */
	const char *keys[4]; /* that its rules take besides the common ones, NULL behind the last */

	/* Reads those keys into `rule`; `place` begins the messages ("rules[2]").  0 or a REWAPP_E_ code. */
	int (*parse)(const cJSON *object, const char *place, struct rule *rule);

	/* Points for `amount` >= 0, `before` being what the rules before it gave.  Rounds down, once; never
	 * falls when `amount` or `before` grow.  False when the result leaves 64 bits. */
	bool (*points)(const struct rule *rule, int64_t amount, int64_t before, int64_t *out);

	int nothing; /* enum rewapp_reason when the result is 0 */
};

/* A required integer from `min` to `max`. */
int rewapp__earn_integer(
	const cJSON *object, const char *place, const char *key, int64_t min, int64_t max, int64_t *out);

#endif
