/* One run: a world is drawn from a seed and lives its operations; each answer of the engine is
 * held against the oracle's and against the invariants. */
#ifndef REWAPP_SIM_RUN_H
#define REWAPP_SIM_RUN_H

#include "sim/host.h"
#include "sim/workload.h"

enum {
	SIM_WALLETS = SIM_PROGRAMMES_MAX * SIM_MEMBERS_MAX,
	SIM_DOUBTS_MAX = 4,
	SIM_QUOTE_EVERY = 4, /* calls */
	SIM_NAME_MAX = 64,
	SIM_TEXT_MAX = 400
};

/* What went wrong; `name` is the same for the same fault in a shorter list. */
struct sim_failure {
	bool failed;
	char name[SIM_NAME_MAX];
	char text[SIM_TEXT_MAX];
	size_t operation; /* its place in the list */
};

/* How much was done, for the report. */
struct sim_tally {
	int64_t commands, calls, accepted, refused, replayed, conflicts, faults, crashes, doubts, audits,
		checks;
	int64_t owned;   /* worlds whose store was one till's own */
	int64_t damaged; /* worlds that ended with a store which was refused as damaged */
	int64_t met[SIM_FAULT_COUNT];
};

/* A wallet's statement and balance as the engine has told them so far. */
struct sim_seen {
	struct rewapp_entry *entries; /* the oldest first */
	int count, capacity, fresh;   /* fresh: the first of this step */
	int folded;                   /* entries that the sums below hold */
	struct rewapp_balance balance;
	int64_t credits_posted, debits_posted, debits_pending; /* the fold of the entries */
	bool looked;                                           /* in this step */
	int looks;
	struct rewapp_balance past;   /* as it was at an earlier look; size 0: none yet */
	struct rewapp_balance closed; /* at the end of the closed period, likewise */
};

/* One command of a call, with what the engine said. */
struct sim_item {
	struct sim_command command;
	struct sim_answer answer; /* the oracle's */
	struct rewapp_receipt receipt;
	struct rewapp_award awards[SIM_RULES_MAX];
	struct sim_match match;
};

/* A call that failed and may yet turn out to have been carried out, after a crash. */
struct sim_doubt {
	struct sim_item items[SIM_BATCH_MAX + 1];
	size_t count;
	int64_t now_ms;
};

struct sim_run {
	uint64_t seed;
	struct sim_list *list;
	size_t at; /* the operation */
	struct sim_host host;
	struct sim_oracle oracle;
	struct sim_failure failure;
	struct sim_tally tally;
	struct sim_seen seen[SIM_WALLETS];
	struct sim_item items[SIM_BATCH_MAX + 1]; /* of the call */
	struct sim_texts texts[SIM_BATCH_MAX + 1];
	struct rewapp_receipt quotes[SIM_BATCH_MAX + 1]; /* what the engine said it would answer */
	bool quoted;                                     /* the call was asked for so */
	struct sim_doubt doubts[SIM_DOUBTS_MAX];
	int doubt_count;
	size_t count;
	int64_t event_number, event_ms; /* the newest event seen */
	int event_count;
	struct sim_operation fault; /* that the next call meets */
	struct sim_log *log;        /* what was acknowledged, in its order: run.c */
	int log_count, log_capacity;
	int misnamed;    /* commands whose conflicts named another field than the first */
	int misnamed_of; /* the newest of them */
	bool over;       /* the store is damaged, and says so: there is nothing to live on */
	uint64_t digest; /* of all answers: the same seed gives the same */
};

/* What is tried on purpose, so that the simulator can be tested. */
struct sim_trial {
	int mistake;    /* the oracle errs from that many events on */
	bool syncs_lie; /* no sync of the disk does anything */
};

struct sim_settings {
	int64_t steps; /* commands */
	unsigned faults;
	struct sim_trial trial;
};

/* Draws a list of operations while it lives them.  `list` is empty, and the caller's. */
void rewapp__sim_run_seed(const struct sim_settings *settings, uint64_t seed, struct sim_list *list,
	struct sim_failure *failure, struct sim_tally *tally, uint64_t *digest);

/* Lives a list as it stands; `seed` decides what disk and engine draw. */
void rewapp__sim_run_list(const struct sim_settings *settings, uint64_t seed, struct sim_list *list,
	struct sim_failure *failure, struct sim_tally *tally);

/* The instant at which the world of a seed begins. */
int64_t rewapp__sim_start_of(uint64_t seed);

/* The first failure counts; later ones are its consequences. */
void rewapp__sim_fail(struct sim_run *run, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The engine that questions are put to. */
rewapp_engine *rewapp__sim_engine(struct sim_run *run);

#endif
