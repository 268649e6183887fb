/* Wallets that are due before their rows say so: a heap by instant, of a store that one process owns.
 *
 * Wallets change in memory and their rows follow later, so a sweep finds by the rows only those whose row is
 * right, or too early.  The others stand here.  An entry is left behind when its wallet changes again; what
 * it says is compared with the wallet before it is believed. */
#ifndef REWAPP_LEDGER_DUES_H
#define REWAPP_LEDGER_DUES_H

#include <rewapp/sys/env.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kept_wallet;

struct due {
	int64_t due_ms;
	struct kept_wallet *wallet;
};

struct dues {
	struct due *heap; /* the soonest first */
	size_t count, capacity;
};

void rewapp__dues_finish(struct dues *dues, const struct rewapp_env *env);

/* Makes room for `count` more, dropping entries that say nothing any more.  False: no memory. */
bool rewapp__dues_reserve(struct dues *dues, const struct rewapp_env *env, size_t count);

/* The wallet's row says that it is due later, or never; there is room.  Once for each instant. */
void rewapp__dues_add(struct dues *dues, struct kept_wallet *wallet);

/* Takes out the wallet that is due first, by `now_ms`; NULL: none is.  There is room to add it again. */
struct kept_wallet *rewapp__dues_take(struct dues *dues, int64_t now_ms);

#endif
