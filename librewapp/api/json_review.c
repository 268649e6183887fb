/* The questions "review" and "learnt" as JSON. */
#include "api/json_write.h"
#include "base/error.h"

#include <rewapp/review.h>
#include <stdlib.h>
#include <string.h>

static int check_language(const char *language)
{
	if (language && strcmp(language, "en") != 0 && strcmp(language, "fr") != 0)
		return rewapp__fail(REWAPP_E_ARGUMENT, "language: neither en nor fr");
	return 0;
}

static void write_doubt(struct buffer *out, const struct rewapp_doubt *line, const char *language)
{
	rewapp__write_int(out, "number", line->number);
	rewapp__write_id(out, "id", &line->id);
	rewapp__write_id(out, "member", &line->member);
	rewapp__write_id(out, "programme", &line->programme);
	rewapp__write_text(out, "descriptor", line->descriptor);
	rewapp__write_int(out, "amount", line->amount);
	rewapp__write_text(out, "currency", line->currency);
	if (line->mcc)
		rewapp__write_int(out, "mcc", line->mcc);
	rewapp__write_int(out, "occurred_ms", line->occurred_ms);
	rewapp__write_name(out, "decided");
	rewapp__buffer_puts(out, "{");
	rewapp__write_id(out, "merchant", &line->merchant);
	rewapp__write_int(out, "certainty", line->certainty);
	rewapp__write_int(out, "catalogue", line->catalogue);
	rewapp__write_text(out, "calibration", line->calibration);
	rewapp__buffer_puts(out, "}");
	rewapp__write_match(out, &line->match, language);
}

int rewapp__answer_doubts(
	rewapp_engine *engine, int64_t after, size_t limit, const char *language, struct buffer *out)
{
	struct rewapp_doubt *lines;
	size_t count;
	int error = check_language(language);

	if (error < 0)
		return error;
	if (!(lines = calloc(limit, sizeof *lines)))
		return rewapp__fail(REWAPP_E_NOMEMORY, "review");
	lines[0].size = sizeof *lines;
	error = rewapp_doubts(engine, after, lines, limit, &count);
	rewapp__buffer_puts(out, "{\"lines\":[");
	for (size_t i = 0; error == 0 && i < count; i++) {
		rewapp__begin_object(out);
		write_doubt(out, &lines[i], language ? language : "en");
		rewapp__buffer_puts(out, "}");
	}
	if (error == 0)
		rewapp__write_next(out, count, limit, count ? lines[count - 1].number : 0);
	free(lines);
	return error;
}

static void write_learnt(struct buffer *out, const struct rewapp_learnt *learnt)
{
	rewapp__write_int(out, "number", learnt->number);
	rewapp__write_id(out, "id", &learnt->id);
	rewapp__write_id(out, "line", &learnt->line);
	rewapp__write_id(out, "merchant", &learnt->merchant);
	rewapp__write_int(out, "votes", learnt->votes);
	rewapp__write_text(out, "text", learnt->text);
	rewapp__write_text(out, "who", learnt->who);
	rewapp__write_int(out, "at_ms", learnt->at_ms);
	rewapp__write_id(out, "taken_back", &learnt->taken_back);
}

int rewapp__answer_learnt(rewapp_engine *engine, const struct rewapp_id *merchant, int64_t after,
	size_t limit, struct buffer *out)
{
	struct rewapp_learnt *learnt = calloc(limit, sizeof *learnt);
	size_t count;
	int error;

	if (!learnt)
		return rewapp__fail(REWAPP_E_NOMEMORY, "learnt");
	learnt[0].size = sizeof *learnt;
	error = rewapp_learnt_list(engine, merchant, after, learnt, limit, &count);
	rewapp__buffer_puts(out, "{\"learnt\":[");
	for (size_t i = 0; error == 0 && i < count; i++) {
		rewapp__begin_object(out);
		write_learnt(out, &learnt[i]);
		rewapp__buffer_puts(out, "}");
	}
	if (error == 0)
		rewapp__write_next(out, count, limit, count ? learnt[count - 1].number : 0);
	free(learnt);
	return error;
}
