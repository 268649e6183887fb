/* rewapp serve: builds the server by hand, runs it until it is told to stop. */
#include "commands/serve.h"

#include "app.h"
#include "clock.h"
#include "routes/tables.h"

#include <malloc.h>
#include <rewapp/errors.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool authenticate(struct app *app, const char *key, struct identity *out)
{
	return rewapp__keys_check(app->keys, key, out);
}

static void observe(struct app *app, const struct request *request, int64_t took_ns)
{
	rewapp__metrics_request(
		&app->metrics, request->route ? request->route_index : SIZE_MAX, request->status, took_ns);
}

/* How long one attempt waits for another's write: the writer makes several, and the clerk has to find a gap
 * between the writer's batches. */
enum {
	BUSY_MS = 1000,
	CLERK_BUSY_MS = 10000
};

/* What a large batch took goes back to the system at once instead of staying for the next one, and is not
 * kept once for each thread. */
enum {
	MALLOC_OWN_MAPPING_BYTES = 256 * 1024,
	MALLOC_SPARE_BYTES = 1024 * 1024,
	MALLOC_ARENAS = 1
};

static int fail(const char *what, int error)
{
	fprintf(stderr, "rewapp serve: %s: %s: %s\n", what, rewapp_strerror(error), rewapp_errmsg());
	return -1;
}

static struct rewapp_engine_options engine_options(const struct settings *settings)
{
	struct rewapp_engine_options options = REWAPP_ENGINE_OPTIONS_INIT;

	options.storage = settings->store;
	options.env = program_env();
	options.durability = strcmp(settings->durability, "normal") == 0 ? REWAPP_DURABILITY_NORMAL
									 : REWAPP_DURABILITY_FULL;
	options.busy_ms = BUSY_MS;
	options.must_exist = !settings->create;
	options.cache_kib = (int32_t)settings->cache_mib * 1024;
	return options;
}

/* From the store upwards; what was opened is closed again by stop(). */
static int start(struct app *app)
{
	const struct settings *settings = &app->settings;
	struct rewapp_engine_options options = engine_options(settings), clerks = options;
	rewapp_engine *engine;
	int error;

	options.tidied = 1; /* by the clerk */
	if ((error = rewapp_engine_open(&engine, &options)) < 0)
		return fail(settings->store, error);
	error = rewapp__writer_start(&app->writer, engine, &app->metrics, (size_t)settings->queue,
		(unsigned)settings->sweep_seconds);
	if (error < 0) {
		rewapp_engine_close(engine);
		return fail("the writer", error);
	}
	clerks.busy_ms = CLERK_BUSY_MS;
	error = rewapp__clerk_start(&app->clerk,
		&(struct clerk_options){ .engine = clerks,
			.writer = &app->writer,
			.checkpoint_commands = settings->checkpoint_commands,
			.checkpoint_seconds = settings->checkpoint_seconds,
			.report_seconds = settings->report_seconds });
	if (error < 0)
		return fail("the clerk", error);
	app->writer.tidier = &app->clerk.work;
	if ((error = rewapp__readers_open(&app->readers, &options, (size_t)settings->threads)) < 0)
		return fail(settings->store, error);
	if ((error = rewapp__keys_open(&app->keys, settings->keys, settings->store)) < 0)
		return fail("API keys", error);
	return 0;
}

static void stop(struct app *app)
{
	rewapp_engine *engine = app->writer.engine;

	rewapp__keys_close(app->keys);
	if (app->readers.count)
		rewapp__readers_close(&app->readers);
	rewapp_engine_close(engine);
}

static int listen_and_serve(struct app *app, const sigset_t *signals)
{
	const struct settings *settings = &app->settings;
	struct http_options options = {
		.listen = settings->listen,
		.threads = (unsigned)settings->threads,
		.connections_max = (unsigned)settings->connections,
		.connections_per_address = (unsigned)settings->connections_per_address,
		.request_ms = (unsigned)settings->request_seconds * 1000,
		.answer_ms = (unsigned)settings->answer_seconds * 1000,
		.idle_ms = (unsigned)settings->idle_seconds * 1000,
		.app = app,
		.authenticate = authenticate,
		.observe = observe,
	};
	int signal;

	if (!rewapp__routes_init(&options.router) || rewapp__http_start(&app->http, &options) < 0)
		return -1;
	printf("rewapp serve: listening on port %u\n", app->http.port);
	fflush(stdout);
	sigwait(signals, &signal);
	rewapp__http_quiesce(&app->http, (unsigned)settings->stop_seconds * 1000);
	return 0;
}

/* Signals are for sigwait() alone, in this thread; set before any other starts. */
static void block_signals(sigset_t *signals)
{
	sigemptyset(signals);
	sigaddset(signals, SIGTERM);
	sigaddset(signals, SIGINT);
	pthread_sigmask(SIG_BLOCK, signals, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static int run(struct app *app)
{
	sigset_t signals;
	int result;

	block_signals(&signals);
	mallopt(M_ARENA_MAX, MALLOC_ARENAS);
	mallopt(M_MMAP_THRESHOLD, MALLOC_OWN_MAPPING_BYTES);
	mallopt(M_TRIM_THRESHOLD, MALLOC_SPARE_BYTES);
	sqlite3_soft_heap_limit64(app->settings.cache_mib * 1024 * 1024); /* all engines together */
	result = start(app);
	if (!result)
		result = listen_and_serve(app, &signals);
	/* Nobody may wait for the writer or the clerk when the connections are closed. */
	if (app->writer.engine)
		rewapp__writer_stop(&app->writer);
	rewapp__clerk_stop(&app->clerk);
	if (app->http.daemon)
		rewapp__http_stop(&app->http);
	stop(app);
	return result < 0 ? 1 : 0;
}

static int list_routes(void)
{
	struct router router;

	if (!rewapp__routes_init(&router))
		return 1;
	rewapp__routes_print(&router);
	return 0;
}

int command_serve(int argc, char **argv)
{
	struct app *app = calloc(1, sizeof *app);
	int result;

	if (!app)
		return 1;
	result = rewapp__settings_read(&app->settings, argc, argv);
	if (result)
		result = result < 0 ? 2 : 0;
	else
		result = app->settings.list_routes ? list_routes() : run(app);
	rewapp__settings_finish(&app->settings);
	free(app);
	return result;
}
