/* Conditions of a rule: a tree without loops, as deep as the document says and no deeper.
 * A condition is one row of the table in conditions.c. */
#ifndef REWAPP_EARN_CONDITION_H
#define REWAPP_EARN_CONDITION_H

#include "base/zone.h"
#include "earn/facts.h"
#include "earn/reader.h"

enum {
	CONDITION_DEPTH_MAX = 4,     /* of all, any and not within one another */
	CONDITION_BRANCHES_MAX = 32, /* of one all or any */
	CONDITIONS_MAX = 8192,       /* of one document */
	CONDITION_MCC_MAX = 512,
	CONDITION_MERCHANTS_MAX = 1024,
	CONDITION_SKUS_MAX = 1024,
	CONDITION_WORDS_MAX = 64,
	CONDITION_NTH_MAX = 1000000
};

struct condition_type;

/* Lines of a ticket, by what they are. */
struct line_set {
	const char *const *skus, *const *categories; /* sorted */
	size_t sku_count, category_count;            /* neither: every line */
};

/* One condition; which members are used is its type's business. */
struct condition {
	const struct condition_type *type;
	int64_t low, high;
	const void *items; /* sorted */
	size_t count;
	struct line_set lines;
	const struct condition *children; /* of all, any, not and a whole `when` */
	size_t child_count;
};

/* What conditions are asked about: one purchase, or what is left of it after returns. */
struct question {
	const struct zone *zone;
	const struct earn_facts *facts;
	int32_t cut_off;              /* minute at which a business day begins */
	struct civil clock;           /* on the wall */
	struct civil day;             /* the business day: only its date and weekday */
	int64_t earning;              /* the amount without excluded lines */
	int64_t paid;                 /* of it, what was paid with money */
	int64_t left, of;             /* left / of each amount is still there */
	const struct question *first; /* when lines came back: the whole purchase, else NULL */
};

/* A row: key, reason and the two functions. */
struct condition_type {
	const char *key;
	const char *doc; /* one line */
	int32_t reason;  /* enum rewapp_reason when it does not hold */
	bool falls; /* may cease to hold as a purchase gets smaller, never begin: asked again after returns */
	bool composite;   /* all, any, not */
	const char *kind; /* facts that the index may look up: "merchant", "mcc" ...; NULL: none */
	int (*parse)(struct reader *reader, const cJSON *item, const char *place, struct condition *out);
	bool (*holds)(const struct question *question, const struct condition *condition, int64_t share,
		int64_t *distance);
};

/* Reads a `when`; without one the condition always holds.  0 or a negative code. */
int rewapp__conditions_parse(
	struct reader *reader, const cJSON *object, const char *place, struct condition *out);

/* {"skus": [...], "categories": [...]}, and other keys of `more`. */
int rewapp__line_set_parse(struct reader *reader, const cJSON *object, const char *place,
	const char *const *more, size_t more_count, struct line_set *out);
bool rewapp__line_set_has(const struct line_set *set, const struct earn_line *line);

/* 0 when it holds, else the enum rewapp_reason of the first that fails, and how far it is: what the reason
 * counts in, or 0. */
int rewapp__condition_refusal(
	const struct question *question, const struct condition *condition, int64_t *distance);

/* Fills all of *out but left and of, which are 1.  0 or REWAPP_E_ARGUMENT (amounts below 0 or too many). */
int rewapp__question_of(
	const struct zone *zone, int32_t cut_off, const struct earn_facts *facts, struct question *out);

/* `amount`, or what is left of it. */
int64_t rewapp__question_share(const struct question *question, int64_t amount);

/* What was paid for the lines of a set: their part of `paid`.  *quantity counts them too. */
int64_t rewapp__question_lines(
	const struct question *question, const struct line_set *set, int64_t *quantity);

/* Rows that others ask about: the linter, the index. */
extern const struct condition_type *const rewapp__condition_types;
extern const size_t rewapp__condition_type_count;
bool rewapp__condition_is(const struct condition *condition, const char *key);

#endif
