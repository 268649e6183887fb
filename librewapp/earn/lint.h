/* What a programme probably does not mean: rules that never fire, that others shadow, that cost without end.
 */
#ifndef REWAPP_EARN_LINT_H
#define REWAPP_EARN_LINT_H

#include "earn/programme.h"

struct lint_finding {
	enum rewapp_problem problem;
	int rule;           /* index; -1: of the whole programme, and within is its key */
	int other;          /* the rule it is about besides, or -1 */
	const char *within; /* key within the rule ("when"), "" for all of it */
	const char *why;    /* one line; static */
};

/* Calls `found` for each finding, in the order of the rules.  `now_ms` tells which dates have passed. */
void rewapp__lint(const struct programme *programme, int64_t now_ms,
	void (*found)(void *user, const struct lint_finding *finding), void *user);

#endif
