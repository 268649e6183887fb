/* rewapp settlement: who owes whom for the points of a period, and the journal of it. */
#include "cli/cli.h"
#include "cli/say.h"
#include "commands/commands.h"
#include "commands/journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct cli_page page = {
	"rewapp settlement",
	"",
	"Tells who paid for the points that were spent in a period, what each merchant owes and is\n"
	"owed, and what is outstanding.  --journal writes it as entries for an accountant: the 18\n"
	"columns of article A47 A-1 of the French LPF, tab-separated.",
	"Dit qui a financé les points dépensés sur une période, ce que chaque commerçant doit et\n"
	"doit recevoir, et l'encours.  --journal l'écrit en écritures pour un comptable : les 18\n"
	"colonnes de l'article A47 A-1 du LPF, séparées par des tabulations.",
	"  rewapp settlement --from 2026-03-01 --until 2026-04-01\n"
	"  rewapp settlement --from 2026-03-01 --until 2026-04-01 --journal > march.txt\n",
};

struct options {
	char *programme, *from, *until, *merchants_account, *programme_account;
	int journal;
	struct rewapp_id programme_id;
	int64_t from_ms, until_ms;
};

static struct said name_of(struct cli *cli, const struct rewapp_id *merchant)
{
	struct said out;

	if (!rewapp_id_is_zero(merchant))
		return rewapp__say_merchant(cli, merchant);
	snprintf(out.text, sizeof out.text, "%s", rewapp__cli_tr(cli, "the programme", "le programme"));
	return out;
}

static void say_party(struct cli *cli, const struct rewapp_party *party, const char *currency)
{
	printf("%s%s%s\n", rewapp__say_bold(), name_of(cli, &party->merchant).text, rewapp__say_plain());
	printf(rewapp__cli_tr(cli,
		       "  funded: %lld + %lld issued + %lld restored - %lld redeemed - %lld expired - %lld "
		       "clawed back - %lld withdrawn - %lld to debts = %lld (%s)\n",
		       "  financés : %lld + %lld émis + %lld rendus - %lld dépensés - %lld expirés - %lld "
		       "repris - %lld retirés - %lld sur dettes = %lld (%s)\n"),
		(long long)party->opening, (long long)party->issued, (long long)party->restored,
		(long long)party->redeemed, (long long)party->expired, (long long)party->clawed_back,
		(long long)party->withdrawn, (long long)party->paid_debts, (long long)party->closing,
		rewapp__say_money(cli, party->closing_amount, currency).text);
	printf(rewapp__cli_tr(cli, "  accepted: %lld points, %s; owes %s, is owed %s\n",
		       "  acceptés : %lld points, %s ; doit %s, doit recevoir %s\n"),
		(long long)party->accepted, rewapp__say_money(cli, party->accepted_amount, currency).text,
		rewapp__say_money(cli, party->owes, currency).text,
		rewapp__say_money(cli, party->is_owed, currency).text);
}

static void say_charge(struct cli *cli, const struct rewapp_charge *charge, const char *currency)
{
	printf("%s -> %s: %s, %lld x, %lld points, %s\n", name_of(cli, &charge->payer).text,
		name_of(cli, &charge->payee).text, rewapp__say_code(cli->french, charge->code),
		(long long)charge->count, (long long)charge->points,
		rewapp__say_money(cli, charge->amount, currency).text);
}

static void say(struct cli *cli, const struct rewapp_settlement *found)
{
	int64_t outstanding = 0;

	printf("%s .. %s%s\n", rewapp__say_time(found->from_ms).text, rewapp__say_time(found->until_ms).text,
		found->final ? rewapp__cli_tr(cli, ", final", ", définitif") : "");
	for (size_t i = 0; i < found->party_count; i++)
		say_party(cli, &found->parties[i], found->currency);
	for (size_t i = 0; i < found->charge_count; i++)
		say_charge(cli, &found->charges[i], found->currency);
	for (int i = REWAPP_EXPIRING_30_DAYS; i < REWAPP_EXPIRING_COUNT; i++)
		outstanding += found->expiring[i];
	printf(rewapp__cli_tr(cli,
		       "outstanding: %lld points; end within 30 days %lld, 90 days %lld, a year %lld, later "
		       "%lld, never %lld; expected to expire unspent %lld; owed by members %lld\n",
		       "encours : %lld points ; échéance à 30 jours %lld, 90 jours %lld, un an %lld, plus "
		       "tard "
		       "%lld, jamais %lld ; expirations attendues %lld ; dus par les membres %lld\n"),
		(long long)outstanding, (long long)found->expiring[REWAPP_EXPIRING_30_DAYS],
		(long long)found->expiring[REWAPP_EXPIRING_90_DAYS],
		(long long)found->expiring[REWAPP_EXPIRING_365_DAYS],
		(long long)found->expiring[REWAPP_EXPIRING_LATER],
		(long long)found->expiring[REWAPP_EXPIRING_NEVER], (long long)found->expected_breakage,
		(long long)found->debt);
}

