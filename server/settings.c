/* The table of settings.  Each is --its-name on the command line and REWAPP_ITS_NAME in
 * the environment; the command line wins. */
#include "settings.h"

#include <errno.h>
#include <popt.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum setting_kind {
	SETTING_TEXT,
	SETTING_NUMBER,
	SETTING_FLAG
};

struct setting {
	const char *name;
	enum setting_kind kind;
	size_t offset;
	const char *fallback;
	int64_t min, max;
	const char *unit, *doc;
};

#define AT(member) offsetof(struct settings, member)

/* clang-format off */
static const struct setting table[] = {
	{ "store", SETTING_TEXT, AT(store), "sqlite:rewapp.db", 0, 0, "URI",
		"the store: sqlite:FILE or postgres://..." },
	{ "keys", SETTING_TEXT, AT(keys), NULL, 0, 0, "URI",
		"where API keys are kept (beside the store)" },
	{ "listen", SETTING_TEXT, AT(listen), "127.0.0.1:8080", 0, 0, "HOST:PORT",
		"address to listen on; port 0 takes a free one" },
	{ "durability", SETTING_TEXT, AT(durability), "full", 0, 0, "full|normal",
		"what an acknowledged change survives: a power cut, or a crash" },
	{ "threads", SETTING_NUMBER, AT(threads), "2", 1, 64, "N",
		"threads that serve connections and read" },
	{ "connections", SETTING_NUMBER, AT(connections), "1000", 1, 100000, "N",
		"open connections in all" },
	{ "connections-per-address", SETTING_NUMBER, AT(connections_per_address), "256", 1, 100000, "N",
		"open connections of one address" },
	{ "cache-mib", SETTING_NUMBER, AT(cache_mib), "16", 1, 65536, "MIB",
		"of SQLite's pages that stay in memory, all threads together" },
	{ "queue", SETTING_NUMBER, AT(queue), "4096", 1, 1000000, "N",
		"requests that may wait for the writer" },
	{ "request-seconds", SETTING_NUMBER, AT(request_seconds), "10", 1, 3600, "S",
		"for a request to arrive whole" },
	{ "answer-seconds", SETTING_NUMBER, AT(answer_seconds), "30", 1, 3600, "S",
		"for an answer to be taken whole" },
	{ "idle-seconds", SETTING_NUMBER, AT(idle_seconds), "15", 1, 3600, "S",
		"of silence before a connection is closed" },
	{ "stop-seconds", SETTING_NUMBER, AT(stop_seconds), "10", 0, 3600, "S",
		"for running requests when the server stops" },
	{ "sweep-seconds", SETTING_NUMBER, AT(sweep_seconds), "30", 0, 86400, "S",
		"between sweeps of expired points and holds; 0: never" },
	{ "checkpoint-commands", SETTING_NUMBER, AT(checkpoint_commands), "10000", 0, 1000000000, "N",
		"commands after which the books are signed anew, once they have a checkpoint; 0: never" },
	{ "checkpoint-seconds", SETTING_NUMBER, AT(checkpoint_seconds), "600", 0, 31536000, "S",
		"after which they are signed anew when there was a command; 0: never" },
	{ "report-seconds", SETTING_NUMBER, AT(report_seconds), "10", 0, 3600, "S",
		"that a report which took its time may be given again; 0: each is written anew" },
	{ "create", SETTING_FLAG, AT(create), "0", 0, 1, NULL, "make a store that is not there yet" },
	{ "open-metrics", SETTING_FLAG, AT(open_metrics), "0", 0, 1, NULL,
		"serve /metrics without an API key" },
	{ "routes", SETTING_FLAG, AT(list_routes), "0", 0, 1, NULL,
		"print the table of routes as JSON and end" },
};
/* clang-format on */

enum {
	COUNT = sizeof table / sizeof *table
};

static int set_text(char **place, const char *text)
{
	free(*place);
	*place = strdup(text);
	return *place ? 0 : -1;
}

static int set(struct settings *settings, const struct setting *row, const char *text)
{
	char *end;
	long long number;

	if (row->kind == SETTING_TEXT)
		return set_text((char **)(void *)((char *)settings + row->offset), text);
	errno = 0;
	number = strtoll(text, &end, 10);
	if (errno || end == text || *end || number < row->min || number > row->max) {
		fprintf(stderr, "rewapp serve: --%s: %s is not a number from %lld to %lld\n", row->name, text,
			(long long)row->min, (long long)row->max);
		return -1;
	}
	memcpy((char *)settings + row->offset, &(int64_t){ number }, sizeof(int64_t));
	return 0;
}

/* "idle-seconds" -> "REWAPP_IDLE_SECONDS" */
static const char *from_environment(const char *name)
{
	char variable[64] = "REWAPP_";
	size_t at = strlen(variable);

	for (; *name && at + 1 < sizeof variable; name++, at++)
		variable[at] = *name == '-' ? '_' : (char)(*name >= 'a' && *name <= 'z' ? *name - 32 : *name);
	variable[at] = '\0';
	return getenv(variable);
}

static int set_defaults(struct settings *settings)
{
	memset(settings, 0, sizeof *settings);
	for (size_t i = 0; i < COUNT; i++) {
		const char *text = from_environment(table[i].name);

		if (!text)
			text = table[i].fallback;
		if (text && set(settings, &table[i], text) < 0)
			return -1;
	}
	return 0;
}

static void describe(struct poptOption options[COUNT + 2])
{
	memset(options, 0, (COUNT + 2) * sizeof *options);
	for (size_t i = 0; i < COUNT; i++) {
		options[i].longName = table[i].name;
		options[i].argInfo = table[i].kind == SETTING_FLAG ? POPT_ARG_NONE : POPT_ARG_STRING;
		options[i].val = (int)i + 1;
		options[i].descrip = table[i].doc;
		options[i].argDescrip = table[i].unit;
	}
	options[COUNT].longName = "help";
	options[COUNT].shortName = '?';
	options[COUNT].val = COUNT + 1;
	options[COUNT].descrip = "show this help; each option is also read from REWAPP_ITS_NAME";
}

static int read_options(struct settings *settings, poptContext context)
{
	char *argument;
	int value, error;

	while ((value = poptGetNextOpt(context)) > 0) {
		if (value == COUNT + 1) {
			poptPrintHelp(context, stdout, 0);
			return 1;
		}
		argument = poptGetOptArg(context); /* NULL for a flag; else ours */
		error = set(settings, &table[value - 1], argument ? argument : "1");
		free(argument);
		if (error < 0)
			return -1;
	}
	if (value == -1 && !poptPeekArg(context))
		return 0;
	fprintf(stderr, "rewapp serve: %s: %s\n",
		value < -1 ? poptBadOption(context, 0) : poptPeekArg(context),
		value < -1 ? poptStrerror(value) : "unexpected argument");
	return -1;
}

int rewapp__settings_read(struct settings *settings, int argc, char **argv)
{
	static const char name[] = "rewapp serve";
	struct poptOption options[COUNT + 2];
	poptContext context;
	int result;

	if (set_defaults(settings) < 0)
		return -1;
	describe(options);
	argv[0] = (char *)(uintptr_t)name; /* popt's "Usage:" shows argv[0] */
	context = poptGetContext(name, argc, (const char **)argv, options, 0);
	if (!context)
		return -1;
	result = read_options(settings, context);
	poptFreeContext(context);
	return result;
}

void rewapp__settings_finish(struct settings *settings)
{
	for (size_t i = 0; i < COUNT; i++)
		if (table[i].kind == SETTING_TEXT)
			free(*(char **)(void *)((char *)settings + table[i].offset));
}
