/* rewapp events: reads the outbox with a cursor. */
#include "cli/cli.h"
#include "cli/say.h"
#include "commands/commands.h"

#include <stdio.h>

enum {
	PAGE_EVENTS = 256
};

static const struct cli_page page = {
	"rewapp events",
	"",
	"Reads what happened, oldest first, from a cursor on.  With --consumer the store keeps the\n"
	"cursor: what was printed is acknowledged and does not come again.",
	"Lit ce qui s'est passé, du plus ancien au plus récent, à partir d'un curseur.  Avec\n"
	"--consumer la base garde le curseur : ce qui est affiché est acquitté et ne revient pas.",
	"  rewapp events --after 120 --limit 50\n"
	"  rewapp events --consumer mailer --json\n",
};

struct events {
	char *after, *limit, *consumer;
};

static void say_event(const struct cli *cli, const struct rewapp_event *event)
{
	if (cli->json) {
		printf("{\"number\": %lld, \"kind\": \"%s\", \"code\": \"%s\", \"command\": \"%s\", ",
			(long long)event->number, rewapp_kind_name(event->kind),
			event->code ? rewapp_code_name(event->code) : "",
			rewapp__say_id(&event->command).text);
		if (!rewapp_id_is_zero(&event->member))
			printf("\"member\": \"%s\", ", rewapp__say_id(&event->member).text);
		printf("\"points\": %lld, \"recorded_ms\": %lld}\n", (long long)event->points,
			(long long)event->recorded_ms);
		return;
	}
	printf("%6lld  %s  %-9s  %-12s %+8lld  %s\n", (long long)event->number,
		rewapp__say_time(event->recorded_ms).text, rewapp_kind_name(event->kind),
		event->code ? rewapp__say_code(cli->french, event->code) : "", (long long)event->points,
		rewapp__say_id(&event->member).text);
}

static int read_all(struct cli *cli, const char *consumer, int64_t after, int64_t limit)
{
	struct rewapp_event events[PAGE_EVENTS];
	size_t count = PAGE_EVENTS, wanted = PAGE_EVENTS;

	while (limit > 0 && count == wanted) {
		int code;

		wanted = limit < PAGE_EVENTS ? (size_t)limit : PAGE_EVENTS;
		code = rewapp_events_read(cli->engine, after, events, wanted, &count);
		for (size_t i = 0; !code && i < count; i++)
			say_event(cli, &events[i]);
		if (!code && count)
			after = events[count - 1].number;
		/* only what has left the program is acknowledged */
		if (!code && count && consumer && fflush(stdout))
			return CLI_HOST;
		if (!code && count && consumer)
			code = rewapp_events_acknowledge(cli->engine, consumer, after);
		if (code)
			return rewapp__cli_fail(cli, code);
		limit -= (int64_t)count;
	}
	return CLI_OK;
}

static int run(struct cli *cli, void *user)
{
	const struct events *options = user;
	int64_t after, limit;
	int code = rewapp__cli_number(cli, "--after", options->after, &after);

	if (!code)
		code = rewapp__cli_number(
			cli, "--limit", options->limit ? options->limit : "1000000", &limit);
	if (!code && (after < 0 || limit < 1))
		return rewapp__cli_usage(
			cli, "--after, --limit: %lld, %lld", (long long)after, (long long)limit);
	if (!code && options->after && options->consumer)
		return rewapp__cli_usage(cli, "--after, --consumer");
	if (!code)
		code = rewapp__cli_open(cli, false);
	if (code)
		return code;
	if (options->consumer)
		code = rewapp_events_position(cli->engine, options->consumer, &after);
	return code ? rewapp__cli_fail(cli, code) : read_all(cli, options->consumer, after, limit);
}

int command_events(int argc, char **argv)
{
	struct events events = { NULL, NULL, NULL };
	struct poptOption options[] = {
		{ "after", 0, POPT_ARG_STRING, &events.after, 0, "events behind this one (0)", "NUMBER" },
		{ "limit", 'n', POPT_ARG_STRING, &events.limit, 0, "at most so many", "N" },
		{ "consumer", 0, POPT_ARG_STRING, &events.consumer, 0,
			"from where this reader stands, and move it on", "NAME" },
		POPT_TABLEEND,
	};

	return rewapp__cli_main(&page, options, argc, argv, run, &events);
}
