/* The lines of a settlement as entries of an accountant's journal.
 *
 * The columns, their names and their order are those of the "fichier des écritures comptables",
 * article A47 A-1 of the French Livre des procédures fiscales: dates as YYYYMMDD, a comma before
 * the decimals, tabs between columns.  It is a journal to be taken into the books, not a whole FEC. */
#ifndef REWAPP_COMMANDS_JOURNAL_H
#define REWAPP_COMMANDS_JOURNAL_H

#include "cli/cli.h"

/* NULL: what the French chart of accounts (PCG) has for it. */
struct journal_accounts {
	const char *merchants; /* 467, other debtors and creditors; merchants are its auxiliary accounts */
	const char *programme; /* 709, rebates granted */
};

/* Prints a row of names and two rows for each line between two parties, payer's debit and
 * payee's credit.  A party's own points at its own till move no money and make no entry. */
void rewapp__journal_write(
	struct cli *cli, const struct rewapp_settlement *settlement, const struct journal_accounts *accounts);

#endif
