/* rewapp accounts: the trial balance of a programme, or its accounts one by one. */
#include "cli/cli.h"
#include "cli/say.h"
#include "commands/commands.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	LIMIT = 50,
	LIMIT_MAX = 500
};

static const struct cli_page page = {
	"rewapp accounts",
	"",
	"Shows the trial balance of a programme: each kind of account with its type, its normal side and "
	"its\n"
	"sums, which add up to zero.  --list shows the accounts one by one (docs/accounts.md).",
	"Montre la balance d'un programme : chaque sorte de compte, son type, son sens et ses sommes, dont "
	"le\n"
	"total est nul.  --list montre les comptes un par un (docs/accounts.md).",
	"  rewapp accounts\n"
	"  rewapp accounts --list --limit 100\n"
	"  rewapp accounts --list --after 1284\n",
};

struct accounts {
	char *programme, *after, *limit;
	int list;
};

static void say(const struct rewapp_account *account, const char *first)
{
	printf("%-34s %-10s %-9s %-6s %15lld %15lld %15lld %12lld %12lld\n", first,
		rewapp_account_kind_name(account->kind), rewapp_account_type_name(account->type),
		rewapp_account_side_name(account->side), (long long)account->balance,
		(long long)account->debits_posted, (long long)account->credits_posted,
		(long long)account->debits_pending, (long long)account->credits_pending);
}

static void say_head(struct cli *cli, const char *first)
{
	printf("%s%-34s %-10s %-9s %-6s %15s %15s %15s %12s %12s%s\n", rewapp__say_bold(), first,
		rewapp__cli_tr(cli, "kind", "sorte"), "type", rewapp__cli_tr(cli, "side", "sens"),
		rewapp__cli_tr(cli, "balance", "solde"), rewapp__cli_tr(cli, "debits", "débits"),
		rewapp__cli_tr(cli, "credits", "crédits"), rewapp__cli_tr(cli, "held -", "réservé -"),
		rewapp__cli_tr(cli, "held +", "réservé +"), rewapp__say_plain());
}

static int say_list(struct cli *cli, const struct rewapp_id *programme, int64_t after, int64_t limit)
{
	struct rewapp_account *list = calloc((size_t)limit, sizeof *list);
	size_t count = 0;
	int error = list ? rewapp_account_list(cli->engine, programme, after, list, (size_t)limit, &count)
			 : REWAPP_E_NOMEMORY;

	if (!error)
		say_head(cli, rewapp__cli_tr(cli, "owner", "titulaire"));
	for (size_t i = 0; i < count; i++)
		say(&list[i], rewapp_id_is_zero(&list[i].owner) ? "-" : rewapp__say_id(&list[i].owner).text);
	if (count == (size_t)limit)
		printf("--after %lld\n", (long long)list[count - 1].cursor);
	free(list);
	return error ? rewapp__cli_fail(cli, error) : CLI_OK;
}

static int say_trial(struct cli *cli, const struct rewapp_id *programme)
{
	struct rewapp_account lines[REWAPP_ACCOUNT_KINDS];
	int64_t sum, pending;
	int error = rewapp_trial_balance(cli->engine, programme, lines, &sum, &pending);

	if (error)
		return rewapp__cli_fail(cli, error);
	say_head(cli, rewapp__cli_tr(cli, "accounts", "comptes"));
	for (int i = 0; i < REWAPP_ACCOUNT_KINDS; i++) {
		char text[24];

		snprintf(text, sizeof text, "%lld", (long long)lines[i].cursor);
		say(&lines[i], text);
	}
	printf(rewapp__cli_tr(cli, "credits less debits: %lld, pending: %lld\n",
		       "crédits moins débits : %lld, réservés : %lld\n"),
		(long long)sum, (long long)pending);
	return CLI_OK;
}

static int query(struct cli *cli, const struct accounts *options, const struct rewapp_id *programme,
	int64_t after, int64_t limit)
{
	bool one = !rewapp_id_is_zero(programme);
	char text[200];
	int length = snprintf(text, sizeof text, "{\"query\": \"%s\"%s%s%s",
		options->list ? "accounts" : "trial_balance", one ? ", \"programme\": \"" : "",
		one ? rewapp__say_id(programme).text : "", one ? "\"" : "");

	if (options->list)
		snprintf(text + length, sizeof text - (size_t)length, ", \"after\": %lld, \"limit\": %lld}",
			(long long)after, (long long)limit);
	else
		snprintf(text + length, sizeof text - (size_t)length, "}");
	return rewapp__cli_query(cli, text);
}

static int run(struct cli *cli, void *user)
{
	const struct accounts *options = user;
	int64_t after = 0, limit = LIMIT;
	struct rewapp_id programme;
	int code = rewapp__cli_id(cli, "--programme", options->programme, &programme);

	if (!code && options->after)
		code = rewapp__cli_number(cli, "--after", options->after, &after);
	if (!code && options->limit)
		code = rewapp__cli_number(cli, "--limit", options->limit, &limit);
	if (!code && (limit < 1 || limit > LIMIT_MAX))
		code = rewapp__cli_usage(cli, "--limit");
	if (!code)
		code = rewapp__cli_open(cli, false);
	if (code)
		return code;
	if (cli->json)
		return query(cli, options, &programme, after, limit);
	return options->list ? say_list(cli, &programme, after, limit) : say_trial(cli, &programme);
}

int command_accounts(int argc, char **argv)
{
	struct accounts accounts = { NULL, NULL, NULL, 0 };
	struct poptOption options[] = {
		{ "list", 0, POPT_ARG_NONE, &accounts.list, 0, "the accounts one by one", NULL },
		{ "after", 0, POPT_ARG_STRING, &accounts.after, 0, "behind this cursor", "N" },
		{ "limit", 0, POPT_ARG_STRING, &accounts.limit, 0, "so many at most (50)", "N" },
		{ "programme", 'p', POPT_ARG_STRING, &accounts.programme, 0,
			"of several programmes, this one", "ID" },
		POPT_TABLEEND,
	};

	return rewapp__cli_main(&page, options, argc, argv, run, &accounts);
}
