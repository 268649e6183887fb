/* The chain over a store's log: each row's hash is of the row and of the hash before it. */
#ifndef REWAPP_STORAGE_CHAIN_H
#define REWAPP_STORAGE_CHAIN_H

#include <stddef.h>
#include <stdint.h>

enum {
	CHAIN_BYTES = 32
};

/* A row of the log. */
struct chain_row {
	int64_t seq, next; /* the number of its first command; the first that its batch left free */
	int64_t at_ms;     /* never before the row before it */
	const void *record;
	size_t size;
};

/* `head` becomes BLAKE2b-256 of: head; seq, next, at_ms and size as 8 bytes each, lowest first; the
 * record.  The head before the first row is zero. */
void rewapp__chain_next(uint8_t head[CHAIN_BYTES], const struct chain_row *row);

#endif
