/* <rewapp/settlement.h>: who owes whom. */
#include <rewapp/settlement.h>

#include "api/check.h"
#include "flows/read.h"

int rewapp_settlement_read(rewapp_engine *engine, const struct rewapp_id *programme, int64_t from_ms,
	int64_t until_ms, struct rewapp_settlement *out)
{
	int error;

	if ((error = rewapp__check_pointer(engine, "engine")) < 0 ||
		(error = rewapp__check_pointer(out, "out")) < 0 ||
		(error = rewapp__check_size(out->size, sizeof *out, "out")) < 0)
		return error;
	if (until_ms <= from_ms)
		return rewapp__fail(
			REWAPP_E_ARGUMENT, "until_ms: %lld is not behind from_ms", (long long)until_ms);
	return rewapp__read_settlement(engine, programme, from_ms, until_ms, out);
}
