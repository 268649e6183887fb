/* Which of many rules a purchase may fire at all: what rules ask of merchant, category, words, lines and time
 * is looked up instead of asked one by one.  Never leaves out a rule that could give points. */
#ifndef REWAPP_EARN_INDEX_H
#define REWAPP_EARN_INDEX_H

#include "earn/programme.h"

enum {
	INDEX_RULES_MIN = 65, /* with fewer rules each is asked, and each tells its reason */
	INDEX_WORDS = PROGRAMME_RULES_MAX / 64
};

/* Fills programme->index when there are rules enough.  0 or REWAPP_E_NOMEMORY. */
int rewapp__index_make(struct programme *programme);

/* Bit i stands for rule programme->order[i]. */
void rewapp__index_candidates(
	const struct programme *programme, const struct question *question, uint64_t out[INDEX_WORDS]);

#endif
