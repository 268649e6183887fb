/* The chain over a store's log. */
#include "storage/chain.h"

#include <sodium.h>

static void put_number(uint8_t out[8], uint64_t value)
{
	for (int i = 0; i < 8; i++)
		out[i] = (uint8_t)(value >> 8 * i);
}

void rewapp__chain_next(uint8_t head[CHAIN_BYTES], const struct chain_row *row)
{
	const uint64_t values[] = { (uint64_t)row->seq, (uint64_t)row->next, (uint64_t)row->at_ms,
		row->size };
	crypto_generichash_state state;
	uint8_t numbers[sizeof values];

	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		put_number(numbers + 8 * i, values[i]);
	crypto_generichash_init(&state, NULL, 0, CHAIN_BYTES);
	crypto_generichash_update(&state, head, CHAIN_BYTES);
	crypto_generichash_update(&state, numbers, sizeof numbers);
	crypto_generichash_update(&state, row->record, row->size);
	crypto_generichash_final(&state, head, CHAIN_BYTES);
}
