/* Answers about one member: points, statement, tier, expiries, offers; and about one receipt. */
#include "api/json_question.h"

#include "base/error.h"

#include <rewapp/rewapp.h>
#include <stdlib.h>
#include <string.h>

static struct rewapp_instant instant_of(const struct question *question)
{
	return (struct rewapp_instant){
		.size = sizeof(struct rewapp_instant),
		.recorded_ms = question->recorded_ms,
		.occurred_ms = question->occurred_ms,
	};
}

static int answer_balance(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	struct rewapp_balance balance = { .size = sizeof balance };
	struct rewapp_instant at = instant_of(question);
	int error = rewapp_balance_at(engine, &question->programme, &question->member, &at, &balance);

	if (error < 0)
		return error;
	rewapp__buffer_puts(out, "{");
	rewapp__write_id(out, "member", &question->member);
	rewapp__write_int(out, "as_of_ms", balance.as_of_ms);
	rewapp__write_int(out, "available", balance.available);
	rewapp__write_int(out, "pending", balance.pending);
	rewapp__write_int(out, "held", balance.held);
	rewapp__write_int(out, "debt", balance.debt);
	rewapp__write_int(out, "next_expiry_ms", balance.next_expiry_ms);
	rewapp__write_int(out, "next_expiry_points", balance.next_expiry_points);
	rewapp__write_int(out, "next_activation_ms", balance.next_activation_ms);
	rewapp__write_int(out, "debits_posted", balance.debits_posted);
	rewapp__write_int(out, "debits_pending", balance.debits_pending);
	rewapp__write_int(out, "credits_posted", balance.credits_posted);
	rewapp__write_int(out, "credits_pending", balance.credits_pending);
	rewapp__write_int(out, "version", balance.version);
	rewapp__write_int(out, "closed_ms", balance.closed_ms);
	rewapp__buffer_puts(out, "}");
	return 0;
}

static int answer_tier(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	static const char *const bys[] = { "points", "spend", "visits" };
	struct rewapp_tier tier = { .size = sizeof tier };
	int error = rewapp_tier_get(engine, &question->programme, &question->member, &tier);

	if (error < 0)
		return error;
	rewapp__buffer_puts(out, "{");
	rewapp__write_id(out, "member", &question->member);
	rewapp__write_int(out, "as_of_ms", tier.as_of_ms);
	rewapp__write_text(out, "tier", tier.tier[0] ? tier.tier : NULL);
	rewapp__write_int(out, "rank", tier.rank);
	rewapp__write_int(out, "since_ms", tier.since_ms);
	rewapp__write_int(out, "until_ms", tier.until_ms);
	rewapp__write_text(out, "by", bys[tier.by]);
	rewapp__write_text(out, "currency", tier.currency);
	rewapp__write_int(out, "counted", tier.counted);
	rewapp__write_int(out, "from_ms", tier.from_ms);
	rewapp__write_int(out, "period_until_ms", tier.period_until_ms);
	rewapp__write_int(out, "keep_missing", tier.keep_missing);
	rewapp__write_text(out, "next", tier.next[0] ? tier.next : NULL);
	rewapp__write_int(out, "missing", tier.missing);
	rewapp__buffer_puts(out, "}");
	return 0;
}

static void write_entry(struct buffer *out, const struct rewapp_entry *entry)
{
	rewapp__begin_object(out);
	rewapp__write_int(out, "number", entry->number);
	rewapp__write_text(out, "code", rewapp_code_name(entry->code));
	rewapp__write_id(out, "command", &entry->command);
	rewapp__write_id(out, "merchant", &entry->merchant);
	rewapp__write_int(out, "points", entry->points);
	rewapp__write_int(out, "previous", entry->previous);
	rewapp__write_id(out, "spender", &entry->spender);
	rewapp__write_int(out, "balance", entry->balance);
	rewapp__write_int(out, "recorded_ms", entry->recorded_ms);
	rewapp__write_int(out, "occurred_ms", entry->occurred_ms);
	rewapp__write_int(out, "activates_ms", entry->activates_ms);
	rewapp__write_int(out, "expires_ms", entry->expires_ms);
	rewapp__buffer_puts(out, "}");
}

static int answer_statement(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	struct rewapp_entry *entries = calloc((size_t)question->limit, sizeof *entries);
	struct rewapp_instant at = instant_of(question);
	size_t count;
	int error;

	if (!entries)
		return rewapp__fail(REWAPP_E_NOMEMORY, "statement");
	error = rewapp_statement_at(engine, &question->programme, &question->member, &at, question->before,
		entries, (size_t)question->limit, &count);
	rewapp__buffer_puts(out, "{\"entries\":[");
	for (size_t i = 0; error == 0 && i < count; i++)
		write_entry(out, &entries[i]);
	if (error == 0)
		rewapp__write_next(
			out, count, (size_t)question->limit, count ? entries[count - 1].number : 0);
	free(entries);
	return error;
}

