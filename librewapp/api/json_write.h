/* Answers as JSON. */
#ifndef REWAPP_API_JSON_WRITE_H
#define REWAPP_API_JSON_WRITE_H

#include "base/buffer.h"
#include "base/json.h"

#include <rewapp/evaluate.h>
#include <rewapp/matching.h>
#include <rewapp/submit.h>

/* The allocator that the caller frees answers with. */
const struct rewapp_env *rewapp__json_env(const rewapp_engine *engine);

void rewapp__write_receipt(struct buffer *out, const struct rewapp_receipt *receipt);

/* rewapp_evaluate() with the host's memory. */
int rewapp__evaluate_tables(const struct rewapp_env *env, const struct rewapp_evaluation_tables *tables,
	struct rewapp_evaluation *out);
void rewapp__write_evaluation(struct buffer *out, const struct rewapp_evaluation *evaluation);

/* One member of an object: `first` writes no comma. */
void rewapp__write_name(struct buffer *out, const char *name);
void rewapp__write_int(struct buffer *out, const char *name, int64_t value);
void rewapp__write_text(struct buffer *out, const char *name, const char *text);
void rewapp__write_id(struct buffer *out, const char *name, const struct rewapp_id *id);
void rewapp__write_bool(struct buffer *out, const char *name, int value);

/* The next object of an array. */
void rewapp__begin_object(struct buffer *out);

/* The end of a page: the cursor of the next one, null at the end. */
void rewapp__write_next(struct buffer *out, size_t count, size_t limit, int64_t last);

/* The members of a match; with a language ("fr", "en") each piece of evidence says in words what it is. */
void rewapp__write_match(struct buffer *out, const struct rewapp_match *match, const char *language);

/* json_review.c: the questions "review" and "learnt". */
int rewapp__answer_bank_lines(rewapp_engine *engine, const struct rewapp_id *member, const char *outcome,
	int64_t after, size_t limit, struct buffer *out);
int rewapp__answer_doubts(
	rewapp_engine *engine, int64_t after, size_t limit, const char *language, struct buffer *out);
int rewapp__answer_learnt(rewapp_engine *engine, const struct rewapp_id *merchant, int64_t after,
	size_t limit, struct buffer *out);

/* Answers a question (see rewapp_json_query()). */
int rewapp__json_answer(rewapp_engine *engine, const cJSON *question, struct buffer *out);

#endif
