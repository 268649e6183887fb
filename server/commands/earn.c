/* rewapp earn: one purchase, or every card payment of a statement. */
#include "cli/cli.h"
#include "cli/say.h"
#include "commands/bank_options.h"
#include "commands/commands.h"
#include "commands/credit.h"
#include "commands/feed_options.h"

#include <string.h>

static const struct cli_page page = {
	"rewapp earn",
	"[STATEMENT] --member ID",
	"With a bank statement: recognises the partner merchants of its card payments and records\n"
	"each purchase, once, however often the statement comes.  Without: one purchase.",
	"Avec un relevé bancaire : reconnaît les partenaires des paiements par carte et enregistre\n"
	"chaque achat, une fois, même si le relevé revient.  Sans relevé : un achat.",
	"  rewapp earn --member @claire --merchant @carrefour --amount 42.10 --id @ticket-1042\n"
	"  rewapp earn --member @claire --descriptor 'CARTE 12/03 FNAC PARIS 6' --amount 29.90\n"
	"  rewapp earn september.ofx --member @claire --explain\n",
};

struct earn {
	struct credit_words words;
	struct feed_words feed;
	char *merchant, *descriptor, *amount, *mcc, *at, *id, *terminal, *reference;
	char *store, *unpaid, *channel, *payment, *segments, *card, *cashier, *referrer; /* of a till */
};

static int earn_ids(struct cli *cli, const struct earn *options, struct rewapp_command *command)
{
	int code = rewapp__cli_id_needed(cli, "--member", options->words.member, &command->member);

	if (!code)
		code = rewapp__cli_id(cli, "--programme", options->words.programme, &command->programme);
	if (!code)
		code = rewapp__cli_id(cli, "--merchant", options->merchant, &command->merchant);
	if (!code)
		code = rewapp__cli_id(cli, "--branch", options->store, &command->store);
	if (!code)
		code = rewapp__cli_id(cli, "--referrer", options->referrer, &command->referrer);
	return code;
}

static void take_feed(const struct feed_words *feed, struct rewapp_command *command)
{
	command->country = feed->country;
	command->city = feed->city;
	command->postcode = feed->postcode;
	command->merchant_id = feed->merchant_id;
	command->terminal_id = feed->terminal_id;
	command->siret = feed->siret;
	command->creditor_id = feed->creditor_id;
}

static void take_texts(const struct earn *options, struct rewapp_command *command)
{
	command->descriptor = options->descriptor;
	command->terminal = options->terminal;
	command->reference = options->reference;
	command->channel = options->channel;
	command->payment = options->payment;
	command->segments = options->segments;
	command->card = options->card;
	command->cashier = options->cashier;
}

static int earn_one(struct cli *cli, const struct earn *options)
{
	struct rewapp_command command = REWAPP_COMMAND_INIT;
	const char *currency = options->words.bank.currency ? options->words.bank.currency : "EUR";
	int64_t mcc = 0;
	int code = earn_ids(cli, options, &command);

	command.kind = REWAPP_KIND_PURCHASE;
	take_texts(options, &command);
	take_feed(&options->feed, &command);
	if (!code && !options->amount)
		return rewapp__cli_usage(cli,
			rewapp__cli_tr(cli, "--amount, or a statement's file, is missing",
				"--amount, ou le fichier d'un relevé, manque"));
	if (!code)
		code = rewapp__cli_money(cli, "--amount", options->amount, currency, &command.amount);
	if (!code && options->unpaid)
		code = rewapp__cli_money(cli, "--unpaid", options->unpaid, currency, &command.unpaid);
	if (!code)
		code = rewapp__cli_number(cli, "--mcc", options->mcc, &mcc);
	if (!code && (mcc < INT32_MIN || mcc > INT32_MAX))
		return rewapp__cli_usage(cli, "--mcc: %lld", (long long)mcc);
	command.mcc = (int32_t)mcc;
	if (!code)
		code = rewapp__cli_moment(cli, "--at", options->at, &command.occurred_ms);
	if (!code)
		code = rewapp__cli_open(cli, false);
	if (!code)
		code = rewapp__cli_id_or_new(cli, "--id", options->id, &command.id);
	if (code)
		return code;
	memcpy(command.currency, currency, 4);
	return rewapp__submit_one(cli, &command, options->words.explain);
}

