/* The yardstick of the bindings: purchases a second through C, as structs and as JSON.
 *
 *   bindings-bench STORAGE struct|json BATCH MILLISECONDS FIRST
 *
 * prints the rate.  The bindings run the very same purchases on a store of their own;
 * FIRST, the number of the first one, keeps the ids of runs on one store apart. */
#include <inttypes.h>
#include <rewapp/rewapp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	MEMBERS = 1000,
	ROW = 160
};

struct bench {
	rewapp_engine *engine;
	size_t batch;
	int64_t next;
	struct rewapp_command *commands;
	struct rewapp_receipt *receipts;
	char *text;
};

static void must(int error)
{
	if (error == 0)
		return;
	fprintf(stderr, "%s: %s\n", rewapp_error_name(error), rewapp_errmsg());
	exit(EXIT_FAILURE);
}

static void derive(struct rewapp_id *out, const char *prefix, int64_t number)
{
	char name[32];

	snprintf(name, sizeof(name), "%s%" PRId64, prefix, number);
	must(rewapp_id_derive(name, strlen(name), out));
}

/* Ids that grow, as an engine makes them. */
static void purchase_id(struct rewapp_id *out, int64_t number)
{
	char text[REWAPP_ID_CAPACITY];

	snprintf(text, sizeof(text), "%032" PRIx64, (uint64_t)number + 1);
	must(rewapp_id_parse(text, REWAPP_ID_TEXT, out));
}

static void fill_structs(struct bench *bench)
{
	static const struct rewapp_command init = REWAPP_COMMAND_INIT;

	for (size_t i = 0; i < bench->batch; i++) {
		struct rewapp_command *command = &bench->commands[i];

		*command = init;
		command->kind = REWAPP_KIND_PURCHASE;
		purchase_id(&command->id, bench->next + (int64_t)i);
		derive(&command->member, "m", (bench->next + (int64_t)i) % MEMBERS);
		derive(&command->merchant, "shop", 0);
		command->amount = 5000;
		memcpy(command->currency, "EUR", 4);
	}
	bench->receipts[0].size = sizeof(*bench->receipts);
}

static size_t fill_text(struct bench *bench)
{
	char *at = bench->text;

	at += snprintf(at, ROW, "{\"commands\": [");
	for (size_t i = 0; i < bench->batch; i++)
		at += snprintf(at, ROW,
			"%s{\"kind\": \"purchase\", \"id\": \"%032" PRIx64 "\", \"member\": \"@m%" PRId64
			"\", \"merchant\": \"@shop0\", \"amount\": 5000, \"currency\": \"EUR\"}",
			i ? ", " : "", (uint64_t)(bench->next + (int64_t)i) + 1,
			(bench->next + (int64_t)i) % MEMBERS);
	at += snprintf(at, ROW, "]}");
	return (size_t)(at - bench->text);
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* What making the input costs counts in all three: it is the host's part of the work. */
static void run_once(struct bench *bench, int json)
{
	char *answer = NULL;
	size_t length = 0;

	if (json) {
		length = fill_text(bench);
		must(rewapp_json_submit(bench->engine, bench->text, length, &answer, &length));
		rewapp_free(bench->engine, answer);
	} else {
		fill_structs(bench);
		must(rewapp_submit(bench->engine, bench->commands, bench->batch, bench->receipts));
	}
	bench->next += (int64_t)bench->batch;
}

static void measure(struct bench *bench, int json, int64_t limit_ns)
{
	int64_t first = bench->next, started = now_ns(), passed;

	do
		run_once(bench, json);
	while ((passed = now_ns() - started) < limit_ns);
	printf("%" PRId64 " %" PRId64 "\n", (bench->next - first) * 1000000000 / passed, bench->next);
}

int main(int argc, char **argv)
{
	struct rewapp_engine_options options = REWAPP_ENGINE_OPTIONS_INIT;
	struct bench bench = { 0 };

	if (argc != 6)
		return EXIT_FAILURE;
	options.storage = argv[1];
	bench.batch = strtoul(argv[3], NULL, 10);
	bench.next = strtoll(argv[5], NULL, 10);
	must(rewapp_engine_open(&bench.engine, &options));
	bench.commands = calloc(bench.batch, sizeof(*bench.commands));
	bench.receipts = calloc(bench.batch, sizeof(*bench.receipts));
	bench.text = malloc((bench.batch + 2) * ROW);
	if (bench.commands && bench.receipts && bench.text)
		measure(&bench, strcmp(argv[2], "json") == 0, strtoll(argv[4], NULL, 10) * 1000000);
	rewapp_engine_close(bench.engine);
	free(bench.commands);
	free(bench.receipts);
	free(bench.text);
	return EXIT_SUCCESS;
}
