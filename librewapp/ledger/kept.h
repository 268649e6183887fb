/* What a process that owns its store keeps in memory: members and wallets that were read or written, and
 * where the record of each command is.  Wallets' rows are written later, in slices.
 *
 * Nothing here reads storage.  What a batch changes is staged first, which takes all memory it needs, and
 * becomes true when the batch is stored, which cannot fail. */
#ifndef REWAPP_LEDGER_KEPT_H
#define REWAPP_LEDGER_KEPT_H

#include "base/map.h"
#include "ledger/dues.h"
#include "ledger/ids.h"
#include "ledger/wallet.h"

struct kept_wallet;

struct kept_member {
	ref number;
	int32_t status;
	bool has_key, known; /* known: false after somebody has written it */
	uint8_t key[32];
	struct kept_wallet *wallet; /* the one that was asked for last, or NULL */
};

struct kept_wallet {
	ref member, programme, number;
	uint8_t *bytes; /* a value of ledger/state.h; NULL: there is no wallet */
	uint32_t size, capacity;
	int64_t base, due_ms;
	int64_t stored_base, stored_due_ms; /* of the row in storage; base 0: there is none */
	int64_t awaited_ms;                 /* the instant that it stands under in `dues` */
	bool dirty;                         /* the row is older than what is here */
	bool known; /* what is here is true; false: it was staged without having been read, and refused */
	struct kept_staged *staged;
};

/* A wallet's new state, until it is known whether the batch is stored. */
struct kept_staged {
	struct kept_wallet *wallet;
	uint8_t *bytes; /* the batch's */
	uint8_t *room;  /* for a state that does not fit where the old one is; NULL: it does */
	uint32_t size, capacity;
	ref number;
	int64_t due_ms;
	struct kept_staged *next;
};

/* A wallet whose row is to be written. */
struct kept_dirty {
	ref number;
	struct kept_wallet *wallet;
};

struct kept {
	const struct rewapp_env *env;
	struct arena arena; /* members and wallets; states are their own */
	struct map members, wallets;
	struct ids ids;
	struct kept_staged *staged;
	size_t staged_count;
	struct kept_dirty *dirty;
	size_t dirty_count, dirty_capacity;
	struct dues dues;
};

void rewapp__kept_init(struct kept *kept, const struct rewapp_env *env);
void rewapp__kept_finish(struct kept *kept);

/* NULL: not in memory. */
struct kept_member *rewapp__kept_member(const struct kept *kept, const struct rewapp_id *id);
struct kept_wallet *rewapp__kept_wallet(const struct kept *kept, ref member, ref programme);

/* Keeps what was read.  Without memory it is not kept, and will be read again. */
void rewapp__kept_add_member(struct kept *kept, const struct rewapp_id *id, const struct kept_member *member);
void rewapp__kept_add_wallet(struct kept *kept, struct wallet *wallet, const void *state, size_t size);

/* The member's row is written by the batch: it will be read again. */
void rewapp__kept_forget_member(struct kept *kept, const struct rewapp_id *id);

/* Stages the wallet's new state, in memory of the batch; member and programme have numbers already.  0 or
 * REWAPP_E_NOMEMORY. */
int rewapp__kept_stage(
	struct kept *kept, struct arena *arena, const struct wallet *wallet, const void *state, size_t size);

/* The staged states follow from the log now, by the batch whose first number is `base`; or they do not. */
void rewapp__kept_accept(struct kept *kept, int64_t base);
void rewapp__kept_refuse(struct kept *kept);

/* The wallet's row is written: its newest state is in storage.  In its turn of a round, or out of turn: then
 * its turn is still to come. */
void rewapp__kept_written(struct kept_wallet *wallet);
void rewapp__kept_written_early(struct kept_wallet *wallet);

#endif
