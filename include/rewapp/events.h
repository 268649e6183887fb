/* The outbox: what happened, in its order, to be read with a cursor. */
#ifndef REWAPP_EVENTS_H
#define REWAPP_EVENTS_H

#include <rewapp/engine.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An event is written in the transaction of what it tells, so it is there exactly when
 * the change is.  Readers get each at least once. */
struct rewapp_event {
	int64_t number; /* the cursor: grows, with gaps */
	int32_t kind;   /* enum rewapp_kind of the command that caused it */
	int32_t code;   /* enum rewapp_code of the transfer, 0: no points moved */
	struct rewapp_id command;
	struct rewapp_id member; /* zero: none */
	int64_t points;
	int64_t recorded_ms;
};

/* Reads events after the cursor `after` (0: from the start), oldest first.
 * Returns 0, REWAPP_E_ARGUMENT, storage errors. */
REWAPP_API int rewapp_events_read(
	rewapp_engine *engine, int64_t after, struct rewapp_event *events, size_t capacity, size_t *count);

/* Where the named consumer stands (0: at the start), and moving it on; a consumer never
 * moves back.  Names have 1 to 64 bytes.  Returns 0, REWAPP_E_ARGUMENT, storage errors. */
REWAPP_API int rewapp_events_position(rewapp_engine *engine, const char *consumer, int64_t *out);
REWAPP_API int rewapp_events_acknowledge(rewapp_engine *engine, const char *consumer, int64_t number);

#ifdef __cplusplus
}
#endif

#endif
