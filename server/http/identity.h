/* Who asks: what an API key proves. */
#ifndef REWAPP_HTTP_IDENTITY_H
#define REWAPP_HTTP_IDENTITY_H

#include <rewapp/types.h>

/* Bits, so that a route can name all the scopes it serves. */
enum scope {
	SCOPE_PUBLIC = 0,
	SCOPE_PLATFORM = 1, /* everything */
	SCOPE_MERCHANT = 2, /* what concerns its own merchant */
	SCOPE_TERMINAL = 4  /* a till of its merchant: purchases, inspect, redeem */
};

#define IDENTITY_TERMINAL_CAPACITY 65

struct identity {
	unsigned scope;            /* one bit of enum scope */
	struct rewapp_id merchant; /* zero for the platform */
	char terminal[IDENTITY_TERMINAL_CAPACITY];
};

#endif
