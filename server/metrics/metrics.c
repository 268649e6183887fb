/* Counting: relaxed atomic increments, no locks on the way of a request. */
#include "metrics/metrics.h"

#include <rewapp/errors.h>
#include <rewapp/version.h>
#include <stdio.h>
#include <unistd.h>

static const int16_t statuses[METRICS_STATUSES] = { 200, 201, 204, 304, 400, 401, 403, 404, 405, 408, 409,
	413, 414, 415, 422, 429, 431, 500, 501, 503, 0 /* any other */ };

/* 0.05, 0.2, 0.3 and 0.5 s are the limits of the alerts. */
static const struct {
	int32_t us;
	const char *seconds;
} buckets[METRICS_BUCKETS] = { { 250, "0.00025" }, { 500, "0.0005" }, { 1000, "0.001" }, { 2500, "0.0025" },
	{ 5000, "0.005" }, { 10000, "0.01" }, { 25000, "0.025" }, { 50000, "0.05" }, { 100000, "0.1" },
	{ 200000, "0.2" }, { 300000, "0.3" }, { 500000, "0.5" }, { 1000000, "1" }, { 5000000, "5" } };

static const int16_t batch_sizes[METRICS_BATCH_BUCKETS] = { 1, 4, 16, 64, 256, 1024, 4096, 8192 };

static void add(metric *counter, int64_t amount)
{
	atomic_fetch_add_explicit(counter, amount, memory_order_relaxed);
}

static long long get(metric *counter)
{
	return (long long)atomic_load_explicit(counter, memory_order_relaxed);
}

void rewapp__metrics_request(struct metrics *metrics, size_t route, unsigned status, int64_t took_ns)
{
	struct metrics_route *row = &metrics->routes[route < METRICS_ROUTES_MAX ? route : METRICS_ROUTES_MAX];
	size_t at = 0;

	if (status == 0) {
		add(&metrics->lost, 1);
		return;
	}
	while (at < METRICS_STATUSES - 1 && statuses[at] != (int16_t)status)
		at++;
	add(&row->statuses[at], 1);
	for (at = 0; at < METRICS_BUCKETS && took_ns > (int64_t)buckets[at].us * 1000; at++)
		;
	add(&row->buckets[at], 1);
	add(&row->sum_ns, took_ns);
}

void rewapp__metrics_batch(
	struct metrics *metrics, int error, const struct rewapp_receipt *receipts, size_t count)
{
	size_t at = 0;

	if (error < 0) {
		add(&metrics->errors[-error < METRICS_ERRORS ? -error : 0], 1);
		return;
	}
	while (at < METRICS_BATCH_BUCKETS && count > (size_t)batch_sizes[at])
		at++;
	add(&metrics->batches[at], 1);
	add(&metrics->batch_commands, (int64_t)count);
	for (size_t i = 0; i < count; i++) {
		const struct rewapp_receipt *receipt = &receipts[i];

		if (receipt->code < 0)
			add(&metrics->errors[-receipt->code < METRICS_ERRORS ? -receipt->code : 0], 1);
		else if (receipt->kind < METRICS_KINDS && receipt->verdict < METRICS_VERDICTS)
			add(&metrics->verdicts[receipt->kind][receipt->verdict], 1);
	}
}