static int run(struct cli *cli, void *user)
{
	const struct earn *options = user;
	const char *path = rewapp__cli_argument(cli);

	if (options->words.bank.preset && !strcmp(options->words.bank.preset, "list")) {
		rewapp__bank_presets(cli);
		return CLI_OK;
	}
	return path ? rewapp__credit_file(cli, &options->words, path) : earn_one(cli, options);
}

int command_earn(int argc, char **argv)
{
	struct earn earn = { .amount = NULL };
	struct poptOption options[] = {
		{ "member", 'm', POPT_ARG_STRING, &earn.words.member, 0, "who bought", "ID" },
		{ "programme", 'p', POPT_ARG_STRING, &earn.words.programme, 0,
			"of several programmes, this one", "ID" },
		{ "explain", 'e', POPT_ARG_NONE, &earn.words.explain, 0, "with what each rule gave, and why",
			NULL },
		{ "amount", 'a', POPT_ARG_STRING, &earn.amount, 0, "one purchase: what it cost", "42.10" },
		{ "merchant", 0, POPT_ARG_STRING, &earn.merchant, 0, "one purchase: where", "ID" },
		{ "descriptor", 'd', POPT_ARG_STRING, &earn.descriptor, 0,
			"one purchase: the bank's text instead", "TEXT" },
		{ "mcc", 0, POPT_ARG_STRING, &earn.mcc, 0, "one purchase: merchant category code", "5411" },
		FEED_OPTIONS_TABLE(earn.feed),
		{ "at", 0, POPT_ARG_STRING, &earn.at, 0, "one purchase: when (now)", "TIME" },
		{ "terminal", 't', POPT_ARG_STRING, &earn.terminal, 0, "one purchase: the till's name",
			"TEXT" },
		{ "reference", 0, POPT_ARG_STRING, &earn.reference, 0, "one purchase: the host's own",
			"TEXT" },
		{ "branch", 0, POPT_ARG_STRING, &earn.store, 0, "one purchase: which of the merchant's",
			"ID" },
		{ "unpaid", 0, POPT_ARG_STRING, &earn.unpaid, 0,
			"one purchase: what points or gift cards paid of it", "5.00" },
		{ "channel", 0, POPT_ARG_STRING, &earn.channel, 0, "one purchase: as the rules say it",
			"online" },
		{ "payment", 0, POPT_ARG_STRING, &earn.payment, 0, "one purchase: how it was paid", "card" },
		{ "segments", 0, POPT_ARG_STRING, &earn.segments, 0, "one purchase: those of the member",
			"student,vip" },
		{ "card", 0, POPT_ARG_STRING, &earn.card, 0,
			"one purchase: a token for the payment card, never its number", "TOKEN" },
		{ "cashier", 0, POPT_ARG_STRING, &earn.cashier, 0, "one purchase: who stood at the till",
			"TEXT" },
		{ "referrer", 0, POPT_ARG_STRING, &earn.referrer, 0,
			"one purchase: the member who brought this one", "ID" },
		{ "id", 0, POPT_ARG_STRING, &earn.id, 0, "one purchase: idempotency key (a new one)", "ID" },
		{ "account", 0, POPT_ARG_STRING, &earn.words.account, 0,
			"statement: names the account where the file does not", "NAME" },
		{ "dry-run", 'n', POPT_ARG_NONE, &earn.words.dry_run, 0,
			"statement: match and tell, change nothing", NULL },
		BANK_OPTIONS_TABLE(earn.words.bank),
		POPT_TABLEEND,
	};

	return rewapp__cli_main(&page, options, argc, argv, run, &earn);
}