static int answer_receipt(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	struct rewapp_receipt receipt = { .size = sizeof receipt };
	int error = rewapp_receipt_get(engine, &question->id, &receipt);

	if (error == 0)
		rewapp__write_receipt(out, &receipt);
	return error;
}

static int currency_of(rewapp_engine *engine, const struct rewapp_id *programme, char out[4])
{
	struct rewapp_object object;
	const cJSON *currency;
	cJSON *document;
	int error = rewapp_object_get(engine, REWAPP_KIND_PROGRAMME, programme, &object);

	if (error < 0)
		return error;
	error = rewapp__json_parse(object.document, strlen(object.document), REWAPP_DOCUMENT_MAX, &document);
	if (error < 0)
		return error == REWAPP_E_NOMEMORY
			? error
			: rewapp__fail(REWAPP_E_CORRUPT, "programme %lld: its document is damaged",
				  (long long)object.number);
	currency = rewapp__json_get(document, "currency");
	memcpy(out, cJSON_IsString(currency) ? currency->valuestring : "EUR", 4);
	cJSON_Delete(document);
	return 0;
}

static int write_explained(
	struct buffer *out, const struct rewapp_award *award, const char *currency, const char *language)
{
	char words[256];
	size_t need;
	int error = rewapp_explain(award, currency, language, words, sizeof words, &need);

	rewapp__begin_object(out);
	rewapp__write_text(out, "rule", award->rule);
	rewapp__write_text(out, "reason", rewapp_reason_name(award->reason));
	rewapp__write_int(out, "points", award->points);
	rewapp__write_int(out, "distance", award->distance);
	rewapp__write_text(out, "words", error < 0 ? "" : words);
	rewapp__buffer_puts(out, "}");
	return error;
}

/* The awards live until the engine's next call: they are copied before the currency is asked for. */
static int answer_explain(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	const char *language = question->language ? question->language : "en";
	struct rewapp_receipt receipt = { .size = sizeof receipt };
	int error = rewapp_receipt_get(engine, &question->id, &receipt);
	struct rewapp_award *awards;
	char currency[4] = "EUR";

	if (error < 0)
		return error;
	if (!(awards = calloc(receipt.award_count + 1, sizeof *awards)))
		return rewapp__fail(REWAPP_E_NOMEMORY, "explain");
	if (receipt.award_count)
		memcpy(awards, receipt.awards, receipt.award_count * sizeof *awards);
	if (receipt.award_count)
		error = currency_of(engine, &receipt.programme, currency);
	rewapp__buffer_puts(out, "{");
	rewapp__write_id(out, "id", &receipt.id);
	rewapp__write_text(out, "language", language);
	rewapp__write_text(out, "currency", currency);
	rewapp__write_name(out, "awards");
	rewapp__buffer_puts(out, "[");
	for (size_t i = 0; error == 0 && i < receipt.award_count; i++)
		error = write_explained(out, &awards[i], currency, language);
	rewapp__buffer_puts(out, "]}");
	free(awards);
	return error;
}

static int answer_expiries(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	const struct rewapp_expiry *list;
	size_t count;
	int error = rewapp_expiries(engine, &question->programme, &question->member, &list, &count);

	if (error < 0)
		return error;
	rewapp__buffer_puts(out, "{\"expiries\":[");
	for (size_t i = 0; i < count; i++) {
		rewapp__begin_object(out);
		rewapp__write_int(out, "expires_ms", list[i].expires_ms);
		rewapp__write_int(out, "points", list[i].points);
		rewapp__write_int(out, "lots", list[i].lots);
		rewapp__write_id(out, "merchant", &list[i].merchant);
		rewapp__buffer_puts(out, "}");
	}
	rewapp__buffer_puts(out, "]}");
	return 0;
}

