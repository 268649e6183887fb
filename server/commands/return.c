/* rewapp return: gives back a purchase, whole or in part. */
#include "cli/cli.h"
#include "cli/say.h"
#include "commands/commands.h"

static const struct cli_page page = {
	"rewapp return",
	"PURCHASE",
	"Records that goods of a purchase came back; the points they earned are taken back.",
	"Enregistre le retour d'un achat ; les points qu'il avait donnés sont repris.",
	"  rewapp return @ticket-1042\n"
	"  rewapp return @ticket-1042 --amount 12.50 --reference 'trousers' --id @return-77\n",
};

struct give_back {
	char *id, *amount, *currency, *reference, *at;
};

static int run(struct cli *cli, void *user)
{
	const struct give_back *options = user;
	struct rewapp_command command = REWAPP_COMMAND_INIT;
	int code = rewapp__cli_id_needed(cli, "PURCHASE", rewapp__cli_argument(cli), &command.target);

	command.kind = REWAPP_KIND_RETURN;
	command.reference = options->reference;
	if (!code)
		code = rewapp__cli_money(cli, "--amount", options->amount,
			options->currency ? options->currency : "EUR", &command.amount);
	if (!code)
		code = rewapp__cli_moment(cli, "--at", options->at, &command.occurred_ms);
	if (!code)
		code = rewapp__cli_open(cli, false);
	if (!code)
		code = rewapp__cli_id_or_new(cli, "--id", options->id, &command.id);
	return code ? code : rewapp__submit_one(cli, &command, false);
}

int command_return(int argc, char **argv)
{
	struct give_back give = { NULL, NULL, NULL, NULL, NULL };
	struct poptOption options[] = {
		{ "amount", 'a', POPT_ARG_STRING, &give.amount, 0,
			"what came back; all that is left if absent", "12.50" },
		{ "currency", 0, POPT_ARG_STRING, &give.currency, 0, "how --amount is to be read (EUR)",
			"EUR" },
		{ "reference", 0, POPT_ARG_STRING, &give.reference, 0,
			"the host's own: a ticket number, a reason", "TEXT" },
		{ "at", 0, POPT_ARG_STRING, &give.at, 0, "when it happened (now)", "TIME" },
		{ "id", 0, POPT_ARG_STRING, &give.id, 0, "idempotency key (a new one)", "ID" },
		POPT_TABLEEND,
	};

	return rewapp__cli_main(&page, options, argc, argv, run, &give);
}
