/* <rewapp/submit.h>: the one door for changes. */
#include "api/check.h"
#include "flows/batch.h"
#include "flows/read.h"

static int check_call(rewapp_engine *engine, const struct rewapp_command *commands, size_t count,
	const struct rewapp_receipt *receipts)
{
	int error;

	if ((error = rewapp__check_pointer(engine, "engine")) < 0 ||
		(error = rewapp__check_pointer(commands, "commands")) < 0 ||
		(error = rewapp__check_pointer(receipts, "receipts")) < 0)
		return error;
	if (count == 0 || count > REWAPP_BATCH_MAX)
		return rewapp__fail(REWAPP_E_ARGUMENT, "count: %zu is not 1 to %d", count, REWAPP_BATCH_MAX);
	if ((error = rewapp__check_size(receipts[0].size, sizeof *receipts, "receipts[0]")) < 0)
		return error;
	for (size_t i = 0; i < count; i++)
		if ((error = rewapp__check_size(commands[i].size, sizeof *commands, "commands")) < 0)
			return error;
	return 0;
}

int rewapp_submit(rewapp_engine *engine, const struct rewapp_command *commands, size_t count,
	struct rewapp_receipt *receipts)
{
	int error = check_call(engine, commands, count, receipts);

	return error < 0 ? error : rewapp__flow_submit(engine, commands, count, receipts);
}

int rewapp_quote(rewapp_engine *engine, const struct rewapp_command *commands, size_t count,
	struct rewapp_receipt *receipts)
{
	int error = check_call(engine, commands, count, receipts);

	return error < 0 ? error : rewapp__flow_quote(engine, commands, count, receipts);
}

int rewapp_receipt_get(rewapp_engine *engine, const struct rewapp_id *id, struct rewapp_receipt *out)
{
	int error;

	if ((error = rewapp__check_pointer(engine, "engine")) < 0 ||
		(error = rewapp__check_pointer(id, "id")) < 0 ||
		(error = rewapp__check_pointer(out, "out")) < 0 ||
		(error = rewapp__check_size(out->size, sizeof *out, "out")) < 0)
		return error;
	return rewapp__read_receipt(engine, id, out);
}
