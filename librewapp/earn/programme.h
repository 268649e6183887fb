/* A programme document, checked once and then only read.  docs/documents.md tells its form. */
#ifndef REWAPP_EARN_PROGRAMME_H
#define REWAPP_EARN_PROGRAMME_H

#include "base/arena.h"
#include "base/zone.h"

#include <rewapp/submit.h>
#include <stdbool.h>

enum {
	PROGRAMME_RULES_MAX = 64,
	PROGRAMME_CAPS_MAX = 64, /* of the programme and all its rules together */
	PROGRAMME_NAME_MAX = 120,
	PROGRAMME_RETURN_DAYS_MAX = 366,
	PROGRAMME_EXPIRY_DAYS_MAX = 36600,
	RULE_NAME_MAX = 31,
	RULE_CAPS_MAX = 8,
	RULE_MCC_MAX = 512,
	RULE_MERCHANTS_MAX = 1024,
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
	CAP_PROGRAMME = 1
};

enum clawback_policy {
	CLAWBACK_DEBT = 0,
	CLAWBACK_WRITE_OFF = 1
};

/* At most `limit` points in each window. */
struct cap {
	/* 63 bits that name the cap and how it counts: the same cap in the next version of a document
	 * goes on counting, one whose scope or window was changed starts anew. */
	int64_t key;
	enum cap_scope scope;
	enum window window;
	int64_t limit;
	int rule; /* index of its rule; -1: of the programme */
};

/* What must hold for a rule to give points; an empty list or -1 asks nothing. */
struct when {
	int64_t min_amount;
	const int32_t *mcc; /* ascending */
	size_t mcc_count;
	const struct rewapp_id *merchants; /* ascending by bytes */
	size_t merchant_count;
	uint32_t days;                 /* bit 0 Monday to bit 6 Sunday */
	int32_t hour_from, hour_until; /* minutes of the day; -1: all day */
	int64_t from_day, until_day;   /* local days, until exclusive */
};

struct earn_rule_type;

struct rule {
	char id[RULE_NAME_MAX + 1];
	const struct earn_rule_type *type;
	int64_t basis_points, points, unit_amount; /* what the type uses */
	enum funder funder;
	struct when when;
	size_t cap_from, cap_until; /* its caps within programme.caps */
};

struct programme {
	struct arena memory;
	char name[PROGRAMME_NAME_MAX + 1];
	char currency[4];
	struct zone *zone;
	int64_t value_points, value_amount; /* so many points are worth so much money */
	int32_t return_window_days, expiry_days;
	enum clawback_policy clawback;
	struct rule *rules;
	size_t rule_count;
	struct cap *caps;             /* those of the rules in rule order, then those of the programme */
	size_t cap_count, cap_common; /* caps from cap_common on are the programme's */
};

/* Reads and checks a document.  `env` is borrowed and must outlive the programme.
 * *out is the caller's, to free with rewapp__programme_free().
 * Returns 0, REWAPP_E_JSON (line and column), REWAPP_E_ARGUMENT (with the place: "rules[2].when.mcc[0]:
 * ..."), REWAPP_E_CARDNUMBER, REWAPP_E_NOMEMORY. */
int rewapp__programme_parse(
	struct programme **out, const char *json, size_t length, const struct rewapp_env *env);
void rewapp__programme_free(struct programme *programme);

#endif
