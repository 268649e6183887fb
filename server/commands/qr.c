/* rewapp qr: mints, shows, inspects and redeems QR codes. */
#include "base/buffer.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/say.h"
#include "commands/commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cli_page page = {
	"rewapp qr",
	"mint | show TOKEN | inspect TOKEN | redeem TOKEN",
	"mint reserves points of a member for at most fifteen minutes and makes a code for them; show\n"
	"draws it; inspect says what it promises and uses nothing up; redeem spends it, once.",
	"mint réserve des points d'un membre pour quinze minutes au plus et en fait un code ; show le\n"
	"dessine ; inspect dit ce qu'il promet sans rien consommer ; redeem le dépense, une fois.",
	"  rewapp qr mint --member @claire --points 500 --show\n"
	"  rewapp qr show 9137...0042 --format png --scale 8 -o code.png\n"
	"  rewapp qr inspect 9137...0042 --merchant @carrefour\n"
	"  rewapp qr redeem 9137...0042 --merchant @carrefour --terminal caisse-3 --id @ticket-1042\n",
};

struct qr {
	char *id, *member, *points, *merchant, *programme, *ttl, *format, *scale, *output, *terminal,
		*reference, *spender;
	int show;
};

static int write_image(struct cli *cli, const char *path, const void *image, size_t size)
{
	FILE *stream = path ? fopen(path, "wb") : stdout;
	int wrong;

	if (!stream)
		return rewapp__cli_fail_with(cli, REWAPP_E_STORAGE, path);
	wrong = fwrite(image, 1, size, stream) != size;
	/* cppcheck-suppress useClosedFile ; stdout is open */
	if ((path ? fclose(stream) : fflush(stream)) != 0)
		wrong = 1;
	return wrong ? rewapp__cli_fail_with(cli, REWAPP_E_STORAGE, path ? path : strerror(errno)) : CLI_OK;
}

static int draw(struct cli *cli, const struct qr *options, const char *token)
{
	const char *format = options->format ? options->format : isatty(STDOUT_FILENO) ? "ansi" : "utf8";
	size_t need = 0;
	int64_t scale;
	void *image;
	int code = rewapp__cli_number(cli, "--scale", options->scale, &scale);

	if (code)
		return code;
	if (scale < 0 || scale > 32)
		return rewapp__cli_usage(cli, "--scale: 1-32");
	code = rewapp_qr_render(token, format, (int)scale, NULL, 0, &need);
	if (code && code != REWAPP_E_CAPACITY)
		return rewapp__cli_fail(cli, code);
	image = malloc(need + 1);
	code = image ? rewapp_qr_render(token, format, (int)scale, image, need, &need) : REWAPP_E_NOMEMORY;
	code = code ? rewapp__cli_fail(cli, code) : write_image(cli, options->output, image, need);
	free(image);
	return code;
}

static int mint(struct cli *cli, const struct qr *options)
{
	struct rewapp_command command = REWAPP_COMMAND_INIT;
	struct rewapp_receipt receipt = { .size = sizeof receipt };
	int64_t seconds = 0;
	int code = rewapp__cli_id_needed(cli, "--member", options->member, &command.member);

	command.kind = REWAPP_KIND_MINT;
	if (!code && !options->points)
		return rewapp__cli_usage(cli, "--points");
	if (!code)
		code = rewapp__cli_number(cli, "--points", options->points, &command.points);
	if (!code)
		code = rewapp__cli_id(cli, "--merchant", options->merchant, &command.merchant);
	if (!code)
		code = rewapp__cli_id(cli, "--programme", options->programme, &command.programme);
	if (!code)
		code = rewapp__cli_id(cli, "--spender", options->spender, &command.spender);
	if (!code)
		code = rewapp__cli_number(cli, "--ttl", options->ttl, &seconds);
	if (!code && (seconds < 0 || seconds > REWAPP_HOLD_TTL_MS / 1000))
		return rewapp__cli_usage(cli, "--ttl: 1-%lld", (long long)(REWAPP_HOLD_TTL_MS / 1000));
	command.ttl_ms = seconds * 1000;
	if (!code)
		code = rewapp__cli_id_or_new(cli, "--id", options->id, &command.id);
	if (code)
		return code;
	code = rewapp_submit(cli->engine, &command, 1, &receipt);
	if (code)
		return rewapp__cli_fail(cli, code);
	code = rewapp__say_receipt(cli, &receipt, false);
	return !code && options->show && !cli->json ? draw(cli, options, receipt.token) : code;
}

static int redeem(struct cli *cli, const struct qr *options, const char *token)
{
	struct rewapp_command command = REWAPP_COMMAND_INIT;
	int code = rewapp__cli_id_needed(cli, "--merchant", options->merchant, &command.merchant);

	command.kind = REWAPP_KIND_REDEEM;
	command.token = token;
	command.terminal = options->terminal;
	command.reference = options->reference;
	if (!code)
		code = rewapp__cli_id_or_new(cli, "--id", options->id, &command.id);
	return code ? code : rewapp__submit_one(cli, &command, false);
}

