/* What is known of a purchase when its points are decided. */
#ifndef REWAPP_EARN_FACTS_H
#define REWAPP_EARN_FACTS_H

#include "base/pack.h"

#include <rewapp/types.h>
#include <stdbool.h>

enum {
	EARN_COUNTERS_MAX = 64,
	EARN_LINES_MAX = 512,
	EARN_SEGMENTS_MAX = 64
};

/* One line of the ticket; texts are borrowed and may be NULL. */
struct earn_line {
	const char *sku, *category;
	int64_t quantity; /* >= 0 */
	int64_t amount;   /* >= 0, what is asked for all of it, minor units */
	bool excluded;    /* earns nothing: a gift card that is sold, tobacco, a deposit */
};

/* Zero, NULL and an empty list mean unknown, and an unknown fact satisfies no condition. */
struct earn_facts {
	struct rewapp_id merchant; /* zero: none recognised */
	int32_t mcc;               /* 0: unknown */
	int64_t amount;            /* >= 0, minor units of the programme's currency */
	int64_t occurred_ms;
	int64_t used[EARN_COUNTERS_MAX]; /* what each counter holds, in the order of rewapp__earn_counters()
					  */
	struct rewapp_id store;
	const struct earn_line *lines; /* their amounts together are at most `amount` */
	size_t line_count;
	int64_t unpaid; /* the part of `amount` that points or gift cards paid: earns nothing */
	int64_t nth;    /* 1: the member's first purchase in the programme */
	const char *channel, *payment, *tier;
	const char *card;            /* a token for the payment card */
	const char *const *segments; /* that the member belongs to */
	size_t segment_count;
	bool referred; /* the member came through another one's referral */
};

/* Appends what is known besides merchant, MCC, amount and time; nothing when nothing is. */
void rewapp__facts_encode(const struct earn_facts *facts, struct pack *to);

/* Reads it back into *out, whose other members are left alone; texts are copied into `arena`.
 * Returns 0, REWAPP_E_CORRUPT, REWAPP_E_NOMEMORY. */
int rewapp__facts_decode(const void *bytes, size_t size, struct arena *arena, struct earn_facts *out);

#endif
