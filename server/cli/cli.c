/* What every subcommand shares: its options, the engine, its language and its failures. */
#include "cli/cli.h"

#include "base/buffer.h"
#include "base/json.h"
#include "cli/say.h"
#include "clock.h"
#include "formats/values.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *rewapp__cli_tr(const struct cli *cli, const char *english, const char *french)
{
	return cli->french ? french : english;
}

int rewapp__cli_exit_of(int code)
{
	switch (rewapp_error_class_of(code)) {
	case REWAPP_CLASS_NONE:
		return CLI_OK;
	case REWAPP_CLASS_CALLER:
		return CLI_USAGE;
	case REWAPP_CLASS_STATE:
		return CLI_STATE;
	case REWAPP_CLASS_RETRY:
		return CLI_RETRY;
	default:
		return CLI_HOST;
	}
}

int rewapp__cli_fail_with(struct cli *cli, int code, const char *message)
{
	struct buffer line;

	if (!cli->json) {
		fprintf(stderr, "%s: %s: %s\n", cli->page->name, rewapp__say_error(cli->french, code),
			message);
		return rewapp__cli_exit_of(code);
	}
	rewapp__buffer_init(&line, NULL, 4096);
	rewapp__buffer_printf(&line, "{\"error\": {\"name\": \"%s\", \"text\": ", rewapp_error_name(code));
	rewapp__json_quote(&line, rewapp_strerror(code));
	rewapp__buffer_puts(&line, ", \"message\": ");
	rewapp__json_quote(&line, message);
	rewapp__buffer_puts(&line, "}}");
	if (!line.failed)
		puts(line.data);
	rewapp__buffer_finish(&line);
	return rewapp__cli_exit_of(code);
}

int rewapp__cli_fail(struct cli *cli, int code)
{
	char message[512];

	snprintf(message, sizeof message, "%s", rewapp_errmsg());
	return rewapp__cli_fail_with(cli, code, message);
}

int rewapp__cli_usage(struct cli *cli, const char *format, ...)
{
	char message[512];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	rewapp__cli_fail_with(cli, REWAPP_E_ARGUMENT, message);
	if (!cli->json)
		fprintf(stderr, rewapp__cli_tr(cli, "Try '%s --help'.\n", "Essayez « %s --help ».\n"),
			cli->page->name);
	return CLI_USAGE;
}

/* --- the engine -------------------------------------------------------------------- */

int rewapp__cli_open(struct cli *cli, bool create)
{
	struct rewapp_engine_options options = REWAPP_ENGINE_OPTIONS_INIT;
	int code;

	options.storage = cli->store;
	options.env = program_env();
	options.must_exist = !create;
	code = rewapp_engine_open(&cli->engine, &options);
	if (!code)
		return CLI_OK;
	rewapp__cli_fail(cli, code);
	if (code == REWAPP_E_NOTFOUND && !cli->json)
		fprintf(stderr,
			rewapp__cli_tr(cli, "Make it with 'rewapp init %s'.\n",
				"Créez-la avec « rewapp init %s ».\n"),
			cli->store);
	return rewapp__cli_exit_of(code);
}

int rewapp__cli_query(struct cli *cli, const char *query)
{
	char *answer = NULL;
	size_t length = 0;
	int code = rewapp_json_query(cli->engine, query, strlen(query), &answer, &length);

	if (code)
		return rewapp__cli_fail(cli, code);
	fwrite(answer, 1, length, stdout);
	putchar('\n');
	rewapp_free(cli->engine, answer);
	return CLI_OK;
}

/* --- values of options ------------------------------------------------------------- */

int rewapp__cli_id(struct cli *cli, const char *option, const char *text, struct rewapp_id *out)
{
	memset(out, 0, sizeof *out);
	if (text && rewapp_id_parse(text, strlen(text), out))
		return rewapp__cli_usage(cli, "%s: \"%.60s\": %s", option, text, rewapp_errmsg());
	return CLI_OK;
}

int rewapp__cli_id_needed(struct cli *cli, const char *option, const char *text, struct rewapp_id *out)
{
	if (!text)
		return rewapp__cli_usage(cli, rewapp__cli_tr(cli, "%s is missing", "%s manque"), option);
	return rewapp__cli_id(cli, option, text, out);
}

