/* The parts of a programme document that have files of their own. */
#ifndef REWAPP_EARN_PARTS_H
#define REWAPP_EARN_PARTS_H

#include "earn/programme.h"

/* "caps" of a rule, or of the programme with `rule` -1; `place` ends before the key. */
int rewapp__caps_parse(
	struct reader *reader, struct programme *programme, const cJSON *object, const char *place, int rule);

/* "groups", before the rules. */
int rewapp__groups_parse(struct reader *reader, struct programme *programme, const cJSON *document);

/* "group" and "priority" of a rule. */
int rewapp__rank_parse(struct reader *reader, const struct programme *programme, const cJSON *object,
	const char *place, struct rule *rule);

/* Fills programme->order.  0 or REWAPP_E_NOMEMORY. */
int rewapp__order_make(struct programme *programme);

/* "tiers". */
int rewapp__tiers_parse(struct reader *reader, struct programme *programme, const cJSON *document);

/* "vouchers", "gift_cards", "achievements", "referral", "transfers". */
int rewapp__templates_parse(struct reader *reader, struct programme *programme, const cJSON *document);

/* "tests", after the rules. */
int rewapp__tests_parse(struct reader *reader, struct programme *programme, const cJSON *document);

#endif
