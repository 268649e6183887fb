/* The lines of a settlement as entries of an accountant's journal. */
#include "commands/journal.h"

#include "cli/say.h"
#include "formats/values.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

struct journal {
	struct cli *cli;
	const struct rewapp_settlement *settlement;
	const struct journal_accounts *accounts;
	char first[9], last[9]; /* days of the period, YYYYMMDD */
};

static void day_of(int64_t ms, char out[9])
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm parts;

	if (!gmtime_r(&seconds, &parts) || !strftime(out, 9, "%Y%m%d", &parts))
		memcpy(out, "", 1);
}

/* The amount with a comma, without the currency; nothing for the other side. */
static void print_amount(int64_t minor, int digits)
{
	int64_t unit = 1;

	for (int i = 0; i < digits; i++)
		unit *= 10;
	printf("%lld", (long long)(minor / unit));
	if (digits)
		printf(",%0*lld", digits, (long long)(minor % unit));
}

static void print_account(const struct journal *journal, const struct rewapp_id *party)
{
	const char *merchants = journal->accounts->merchants, *programme = journal->accounts->programme;

	if (rewapp_id_is_zero(party)) {
		printf("%s\tRabais, remises et ristournes accordés\t\t\t", programme ? programme : "709000");
		return;
	}
	struct said name = rewapp__say_merchant(journal->cli, party);

	rewapp__squeeze(name.text); /* a tab would end the column */
	printf("%s\tAutres comptes débiteurs ou créditeurs\t%s\t%s\t", merchants ? merchants : "467000",
		rewapp__say_id(party).text, name.text);
}

static void print_row(
	const struct journal *journal, size_t entry, const struct rewapp_charge *charge, bool debit)
{
	const char *currency = journal->settlement->currency;
	int digits = rewapp__currency_digits(currency);
	bool foreign = strcmp(currency, "EUR") != 0;

	printf("FID\tFidélité\t%zu\t%s\t", entry, journal->last);
	print_account(journal, debit ? &charge->payer : &charge->payee);
	printf("FID-%s-%s\t%s\t%s: %lld points\t", journal->first, journal->last, journal->last,
		rewapp_code_name(charge->code), (long long)charge->points);
	print_amount(debit ? charge->amount : 0, digits);
	printf("\t");
	print_amount(debit ? 0 : charge->amount, digits);
	printf("\t\t\t%s\t", journal->settlement->final ? journal->last : "");
	if (foreign)
		print_amount(charge->amount, digits);
	printf("\t%s\n", foreign ? currency : "");
}

void rewapp__journal_write(
	struct cli *cli, const struct rewapp_settlement *settlement, const struct journal_accounts *accounts)
{
	struct journal journal = { .cli = cli, .settlement = settlement, .accounts = accounts };
	size_t entry = 0;

	day_of(settlement->from_ms, journal.first);
	day_of(settlement->until_ms - 1, journal.last);
	printf("JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\t"
	       "CompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\t"
	       "ValidDate\tMontantdevise\tIdevise\n");
	for (size_t i = 0; i < settlement->charge_count; i++) {
		const struct rewapp_charge *charge = &settlement->charges[i];

		if (charge->amount == 0 || memcmp(&charge->payer, &charge->payee, sizeof charge->payer) == 0)
			continue;
		print_row(&journal, ++entry, charge, true);
		print_row(&journal, entry, charge, false);
	}
}
