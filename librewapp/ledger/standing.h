/* Where a member stands in the tiers of a programme: a part of the wallet's state, and of records. */
#ifndef REWAPP_LEDGER_STANDING_H
#define REWAPP_LEDGER_STANDING_H

#include "base/pack.h"

enum {
	STANDING_NAME_BYTES = 32
};

struct standing {
	char tier[STANDING_NAME_BYTES];  /* its id; "": none */
	char floor[STANDING_NAME_BYTES]; /* what the member keeps in any case; "": nothing */
	int64_t since_ms, until_ms;      /* until it is decided again; 0: never */
	int64_t floor_until_ms;          /* 0: for ever */
	int64_t anchor;                  /* the day of the first purchase that counted */
	bool set;                        /* something has counted at all */
};

void rewapp__standing_put(const struct standing *standing, struct pack *out);

/* What was put; failed when it cannot have been. */
void rewapp__standing_get(struct unpack *from, struct standing *out);

#endif
