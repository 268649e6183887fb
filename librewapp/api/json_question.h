/* Questions and what answers them: one file, one table of topics for each part of the library. */
#ifndef REWAPP_API_JSON_QUESTION_H
#define REWAPP_API_JSON_QUESTION_H

#include "api/json_write.h"

enum {
	PAGE_DEFAULT = 50,
	PAGE_MAX = 500
};

/* The parts of a question, read by the table's key set. */
struct question {
	struct rewapp_id id, member, programme, merchant;
	int64_t before, after, limit, from_ms, until_ms, recorded_ms, occurred_ms, amount, mcc;
	int64_t flags, booked_ms, sure_bp, review_bp;
	int64_t card_members, returns, manual_credits, velocity, cycles, terminal_velocity;
	int64_t cashier_velocity, cashier_returns, cashier_credits;
	const char *descriptor, *currency, *token, *code, *checkpoint, *truth, *catalogue, *language,
		*outcome;
	const char *country, *city, *postcode, *merchant_id, *terminal_id, *siret, *creditor_id;
	const cJSON *history;
};

struct topic {
	const char *name;
	const char *keys; /* needed ones first; optional ones behind a '|' */
	int (*answer)(rewapp_engine *engine, const struct question *question, struct buffer *out);
};

/* To the width of a field whose own check says what is out of range. */
int32_t rewapp__narrow(int64_t number);

/* Each ends with a topic without a name. */
extern const struct topic rewapp__topics_member[];
extern const struct topic rewapp__topics_objects[];
extern const struct topic rewapp__topics_books[];
extern const struct topic rewapp__topics_match[];
extern const struct topic rewapp__topics_evidence[];

#endif
