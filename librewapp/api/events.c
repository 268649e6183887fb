/* <rewapp/events.h>: the outbox, read with a cursor. */
#include "api/check.h"
#include "base/text.h"
#include "events/events.sql.h"
#include "flows/read.h"

#include <string.h>

int rewapp_events_read(
	rewapp_engine *engine, int64_t after, struct rewapp_event *events, size_t capacity, size_t *count)
{
	int error;

	if ((error = rewapp__check_pointer(engine, "engine")) < 0 ||
		(error = rewapp__check_pointer(events, "events")) < 0 ||
		(error = rewapp__check_pointer(count, "count")) < 0)
		return error;
	return rewapp__read_events(engine, after, events, capacity, count);
}

static int check_consumer(const rewapp_engine *engine, const char *consumer)
{
	int error;

	if ((error = rewapp__check_pointer(engine, "engine")) < 0 ||
		(error = rewapp__check_pointer(consumer, "consumer")) < 0)
		return error;
	if (!*consumer || strlen(consumer) > 64)
		return rewapp__fail(REWAPP_E_ARGUMENT, "consumer: a name has 1 to 64 bytes");
	if (!rewapp__text_is_utf8(consumer, strlen(consumer)))
		return rewapp__fail(REWAPP_E_ARGUMENT, "consumer: not UTF-8");
	return 0;
}

int rewapp_events_position(rewapp_engine *engine, const char *consumer, int64_t *out)
{
	struct value arg;
	struct read read = { .stmt = &STMT_EVENTS_POSITION, .arg_count = 1, .args = &arg };
	int error;

	if ((error = check_consumer(engine, consumer)) < 0 || (error = rewapp__check_pointer(out, "out")) < 0)
		return error;
	rewapp__arena_reset(&engine->arena);
	arg = rewapp__value_text(consumer);
	if ((error = rewapp__storage_query(engine->storage, &read, 1, &engine->arena)) < 0)
		return error;
	*out = read.row_count ? rewapp__cell_int(&read, 0, 0) : 0;
	return 0;
}

int rewapp_events_acknowledge(rewapp_engine *engine, const char *consumer, int64_t number)
{
	struct plan plan;
	int64_t seq_first;
	int error;

	if ((error = check_consumer(engine, consumer)) < 0)
		return error;
	if (number < 0)
		return rewapp__fail(REWAPP_E_ARGUMENT, "number: %lld is below 0", (long long)number);
	rewapp__arena_reset(&engine->arena);
	rewapp__plan_begin(&plan, &engine->arena);
	rewapp__plan_add(&plan, &STMT_EVENTS_ACKNOWLEDGE, TOUCHES_ONE,
		(struct value[]){ rewapp__value_text(consumer), rewapp__value_int(number) }, 2);
	return rewapp__storage_apply(engine->storage, &plan, &seq_first);
}
