/* rewapp voucher: makes one of a programme's offers for a member, lists those that can be spent. */
#include "cli/cli.h"
#include "cli/say.h"
#include "commands/commands.h"

#include <stdio.h>
#include <string.h>

static const struct cli_page page = {
	"rewapp voucher",
	"make | list MEMBER | void VOUCHER",
	"Makes a voucher of a programme's offer, lists a member's, or ends one that was not spent.\n"
	"Its code is spent with `rewapp qr redeem`.",
	"Crée un bon d'achat d'une offre du programme, liste ceux d'un membre, ou en annule un.\n"
	"Son code s'encaisse avec `rewapp qr redeem`.",
	"  rewapp voucher make --member @claire --offer five-euros\n"
	"  rewapp voucher list @claire\n"
	"  rewapp qr redeem 7K3M-9QRA-TX2D-HB5W --merchant @bakery\n",
};

struct voucher {
	char *id, *member, *offer, *merchant, *programme, *spender;
};

static int make(struct cli *cli, const struct voucher *options)
{
	struct rewapp_command command = REWAPP_COMMAND_INIT;
	int code = rewapp__cli_id_needed(cli, "--member", options->member, &command.member);

	if (!code && !options->offer)
		return rewapp__cli_usage(cli, "--offer");
	command.kind = REWAPP_KIND_VOUCHER;
	command.offer = options->offer;
	if (!code)
		code = rewapp__cli_id(cli, "--merchant", options->merchant, &command.merchant);
	if (!code)
		code = rewapp__cli_id(cli, "--programme", options->programme, &command.programme);
	if (!code)
		code = rewapp__cli_id(cli, "--spender", options->spender, &command.spender);
	if (!code)
		code = rewapp__cli_id_or_new(cli, "--id", options->id, &command.id);
	return code ? code : rewapp__submit_one(cli, &command, false);
}

static int end(struct cli *cli, const struct voucher *options)
{
	struct rewapp_command command = REWAPP_COMMAND_INIT;
	int code = rewapp__cli_id_needed(cli, "VOUCHER", rewapp__cli_argument(cli), &command.target);

	command.kind = REWAPP_KIND_VOID;
	if (!code)
		code = rewapp__cli_id_or_new(cli, "--id", options->id, &command.id);
	return code ? code : rewapp__submit_one(cli, &command, false);
}

static void say(struct cli *cli, const struct rewapp_voucher *voucher, const struct rewapp_id *programme)
{
	char currency[4], text[160];

	rewapp__say_currency(cli, programme, currency);
	printf("%s%s%s  %s\n", rewapp__say_bold(), voucher->code, rewapp__say_plain(), voucher->offer);
	snprintf(text, sizeof text, "%lld points = %s", (long long)voucher->points,
		rewapp__say_money(cli, voucher->amount, currency).text);
	rewapp__say_row(rewapp__cli_tr(cli, "worth", "valeur"), text);
	rewapp__say_row(rewapp__cli_tr(cli, "until", "jusqu'au"), rewapp__say_time(voucher->expires_ms).text);
	if (!rewapp_id_is_zero(&voucher->merchant))
		rewapp__say_row(rewapp__cli_tr(cli, "merchant", "commerçant"),
			rewapp__say_merchant(cli, &voucher->merchant).text);
}

static int list(struct cli *cli, const struct voucher *options)
{
	const struct rewapp_voucher *vouchers;
	struct rewapp_id member, programme;
	size_t count;
	int code = rewapp__cli_id_needed(cli, "MEMBER", rewapp__cli_argument(cli), &member);

	if (!code)
		code = rewapp__cli_id(cli, "--programme", options->programme, &programme);
	if (code)
		return code;
	if (cli->json)
		return rewapp__cli_query_member(cli, "vouchers", &member, &programme);
	code = rewapp_vouchers(cli->engine, &programme, &member, &vouchers, &count);
	for (size_t i = 0; i < count && !code; i++)
		say(cli, &vouchers[i], &programme);
	return code ? rewapp__cli_fail(cli, code) : CLI_OK;
}

static int run(struct cli *cli, void *user)
{
	const char *verb = rewapp__cli_argument(cli);
	int code = rewapp__cli_open(cli, false);

	if (code)
		return code;
	if (verb && strcmp(verb, "make") == 0)
		return make(cli, user);
	if (verb && strcmp(verb, "list") == 0)
		return list(cli, user);
	if (verb && strcmp(verb, "void") == 0)
		return end(cli, user);
	return rewapp__cli_usage(cli, "make | list | void");
}

int command_voucher(int argc, char **argv)
{
	struct voucher voucher = { NULL, NULL, NULL, NULL, NULL, NULL };
	struct poptOption options[] = {
		{ "member", 'm', POPT_ARG_STRING, &voucher.member, 0, "whose it is", "ID" },
		{ "offer", 'o', POPT_ARG_STRING, &voucher.offer, 0, "of the programme", "NAME" },
		{ "merchant", 0, POPT_ARG_STRING, &voucher.merchant, 0, "the only one who takes it (any)",
			"ID" },
		{ "spender", 0, POPT_ARG_STRING, &voucher.spender, 0, "of a household's points: who spends",
			"MEMBER" },
		{ "programme", 'p', POPT_ARG_STRING, &voucher.programme, 0, "of several programmes, this one",
			"ID" },
		{ "id", 0, POPT_ARG_STRING, &voucher.id, 0, "idempotency key (a new one)", "ID" },
		POPT_TABLEEND,
	};

	return rewapp__cli_main(&page, options, argc, argv, run, &voucher);
}