static int answer_achievements(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	static const char *const bys[] = { "visits", "merchants", "spend", "streak" };
	const struct rewapp_achievement *list;
	size_t count;
	int error = rewapp_achievements(engine, &question->programme, &question->member, &list, &count);

	if (error < 0)
		return error;
	rewapp__buffer_puts(out, "{\"achievements\":[");
	for (size_t i = 0; i < count; i++) {
		rewapp__begin_object(out);
		rewapp__write_text(out, "id", list[i].id);
		rewapp__write_text(out, "count", bys[list[i].by]);
		rewapp__write_int(out, "counted", list[i].counted);
		rewapp__write_int(out, "target", list[i].target);
		rewapp__write_int(out, "missing", list[i].missing);
		rewapp__write_int(out, "points", list[i].points);
		rewapp__write_int(out, "given", list[i].given);
		rewapp__buffer_puts(out, "}");
	}
	rewapp__buffer_puts(out, "]}");
	return 0;
}

static int answer_vouchers(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	const struct rewapp_voucher *list;
	size_t count;
	int error = rewapp_vouchers(engine, &question->programme, &question->member, &list, &count);

	if (error < 0)
		return error;
	rewapp__buffer_puts(out, "{\"vouchers\":[");
	for (size_t i = 0; i < count; i++) {
		rewapp__begin_object(out);
		rewapp__write_id(out, "id", &list[i].id);
		rewapp__write_text(out, "offer", list[i].offer);
		rewapp__write_text(out, "code", list[i].code);
		rewapp__write_int(out, "points", list[i].points);
		rewapp__write_int(out, "amount", list[i].amount);
		rewapp__write_int(out, "made_ms", list[i].made_ms);
		rewapp__write_int(out, "expires_ms", list[i].expires_ms);
		rewapp__write_id(out, "merchant", &list[i].merchant);
		rewapp__buffer_puts(out, "}");
	}
	rewapp__buffer_puts(out, "]}");
	return 0;
}

static int answer_household(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	const struct rewapp_sharer *list;
	size_t count;
	int error = rewapp_household(engine, &question->programme, &question->member, &list, &count);

	if (error < 0)
		return error;
	rewapp__buffer_puts(out, "{\"members\":[");
	for (size_t i = 0; i < count; i++) {
		rewapp__begin_object(out);
		rewapp__write_id(out, "member", &list[i].member);
		rewapp__write_int(out, "day_limit", list[i].day_limit);
		rewapp__write_int(out, "month_limit", list[i].month_limit);
		rewapp__write_int(out, "total_limit", list[i].total_limit);
		rewapp__write_int(out, "day_spent", list[i].day_spent);
		rewapp__write_int(out, "month_spent", list[i].month_spent);
		rewapp__write_int(out, "total_spent", list[i].total_spent);
		rewapp__write_int(out, "held", list[i].held);
		rewapp__write_int(out, "left", list[i].left);
		rewapp__buffer_puts(out, "}");
	}
	rewapp__buffer_puts(out, "]}");
	return 0;
}

static int answer_trace(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	const struct rewapp_origin *list;
	size_t count;
	int error = rewapp_trace(engine, &question->id, &list, &count);

	if (error < 0)
		return error;
	rewapp__buffer_puts(out, "{\"origins\":[");
	for (size_t i = 0; i < count; i++) {
		rewapp__begin_object(out);
		rewapp__write_int(out, "lot", list[i].lot);
		rewapp__write_int(out, "points", list[i].points);
		rewapp__write_int(out, "reversed", list[i].reversed);
		rewapp__write_int(out, "earned_ms", list[i].earned_ms);
		rewapp__write_int(out, "expires_ms", list[i].expires_ms);
		rewapp__write_id(out, "command", &list[i].command);
		rewapp__write_id(out, "merchant", &list[i].merchant);
		rewapp__buffer_puts(out, "}");
	}
	rewapp__buffer_puts(out, "]}");
	return 0;
}

static int answer_export(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	char *text;
	int error = rewapp_member_export(engine, &question->member, &text);

	if (error == 0)
		rewapp__buffer_puts(out, text);
	rewapp_free(engine, text);
	return error;
}

/* clang-format off */
const struct topic rewapp__topics_member[] = {
	{ "balance",    "member|programme recorded_ms occurred_ms",              answer_balance },
	{ "tier",       "member|programme",                     answer_tier },
	{ "statement",  "member|programme recorded_ms occurred_ms before limit", answer_statement },
	{ "receipt",    "id|",                                  answer_receipt },
	{ "explain",    "id|language",                          answer_explain },
	{ "expiries",   "|programme member",                    answer_expiries },
	{ "vouchers",   "member|programme",                     answer_vouchers },
	{ "household",  "member|programme",                     answer_household },
	{ "achievements", "member|programme",                   answer_achievements },
	{ "trace",      "id|",                                  answer_trace },
	{ "export",     "member|",                              answer_export },
	{ NULL, NULL, NULL }
};
/* clang-format on */
