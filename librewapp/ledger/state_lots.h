/* The lots in a wallet's state.
 *
 * Lots of one wallet are alike, so each is told from the one before it.  Where a wallet has many, the older
 * ones stand at the end of its state and may stay shut: their bytes are copied from one state to the next,
 * and a lot that goes behind them is told from the last of them.  So a credit costs as much in a wallet of a
 * hundred lots as in one of ten. */
#ifndef REWAPP_LEDGER_STATE_LOTS_H
#define REWAPP_LEDGER_STATE_LOTS_H

#include "base/pack.h"
#include "ledger/wallet.h"

/* Refs of the batch that writes are told as distances from `base` of the row. */
static inline void rewapp__row_ref_put(struct pack *pack, ref number)
{
	rewapp__pack_uint(pack, number < 0 ? (uint64_t)(-number - 1) << 1 | 1 : (uint64_t)number << 1);
}

static inline ref rewapp__row_ref_get(struct unpack *from, int64_t base)
{
	uint64_t value = rewapp__unpack_uint(from);

	return rewapp__wrapped_sum((ref)(value >> 1), value & 1 ? base : 0);
}

/* Which lots stand at the end of the state: those that are shut, and as many of the open ones behind them as
 * can be.  It follows from the lots alone, whether they are shut now or not. */
struct shut_lots rewapp__state_to_shut(const struct wallet *wallet);

/* What is to be known of the lots that are shut, and the others. */
void rewapp__state_lots_put(struct pack *pack, const struct wallet *wallet, const struct shut_lots *shut);

/* The lots that are shut. */
void rewapp__state_shut_put(struct pack *pack, const struct wallet *wallet, const struct shut_lots *shut);

/* Of a wallet that has no lots yet.  False when memory is exhausted. */
bool rewapp__state_lots_get(struct wallet *wallet, struct unpack *from, int64_t base);

/* All that is left are the lots that are shut; they stay so. */
void rewapp__state_shut_get(struct unpack *from, struct wallet *wallet);

/* Opens them.  False when they are not what the state says of them; else *fits says whether there was memory
 * for them. */
bool rewapp__state_shut_open(struct wallet *wallet, bool *fits);

#endif
