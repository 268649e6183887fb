/* Reading what waits for a person, and what people have taught. */
#ifndef REWAPP_FLOWS_REVIEW_H
#define REWAPP_FLOWS_REVIEW_H

#include "flows/engine.h"

#include <rewapp/review.h>

int rewapp__read_doubts(struct rewapp_engine *engine, int64_t after, struct rewapp_doubt *out,
	size_t capacity, size_t *count);
int rewapp__read_learnt(struct rewapp_engine *engine, const struct rewapp_id *merchant, int64_t after,
	struct rewapp_learnt *out, size_t capacity, size_t *count);

#endif
