/* What a run is made of: a list of operations, each complete in itself.
 *
 * An operation names others by number and never by place, so any of them can be left out of the
 * list and the rest is still a run: that is how a failure is made small. */
#ifndef REWAPP_SIM_OPERATION_H
#define REWAPP_SIM_OPERATION_H

#include "sim/disk.h"
#include "sim/documents.h"

#include <rewapp/submit.h>

enum {
	SIM_MEMBERS_MAX = 8,
	SIM_PROGRAMMES_MAX = 3,
	SIM_TILLS_MAX = 3,
	SIM_BATCH_MAX = 24,
	SIM_NOBODY = -1
};

/* What is wrong with a command that no till should send. */
enum sim_broken {
	SIM_BROKEN_NOT,
	SIM_BROKEN_KIND,
	SIM_BROKEN_FLAGS,
	SIM_BROKEN_STATUS,
	SIM_BROKEN_CURRENCY,
	SIM_BROKEN_AMOUNT,
	SIM_BROKEN_POINTS,
	SIM_BROKEN_TTL,
	SIM_BROKEN_REFERENCE,
	SIM_BROKEN_CARD,
	SIM_BROKEN_DOCUMENT,
	SIM_BROKEN_COUNT
};

/* A line of a ticket, or what comes back of it. */
struct sim_ware {
	int sku, category; /* from 1; 0: unknown */
	int line;          /* of a return: the place in the ticket, from 1; 0: it names the sku */
	bool excluded;
	int64_t quantity, amount;
};

/* One command; who or what is not there is SIM_NOBODY. */
struct sim_command {
	int kind;
	uint32_t flags; /* enum rewapp_command_flags */
	int number;     /* its id is that of "c<number>" */
	int target;     /* the number of the command that made it */
	int member, merchant, programme;
	int taker; /* the member who is given points */
	int64_t amount, points, occurred_ms, ttl_ms;
	int64_t unpaid; /* the part of the amount that earns nothing */
	struct sim_ware wares[SIM_WARES_MAX];
	int ware_count;
	int status, mcc;
	bool in_dollars;
	bool by_descriptor;    /* the merchant is told by the bank's text */
	enum sim_wording text; /* how the bank says it */
	int token;             /* the number of a mint */
	bool forged;
	int terminal, reference; /* 0: none */
	uint64_t document;
	int feed, bank_id; /* of a bank's line; bank_id 0: the feed gives none */
	int64_t abroad;    /* what it cost there, in pounds; 0: it was here */
	enum sim_broken broken;
};

enum sim_act {
	SIM_ACT_COMMAND,
	SIM_ACT_CLOCK,  /* everybody's clock moves by `ms` */
	SIM_ACT_SKEW,   /* the till's clock is wrong by `ms` */
	SIM_ACT_FAULT,  /* the next call meets `fault` */
	SIM_ACT_REOPEN, /* the till's program starts again */
	SIM_ACT_CUT,    /* the power fails between two calls, or all processes are killed */
	SIM_ACT_AUDIT   /* every question is asked */
};

struct sim_operation {
	enum sim_act act;
	bool joined; /* a command: in one call with the command before */
	int till;
	int64_t ms;
	enum sim_fault fault;
	int64_t at;
	bool for_ever; /* memory: from then on */
	struct sim_command command;
};

struct sim_list {
	struct sim_operation *items;
	size_t count, capacity;
};

/* False when memory is exhausted. */
bool rewapp__sim_list_add(struct sim_list *list, const struct sim_operation *operation);
void rewapp__sim_list_free(struct sim_list *list);

/* The name of the first field in which two commands of one id differ, in the order of
 * struct rewapp_command but for the kind, which the engine names when nothing else differs; NULL
 * when they are the same. */
const char *rewapp__sim_command_differs(const struct sim_command *first, const struct sim_command *second);

/* The texts that a struct rewapp_command of the engine points at. */
struct sim_texts {
	char reference[40], terminal[24], token[REWAPP_TOKEN_CAPACITY], feed[16], bank_id[16];
	char document[SIM_DOCUMENT_BYTES];
	struct rewapp_line lines[SIM_WARES_MAX];
	char skus[SIM_WARES_MAX][8], categories[SIM_WARES_MAX][8];
};

/* As the engine wants it.  `token` is what the receipt of the mint told, "" if none. */
void rewapp__sim_command_make(const struct sim_command *command, const char *token, struct sim_texts *texts,
	struct rewapp_command *out);

/* The ids of the world. */
struct rewapp_id rewapp__sim_id(const char *prefix, int number);
struct rewapp_id rewapp__sim_member_id(int member);
struct rewapp_id rewapp__sim_merchant_id(int merchant);
struct rewapp_id rewapp__sim_programme_id(int programme);

#endif
