/* For those who run the server: is it well, what does it count, what does a key reach. */
#include "base/json.h"
#include "routes/query.h"
#include "routes/tables.h"

#include <rewapp/errors.h>
#include <stdio.h>
#include <string.h>

static void respond_text(struct request *request, unsigned status, const char *text)
{
	rewapp__respond_header(request, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	rewapp__respond_static(request, status, "application/json", text, strlen(text));
}

static void health(struct request *request)
{
	respond_text(request, 200, "{\"status\":\"ok\"}");
}

/* Ready: the store answers and the last batch was written.  A server that is sent nothing because
 * it was not ready finds out by its next sweep; one that never sweeps could not. */
static void ready(struct request *request)
{
	struct buffer question, answer;
	int error = request->app->settings.sweep_seconds ? atomic_load(&request->app->writer.health) : 0;

	if (rewapp__http_is_stopping(request->http)) {
		rewapp__problem(request, HTTP_PROBLEM_STOPPING, "connections are being drained");
		return;
	}
	rewapp__question_begin(&question, "programmes");
	rewapp__question_number(&question, "limit", 1);
	if (!error)
		error = rewapp__question_ask(request, &question, &answer);
	else
		rewapp__buffer_init(&answer, NULL, 0);
	if (error < 0)
		rewapp__problem(request, HTTP_PROBLEM_OVERLOADED, "the store: %s", rewapp_strerror(error));
	else
		respond_text(request, 200, "{\"status\":\"ready\"}");
	rewapp__buffer_finish(&answer);
	rewapp__buffer_finish(&question);
}

static void write_metrics(struct request *request)
{
	struct app *app = request->app;
	const struct router *router = &request->http->options.router;
	struct metrics_name names[ROUTES_MAX];
	struct metrics_gauges gauges = { 0 };
	struct buffer out;

	for (size_t i = 0; i < router->count; i++)
		names[i] = (struct metrics_name){ router->routes[i]->method, router->routes[i]->path };
	pthread_mutex_lock(&app->writer.mutex);
	gauges.queue = (int64_t)app->writer.queued;
	pthread_mutex_unlock(&app->writer.mutex);
	gauges.active = atomic_load(&request->http->active);
	gauges.slow_closed = atomic_load(&request->http->peers.closed);
	rewapp__buffer_init(&out, NULL, 4 << 20);
	rewapp__metrics_write(&app->metrics, &gauges, names, router->count, &out);
	rewapp__respond_buffer(request, 200, "text/plain; version=0.0.4; charset=utf-8", &out);
}

/* The key is asked for here, because the operator may have opened the page. */
static void metrics(struct request *request)
{
	const struct http_options *options = &request->http->options;
	const char *key = rewapp__request_header(request, MHD_HTTP_HEADER_AUTHORIZATION);
	struct identity who;

	if (request->app->settings.open_metrics ||
		(key && strncmp(key, "Bearer ", 7) == 0 &&
			options->authenticate(options->app, key + 7, &who) && who.scope == SCOPE_PLATFORM))
		write_metrics(request);
	else
		rewapp__problem(request, HTTP_PROBLEM_UNAUTHENTICATED, "a platform's key, or --open-metrics");
}

static void show_key(struct request *request)
{
	const struct identity *who = &request->who;
	char merchant[REWAPP_ID_CAPACITY];
	struct buffer out;

	rewapp__buffer_init(&out, NULL, 1024);
	rewapp__buffer_printf(&out, "{\"scope\":\"%s\"", rewapp__scope_name(who->scope));
	if (!rewapp_id_is_zero(&who->merchant)) {
		rewapp_id_format(&who->merchant, merchant);
		rewapp__buffer_printf(&out, ",\"merchant\":\"%s\"", merchant);
	}
	if (who->terminal[0]) {
		rewapp__buffer_puts(&out, ",\"terminal\":");
		rewapp__json_quote(&out, who->terminal);
	}
	rewapp__buffer_puts(&out, "}");
	rewapp__respond_buffer(request, 200, "application/json", &out);
}

/* clang-format off */
static const struct route rows[] = {
	{ "GET", "/healthz", SCOPE_PUBLIC, 0, 0, health, "The process lives" },
	{ "GET", "/readyz", SCOPE_PUBLIC, 0, 0, ready, "The server can do its work" },
	{ "GET", "/metrics", SCOPE_PUBLIC, 0, 0, metrics,
		"Prometheus metrics, for a platform's key or with --open-metrics" },
	{ "GET", "/v1/key", SCOPE_PLATFORM | SCOPE_MERCHANT | SCOPE_TERMINAL, 0, 0, show_key,
		"What the key reaches" },
};
/* clang-format on */

const struct route_table rewapp__routes_operations = ROUTE_TABLE(rows);
