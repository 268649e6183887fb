/* The chain over a store's log. */
#include "storage/chain.h"

#include <sodium.h>

static void put_number(uint8_t out[8], uint64_t value)
{
	for (int i = 0; i < 8; i++)
		out[i] = (uint8_t)(value >> 8 * i);
}

void rewapp__chain_next(uint8_t head[CHAIN_BYTES], int64_t seq, const void *record, size_t size)
{
	crypto_generichash_state state;
	uint8_t numbers[16];

	put_number(numbers, (uint64_t)seq);
	put_number(numbers + 8, size);
	crypto_generichash_init(&state, NULL, 0, CHAIN_BYTES);
	crypto_generichash_update(&state, head, CHAIN_BYTES);
	crypto_generichash_update(&state, numbers, sizeof numbers);
	crypto_generichash_update(&state, record, size);
	crypto_generichash_final(&state, head, CHAIN_BYTES);
}
