/* What the server counts, in Prometheus' text form.  Knows no route: rows are numbered. */
#ifndef REWAPP_METRICS_METRICS_H
#define REWAPP_METRICS_METRICS_H

#include "base/buffer.h"

#include <rewapp/submit.h>
#include <stdatomic.h>
#include <stdint.h>

enum {
	METRICS_ROUTES_MAX = 96,
	METRICS_STATUSES = 21,
	METRICS_BUCKETS = 14,
	METRICS_BATCH_BUCKETS = 8,
	METRICS_KINDS = 16,
	METRICS_VERDICTS = 32,
	METRICS_ERRORS = 32
};

typedef _Atomic int64_t metric;

struct metrics_route {
	metric statuses[METRICS_STATUSES];
	metric buckets[METRICS_BUCKETS + 1]; /* the last: +Inf */
	metric sum_ns;
};

struct metrics {
	struct metrics_route routes[METRICS_ROUTES_MAX + 1]; /* the last: no route fits */
	metric verdicts[METRICS_KINDS][METRICS_VERDICTS];
	metric errors[METRICS_ERRORS]; /* by negated code */
	metric batches[METRICS_BATCH_BUCKETS + 1], batch_commands;
	metric lost; /* connections that ended before their answer */
};

/* The gauges of the moment, read when the page is asked for. */
struct metrics_gauges {
	int64_t queue, active, slow_closed;
};

struct metrics_name {
	const char *method, *route;
};

void rewapp__metrics_request(struct metrics *metrics, size_t route, unsigned status, int64_t took_ns);
void rewapp__metrics_batch(
	struct metrics *metrics, int error, const struct rewapp_receipt *receipts, size_t count);

/* Writes the page; names[i] is what routes[i] is called. */
void rewapp__metrics_write(struct metrics *metrics, const struct metrics_gauges *gauges,
	const struct metrics_name *names, size_t count, struct buffer *out);

#endif