static void *copy_of(const void *items, size_t size)
{
	void *out = calloc(1, size ? size : 1);

	if (out && size)
		memcpy(out, items, size);
	return out;
}

/* The names of merchants are asked of the engine, which takes back what it told before: so the report is
 * copied first. */
static int report(struct cli *cli, const struct options *options)
{
	const struct journal_accounts accounts = { options->merchants_account, options->programme_account };
	struct rewapp_settlement found = { .size = sizeof found };
	struct rewapp_party *parties;
	struct rewapp_charge *charges;
	int code = rewapp_settlement_read(
		cli->engine, &options->programme_id, options->from_ms, options->until_ms, &found);

	if (code)
		return rewapp__cli_fail(cli, code);
	parties = copy_of(found.parties, found.party_count * sizeof *parties);
	charges = copy_of(found.charges, found.charge_count * sizeof *charges);
	found.parties = parties;
	found.charges = charges;
	if (!parties || !charges)
		code = rewapp__cli_fail_with(cli, REWAPP_E_NOMEMORY, "settlement");
	else if (options->journal)
		rewapp__journal_write(cli, &found, &accounts);
	else
		say(cli, &found);
	free(parties);
	free(charges);
	return code;
}

static int query(struct cli *cli, const struct options *options)
{
	char text[300], programme[128] = "";

	if (!rewapp_id_is_zero(&options->programme_id))
		snprintf(programme, sizeof programme, ", \"programme\": \"%s\"",
			rewapp__say_id(&options->programme_id).text);
	snprintf(text, sizeof text, "{\"query\": \"settlement\", \"from_ms\": %lld, \"until_ms\": %lld%s}",
		(long long)options->from_ms, (long long)options->until_ms, programme);
	return rewapp__cli_query(cli, text);
}

/* As in the French chart of accounts: three digits, then digits and letters. */
static int check_account(struct cli *cli, const char *option, const char *account)
{
	static const char digits[] = "0123456789";
	static const char allowed[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

	if (!account || (strspn(account, digits) >= 3 && !account[strspn(account, allowed)]))
		return 0;
	return rewapp__cli_usage(cli,
		rewapp__cli_tr(cli, "%s: \"%.60s\" is no account: three digits, then digits and letters",
			"%s : « %.60s » n'est pas un compte : trois chiffres, puis des chiffres et des "
			"lettres"),
		option, account);
}

static int run(struct cli *cli, void *user)
{
	struct options *options = user;
	int code = rewapp__cli_id(cli, "--programme", options->programme, &options->programme_id);

	if (!code)
		code = rewapp__cli_bound(cli, "--from", options->from, &options->from_ms);
	if (!code && !options->until)
		return rewapp__cli_usage(cli, rewapp__cli_tr(cli, "%s is missing", "%s manque"), "--until");
	if (!code)
		code = rewapp__cli_bound(cli, "--until", options->until, &options->until_ms);
	if (!code)
		code = check_account(cli, "--merchants-account", options->merchants_account);
	if (!code)
		code = check_account(cli, "--programme-account", options->programme_account);
	if (!code)
		code = rewapp__cli_open(cli, false);
	if (code)
		return code;
	return cli->json && !options->journal ? query(cli, options) : report(cli, options);
}

int command_settlement(int argc, char **argv)
{
	struct options chosen = { .programme = NULL };
	struct poptOption options[] = {
		{ "from", 0, POPT_ARG_STRING, &chosen.from, 0, "the period's beginning (that of the store)",
			"TIME" },
		{ "until", 0, POPT_ARG_STRING, &chosen.until, 0, "its end, which is not part of it", "TIME" },
		{ "programme", 'p', POPT_ARG_STRING, &chosen.programme, 0, "of several programmes, this one",
			"ID" },
		{ "journal", 0, POPT_ARG_NONE, &chosen.journal, 0, "accounting entries, tab-separated",
			NULL },
		{ "merchants-account", 0, POPT_ARG_STRING, &chosen.merchants_account, 0,
			"of merchants in the journal (467000)", "NUMBER" },
		{ "programme-account", 0, POPT_ARG_STRING, &chosen.programme_account, 0,
			"of the programme in the journal (709000)", "NUMBER" },
		POPT_TABLEEND,
	};

	return rewapp__cli_main(&page, options, argc, argv, run, &chosen);
}
