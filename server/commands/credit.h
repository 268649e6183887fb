/* Earning with a bank statement: every card payment that surely names a partner merchant. */
#ifndef REWAPP_COMMANDS_CREDIT_H
#define REWAPP_COMMANDS_CREDIT_H

#include "cli/cli.h"
#include "commands/bank_options.h"
#include "formats/bank.h"

/* What the command line says. */
struct credit_words {
	struct bank_words bank;
	char *member, *programme, *account;
	int dry_run, explain;
};

struct credit_options {
	struct rewapp_id member, programme;
	const char *account; /* names the account where the file does not; NULL: the member's */
	bool dry_run;        /* match and tell, change nothing */
	bool explain;        /* with each award's reason */
};

/* Matches every line and submits the purchases in batches.  A line keeps its id for ever: that
 * of the account and the bank's own line id, or of its content and how many equal lines stood
 * above it on that day; so a statement that comes again, or overlaps another one, gives nothing
 * twice.  Lines that are no purchase of a partner are not submitted, and may earn on a later
 * import when the catalogue knows more.  Returns an exit code. */
int rewapp__credit_statement(
	struct cli *cli, const struct bank_file *file, const struct credit_options *options);

/* The same for a file, as the command line says.  Returns an exit code. */
int rewapp__credit_file(struct cli *cli, const struct credit_words *words, const char *path);

#endif
