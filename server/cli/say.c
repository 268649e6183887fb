/* Numbers, money, dates and receipts, as people read them. */
#include "cli/say.h"

#include "base/json.h"
#include "formats/values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct said rewapp__say_money(const struct cli *cli, int64_t minor, const char *currency)
{
	struct said out;
	int digits = *currency ? rewapp__currency_digits(currency) : 2;
	uint64_t size = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor, unit = 1;

	for (int i = 0; i < digits; i++)
		unit *= 10;
	if (digits)
		snprintf(out.text, sizeof out.text, "%s%llu%s%0*llu%s%s", minor < 0 ? "-" : "",
			(unsigned long long)(size / unit), cli->french ? "," : ".", digits,
			(unsigned long long)(size % unit), *currency ? " " : "", currency);
	else
		snprintf(out.text, sizeof out.text, "%lld %s", (long long)minor, currency);
	return out;
}

struct said rewapp__say_time(int64_t ms)
{
	struct said out = { "-" };
	time_t seconds = (time_t)(ms / 1000);
	struct tm parts;

	if (ms && gmtime_r(&seconds, &parts))
		strftime(out.text, sizeof out.text, "%Y-%m-%d %H:%M UTC", &parts);
	return out;
}

struct said rewapp__say_id(const struct rewapp_id *id)
{
	struct said out = { "-" };

	if (!rewapp_id_is_zero(id))
		rewapp_id_format(id, out.text);
	return out;
}

struct said rewapp__say_percent(int32_t basis_points)
{
	struct said out;

	snprintf(out.text, sizeof out.text, "%d.%d %%", basis_points / 100, basis_points % 100 / 10);
	return out;
}

struct said rewapp__say_merchant(struct cli *cli, const struct rewapp_id *id)
{
	struct rewapp_object object;
	struct said out = rewapp__say_id(id);

	if (!rewapp_id_is_zero(id) && !rewapp_object_get(cli->engine, REWAPP_KIND_MERCHANT, id, &object) &&
		object.name)
		snprintf(out.text, sizeof out.text, "%.79s", object.name);
	return out;
}

static int programme_get(struct cli *cli, const struct rewapp_id *programme, struct rewapp_object *object)
{
	size_t count = 0;
	int code;

	if (programme && !rewapp_id_is_zero(programme))
		return rewapp_object_get(cli->engine, REWAPP_KIND_PROGRAMME, programme, object);
	code = rewapp_object_list(cli->engine, REWAPP_KIND_PROGRAMME, 0, object, 1, &count);
	return code || count == 1 ? code : REWAPP_E_NOTFOUND;
}

void rewapp__say_currency(struct cli *cli, const struct rewapp_id *programme, char out[4])
{
	struct rewapp_object object;
	cJSON *document = NULL;
	const cJSON *currency;

	*out = 0;
	if (programme_get(cli, programme, &object) || !object.document)
		return;
	if (rewapp__json_parse(object.document, strlen(object.document), REWAPP_DOCUMENT_MAX, &document))
		return;
	currency = rewapp__json_get(document, "currency");
	if (cJSON_IsString(currency) && rewapp__currency_is(currency->valuestring))
		memcpy(out, currency->valuestring, 4);
	cJSON_Delete(document);
}

static const char *ansi(const char *sequence)
{
	return isatty(STDOUT_FILENO) && !getenv("NO_COLOR") ? sequence : "";
}

const char *rewapp__say_bold(void)
{
	return ansi("\x1b[1m");
}

const char *rewapp__say_good(void)
{
	return ansi("\x1b[32m");
}

const char *rewapp__say_bad(void)
{
	return ansi("\x1b[31m");
}

const char *rewapp__say_dim(void)
{
	return ansi("\x1b[2m");
}

const char *rewapp__say_plain(void)
{
	return ansi("\x1b[0m");
}

void rewapp__say_row(const char *label, const char *value)
{
	int width = 0;

	for (const char *at = label; *at; at++)
		width += ((unsigned char)*at & 0xc0) != 0x80;
	printf("  %s%*s  %s\n", label, width < 14 ? 14 - width : 0, "", value);
}

/* --- receipts ---------------------------------------------------------------------- */

int rewapp__receipt_exit(const struct rewapp_receipt *receipt)
{
	if (receipt->code)
		return rewapp__cli_exit_of(receipt->code);
	return receipt->verdict == REWAPP_VERDICT_ACCEPTED ? CLI_OK : CLI_REFUSED;
}

char *rewapp__receipt_text(const struct rewapp_receipt *receipt, int *code)
{
	size_t need = 0;
	char *text;

	*code = rewapp_receipt_format(receipt, NULL, 0, &need);
	if (*code && *code != REWAPP_E_CAPACITY)
		return NULL;
	text = malloc(need + 1);
	*code = text ? rewapp_receipt_format(receipt, text, need + 1, &need) : REWAPP_E_NOMEMORY;
	if (!*code)
		return text;
	free(text);
	return NULL;
}

static int receipt_json(struct cli *cli, const struct rewapp_receipt *receipt)
{
	int code;
	char *text = rewapp__receipt_text(receipt, &code);

	if (!text)
		return rewapp__cli_fail(cli, code);
	puts(text);
	free(text);
	return rewapp__receipt_exit(receipt);
}

