/* The question "bank_lines" as JSON. */
#include "api/json_write.h"
#include "base/error.h"

#include <rewapp/transactions.h>
#include <stdlib.h>
#include <string.h>

static int outcome_of(const char *word, int *out)
{
	for (*out = REWAPP_OUTCOME_NONE; *out <= REWAPP_OUTCOME_TICKET; ++*out)
		if (strcmp(word ? word : "", rewapp_outcome_name(*out)) == 0)
			return 0;
	return rewapp__fail(REWAPP_E_ARGUMENT, "outcome: unknown");
}

static void write_line(struct buffer *out, const struct rewapp_bank_line *line)
{
	rewapp__write_int(out, "number", line->number);
	rewapp__write_id(out, "id", &line->id);
	rewapp__write_id(out, "member", &line->member);
	rewapp__write_id(out, "programme", &line->programme);
	rewapp__write_text(out, "outcome", rewapp_outcome_name(line->outcome));
	rewapp__write_bool(out, "refund", line->refund);
	rewapp__write_int(out, "amount", line->amount);
	if (line->foreign_amount) {
		rewapp__write_int(out, "foreign_amount", line->foreign_amount);
		rewapp__write_text(out, "foreign_currency", line->foreign_currency);
	}
	rewapp__write_int(out, "occurred_ms", line->occurred_ms);
	rewapp__write_id(out, "merchant", &line->merchant);
	rewapp__write_int(out, "certainty", line->certainty);
	if (line->mcc)
		rewapp__write_int(out, "mcc", line->mcc);
	rewapp__write_id(out, "purchase", &line->purchase);
	rewapp__write_id(out, "other", &line->other);
	if (line->descriptor)
		rewapp__write_text(out, "descriptor", line->descriptor);
}

int rewapp__answer_bank_lines(rewapp_engine *engine, const struct rewapp_id *member, const char *outcome,
	int64_t after, size_t limit, struct buffer *out)
{
	struct rewapp_bank_line *lines;
	size_t count = 0;
	int wanted, error = outcome_of(outcome, &wanted);

	if (error < 0)
		return error;
	if (!(lines = calloc(limit, sizeof *lines)))
		return rewapp__fail(REWAPP_E_NOMEMORY, "bank lines");
	lines[0].size = sizeof *lines;
	error = rewapp_bank_lines(engine, member, wanted, after, lines, limit, &count);
	rewapp__buffer_puts(out, "{\"lines\":[");
	for (size_t i = 0; error == 0 && i < count; i++) {
		rewapp__begin_object(out);
		write_line(out, &lines[i]);
		rewapp__buffer_puts(out, "}");
	}
	if (error == 0)
		rewapp__write_next(out, count, limit, count ? lines[count - 1].number : 0);
	free(lines);
	return error;
}
