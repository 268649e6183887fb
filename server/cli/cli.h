/* What every subcommand shares: its options, the engine, its language and its failures. */
#ifndef REWAPP_CLI_CLI_H
#define REWAPP_CLI_CLI_H

#include <popt.h>
#include <rewapp/rewapp.h>
#include <stdbool.h>

/* Exit codes, the same for every subcommand; docs/cli.md tells them to people. */
enum cli_exit {
	CLI_OK = 0,
	CLI_REFUSED = 1, /* a verdict said no: nothing is wrong but the answer */
	CLI_USAGE = 2,   /* the command line or a file is wrong */
	CLI_STATE = 3,   /* it does not fit what is stored */
	CLI_RETRY = 4,   /* the same call may succeed later */
	CLI_HOST = 5,    /* disk, network, memory */
	CLI_PROBLEMS = 6 /* verify: the ledger does not add up */
};

struct cli {
	const struct cli_page *page;
	poptContext context; /* what is left of the command line: rewapp__cli_argument() */
	rewapp_engine *engine;
	int json;
	bool french;
	char *store, *lang; /* as the options gave them */
};

/* The manual page of a subcommand: what --help shows besides the options. */
struct cli_page {
	const char *name;      /* "rewapp earn" */
	const char *arguments; /* "[FILE]" */
	const char *english, *french;
	const char *examples;
};

/* Runs a subcommand: reads `options` (of which POPT_ARG_STRING ones are freed and zeroed
 * afterwards, so they start as NULL) and the common ones, answers --help, calls `run` and
 * closes the engine if it was opened.  Returns the exit code. */
int rewapp__cli_main(const struct cli_page *page, struct poptOption *options, int argc, char **argv,
	int (*run)(struct cli *cli, void *user), void *user);

/* The next word of the command line that is no option, or NULL. */
const char *rewapp__cli_argument(struct cli *cli);

/* Opens the store; `create` makes it if there is none.  Returns an exit code. */
int rewapp__cli_open(struct cli *cli, bool create);

/* A failure of the library, in the person's language with the library's own line; returns
 * the exit code of its class. */
int rewapp__cli_fail(struct cli *cli, int code);

/* The same with a message of our own. */
int rewapp__cli_fail_with(struct cli *cli, int code, const char *message);

/* The command line is wrong; returns CLI_USAGE. */
int rewapp__cli_usage(struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The exit code of an error. */
int rewapp__cli_exit_of(int code);

/* Read the values of options; NULL gives "absent".  Each returns an exit code. */
int rewapp__cli_id(struct cli *cli, const char *option, const char *text, struct rewapp_id *out);
int rewapp__cli_id_needed(struct cli *cli, const char *option, const char *text, struct rewapp_id *out);
int rewapp__cli_id_or_new(struct cli *cli, const char *option, const char *text, struct rewapp_id *out);
int rewapp__cli_number(struct cli *cli, const char *option, const char *text, int64_t *out);
int rewapp__cli_money(
	struct cli *cli, const char *option, const char *text, const char *currency, int64_t *out);
/* An instant; a day alone is its noon in UTC: when a purchase occurred. */
int rewapp__cli_moment(struct cli *cli, const char *option, const char *text, int64_t *out);
/* An instant; a day alone is its beginning in UTC: where a period begins or ends. */
int rewapp__cli_bound(struct cli *cli, const char *option, const char *text, int64_t *out);

/* The command's own texts in both languages; constant formats. */
const char *rewapp__cli_tr(const struct cli *cli, const char *english, const char *french)
	__attribute__((format_arg(2), format_arg(3)));

/* Asks rewapp_json_query() and prints the answer.  Returns an exit code. */
int rewapp__cli_query(struct cli *cli, const char *query);

/* The question `name` about a member; `programme` may be zero. */
int rewapp__cli_query_member(
	struct cli *cli, const char *name, const struct rewapp_id *member, const struct rewapp_id *programme);

#endif