int rewapp__cli_id_or_new(struct cli *cli, const char *option, const char *text, struct rewapp_id *out)
{
	int code;

	if (text)
		return rewapp__cli_id(cli, option, text, out);
	code = rewapp_id_new(cli->engine, out);
	return code ? rewapp__cli_fail(cli, code) : CLI_OK;
}

int rewapp__cli_number(struct cli *cli, const char *option, const char *text, int64_t *out)
{
	char *end;
	long long number;

	*out = 0;
	if (!text)
		return CLI_OK;
	errno = 0;
	number = strtoll(text, &end, 10);
	if (end == text || *end || errno)
		return rewapp__cli_usage(cli,
			rewapp__cli_tr(cli, "%s: \"%.60s\" is not a whole number",
				"%s : « %.60s » n'est pas un nombre entier"),
			option, text);
	*out = number;
	return CLI_OK;
}

int rewapp__cli_money(
	struct cli *cli, const char *option, const char *text, const char *currency, int64_t *out)
{
	const char *wrong = NULL;

	*out = 0;
	if (!rewapp__currency_is(currency))
		return rewapp__cli_usage(cli, "--currency: \"%.60s\"", currency);
	if (text)
		wrong = rewapp__amount_parse(text, 0, rewapp__currency_digits(currency), out);
	return wrong ? rewapp__cli_usage(cli, "%s: %s: \"%.60s\"", option, wrong, text) : CLI_OK;
}

/* Milliseconds, "2026-03-12" (at that hour, UTC) or "2026-03-12T10:15:00Z"; false if it is neither. */
static bool moment_parse(const char *text, int hour_of_day, int64_t *out)
{
	char date[11], zone = 0, *end;
	int hour, minute, second, used = 0;
	long long number;

	errno = 0;
	number = strtoll(text, &end, 10);
	if (end != text && !*end && !errno && number > 0) {
		*out = number;
		return true;
	}
	if (rewapp__date_parse(text, "yyyy-mm-dd", date))
		return false;
	*out = rewapp__date_noon_ms(date) + (hour_of_day - 12) * INT64_C(3600000);
	if (strlen(text) == 10)
		return true;
	if (sscanf(text + 10, "T%2d:%2d:%2d%c%n", &hour, &minute, &second, &zone, &used) != 4 ||
		zone != 'Z' || text[10 + used] || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
		second < 0 || second > 59)
		return false;
	*out += ((hour - hour_of_day) * 3600 + minute * 60 + second) * INT64_C(1000);
	return true;
}

static int moment_read(struct cli *cli, const char *option, const char *text, int hour_of_day, int64_t *out)
{
	*out = 0;
	if (text && !moment_parse(text, hour_of_day, out))
		return rewapp__cli_usage(cli,
			rewapp__cli_tr(cli,
				"%s: \"%.60s\" is none of 2026-03-12, 2026-03-12T10:15:00Z and milliseconds",
				"%s : « %.60s » n'est ni 2026-03-12, ni 2026-03-12T10:15:00Z, ni des "
				"millisecondes"),
			option, text);
	return CLI_OK;
}

int rewapp__cli_moment(struct cli *cli, const char *option, const char *text, int64_t *out)
{
	return moment_read(cli, option, text, 12, out);
}

int rewapp__cli_bound(struct cli *cli, const char *option, const char *text, int64_t *out)
{
	return moment_read(cli, option, text, 0, out);
}

const char *rewapp__cli_argument(struct cli *cli)
{
	return poptGetArg(cli->context);
}

/* --- a subcommand, from its options to its end ---------------------------------------- */

static bool french_of(const char *lang)
{
	static const char *const variables[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; !lang && i < sizeof variables / sizeof *variables; i++) {
		lang = getenv(variables[i]);
		lang = lang && *lang ? lang : NULL;
	}
	return lang && !strncmp(lang, "fr", 2);
}

