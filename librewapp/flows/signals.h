/* Signals: what in the log looks like fraud.  Advice, with reasons; no decision asks for it. */
#ifndef REWAPP_FLOWS_SIGNALS_H
#define REWAPP_FLOWS_SIGNALS_H

#include "ledger/book.h"

struct rewapp_engine;

enum signal_kind {
	SIGNAL_CARD_MEMBERS = 0,      /* one card's token in the purchases of many members */
	SIGNAL_RETURNS = 1,           /* a member who buys and returns again and again */
	SIGNAL_MANUAL_CREDITS = 2,    /* a member with many credits by hand */
	SIGNAL_VELOCITY = 3,          /* a member with many purchases within an hour of UTC */
	SIGNAL_CYCLES = 4,            /* a member whose purchases come back whole */
	SIGNAL_TERMINAL_VELOCITY = 5, /* a till with many purchases within an hour of UTC */
	SIGNAL_CASHIER_VELOCITY = 6,  /* a cashier with as many */
	SIGNAL_CASHIER_RETURNS = 7,   /* a cashier who takes many returns */
	SIGNAL_CASHIER_CREDITS = 8,   /* a cashier who credits by hand */
	SIGNAL_KINDS
};

struct signal {
	enum signal_kind kind;
	ref member;                /* whose it is; of a card, a till or a cashier the last one */
	struct rewapp_id id;       /* of the member */
	int64_t count;             /* members, returns, credits, purchases */
	int64_t points;            /* of the returns or the credits; else 0 */
	int64_t last_ms;           /* when it was seen last */
	struct rewapp_id merchant; /* of the till or the cashier; zero: none was named */
	char name[64];             /* of the till or the cashier, cut; else "" */
	char card[9];              /* the card's: eight digits of the token's hash; else "" */
	struct signal *next;
};

/* What was found: in the order of kinds, of each the strongest first. */
struct signals {
	struct signal *first; /* the engine's until its next call */
	size_t left_off;      /* weaker ones, beyond what was asked for */
};

/* From how many on something is told; 0: never. */
struct signal_options {
	int64_t from_ms, until_ms; /* recorded; until exclusive */
	int64_t least[SIGNAL_KINDS];
	size_t most; /* of each kind */
};

/* The word of a kind ("card_members"). */
const char *rewapp__signal_name(enum signal_kind kind);

/* One pass over the log.  Returns 0, REWAPP_E_CORRUPT, REWAPP_E_NOMEMORY, storage errors. */
int rewapp__flow_signals(
	struct rewapp_engine *engine, const struct signal_options *options, struct signals *out);

#endif
