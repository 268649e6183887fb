/* Programmes and merchants as the oracle knows them, and the JSON that the engine gets. */
#ifndef REWAPP_SIM_DOCUMENTS_H
#define REWAPP_SIM_DOCUMENTS_H

#include "sim/calendar.h"
#include "sim/rng.h"

#include <rewapp/types.h>

enum {
	SIM_RULES_MAX = 4,
	SIM_STEPS_MAX = 3,
	SIM_CAPS_MAX = 2,  /* of each rule, and of the programme */
	SIM_WARES_MAX = 4, /* lines of a ticket */
	SIM_SKUS = 4,
	SIM_CATEGORIES = 3,
	SIM_MERCHANTS_MAX = 6, /* of a world */
	SIM_DOCUMENT_BYTES = 4096
};

enum sim_rule_type {
	SIM_RULE_PERCENT,
	SIM_RULE_FIXED,
	SIM_RULE_PER_UNIT,
	SIM_RULE_MULTIPLIER,
	SIM_RULE_STEPS,
	SIM_RULE_PER_ITEM,
	SIM_RULE_BONUS,
	SIM_RULE_TYPES
};

enum sim_rounding {
	SIM_ROUND_DOWN,
	SIM_ROUND_UP,
	SIM_ROUND_HALF_UP,
	SIM_ROUND_HALF_EVEN,
	SIM_ROUNDINGS
};

/* Who of the group gives. */
enum sim_stack {
	SIM_STACK_ALL,
	SIM_STACK_FIRST,
	SIM_STACK_BEST,
	SIM_STACK_EXCLUSIVE,
	SIM_STACKS
};

/* Where the points come from that a return takes back, and what becomes of those that are missing. */
enum sim_clawback {
	SIM_CLAWBACK_DEBT,
	SIM_CLAWBACK_WITHIN_BALANCE,
	SIM_CLAWBACK_WRITE_OFF,
	SIM_CLAWBACK_PENDING_ONLY,
	SIM_CLAWBACKS
};

/* The cap's name is its place: 'a' or 'b'. */
struct sim_cap {
	bool of_member; /* else of the programme */
	enum sim_window window;
	int64_t days; /* of a sliding window */
	int64_t limit;
};

struct sim_when {
	int64_t min_amount, max_amount; /* 0: any */
	int mcc;                        /* 0: any */
	uint32_t merchants;             /* a bit for each; 0: any */
	uint32_t days;                  /* bit 0 Monday; 0: any */
	int hour_from, hour_until;      /* minutes; equal: any */
	int64_t from_day, until_day;    /* local days; 0: any */
};

struct sim_rule {
	enum sim_rule_type type;
	int64_t rate, points, unit;
	int64_t from[SIM_STEPS_MAX]; /* of steps, with as many times `points` */
	bool by_merchant;            /* who funds it */
	unsigned skus, categories;   /* of the lines that it counts, a bit for each; both 0: all is counted */
	bool in_group;
	int priority;
	struct sim_when when;
	struct sim_cap caps[SIM_CAPS_MAX];
	int cap_count;
};

struct sim_programme {
	enum sim_zone zone;
	int64_t value_points, value_amount;
	int64_t window_days, expiry_days;
	enum sim_clawback clawback;
	bool in_dollars;
	bool transfers;      /* members may give points to one another */
	int64_t least, most; /* of one transfer; 0: no limit */
	int64_t till_days;   /* between a ticket and its bank's line; 0: tickets are not kept */
	enum sim_rounding rounding;
	enum sim_stack stack; /* of the only group */
	int day_start;        /* a minute */
	struct sim_rule rules[SIM_RULES_MAX];
	int rule_count;
	struct sim_cap caps[SIM_CAPS_MAX];
	int cap_count;
};

/* What a number stands for: the same number is the same document, for ever. */
void rewapp__sim_programme_draw(uint64_t number, struct sim_programme *out);
int rewapp__sim_merchant_mcc(uint64_t number); /* 0: it has none */

/* Their JSON, which tells nothing else.  `merchant` is the merchant's place in the world. */
void rewapp__sim_programme_text(const struct sim_programme *programme, char out[SIM_DOCUMENT_BYTES]);
void rewapp__sim_merchant_text(uint64_t number, int merchant, char out[SIM_DOCUMENT_BYTES]);

/* How a bank writes of a purchase: the merchant is certain, or likely, or none is. */
enum sim_wording {
	SIM_WORDING_SURE,
	SIM_WORDING_LIKELY,
	SIM_WORDING_NONE,
	SIM_WORDING_CASH, /* no purchase at all */
	SIM_WORDINGS
};
const char *rewapp__sim_descriptor(int merchant, enum sim_wording wording);

#endif