void rewapp__say_awards(const struct cli *cli, const struct rewapp_receipt *receipt)
{
	for (size_t i = 0; i < receipt->award_count; i++) {
		const struct rewapp_award *award = &receipt->awards[i];
		struct rewapp_award plain = {
			.reason = award->reason
		}; /* no distance: its currency is not known here */
		char words[160] = "";
		size_t need;

		rewapp_explain(&plain, "EUR", cli->french ? "fr" : "en", words, sizeof words, &need);
		printf("    %s%-14s %+7lld%s  %s%s%s\n",
			award->points ? rewapp__say_good() : rewapp__say_dim(), award->rule,
			(long long)award->points, rewapp__say_plain(), rewapp__say_dim(), words,
			rewapp__say_plain());
	}
}

static void say_points(const char *label, int64_t points)
{
	char text[32];

	snprintf(text, sizeof text, "%lld", (long long)points);
	if (points)
		rewapp__say_row(label, text);
}

static const char *points_label(const struct cli *cli, int kind)
{
	switch (kind) {
	case REWAPP_KIND_PURCHASE:
	case REWAPP_KIND_CONFIRM:
		return rewapp__cli_tr(cli, "earned", "gagnés");
	case REWAPP_KIND_RETURN:
	case REWAPP_KIND_TAKE_BACK:
		return rewapp__cli_tr(cli, "taken back", "repris");
	case REWAPP_KIND_MINT:
	case REWAPP_KIND_HOLD:
	case REWAPP_KIND_VOUCHER:
		return rewapp__cli_tr(cli, "reserved", "réservés");
	case REWAPP_KIND_REDEEM:
	case REWAPP_KIND_POST:
		return rewapp__cli_tr(cli, "spent", "dépensés");
	default:
		return "points";
	}
}

static void say_moved(struct cli *cli, const struct rewapp_receipt *receipt)
{
	char currency[4], text[160];

	rewapp__say_currency(cli, &receipt->programme, currency);
	snprintf(text, sizeof text, "%lld points = %s", (long long)receipt->points,
		rewapp__say_money(cli, receipt->amount, currency).text);
	rewapp__say_row(points_label(cli, receipt->kind), text);
}

/* Of a bank line that was not recognised the receipt names the best candidate. */
static const char *merchant_label(struct cli *cli, const struct rewapp_receipt *receipt)
{
	if (receipt->verdict == REWAPP_VERDICT_NO_MATCH || receipt->verdict == REWAPP_VERDICT_NEEDS_REVIEW)
		return rewapp__cli_tr(cli, "perhaps", "peut-être");
	return rewapp__cli_tr(cli, "merchant", "commerçant");
}

static void say_details(struct cli *cli, const struct rewapp_receipt *receipt)
{
	if (receipt->points || receipt->kind == REWAPP_KIND_PURCHASE)
		say_moved(cli, receipt);
	if (!rewapp_id_is_zero(&receipt->merchant))
		rewapp__say_row(
			merchant_label(cli, receipt), rewapp__say_merchant(cli, &receipt->merchant).text);
	if (receipt->certainty)
		rewapp__say_row(rewapp__cli_tr(cli, "certainty", "certitude"),
			rewapp__say_percent(receipt->certainty).text);
	if (receipt->activates_ms > receipt->recorded_ms)
		rewapp__say_row(rewapp__cli_tr(cli, "usable from", "utilisables"),
			rewapp__say_time(receipt->activates_ms).text);
	if (receipt->expires_ms)
		rewapp__say_row(
			rewapp__cli_tr(cli, "until", "jusqu'au"), rewapp__say_time(receipt->expires_ms).text);
	say_points(rewapp__cli_tr(cli, "missing", "manquants"), receipt->shortfall);
	if (rewapp_id_is_zero(&receipt->member))
		return;
	say_points(rewapp__cli_tr(cli, "available", "disponibles"), receipt->available);
	say_points(rewapp__cli_tr(cli, "pending", "en attente"), receipt->pending);
	say_points(rewapp__cli_tr(cli, "on hold", "réservés"), receipt->held);
	say_points(rewapp__cli_tr(cli, "debt", "dette"), receipt->debt);
	if (*receipt->token)
		rewapp__say_row("code", receipt->token);
}

int rewapp__say_receipt(struct cli *cli, const struct rewapp_receipt *receipt, bool explain)
{
	int code = rewapp__receipt_exit(receipt);

	if (cli->json)
		return receipt_json(cli, receipt);
	if (receipt->code) {
		fprintf(stderr, "%s: %s: %s\n", cli->page->name,
			rewapp__say_error(cli->french, receipt->code), receipt->message);
		return code;
	}
	printf("%s%s%s%s: %s%s\n", code ? rewapp__say_bad() : rewapp__say_good(), rewapp__say_bold(),
		rewapp_verdict_name(receipt->verdict), rewapp__say_plain(),
		rewapp__say_verdict(cli->french, receipt->verdict),
		receipt->replayed ? rewapp__cli_tr(cli, " (as the first time)", " (comme la première fois)")
				  : "");
	rewapp__say_row("id", rewapp__say_id(&receipt->id).text);
	/* first: a merchant's name asks the engine, which ends the life of the awards */
	if (explain)
		rewapp__say_awards(cli, receipt);
	say_details(cli, receipt);
	return code;
}

int rewapp__submit_one(struct cli *cli, const struct rewapp_command *command, bool explain)
{
	struct rewapp_receipt receipt = { .size = sizeof receipt };
	int code = rewapp_submit(cli->engine, command, 1, &receipt);

	return code ? rewapp__cli_fail(cli, code) : rewapp__say_receipt(cli, &receipt, explain);
}
