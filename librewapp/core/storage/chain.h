/* The chain over a store's log: each row's hash is of the row and of the hash before it. */
#ifndef REWAPP_STORAGE_CHAIN_H
#define REWAPP_STORAGE_CHAIN_H

#include <stddef.h>
#include <stdint.h>

enum {
	CHAIN_BYTES = 32
};

/* `head` becomes BLAKE2b-256 of: head, seq and size as 8 bytes each, lowest first, and the
 * record.  The head before the first row is zero. */
void rewapp__chain_next(uint8_t head[CHAIN_BYTES], int64_t seq, const void *record, size_t size);

#endif