static void say_inspected(struct cli *cli, const struct rewapp_qr *qr)
{
	char currency[4], text[160];
	bool good = qr->verdict == REWAPP_VERDICT_ACCEPTED;

	printf("%s%s%s: %s\n", good ? rewapp__say_good() : rewapp__say_bad(),
		rewapp_verdict_name(qr->verdict), rewapp__say_plain(),
		rewapp__say_verdict(cli->french, qr->verdict));
	if (rewapp_id_is_zero(&qr->hold))
		return;
	rewapp__say_currency(cli, &qr->programme, currency);
	snprintf(text, sizeof text, "%lld points = %s", (long long)qr->points,
		rewapp__say_money(cli, qr->amount, currency).text);
	rewapp__say_row(rewapp__cli_tr(cli, "worth", "valeur"), text);
	rewapp__say_row(rewapp__cli_tr(cli, "member", "membre"), rewapp__say_id(&qr->member).text);
	rewapp__say_row(rewapp__cli_tr(cli, "merchant", "commerçant"),
		rewapp_id_is_zero(&qr->merchant) ? rewapp__cli_tr(cli, "any", "tous")
						 : rewapp__say_merchant(cli, &qr->merchant).text);
	rewapp__say_row(rewapp__cli_tr(cli, "issued", "émis"), rewapp__say_time(qr->issued_ms).text);
	rewapp__say_row(rewapp__cli_tr(cli, "until", "jusqu'au"), rewapp__say_time(qr->expires_ms).text);
}

/* The token may be anything that somebody typed, so it is quoted. */
static int inspect_json(struct cli *cli, const char *token, const struct rewapp_id *merchant)
{
	struct buffer text;
	int code;

	rewapp__buffer_init(&text, NULL, 65536);
	rewapp__buffer_puts(&text, "{\"query\": \"inspect\", \"token\": ");
	rewapp__json_quote(&text, token);
	if (!rewapp_id_is_zero(merchant))
		rewapp__buffer_printf(&text, ", \"merchant\": \"%s\"", rewapp__say_id(merchant).text);
	rewapp__buffer_puts(&text, "}");
	code = text.failed ? rewapp__cli_fail_with(cli, text.failed, "TOKEN")
			   : rewapp__cli_query(cli, text.data);
	rewapp__buffer_finish(&text);
	return code;
}

static int inspect(struct cli *cli, const struct qr *options, const char *token)
{
	struct rewapp_qr qr = { .size = sizeof qr };
	struct rewapp_id merchant;
	int code = rewapp__cli_id(cli, "--merchant", options->merchant, &merchant);

	if (code)
		return code;
	code = rewapp_qr_inspect(cli->engine, token, rewapp_id_is_zero(&merchant) ? NULL : &merchant, &qr);
	if (code)
		return rewapp__cli_fail(cli, code);
	if (cli->json)
		code = inspect_json(cli, token, &merchant);
	else
		say_inspected(cli, &qr);
	return code || qr.verdict == REWAPP_VERDICT_ACCEPTED ? code : CLI_REFUSED;
}

/* Tokens come from keyboards and scanners: they are folded into digits first.  What is none of
 * ours stays as it is, for the engine to judge. */
static const char *fold(const char *typed, char *digits, size_t capacity)
{
	return rewapp_qr_fold(typed, strlen(typed), digits, capacity) ? typed : digits;
}

static int run(struct cli *cli, void *user)
{
	const struct qr *options = user;
	const char *action = rewapp__cli_argument(cli), *token = rewapp__cli_argument(cli);
	char digits[REWAPP_TOKEN_CAPACITY];
	int code;

	if (!action)
		return rewapp__cli_usage(cli, "mint, show, inspect, redeem?");
	if (strcmp(action, "mint") && !token)
		return rewapp__cli_usage(cli, "TOKEN");
	if (token)
		token = fold(token, digits, sizeof digits);
	if (!strcmp(action, "show"))
		return draw(cli, options, token);
	if (strcmp(action, "mint") && strcmp(action, "inspect") && strcmp(action, "redeem"))
		return rewapp__cli_usage(cli, "mint, show, inspect, redeem? \"%.60s\"", action);
	code = rewapp__cli_open(cli, false);
	if (code)
		return code;
	if (!strcmp(action, "mint"))
		return mint(cli, options);
	return strcmp(action, "inspect") ? redeem(cli, options, token) : inspect(cli, options, token);
}

int command_qr(int argc, char **argv)
{
	struct qr qr = { .id = NULL };
	struct poptOption options[] = {
		{ "member", 'm', POPT_ARG_STRING, &qr.member, 0, "mint: whose points", "ID" },
		{ "points", 0, POPT_ARG_STRING, &qr.points, 0, "mint: how many", "N" },
		{ "merchant", 0, POPT_ARG_STRING, &qr.merchant, 0,
			"mint: only for this one; inspect, redeem: the till's", "ID" },
		{ "programme", 'p', POPT_ARG_STRING, &qr.programme, 0,
			"mint: of several programmes, this one", "ID" },
		{ "spender", 0, POPT_ARG_STRING, &qr.spender, 0, "mint: of a household's points, who spends",
			"MEMBER" },
		{ "ttl", 0, POPT_ARG_STRING, &qr.ttl, 0, "mint: seconds that it lasts (900, the most)",
			"SECONDS" },
		{ "show", 0, POPT_ARG_NONE, &qr.show, 0, "mint: and draw it", NULL },
		{ "format", 'f', POPT_ARG_STRING, &qr.format, 0, "show: how",
			"ansi|utf8|svg|png|escpos|escpos-native" },
		{ "scale", 0, POPT_ARG_STRING, &qr.scale, 0, "show: pixels or dots per module", "1-32" },
		{ "output", 'o', POPT_ARG_STRING, &qr.output, 0, "show: into a file", "FILE" },
		{ "terminal", 't', POPT_ARG_STRING, &qr.terminal, 0, "redeem: the till's name", "TEXT" },
		{ "reference", 0, POPT_ARG_STRING, &qr.reference, 0,
			"redeem: the host's own, a ticket number", "TEXT" },
		{ "id", 0, POPT_ARG_STRING, &qr.id, 0, "idempotency key (a new one)", "ID" },
		POPT_TABLEEND,
	};

	return rewapp__cli_main(&page, options, argc, argv, run, &qr);
}
