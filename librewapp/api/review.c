/* <rewapp/review.h>: bank lines that wait for a person, and what was learnt. */
#include "flows/review.h"
#include "api/check.h"

int rewapp_doubts(
	rewapp_engine *engine, int64_t after, struct rewapp_doubt *lines, size_t capacity, size_t *count)
{
	int error;

	if ((error = rewapp__check_pointer(engine, "engine")) < 0 ||
		(error = rewapp__check_pointer(lines, "lines")) < 0 ||
		(error = rewapp__check_pointer(count, "count")) < 0)
		return error;
	*count = 0;
	if (capacity == 0)
		return 0;
	if ((error = rewapp__check_size(lines[0].size, sizeof *lines, "lines[0]")) < 0)
		return error;
	return rewapp__read_doubts(engine, after, lines, capacity, count);
}

int rewapp_learnt_list(rewapp_engine *engine, const struct rewapp_id *merchant, int64_t after,
	struct rewapp_learnt *learnt, size_t capacity, size_t *count)
{
	int error;

	if ((error = rewapp__check_pointer(engine, "engine")) < 0 ||
		(error = rewapp__check_pointer(learnt, "learnt")) < 0 ||
		(error = rewapp__check_pointer(count, "count")) < 0)
		return error;
	*count = 0;
	if (capacity == 0)
		return 0;
	if ((error = rewapp__check_size(learnt[0].size, sizeof *learnt, "learnt[0]")) < 0)
		return error;
	return rewapp__read_learnt(engine, merchant, after, learnt, capacity, count);
}
