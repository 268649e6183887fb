/* rewapp statement: where a member's points came from and went. */
#include "cli/cli.h"
#include "cli/say.h"
#include "commands/commands.h"

#include <stdio.h>
#include <string.h>

enum {
	PAGE_LINES = 100,
	DEFAULT_LIMIT = 50
};

static const struct cli_page page = {
	"rewapp statement",
	"MEMBER",
	"Lists the lines of a member's account, the newest first; --explain adds why each award\n"
	"gave what it gave.",
	"Liste les lignes du compte d'un membre, la plus récente d'abord ; --explain dit pourquoi\n"
	"chaque gain vaut ce qu'il vaut.",
	"  rewapp statement @claire --explain\n"
	"  rewapp statement @claire --limit 20 --before 1042 --json\n",
};

struct statement {
	char *programme, *limit, *before, *at, *occurred_at;
	struct rewapp_instant instant;
	int explain;
	struct rewapp_id member_id, programme_id;
	int64_t limit_lines, before_number;
};

static void say_explanation(struct cli *cli, const struct rewapp_entry *entry)
{
	struct rewapp_receipt receipt = { .size = sizeof receipt };

	if (entry->code != REWAPP_CODE_AWARD)
		return;
	if (!rewapp_receipt_get(cli->engine, &entry->command, &receipt))
		rewapp__say_awards(cli, &receipt);
}

static void say_entry(struct cli *cli, const struct rewapp_entry *entry, bool explain)
{
	const char *colour = entry->points < 0 ? rewapp__say_bad() : rewapp__say_good();
	const char *word = rewapp__say_code(cli->french, entry->code);
	int width = 0;

	for (const char *at = word; *at; at++)
		width += ((unsigned char)*at & 0xc0) != 0x80;
	printf("%-20s %s%*s %s%+8lld%s %9lld  %s\n", rewapp__say_time(entry->occurred_ms).text, word,
		width < 17 ? 17 - width : 0, "", colour, (long long)entry->points, rewapp__say_plain(),
		(long long)entry->balance,
		rewapp_id_is_zero(&entry->merchant) ? "" : rewapp__say_merchant(cli, &entry->merchant).text);
	if (explain)
		say_explanation(cli, entry);
}

static int say(struct cli *cli, const struct statement *options)
{
	struct rewapp_entry entries[PAGE_LINES];
	int64_t before = options->before_number, left = options->limit_lines;
	size_t count = PAGE_LINES;

	while (left > 0 && count == PAGE_LINES) {
		size_t wanted = left < PAGE_LINES ? (size_t)left : PAGE_LINES;
		int code = rewapp_statement_at(cli->engine, &options->programme_id, &options->member_id,
			&options->instant, before, entries, wanted, &count);

		if (code)
			return rewapp__cli_fail(cli, code);
		for (size_t i = 0; i < count; i++)
			say_entry(cli, &entries[i], options->explain);
		left -= (int64_t)count;
		if (count)
			before = entries[count - 1].number;
		if (left == 0 && count == wanted)
			printf(rewapp__cli_tr(cli, "older lines: --before %lld\n",
				       "lignes plus anciennes : --before %lld\n"),
				(long long)before);
	}
	return CLI_OK;
}

static int query(struct cli *cli, const struct statement *options)
{
	char text[400], programme[128] = "";

	if (!rewapp_id_is_zero(&options->programme_id))
		snprintf(programme, sizeof programme, ", \"programme\": \"%s\"",
			rewapp__say_id(&options->programme_id).text);
	snprintf(text, sizeof text,
		"{\"query\": \"statement\", \"member\": \"%s\"%s, \"before\": %lld, \"limit\": %lld, "
		"\"recorded_ms\": %lld, \"occurred_ms\": %lld}",
		rewapp__say_id(&options->member_id).text, programme, (long long)options->before_number,
		(long long)options->limit_lines, (long long)options->instant.recorded_ms,
		(long long)options->instant.occurred_ms);
	return rewapp__cli_query(cli, text);
}

static int run(struct cli *cli, void *user)
{
	struct statement *options = user;
	int code = rewapp__cli_id_needed(cli, "MEMBER", rewapp__cli_argument(cli), &options->member_id);

	if (!code)
		code = rewapp__cli_id(cli, "--programme", options->programme, &options->programme_id);
	if (!code)
		code = rewapp__cli_number(cli, "--before", options->before, &options->before_number);
	if (!code)
		code = rewapp__cli_bound(cli, "--at", options->at, &options->instant.recorded_ms);
	if (!code)
		code = rewapp__cli_bound(
			cli, "--occurred-at", options->occurred_at, &options->instant.occurred_ms);
	if (!code)
		code = rewapp__cli_number(cli, "--limit", options->limit, &options->limit_lines);
	if (!code && !options->limit)
		options->limit_lines = DEFAULT_LIMIT;
	if (!code && options->limit_lines < 1)
		return rewapp__cli_usage(cli, "--limit: %lld", (long long)options->limit_lines);
	if (!code)
		code = rewapp__cli_open(cli, false);
	if (code)
		return code;
	return cli->json ? query(cli, options) : say(cli, options);
}

int command_statement(int argc, char **argv)
{
	struct statement statement = { .instant.size = sizeof statement.instant };
	struct poptOption options[] = {
		{ "programme", 'p', POPT_ARG_STRING, &statement.programme, 0,
			"of several programmes, this one", "ID" },
		{ "limit", 'n', POPT_ARG_STRING, &statement.limit, 0, "at most so many lines (50)", "N" },
		{ "before", 0, POPT_ARG_STRING, &statement.before, 0, "lines older than this one", "NUMBER" },
		{ "at", 0, POPT_ARG_STRING, &statement.at, 0, "as the books said at that instant", "TIME" },
		{ "occurred-at", 0, POPT_ARG_STRING, &statement.occurred_at, 0,
			"what had occurred by then, in the order of that clock", "TIME" },
		{ "explain", 'e', POPT_ARG_NONE, &statement.explain, 0, "with what each rule gave, and why",
			NULL },
		POPT_TABLEEND,
	};

	return rewapp__cli_main(&page, options, argc, argv, run, &statement);
}
