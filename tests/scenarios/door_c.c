/* The C door of the scenarios: one JSON line in, one out (scenario.py).
 *
 * Commands go through rewapp_submit() as structs and receipts come back as structs. */
#include <cjson/cJSON.h>
#include <rewapp/rewapp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t clock_ms;

static int64_t sandbox_now(void *user)
{
	(void)user;
	return clock_ms;
}

static void say_error(int code)
{
	printf("{\"error\":\"%s\",\"field\":null}\n", rewapp_error_name(code));
}

static void say_receipt(const struct rewapp_receipt *receipt)
{
	size_t need;
	char *text;

	rewapp_receipt_format(receipt, NULL, 0, &need);
	text = malloc(need + 1);
	if (!text || rewapp_receipt_format(receipt, text, need + 1, &need) < 0)
		exit(1);
	fputs(text, stdout);
	free(text);
}

static void submit(rewapp_engine *engine, const char *text)
{
	rewapp_commands *commands;
	struct rewapp_receipt *receipts;
	int error = rewapp_commands_parse(text, strlen(text), &commands);

	if (error < 0) {
		say_error(error);
		return;
	}
	receipts = calloc(rewapp_commands_count(commands), sizeof *receipts);
	if (!receipts)
		exit(1);
	receipts[0].size = sizeof *receipts;
	error = rewapp_submit(
		engine, rewapp_commands_array(commands), rewapp_commands_count(commands), receipts);
	if (error < 0) {
		say_error(error);
	} else {
		printf("{\"receipts\":[");
		for (size_t i = 0; i < rewapp_commands_count(commands); i++) {
			fputs(i ? "," : "", stdout);
			say_receipt(&receipts[i]);
		}
		printf("]}\n");
	}
	free(receipts);
	rewapp_commands_free(commands);
}

static void query(rewapp_engine *engine, const char *text)
{
	char *answer;
	size_t length;
	int error = rewapp_json_query(engine, text, strlen(text), &answer, &length);

	if (error < 0) {
		say_error(error);
		return;
	}
	printf("%s\n", answer);
	rewapp_free(engine, answer);
}

static void answer_line(rewapp_engine *engine, const char *line)
{
	cJSON *message = cJSON_Parse(line);
	const cJSON *part = message ? message->child : NULL;
	char *text = part ? cJSON_PrintUnformatted(part) : NULL;

	if (!text)
		exit(1);
	if (strcmp(part->string, "clock") == 0) {
		clock_ms = strtoll(text, NULL, 10);
		printf("{}\n");
	} else if (strcmp(part->string, "submit") == 0) {
		submit(engine, text);
	} else {
		query(engine, text);
	}
	fflush(stdout);
	cJSON_free(text);
	cJSON_Delete(message);
}

int main(int argc, char **argv)
{
	struct rewapp_env env = REWAPP_ENV_INIT;
	struct rewapp_engine_options options = REWAPP_ENGINE_OPTIONS_INIT;
	rewapp_engine *engine;
	char *line = NULL;
	size_t capacity = 0;

	env.now_ms = sandbox_now;
	options.env = &env;
	options.storage = argc > 1 ? argv[1] : NULL;
	options.mode = argc > 2 && strcmp(argv[2], "owned") == 0 ? REWAPP_MODE_OWNED : REWAPP_MODE_SHARED;
	if (rewapp_engine_open(&engine, &options) < 0) {
		fprintf(stderr, "door_c: %s\n", rewapp_errmsg());
		return 1;
	}
	while (getline(&line, &capacity, stdin) > 0)
		answer_line(engine, line);
	free(line);
	rewapp_engine_close(engine);
	return 0;
}
