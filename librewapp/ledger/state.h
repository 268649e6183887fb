/* A wallet's state: everything that a member has in a programme, in one value of bytes.
 *
 * It follows from the log; being one value it is read, guarded and written as one row.  Lots
 * with nothing left and no hold on them are not in it any more. */
#ifndef REWAPP_LEDGER_STATE_H
#define REWAPP_LEDGER_STATE_H

#include "base/pack.h"
#include "ledger/wallet.h"

/* Appends the state.  Refs of this batch are written as distances from `base` of the row. */
void rewapp__state_write(struct pack *out, const struct wallet *wallet);

/* Fills a wallet (its account and debt are given) from a row's state and base.
 * 0, REWAPP_E_CORRUPT or REWAPP_E_NOMEMORY. */
int rewapp__state_read(struct wallet *wallet, int64_t base, const void *bytes, size_t size);

/* The same, but for the older lots of a wallet that has many: they stay shut until they are opened (0, or one of
 * these codes), and `bytes` must stay until then. */
int rewapp__state_read_shut(struct wallet *wallet, int64_t base, const void *bytes, size_t size);
int rewapp__state_open(struct wallet *wallet);

/* When time next does something to the wallet: a hold times out, a lot expires, a tier is decided again;
 * 0: never. */
int64_t rewapp__state_due_ms(const struct wallet *wallet);

#endif
