/* An owned store: one process holds its lock and keeps members, wallets and ids in memory.
 *
 * A commit writes the log and little else.  Wallets' rows follow in slices, a few with each commit:
 * a round takes all that have changed, in the order of their rows, and when it is through, the store
 * says up to which number the rows are complete (store.applied).  What came after is made again from
 * the log when the store is opened after a crash.  Ids go to command_run, in pieces. */
#ifndef REWAPP_FLOWS_OWNED_H
#define REWAPP_FLOWS_OWNED_H

#include "flows/batch.h"
#include "ledger/kept.h"

struct owned_id {
	uint64_t hash;
	ref number;
};

struct owned_due {
	struct kept_wallet *wallet;
	struct owned_due *next;
};

struct owned {
	struct kept kept;
	int64_t next;      /* the first number that the log does not have */
	int64_t applied;   /* as the store says */
	bool has_ids;      /* of the runs, in memory */
	bool has_commands; /* the table has ids from before the store was owned */
	bool look;         /* the catalogue has changed: the next call reads it */
	bool lost;         /* a commit's end is not known: memory is made again before the next call */

	struct kept_dirty *round; /* that is being written, by number */
	size_t round_count, round_at, round_planned, round_capacity;
	int64_t round_from;     /* the log's `next` when the round began */
	int64_t since;          /* commands since then */
	int64_t round_commands; /* a round begins every so many: a crash has two of them to make again */
	bool through;           /* the slice that is planned is the round's last */
	size_t slice_min;       /* fewer wallets wait for the next commit, so that they share pages */
	size_t owed;            /* wallets that ought to have been written by now, in thousandths */

	struct owned_due *taken;   /* from the dues, for the batch that is decided */
	struct owned_due *written; /* rows that it writes out of turn */
	struct owned_id *ids;      /* in no run yet, in their order */
	size_t id_count, id_capacity, ids_planned, ids_staged;
};

/* A member's wallet as it is in memory, for somebody who only looks what it is worth at an instant: 1, and
 * `out` is filled in, whose accounts and arena are given; 0: it is not in memory; or an error. */
int rewapp__owned_look(struct rewapp_engine *engine, const struct rewapp_id *member, ref programme,
	int64_t at_ms, struct wallet *out);

/* Whether the store is owned, as it was left. */
int rewapp__owned_is(struct rewapp_engine *engine, bool *owned);

/* Opens the engine's store as owned, or as shared: what a crash left is made again, and a store that
 * was the other one becomes this.  0 and as rewapp_engine_open(). */
int rewapp__owned_open(struct rewapp_engine *engine, bool owned);

/* Makes memory again from the store, after a commit whose end is not known. */
int rewapp__owned_reload(struct rewapp_engine *engine);

/* Writes all that is only in memory, and forgets it.  Of a shared store nothing. */
void rewapp__owned_close(struct rewapp_engine *engine);

/* Asks for wallets that are due by now and whose rows do not say so, `limit` at most: how many.  *more: there
 * are others.  The batch is to be `sweeping`. */
size_t rewapp__owned_want_due(struct batch *batch, size_t limit, bool *more);

/* Before a call that reads tables itself: all wallets' rows are written.  Of a shared store they are.  0 and
 * as rewapp_submit(). */
int rewapp__owned_settle(struct rewapp_engine *engine);

/* --- what a batch reads -------------------------------------------------------------------- */

/* True: the fact is in memory and was filled in. */
bool rewapp__owned_member(const struct batch *batch, struct member *member);
int rewapp__owned_wallet(const struct batch *batch, struct wallet *wallet); /* 1: as above; 0, or an error */

void rewapp__owned_keep_member(struct batch *batch, const struct member *member);
void rewapp__owned_keep_wallet(struct batch *batch, struct wallet *wallet, const struct read *read,
	size_t column); /* of the state; null: there is none */

/* The batch's command `i` is looked at now: what later ones will look for is brought near, a little at a
 * time.  Of a large store hardly anything is in the processor's cache, and waiting for it takes longer than
 * all that is then done with it. */
void rewapp__owned_foresee(struct batch *batch, size_t i);

/* --- what it writes -------------------------------------------------------------------------- */

/* Reads the ids of the runs into memory, once, when the first is asked for: opening does not wait for it.
 * 0 and as rewapp_submit(). */
int rewapp__owned_ids(struct rewapp_engine *engine);

/* An id that is in no run yet.  0 or REWAPP_E_NOMEMORY. */
int rewapp__owned_wait(struct owned *owned, const struct rewapp_id *id, int64_t number);

/* The id of a command of this batch, by its hash. */
void rewapp__owned_id(struct batch *batch, uint64_t hash, ref number);

/* Takes all memory that the end will need, and plans a slice of rows. */
int rewapp__owned_stage(struct batch *batch);

/* What was staged is stored, by the batch whose first number is `base`; or it is not, because of `error`. */
void rewapp__owned_accept(struct batch *batch, int64_t base);
void rewapp__owned_refuse(struct batch *batch, int error);

#endif
