/* A programme's tiers: what a member must reach, for how long it holds, and which tier that makes.
 *
 * What counts is added up in windows: days for a rolling period, else whole periods.  From these sums and
 * the time alone follows what a member has earned; only policies that let a member keep more than that
 * need to remember something, the floor.  Pure. */
#ifndef REWAPP_EARN_TIERS_H
#define REWAPP_EARN_TIERS_H

#include "earn/programme.h"

enum {
	TIER_LEVELS_MAX = 16,
	TIER_DAYS_MAX = 366, /* of a rolling period, and of the grace */
	TIER_NONE = -1
};

/* What counts towards a tier. */
enum tier_by {
	TIER_BY_POINTS = 0, /* earned, less those of returns */
	TIER_BY_SPEND = 1,  /* the paid part, minor units */
	TIER_BY_VISITS = 2  /* purchases that were not given back whole */
};

enum tier_period {
	TIER_MONTH = 0,
	TIER_QUARTER = 1,
	TIER_YEAR = 2,
	TIER_ROLLING = 3,    /* the last so many days */
	TIER_ANNIVERSARY = 4 /* years from the day of the member's first purchase that counted */
};

enum tier_downgrade {
	TIER_PERIOD_END = 0, /* kept for the period after the one in which it was reached */
	TIER_IMMEDIATE = 1,  /* kept while it is reached */
	TIER_ONE_STEP = 2,   /* as PERIOD_END, and then one tier lower for each period */
	TIER_NEVER = 3
};

struct tier_level {
	char id[NAME_BYTES];
	int64_t from;
};

struct tiers {
	enum tier_by by;
	enum tier_period period;
	enum tier_downgrade downgrade;
	int32_t days, grace_days;
	/* 63 bits that name what is counted and over which windows: as long as both stay, the next version of
	 * a document goes on counting. */
	int64_t key;
	struct tier_level *levels; /* rising */
	size_t level_count;
};

/* What was counted in one window. */
struct tier_sum {
	int64_t window, total;
};

/* What the tiers are decided from. */
struct tier_count {
	const struct programme *programme;
	int64_t anchor; /* the day of the first purchase that counted; TIER_NO_ANCHOR: none has */
	const struct tier_sum *sums;
	size_t count;
};
#define TIER_NO_ANCHOR INT64_MIN

/* The most that one window counts: far more than any tier asks, and all windows together fit into 64 bits. */
#define TIER_TOTAL_MAX (8 * PROGRAMME_POINTS_MAX)

/* Where a member stands.  A level is an index, or TIER_NONE. */
struct tier_state {
	int level;
	int64_t since_ms, until_ms; /* until it is decided again; 0: never */
	int floor;                  /* kept whatever was counted */
	int64_t floor_until_ms;     /* 0: for ever */
};

/* The level of this id; TIER_NONE: the document has none such. */
int rewapp__tiers_find(const struct tiers *tiers, const char *id);
int rewapp__tier_level(const struct programme *programme, const char *id);
const char *rewapp__tier_id(const struct programme *programme, int level); /* "" for TIER_NONE */

/* The business day of an instant, and the window in which a purchase of then counts. */
int64_t rewapp__tier_day(const struct programme *programme, int64_t utc_ms);
int64_t rewapp__tier_window(const struct programme *programme, int64_t anchor, int64_t utc_ms);

/* What a purchase counts while `left` of its amount is kept and it gives `points`. */
int64_t rewapp__tier_worth(
	const struct programme *programme, const struct earn_facts *facts, int64_t points, int64_t left);

/* Whether what a window holds can still decide something at `now_ms` or later. */
bool rewapp__tier_counts(const struct tier_count *count, int64_t window, int64_t now_ms);

/* Decides what was due first, at its own instant: true, and *state is what it became then. */
bool rewapp__tier_settle(const struct tier_count *count, struct tier_state *state, int64_t now_ms);

/* Decides at `now_ms`, after something was counted or taken back. */
void rewapp__tier_decide(const struct tier_count *count, struct tier_state *state, int64_t now_ms);

/* What counts now, and until when it does if nothing is added (0: no end). */
struct tier_progress {
	int64_t counted, from_ms, until_ms;
};
void rewapp__tier_progress(const struct tier_count *count, int64_t now_ms, struct tier_progress *out);

#endif
