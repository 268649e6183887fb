/* A ledger as it is usually laid out in SQL, by hand and bare: the yardstick of batches.
 *
 * Prepared statements only; no rules, no matching, no limits, no receipts. */
#ifndef REWAPP_BENCH_CONVENTIONAL_H
#define REWAPP_BENCH_CONVENTIONAL_H

#include <stddef.h>
#include <stdint.h>

struct conventional;

/* A new store in the file `path`: `members` wallets and `funders` accounts that pay them.  WAL,
 * synchronous=FULL, the engine's page size and cache. */
struct conventional *conventional_open(const char *path, int64_t members, int64_t funders);

/* `count` earnings in one transaction, between a random funder and a random member: a transfer under a
 * unique key of 16 bytes, two entries, two balances with their versions, a lot with its expiry, and a
 * chain of BLAKE2b hashes. */
void conventional_batch(struct conventional *store, size_t count);
void conventional_close(struct conventional *store);

#endif
