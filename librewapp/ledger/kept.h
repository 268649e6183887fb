/* What a process that owns its store keeps in memory: members and wallets that were read or written, and
 * where the record of each command is.  Wallets' rows are written later, in slices.
 *
 * Nothing here reads storage.  What a batch changes is staged first, which takes all memory it needs, and
 * becomes true when the batch is stored, which cannot fail. */
#ifndef REWAPP_LEDGER_KEPT_H
#define REWAPP_LEDGER_KEPT_H

#include "base/map.h"
#include "ledger/ids.h"
#include "ledger/wallet.h"

struct kept_member {
	ref number;
	int32_t status;
	bool has_key, known; /* known: false after somebody has written it */
	uint8_t key[32];
};

/* A value of ledger/state.h with its base. */
struct kept_state {
	uint8_t *bytes; /* NULL: there is no wallet */
	size_t size;
	ref number; /* of the wallet */
	int64_t base, due_ms;
};

struct kept_wallet {
	ref member, programme;
	struct kept_state now, staged;
	int64_t stored_base, stored_due_ms; /* of the row in storage; base 0: there is none */
	bool dirty;                         /* the row is older than what is here */
	struct kept_wallet *next_staged, *next_dirty;
};

struct kept {
	const struct rewapp_env *env;
	struct arena arena; /* members, wallets and the maps; states are their own */
	struct map members, wallets;
	struct ids ids;
	struct kept_wallet *staged, *dirty;
	size_t dirty_count; /* of the list */
};

void rewapp__kept_init(struct kept *kept, const struct rewapp_env *env);
void rewapp__kept_finish(struct kept *kept);

/* NULL: not in memory. */
const struct kept_member *rewapp__kept_member(const struct kept *kept, const struct rewapp_id *id);
const struct kept_wallet *rewapp__kept_wallet(const struct kept *kept, ref member, ref programme);

/* Keeps what was read.  Without memory it is not kept, and will be read again. */
void rewapp__kept_add_member(struct kept *kept, const struct rewapp_id *id, const struct kept_member *member);
void rewapp__kept_add_wallet(struct kept *kept, const struct wallet *wallet, const void *state, size_t size);

/* The member's row is written by the batch: it will be read again. */
void rewapp__kept_forget_member(struct kept *kept, const struct rewapp_id *id);

/* Stages the wallet's new state; member and programme have numbers already.  0 or REWAPP_E_NOMEMORY. */
int rewapp__kept_stage(struct kept *kept, const struct wallet *wallet, const void *state, size_t size);

/* The staged states follow from the log now, by the batch whose first number is `base`; or they do not. */
void rewapp__kept_accept(struct kept *kept, int64_t base);
void rewapp__kept_refuse(struct kept *kept);

/* The wallet's row is written: its newest state is in storage. */
void rewapp__kept_written(struct kept_wallet *wallet);

#endif
