/* The fold: the log is played again from its records, and what follows from it is held in memory.
 *
 * The proof compares it with the store's tables; on the way it checks, record by record, what
 * must hold at any moment.  Pure; nothing here reads storage. */
#ifndef REWAPP_LEDGER_FOLD_H
#define REWAPP_LEDGER_FOLD_H

#include "base/map.h"
#include "ledger/days.h"
#include "ledger/record.h"
#include "ledger/sighting.h"
#include "ledger/wallet.h"

/* A row of `undone`, and how much it may be at most (known from the record that it is about). */
struct fold_undone {
	ref number;
	int64_t amount, points;
	uint8_t *lines; /* articles of each line that came back, packed; NULL: no line did */
	size_t lines_size, lines_capacity;
	struct fold_undone *next;
};

/* The newest document of a merchant, each version of a programme, or a member as it was put last. */
struct fold_object {
	ref number;
	int64_t version, status;
	uint8_t hash[32];
	ref changed; /* the command that put it */
	char *name;
	size_t name_size;
	struct rewapp_id id;
	struct fold_object *next;
};

/* A closed period of a programme. */
struct fold_period {
	ref number, programme;
	int64_t until_ms;
	struct fold_period *next;
};

/* What a person said of a bank's text. */
struct fold_learnt {
	ref number, merchant, line, taken_back; /* taken_back: the command that did; 0: none */
	int64_t votes, at_ms;
	uint8_t hash[32]; /* of the text and of who said it */
};

/* A bank line whose merchant is in doubt. */
struct fold_doubt {
	ref number, member, programme, candidate, answer; /* answer: the command; 0: it waits */
	struct rewapp_id id;
	uint8_t hash[32]; /* of what the line was */
};

struct fold_wallet {
	struct wallet wallet;
	struct account account, debt;
	int64_t points; /* that its lots hold */
	bool touched;   /* by the batch that is played */
	bool used_up;   /* a lot has nothing left, or a hold has ended */
	int64_t base;   /* of the newest batch that is in it */
	struct fold_wallet *next, *next_touched;
};

/* An account that is no member's, and what the store's row says of it: the sums below `rolled`. */
struct fold_account {
	struct account account; /* first: found as an account */
	struct counters rolled;
	int64_t version_rolled;
	bool beyond; /* a counter has left 64 bits: on which side it stands is not known any more */
	struct fold_account *next;
};

/* What a fold of one wallet alone plays.  Its accounts may have been opened by records that are not played,
 * for they moved nothing. */
struct fold_only {
	ref member, programme, wallet,
		debt;        /* wallet 0: there is no account yet; debt 0: the member never had one */
	int64_t occurred_ms; /* what occurred until then, whenever it was recorded; 0: all */
};

/* Accounts that rows of the log are about which are played soon. */
enum {
	FOLD_AHEAD = 3,          /* rows */
	FOLD_AHEAD_ACCOUNTS = 64 /* of a row; of one with more the rest is not foreseen */
};
struct fold_ahead {
	ref numbers[FOLD_AHEAD_ACCOUNTS];
	size_t count;
};

struct fold {
	struct fold_ahead ahead[FOLD_AHEAD];
	size_t foreseen;              /* rows */
	const struct fold_only *only; /* NULL: everything */
	bool left_out;                /* the transfer that effects belong to */
	struct arena *arena;
	struct map accounts, wallets, holds, tallies, undones, objects, members, sightings;
	struct fold_account *account_list;
	struct fold_wallet *wallet_list, *touched;
	struct tally *tally_list;
	struct fold_undone *undone_list;
	struct fold_object *object_list, *member_list;
	struct map closed; /* by programme: the newest period */
	struct fold_period *period_list;
	size_t period_count;
	struct map learnt, doubts;
	size_t learnt_count, doubt_count;
	struct lot *free_lots; /* used up; linked through a share of memory */
	size_t wallet_count, account_count, tally_count, undone_count, returned_count, object_count,
		member_count, sighting_count;
	int64_t commands, transfers, lots_opened, holds_opened, purchases;
	uint64_t ends; /* sum of hashes of (hold, state) */
	struct days days;
	int64_t rolled, base, now_ms;
	struct account *debit, *credit; /* of the transfer that the following effects belong to */
	struct effect transfer;
	struct hold *hold;               /* that the transfer opens */
	struct fold_wallet *giver; /* of the record: whose points go to another member */
	int64_t given;                   /* of them, those that have not arrived yet */
	int64_t problems;
	char first[256];         /* problem, in a line */
	bool failed;             /* memory is exhausted */
	bool partial;            /* the log's end is played onto wallets that were known before */
	struct account aside[2]; /* where the sides of a transfer are counted that is in its wallet already */
};

/* Days and shared accounts are added up for numbers below `rolled`, as the store has them. */
void rewapp__fold_begin(struct fold *fold, struct arena *arena, int64_t rolled);

/* From now on only a wallet's transfers count, of those that occurred until an instant, and records that have
 * none of it may be missing.  Its points are then right and its problems say nothing.  `only` is borrowed. */
void rewapp__fold_only(struct fold *fold, const struct fold_only *only);

/* Plays the log's end only: wallets and accounts that it is about are made known first.  Nothing is proved
 * then.  A batch that is in a wallet's state already is not played onto it again. */
void rewapp__fold_account_known(
	struct fold *fold, ref number, ref programme, enum account_kind kind, ref owner);
int rewapp__fold_wallet_known(
	struct fold *fold, ref member, ref programme, int64_t base, const void *state, size_t size);

/* Rows of the log are played in their order, FOLD_AHEAD behind those that are foreseen: what they are about
 * is brought near step by step.  Of many wallets hardly any is in the processor's cache.  `row` may be NULL.
 */
void rewapp__fold_foresee(struct fold *fold, const void *row, size_t size, int64_t seq);

/* Plays one record.  What is wrong is counted, and the first kept in words. */
void rewapp__fold_record(struct fold *fold, const struct record *record);

/* After the last record. */
void rewapp__fold_end(struct fold *fold);

void rewapp__fold_problem(struct fold *fold, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The hash of two texts: what was learnt and who said it; a line in doubt and nothing. */
void rewapp__fold_texts_hash(
	const void *first, size_t first_size, const void *second, size_t second_size, uint8_t out[32]);

/* What the sum is made of, and one that is made alike: of (id, number). */
uint64_t rewapp__fold_end_hash(int64_t hold, int64_t state);
uint64_t rewapp__fold_id_hash(const struct rewapp_id *id, int64_t number);

/* The fold's own, by name; NULL: there is none. */
struct wallet *rewapp__fold_wallet(const struct fold *fold, ref member, ref programme);
struct tally *rewapp__fold_tally(
	const struct fold *fold, ref programme, ref owner, int64_t what, int64_t window_start);
struct account *rewapp__fold_account(const struct fold *fold, ref number);
struct fold_period *rewapp__fold_closed(const struct fold *fold, ref programme);
const struct fold_doubt *rewapp__fold_doubt(const struct fold *fold, ref number);
const struct fold_learnt *rewapp__fold_learnt(const struct fold *fold, ref number);
struct fold_undone *rewapp__fold_undone(const struct fold *fold, ref number);
struct fold_object *rewapp__fold_object(const struct fold *fold, ref number, int64_t version);
struct fold_object *rewapp__fold_member(const struct fold *fold, ref number);
const struct sighting *rewapp__fold_sighting(const struct fold *fold, ref number);

#endif
