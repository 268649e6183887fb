/* rewapp gift-card: sells a card, spends of it, takes a sale back. */
#include "cli/cli.h"
#include "cli/say.h"
#include "commands/commands.h"

#include <string.h>

static const struct cli_page page = {
	"rewapp gift-card",
	"load CARD | spend CARD | void SALE",
	"Puts money on a card, spends points of it, or takes back what was put on while all of it is there.\n"
	"`rewapp balance CARD` and `rewapp statement CARD` tell what is on it.",
	"Charge une carte cadeau, en dépense des points, ou annule un chargement intact.\n"
	"`rewapp balance CARTE` et `rewapp statement CARTE` disent ce qu'elle contient.",
	"  rewapp gift-card load @card-4711 --offer classic --amount 25.00 --merchant @shop\n"
	"  rewapp gift-card spend @card-4711 --points 1234 --merchant @bakery\n"
	"  rewapp balance @card-4711\n",
};

struct gift_card {
	char *id, *offer, *amount, *currency, *merchant, *points, *programme, *terminal, *reference;
};

static int load(struct cli *cli, const struct gift_card *options, const char *card)
{
	struct rewapp_command command = REWAPP_COMMAND_INIT;
	const char *currency = options->currency ? options->currency : "EUR";
	int code = rewapp__cli_id_needed(cli, "CARD", card, &command.target);

	if (!code && (!options->offer || !options->amount || strlen(currency) != 3))
		return rewapp__cli_usage(cli, "--offer, --amount, --currency");
	command.kind = REWAPP_KIND_GIFT_CARD;
	command.offer = options->offer;
	command.terminal = options->terminal;
	command.reference = options->reference;
	memcpy(command.currency, currency, 3);
	if (!code)
		code = rewapp__cli_money(cli, "--amount", options->amount, currency, &command.amount);
	if (!code)
		code = rewapp__cli_id_needed(cli, "--merchant", options->merchant, &command.merchant);
	if (!code)
		code = rewapp__cli_id(cli, "--programme", options->programme, &command.programme);
	if (!code)
		code = rewapp__cli_id_or_new(cli, "--id", options->id, &command.id);
	return code ? code : rewapp__submit_one(cli, &command, false);
}

/* A hold that is posted in the same call: the points are spent, or nothing has happened. */
static int spend(struct cli *cli, const struct gift_card *options, const char *card)
{
	struct rewapp_command commands[2] = { REWAPP_COMMAND_INIT, REWAPP_COMMAND_INIT };
	struct rewapp_receipt receipts[2] = { { .size = sizeof *receipts }, { .size = sizeof *receipts } };
	int code = rewapp__cli_id_needed(cli, "CARD", card, &commands[0].member);

	if (!code && !options->points)
		return rewapp__cli_usage(cli, "--points");
	commands[0].kind = REWAPP_KIND_HOLD;
	commands[0].flags = REWAPP_LINKED;
	commands[1].kind = REWAPP_KIND_POST;
	commands[1].reference = options->reference;
	if (!code)
		code = rewapp__cli_number(cli, "--points", options->points, &commands[0].points);
	if (!code)
		code = rewapp__cli_id_needed(cli, "--merchant", options->merchant, &commands[1].merchant);
	if (!code)
		code = rewapp__cli_id(cli, "--programme", options->programme, &commands[0].programme);
	if (!code)
		code = rewapp__cli_id_or_new(cli, "--id", options->id, &commands[1].id);
	if (code)
		return code;
	commands[0].id =
		commands[1].id; /* the hold's is made of it, so that both are the same when sent again */
	for (size_t i = 0; i < sizeof commands[0].id.bytes; i++)
		commands[0].id.bytes[i] ^= 0xa5;
	commands[1].target = commands[0].id;
	code = rewapp_submit(cli->engine, commands, 2, receipts);
	if (code)
		return rewapp__cli_fail(cli, code);
	return rewapp__say_receipt(cli,
		&receipts[receipts[0].code || receipts[0].verdict != REWAPP_VERDICT_ACCEPTED ? 0 : 1], false);
}

static int take_back(struct cli *cli, const struct gift_card *options, const char *sale)
{
	struct rewapp_command command = REWAPP_COMMAND_INIT;
	int code = rewapp__cli_id_needed(cli, "SALE", sale, &command.target);

	command.kind = REWAPP_KIND_VOID;
	if (!code)
		code = rewapp__cli_id_or_new(cli, "--id", options->id, &command.id);
	return code ? code : rewapp__submit_one(cli, &command, false);
}

static int run(struct cli *cli, void *user)
{
	const char *verb = rewapp__cli_argument(cli), *subject = rewapp__cli_argument(cli);
	int code = rewapp__cli_open(cli, false);

	if (code)
		return code;
	if (verb && strcmp(verb, "load") == 0)
		return load(cli, user, subject);
	if (verb && strcmp(verb, "spend") == 0)
		return spend(cli, user, subject);
	if (verb && strcmp(verb, "void") == 0)
		return take_back(cli, user, subject);
	return rewapp__cli_usage(cli, "load | spend | void");
}

int command_gift_card(int argc, char **argv)
{
	struct gift_card card = { NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL };
	struct poptOption options[] = {
		{ "offer", 'o', POPT_ARG_STRING, &card.offer, 0, "of the programme", "NAME" },
		{ "amount", 'a', POPT_ARG_STRING, &card.amount, 0, "the money that is put on it", "25.00" },
		{ "currency", 0, POPT_ARG_STRING, &card.currency, 0, "of --amount (EUR)", "EUR" },
		{ "merchant", 0, POPT_ARG_STRING, &card.merchant, 0, "who sells, or is paid", "ID" },
		{ "points", 0, POPT_ARG_STRING, &card.points, 0, "to be spent", "N" },
		{ "terminal", 0, POPT_ARG_STRING, &card.terminal, 0, "the till", "TEXT" },
		{ "reference", 0, POPT_ARG_STRING, &card.reference, 0, "the host's own", "TEXT" },
		{ "programme", 'p', POPT_ARG_STRING, &card.programme, 0, "of several programmes, this one",
			"ID" },
		{ "id", 0, POPT_ARG_STRING, &card.id, 0, "idempotency key (a new one)", "ID" },
		POPT_TABLEEND,
	};

	return rewapp__cli_main(&page, options, argc, argv, run, &card);
}