static void help(struct cli *cli)
{
	const struct cli_page *page = cli->page;

	printf("%s\n\n", rewapp__cli_tr(cli, page->english, page->french));
	fflush(stdout);
	poptPrintHelp(cli->context, stdout, 0);
	printf("\n%s\n%s\n", rewapp__cli_tr(cli, "Examples:", "Exemples :"), page->examples);
	printf("%s\n",
		rewapp__cli_tr(cli,
			"Exit code: 0 done; 1 refused by a verdict; 2 wrong command line or file; 3 does not "
			"fit\n"
			"what is stored; 4 try again; 5 disk, network or memory; 6 verify found problems.",
			"Code de sortie : 0 fait ; 1 refusé par un verdict ; 2 ligne de commande ou fichier\n"
			"incorrect ; 3 incompatible avec ce qui est enregistré ; 4 réessayer ; 5 disque, "
			"réseau ou\n"
			"mémoire ; 6 verify a trouvé des problèmes."));
}

static int settle(struct cli *cli)
{
	const char *store = getenv("REWAPP_STORE");

	cli->french = french_of(cli->lang);
	if (!cli->store)
		cli->store = strdup(store && *store ? store : "sqlite:rewapp.db");
	if (cli->lang && strcmp(cli->lang, "fr") && strcmp(cli->lang, "en"))
		return rewapp__cli_usage(cli, "--lang: \"%.20s\" is neither en nor fr", cli->lang);
	return CLI_OK;
}

static int run_context(struct cli *cli, int (*run)(struct cli *cli, void *user), void *user)
{
	enum {
		HELP = 'h'
	};
	int option, code;
	bool wants_help = false;

	while ((option = poptGetNextOpt(cli->context)) >= 0)
		wants_help |= option == HELP;
	code = settle(cli);
	if (option < -1)
		return rewapp__cli_usage(cli, "%s: %s", poptBadOption(cli->context, POPT_BADOPTION_NOALIAS),
			poptStrerror(option));
	if (code)
		return code;
	if (wants_help) {
		help(cli);
		return CLI_OK;
	}
	return run(cli, user);
}

static void free_strings(struct poptOption *options)
{
	for (; options->longName || options->shortName || options->arg; options++) {
		if ((options->argInfo & POPT_ARG_MASK) != POPT_ARG_STRING)
			continue;
		free(*(char **)options->arg);
		*(char **)options->arg = NULL;
	}
}

int rewapp__cli_main(const struct cli_page *page, struct poptOption *options, int argc, char **argv,
	int (*run)(struct cli *cli, void *user), void *user)
{
	struct cli cli = { .page = page };
	struct poptOption common[] = {
		{ "store", 's', POPT_ARG_STRING, &cli.store, 0,
			"the store: sqlite:FILE or postgres://... [REWAPP_STORE]", "URI" },
		{ "json", 'j', POPT_ARG_NONE, &cli.json, 0, "answer in JSON", NULL },
		{ "lang", 0, POPT_ARG_STRING, &cli.lang, 0, "language of the messages [LANG]", "en|fr" },
		{ "help", 'h', POPT_ARG_NONE, NULL, 'h', "this text", NULL },
		POPT_TABLEEND,
	};
	struct poptOption table[] = {
		{ NULL, 0, POPT_ARG_INCLUDE_TABLE, options, 0, "Options:", NULL },
		{ NULL, 0, POPT_ARG_INCLUDE_TABLE, common, 0, "Of every command:", NULL },
		POPT_TABLEEND,
	};
	int code;

	/* popt's "Usage:" shows argv[0] */
	argv[0] = (char *)(uintptr_t)page->name;
	cli.context = poptGetContext(page->name, argc, (const char **)argv, table, 0);
	poptSetOtherOptionHelp(cli.context, page->arguments);
	code = run_context(&cli, run, user);
	rewapp_engine_close(cli.engine);
	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): cli.store goes with the strings of its table */
	poptFreeContext(cli.context);
	free_strings(common);
	free_strings(options);
	if (fflush(stdout) && !code)
		code = CLI_HOST;
	return code;
}

int rewapp__cli_query_member(
	struct cli *cli, const char *name, const struct rewapp_id *member, const struct rewapp_id *programme)
{
	bool any = rewapp_id_is_zero(programme);
	char text[256];

	snprintf(text, sizeof text, "{\"query\": \"%s\", \"member\": \"%s\"%s%s%s}", name,
		rewapp__say_id(member).text, any ? "" : ", \"programme\": \"",
		any ? "" : rewapp__say_id(programme).text, any ? "" : "\"");
	return rewapp__cli_query(cli, text);
}
