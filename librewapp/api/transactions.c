/* <rewapp/transactions.h>: the lines of members' banks. */
#include "api/check.h"
#include "flows/bank_lines.h"

int rewapp_bank_lines(rewapp_engine *engine, const struct rewapp_id *member, int outcome, int64_t after,
	struct rewapp_bank_line *lines, size_t capacity, size_t *count)
{
	int error;

	if ((error = rewapp__check_pointer(engine, "engine")) < 0 ||
		(error = rewapp__check_pointer(lines, "lines")) < 0 ||
		(error = rewapp__check_pointer(count, "count")) < 0)
		return error;
	*count = 0;
	if (outcome < REWAPP_OUTCOME_NONE || outcome > REWAPP_OUTCOME_TICKET)
		return rewapp__fail(REWAPP_E_ARGUMENT, "outcome: %d is unknown", outcome);
	if (capacity == 0)
		return 0;
	if ((error = rewapp__check_size(lines[0].size, sizeof *lines, "lines[0]")) < 0)
		return error;
	return rewapp__read_bank_lines(engine, member, outcome, after, lines, capacity, count);
}
