/* What a candidate programme would have given for the purchases that are stored. */
#ifndef REWAPP_FLOWS_REPLAY_H
#define REWAPP_FLOWS_REPLAY_H

#include "flows/engine.h"

/* One rule, by its id: of the versions that decided, and of the candidate. */
struct replay_rule {
	char id[32];
	int64_t before, after, awards; /* points given then and now; purchases that it gives points to now */
	struct replay_rule *next;
};

/* A month of the programme's calendar. */
struct replay_month {
	int32_t year, month;
	int64_t purchases, before, after;
	struct replay_month *next;
};

/* All points are as awarded: returns aside, for before and after. */
struct replay {
	int64_t purchases, amount, before, after;
	int64_t winners, losers, members; /* members with more points than before, fewer, and all */
	int64_t most_gained, most_lost;   /* by one member */
	bool complete;                    /* no purchase was left out: `limit` was not reached */
	struct replay_rule *rules;        /* in the order of the candidate, then those that it has no more */
	struct replay_month *months;      /* in the order of their first purchase in the log */
};

/* Plays every purchase of a programme, in the order of the log and at most `limit`, through the candidate:
 * the same facts, the candidate's own limits and counts of purchases from nothing.  Looks, and changes
 * nothing.  Lists are the engine's until its next call. Returns 0, REWAPP_E_NOTFOUND, REWAPP_E_OVERFLOW and
 * as rewapp__programme_parse(), REWAPP_E_CORRUPT. */
int rewapp__flow_replay(struct rewapp_engine *engine, const struct rewapp_id *programme, const char *document,
	size_t length, int64_t limit, struct replay *out);

#endif