static void head(struct buffer *out, const char *name, const char *type, const char *help)
{
	rewapp__buffer_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void write_one(
	struct buffer *out, const char *name, const char *type, const char *help, long long value)
{
	head(out, name, type, help);
	rewapp__buffer_printf(out, "%s %lld\n", name, value);
}

static void write_requests(
	struct metrics *metrics, const struct metrics_name *names, size_t count, struct buffer *out)
{
	head(out, "rewapp_http_requests_total", "counter", "Answered requests.");
	for (size_t r = 0; r <= count; r++) {
		struct metrics_route *row = &metrics->routes[r < count ? r : METRICS_ROUTES_MAX];

		for (size_t s = 0; s < METRICS_STATUSES; s++)
			if (get(&row->statuses[s]))
				rewapp__buffer_printf(out,
					"rewapp_http_requests_total{method=\"%s\",route=\"%s\",status=\"%d\"}"
					" %lld\n",
					r < count ? names[r].method : "", r < count ? names[r].route : "",
					statuses[s], get(&row->statuses[s]));
	}
}

/* A route that was never asked for has no rows: Prometheus takes it as new when it comes. */
static void write_latency_row(struct metrics_route *row, const struct metrics_name *name, struct buffer *out)
{
	static const char family[] = "rewapp_http_request_duration_seconds";
	long long sum_ns = get(&row->sum_ns), so_far = 0;
	char labels[160];

	if (sum_ns == 0)
		return;
	snprintf(labels, sizeof labels, "{method=\"%s\",route=\"%s\"", name->method, name->route);
	for (size_t b = 0; b <= METRICS_BUCKETS; b++) {
		so_far += get(&row->buckets[b]);
		rewapp__buffer_puts(out, family);
		rewapp__buffer_puts(out, "_bucket");
		rewapp__buffer_puts(out, labels);
		rewapp__buffer_printf(
			out, ",le=\"%s\"} %lld\n", b < METRICS_BUCKETS ? buckets[b].seconds : "+Inf", so_far);
	}
	rewapp__buffer_printf(out, "%s_sum%s} %lld.%09lld\n%s_count%s} %lld\n", family, labels,
		sum_ns / 1000000000, sum_ns % 1000000000, family, labels, so_far);
}

static void write_latency(
	struct metrics *metrics, const struct metrics_name *names, size_t count, struct buffer *out)
{
	head(out, "rewapp_http_request_duration_seconds", "histogram",
		"From the headers of a request to the end of its answer.");
	for (size_t r = 0; r < count; r++)
		write_latency_row(&metrics->routes[r], &names[r], out);
}

static void write_batches(struct metrics *metrics, struct buffer *out)
{
	long long so_far = 0;

	head(out, "rewapp_batch_commands", "histogram", "Commands written in one durable transaction.");
	for (size_t b = 0; b < METRICS_BATCH_BUCKETS; b++) {
		so_far += get(&metrics->batches[b]);
		rewapp__buffer_printf(
			out, "rewapp_batch_commands_bucket{le=\"%d\"} %lld\n", batch_sizes[b], so_far);
	}
	so_far += get(&metrics->batches[METRICS_BATCH_BUCKETS]);
	rewapp__buffer_printf(out,
		"rewapp_batch_commands_bucket{le=\"+Inf\"} %lld\nrewapp_batch_commands_sum %lld\n"
		"rewapp_batch_commands_count %lld\n",
		so_far, get(&metrics->batch_commands), so_far);
}

static void write_commands(struct metrics *metrics, struct buffer *out)
{
	head(out, "rewapp_commands_total", "counter", "Commands by kind and verdict.");
	for (int k = 0; k < METRICS_KINDS; k++)
		for (int v = 0; v < METRICS_VERDICTS; v++)
			if (get(&metrics->verdicts[k][v]))
				rewapp__buffer_printf(out,
					"rewapp_commands_total{kind=\"%s\",verdict=\"%s\"} %lld\n",
					rewapp_kind_name(k), rewapp_verdict_name(v),
					get(&metrics->verdicts[k][v]));
	head(out, "rewapp_engine_errors_total", "counter",
		"Commands and batches that the engine could not carry out.");
	for (int e = 0; e < METRICS_ERRORS; e++)
		if (get(&metrics->errors[e]))
			rewapp__buffer_printf(out, "rewapp_engine_errors_total{code=\"%s\"} %lld\n",
				rewapp_error_name(-e), get(&metrics->errors[e]));
}

static long long resident_bytes(void)
{
	long long size, resident = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	if (!file)
		return 0;
	if (fscanf(file, "%lld %lld", &size, &resident) != 2)
		resident = 0;
	fclose(file);
	return resident * sysconf(_SC_PAGESIZE);
}

void rewapp__metrics_write(struct metrics *metrics, const struct metrics_gauges *gauges,
	const struct metrics_name *names, size_t count, struct buffer *out)
{
	write_requests(metrics, names, count, out);
	write_latency(metrics, names, count, out);
	write_commands(metrics, out);
	write_batches(metrics, out);
	write_one(out, "rewapp_writer_queue_requests", "gauge", "Requests that wait for the writer.",
		gauges->queue);
	write_one(out, "rewapp_http_requests_active", "gauge", "Requests that are being served.",
		gauges->active);
	write_one(out, "rewapp_http_connections_lost_total", "counter",
		"Connections that ended before their answer.", get(&metrics->lost));
	write_one(out, "rewapp_http_connections_slow_total", "counter",
		"Connections closed because they were too slow.", gauges->slow_closed);
	write_one(out, "process_resident_memory_bytes", "gauge", "Resident memory size in bytes.",
		resident_bytes());
	head(out, "rewapp_build_info", "gauge", "The version that runs.");
	rewapp__buffer_printf(out, "rewapp_build_info{version=\"%s\"} 1\n", rewapp_version());
}
