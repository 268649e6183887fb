/* A programme document, checked once and then only read.  docs/programmes.md tells its form. */
#ifndef REWAPP_EARN_PROGRAMME_H
#define REWAPP_EARN_PROGRAMME_H

#include "base/arena.h"
#include "base/zone.h"
#include "earn/condition.h"
#include "earn/span.h"

#include <rewapp/programme.h>
#include <rewapp/submit.h>
#include <stdbool.h>

enum {
	PROGRAMME_RULES_MAX = 1024,
	PROGRAMME_GROUPS_MAX = 64,
	PROGRAMME_CAPS_MAX = EARN_COUNTERS_MAX, /* of the programme and all its rules together */
	PROGRAMME_TESTS_MAX = 128,
	PROGRAMME_NAME_MAX = 120,
	PROGRAMME_RETURN_DAYS_MAX = 366,
	PROGRAMME_BASIS_POINTS = 10000, /* one */
	PROGRAMME_TILL_DAYS_MAX = 14,
	RULE_NAME_MAX = NAME_BYTES - 1,
	RULE_CAPS_MAX = 8,
	RULE_PRIORITY_MAX = 1000,
	RULE_RATE_MAX = 1000000 /* basis points: a hundredfold */
};
#define PROGRAMME_POINTS_MAX \
	INT64_C(1000000000000000) /* 10^15: of a rule or a cap, and money of a condition */

/* Who pays for the points; the values are stored. */
enum funder {
	FUNDER_PROGRAMME = 0,
	FUNDER_MERCHANT = 1
};

enum cap_scope {
	CAP_MEMBER = 0,
	CAP_PROGRAMME = 1,
	CAP_MERCHANT = 2, /* each merchant, store, card by itself */
	CAP_STORE = 3,
	CAP_CARD = 4
};

/* What a return does when points were spent: docs/programmes.md. */
enum clawback_policy {
	CLAWBACK_DEBT = 0,
	CLAWBACK_WRITE_OFF = 1,
	CLAWBACK_WITHIN_BALANCE = 2,
	CLAWBACK_PENDING_ONLY = 3
};

/* How many rules of a group may give points to one purchase. */
enum stack {
	STACK_ALL = 0,
	STACK_FIRST = 1,    /* the first that gives */
	STACK_BEST = 2,     /* the one that gives most */
	STACK_EXCLUSIVE = 3 /* the first that gives, and then no rule outside the group either */
};

enum rounding {
	ROUND_DOWN = 0,
	ROUND_UP = 1,
	ROUND_HALF_UP = 2,
	ROUND_HALF_EVEN = 3
};

/* What is rounded: each rule's points, each line's share of them, or their sum. */
enum rounding_scope {
	ROUND_RULE = 0,
	ROUND_LINE = 1,
	ROUND_PURCHASE = 2
};

/* What a return leaves of an award: decided again, or in proportion to the money. */
enum return_mode {
	RETURNS_DECIDE = 0,
	RETURNS_SHARE = 1
};

/* A window that slides: so many whole days or hours, of which the last holds the purchase. */
enum {
	CAP_WINDOW_SLIDING = WINDOW_TOTAL + 1,
	CAP_SPAN_MAX = 366 /* days; hours to 168 */
};

/* At most `limit` points in each window. */
struct cap {
	/* 63 bits that name the cap and how it counts: the same cap in the next version of a document
	 * goes on counting, one whose scope or window was changed starts anew. */
	int64_t key;
	char id[NAME_BYTES];
	enum cap_scope scope;
	int window;   /* enum window, or CAP_WINDOW_SLIDING */
	int32_t span; /* of a sliding window: days or hours; else 0 */
	bool hours;
	int64_t limit;
	int rule; /* index of its rule; -1: of the programme */
};

struct group {
	char id[NAME_BYTES];
	enum stack stack;
};

struct rule_step {
	int64_t from;
	int64_t points, basis_points; /* one of them */
};

struct earn_rule_type;

struct rule {
	char id[RULE_NAME_MAX + 1];
	const struct earn_rule_type *type;
	int64_t basis_points, points, unit_amount; /* what the type uses */
	const struct rule_step *steps;
	size_t step_count;
	enum funder funder;
	struct condition when;
	const struct line_set *on; /* the lines that its points are counted from; NULL: the whole purchase */
	int32_t priority;
	int32_t group;              /* -1: none */
	size_t cap_from, cap_until; /* its caps within programme.caps */
};

struct earn_test;
struct rule_index;
struct tiers;
struct templates;

struct programme {
	struct arena memory;
	char name[PROGRAMME_NAME_MAX + 1];
	char currency[4];
	struct zone *zone;
	int32_t day_start;                  /* minute at which a business day begins */
	int64_t value_points, value_amount; /* so many points are worth so much money */
	struct life_span activation;        /* from the purchase until its points can be spent */
	struct life_span expiry;            /* until they end; empty: never */
	enum life_from life_from;
	uint16_t sure_bp, review_bp; /* from which probability on a recognised merchant counts; 0: as usual */
	int32_t till_days; /* within which a bank's line is of a till's ticket; 0: tickets are not kept for it
			    */
	enum clawback_policy clawback;
	enum return_mode returns;
	enum rounding rounding;
	enum rounding_scope rounding_scope;
	struct group *groups;
	size_t group_count;
	struct rule *rules;
	size_t rule_count;
	uint16_t *order;                /* rule indices as they are tried; a group's rules stand together */
	const struct rule_index *index; /* NULL: few rules, all are tried */
	struct cap *caps;               /* those of the rules in rule order, then those of the programme */
	size_t cap_count, cap_common;   /* caps from cap_common on are the programme's */
	bool counts_purchases;          /* a rule asks for the member's n-th */
	const struct tiers *tiers;      /* NULL: none, or the host keeps its own */
	const struct templates *templates;
	const struct earn_test *tests;
	size_t test_count;
};

/* Reads and checks a document.  `env` is borrowed and must outlive the programme.
 * *out is the caller's, to free with rewapp__programme_free().
 * Returns 0, REWAPP_E_JSON (line and column), REWAPP_E_ARGUMENT (with the place: "rules[2].when.mcc[0]:
 * ..."), REWAPP_E_CARDNUMBER, REWAPP_E_NOMEMORY. */
int rewapp__programme_parse(
	struct programme **out, const char *json, size_t length, const struct rewapp_env *env);
void rewapp__programme_free(struct programme *programme);

/* As above; a mistake leaves its kind and path in *reader. */
int rewapp__programme_read(struct programme **out, const char *json, size_t length,
	const struct rewapp_env *env, struct reader *reader);

/* The number of the first business day of the window that holds `utc_ms`; 0 for WINDOW_TOTAL. */
int64_t rewapp__programme_window(const struct programme *programme, enum window window, int64_t utc_ms);

/* When the points of a purchase at `occurred_ms` can be spent; and when they end, 0: never.  Of points that
 * live from the member's last activity it is the end that an activity at that instant gives them. */
int64_t rewapp__programme_activates_ms(const struct programme *programme, int64_t occurred_ms);
int64_t rewapp__programme_expires_ms(const struct programme *programme, int64_t occurred_ms);

/* How a group's rules exclude one another; STACK_ALL without a group. */
enum stack rewapp__rule_stack(const struct programme *programme, const struct rule *rule);

#endif
