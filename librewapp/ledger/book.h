/* The book: the accounts of one batch, and the transfers that it writes.
 *
 * Transfers go into the command's record as they are made; what they do to an account is
 * added up in memory and written once for each account, at the end.  Nothing here reads
 * storage: a flow loads accounts and wallets first. */
#ifndef REWAPP_LEDGER_BOOK_H
#define REWAPP_LEDGER_BOOK_H

#include "storage/storage.h"

#include <rewapp/ledger.h>
#include <stdbool.h>
#include <stdint.h>

/* A row's number: > 0 it is stored, < 0 this batch makes it (offset -ref - 1 of the plan's
 * sequence), 0 none. */
typedef int64_t ref;

struct value rewapp__ref_value(ref number);

/* The ref of the plan's next sequence number. */
ref rewapp__ref_new(struct plan *plan);

enum account_kind {
	ACCOUNT_WALLET = 1,
	ACCOUNT_DEBT = 2,
	ACCOUNT_ISSUANCE = 3,
	ACCOUNT_SETTLEMENT = 4,
	ACCOUNT_BREAKAGE = 5,
	ACCOUNT_CLEARING = 6,
	ACCOUNT_ADJUSTMENT = 7
};

/* TigerBeetle's four counters: points in and out, posted and pending. */
struct counters {
	int64_t debits_pending, debits_posted, credits_pending, credits_posted;
};

struct account {
	ref number;
	ref programme;
	enum account_kind kind;
	ref owner;
	struct counters now; /* of a member's account; of a shared one where it was added up: days.h */
	int64_t version;     /* transfers that it was a side of */
	ref last;            /* newest transfer of a member's account's statement */
	bool opened;         /* stored, or its opening is recorded in this batch */
	bool touched;
};

/* Wallets and debts stand in a wallet's state.  The other accounts are shared by all members: no
 * decision asks for their counters, so no command writes them; they are added up from the log. */
bool rewapp__account_is_members(const struct account *account);

/* Whose statement the transfer is a line of: the side that is a wallet, else the one that is a debt, else
 * NULL. */
struct account *rewapp__statement_side(struct account *debit, struct account *credit);

/* Credits less debits, posted. */
int64_t rewapp__account_posted(const struct account *account);

/* The sum of one window of one limit: of a member, or of the whole programme. */
struct tally {
	ref programme, owner;       /* owner 0: the whole programme */
	int64_t what, window_start; /* what: the limit's number in its programme */
	int64_t total, added;       /* as loaded, and what this batch adds */
	int64_t limit;
	bool around; /* those around it in a sliding window are asked for too */
	struct tally *next, *same_hash;
};

struct effects;

struct book {
	struct plan *plan;
	struct effects *effects; /* of the command that is decided */
	int64_t now_ms;
	int64_t occurred_ms; /* when the command happened */
};

void rewapp__book_begin(struct book *book, struct plan *plan, struct effects *effects, int64_t now_ms);

struct transfer {
	enum rewapp_code code;
	struct account *debit, *credit;
	int64_t amount; /* >= 1 */
	ref pending;    /* the hold that it ends, else 0 */
	int64_t held;   /* what that held, else 0 */
};

/* 0 or REWAPP_E_OVERFLOW: whether the transfer keeps every counter of a member in 64 bits.  Asked
 * while deciding, so that recording cannot fail. */
int rewapp__book_check(const struct transfer *transfer);

/* Records the transfer and returns its number.  It must have passed the check. */
ref rewapp__book_transfer(struct book *book, const struct transfer *transfer);

/* Adds to the counters what a recorded transfer did; an account may be NULL.  `clearing` is where the
 * points of a hold that it ends were pending.  Counters of shared accounts are sums modulo 2^64. */
struct effect;
void rewapp__book_replay(
	const struct effect *effect, struct account *debit, struct account *credit, struct account *clearing);

/* Opens a member's account that no transfer has opened: what else is recorded of the wallet has a place. */
void rewapp__book_open(struct book *book, struct account *account);

/* Adds to a limit's sum, and records it. */
void rewapp__book_tally(struct book *book, struct tally *tally, int64_t delta);

#endif
