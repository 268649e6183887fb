/* Questions and their answers as JSON: one function for each, named in one table. */
#include "api/check.h"
#include "api/json_write.h"
#include "flows/signals.h"

#include <rewapp/rewapp.h>
#include <stdlib.h>
#include <string.h>

enum {
	PAGE_DEFAULT = 50,
	PAGE_MAX = 500
};

/* The parts of a question, read by the table's key set. */
struct question {
	struct rewapp_id id, member, programme, merchant;
	int64_t before, after, limit, from_ms, until_ms, recorded_ms, occurred_ms, amount, mcc;
	int64_t flags, booked_ms, sure_bp, review_bp;
	int64_t card_members, returns, manual_credits, velocity, cycles, terminal_velocity;
	int64_t cashier_velocity, cashier_returns, cashier_credits;
	const char *descriptor, *currency, *token, *code, *checkpoint, *truth, *catalogue, *language,
		*outcome;
	const char *country, *city, *postcode, *merchant_id, *terminal_id, *siret, *creditor_id;
	const cJSON *history;
};

struct topic {
	const char *name;
	const char *keys; /* needed ones first; optional ones behind a '|' */
	int (*answer)(rewapp_engine *engine, const struct question *question, struct buffer *out);
};

/* --- the answers --------------------------------------------------------------------------- */

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

/* The next object of an array; nothing is written yet when memory has run out. */
static void begin_object(struct buffer *out)
{
	rewapp__buffer_puts(out, out->size && out->data[out->size - 1] == '[' ? "{" : ",{");
}

static void write_entry(struct buffer *out, const struct rewapp_entry *entry)
{
	begin_object(out);
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

	begin_object(out);
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

static void write_object(struct buffer *out, int kind, const struct rewapp_object *object)
{
	static const char *const statuses[] = { "active", "blocked", "closed", "erased", "card",
		"card_blocked" };
	enum {
		STATUS_COUNT = sizeof statuses / sizeof *statuses
	};

	rewapp__buffer_puts(out, "{");
	rewapp__write_int(out, "number", object->number);
	rewapp__write_id(out, "id", &object->id);
	if (kind == REWAPP_KIND_MEMBER) {
		rewapp__write_text(out, "status",
			object->status >= 0 && object->status < STATUS_COUNT ? statuses[object->status]
									     : "?");
	} else {
		if (kind == REWAPP_KIND_PROGRAMME)
			rewapp__write_int(out, "version", object->version);
		rewapp__write_text(out, "name", object->name);
		rewapp__write_name(out, "document");
		rewapp__buffer_puts(out, object->document);
	}
	rewapp__buffer_puts(out, "}");
}

static int list(rewapp_engine *engine, int kind, const struct question *question, struct buffer *out)
{
	struct rewapp_object *objects = calloc((size_t)question->limit, sizeof *objects);
	size_t count;
	int error;

	if (!objects)
		return rewapp__fail(REWAPP_E_NOMEMORY, "list");
	error = rewapp_object_list(engine, kind, question->after, objects, (size_t)question->limit, &count);
	rewapp__buffer_puts(out, "{\"objects\":[");
	for (size_t i = 0; error == 0 && i < count; i++) {
		rewapp__buffer_puts(out, i ? "," : "");
		write_object(out, kind, &objects[i]);
	}
	if (error == 0)
		rewapp__write_next(
			out, count, (size_t)question->limit, count ? objects[count - 1].number : 0);
	free(objects);
	return error;
}

static int answer_members(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	return list(engine, REWAPP_KIND_MEMBER, question, out);
}

static int answer_merchants(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	return list(engine, REWAPP_KIND_MERCHANT, question, out);
}

static int answer_programmes(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	return list(engine, REWAPP_KIND_PROGRAMME, question, out);
}

static int one(rewapp_engine *engine, int kind, const struct question *question, struct buffer *out)
{
	struct rewapp_object object;
	int error = rewapp_object_get(engine, kind, &question->id, &object);

	if (error == 0)
		write_object(out, kind, &object);
	return error;
}

static int answer_member(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	return one(engine, REWAPP_KIND_MEMBER, question, out);
}

static int answer_merchant(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	return one(engine, REWAPP_KIND_MERCHANT, question, out);
}

static int answer_programme(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	return one(engine, REWAPP_KIND_PROGRAMME, question, out);
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
		rewapp__buffer_puts(out, i ? ",{" : "{");
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
		rewapp__buffer_puts(out, i ? ",{" : "{");
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
		rewapp__buffer_puts(out, i ? ",{" : "{");
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
		rewapp__buffer_puts(out, i ? ",{" : "{");
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
		rewapp__buffer_puts(out, i ? ",{" : "{");
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

static int answer_totals(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	struct rewapp_day days[PAGE_MAX];
	size_t count;
	int error = rewapp_totals(
		engine, &question->programme, question->from_ms, question->until_ms, days, PAGE_MAX, &count);

	if (error < 0)
		return error;
	rewapp__buffer_puts(out, "{\"days\":[");
	for (size_t i = 0; i < count; i++) {
		rewapp__buffer_puts(out, i ? ",{" : "{");
		rewapp__write_int(out, "day_ms", days[i].day_ms);
		rewapp__write_int(out, "issued", days[i].issued);
		rewapp__write_int(out, "spent", days[i].spent);
		rewapp__write_int(out, "expired", days[i].expired);
		rewapp__write_int(out, "clawed_back", days[i].clawed_back);
		rewapp__buffer_puts(out, "}");
	}
	rewapp__buffer_puts(out, "]}");
	return 0;
}

static int answer_periods(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	struct rewapp_period *periods = calloc((size_t)question->limit, sizeof *periods);
	size_t count;
	int error;

	if (!periods)
		return rewapp__fail(REWAPP_E_NOMEMORY, "periods");
	error = rewapp_period_list(
		engine, &question->programme, question->after, periods, (size_t)question->limit, &count);
	rewapp__buffer_puts(out, "{\"periods\":[");
	for (size_t i = 0; error == 0 && i < count; i++) {
		rewapp__buffer_puts(out, i ? ",{" : "{");
		rewapp__write_int(out, "until_ms", periods[i].until_ms);
		rewapp__write_int(out, "recorded_ms", periods[i].recorded_ms);
		rewapp__write_id(out, "command", &periods[i].command);
		rewapp__buffer_puts(out, "}");
	}
	if (error == 0)
		rewapp__write_next(
			out, count, (size_t)question->limit, count ? periods[count - 1].until_ms : 0);
	free(periods);
	return error;
}

static void write_account(struct buffer *out, const struct rewapp_account *account)
{
	rewapp__write_text(out, "kind", rewapp_account_kind_name(account->kind));
	rewapp__write_text(out, "type", rewapp_account_type_name(account->type));
	rewapp__write_text(out, "side", rewapp_account_side_name(account->side));
	rewapp__write_bool(out, "bound", account->bound);
	rewapp__write_int(out, "balance", account->balance);
	rewapp__write_int(out, "debits_posted", account->debits_posted);
	rewapp__write_int(out, "debits_pending", account->debits_pending);
	rewapp__write_int(out, "credits_posted", account->credits_posted);
	rewapp__write_int(out, "credits_pending", account->credits_pending);
	rewapp__write_int(out, "version", account->version);
	rewapp__buffer_puts(out, "}");
}

static int answer_accounts(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	struct rewapp_account *accounts = calloc((size_t)question->limit, sizeof *accounts);
	size_t count = 0;
	int error;

	if (!accounts)
		return rewapp__fail(REWAPP_E_NOMEMORY, "accounts");
	error = rewapp_account_list(
		engine, &question->programme, question->after, accounts, (size_t)question->limit, &count);
	rewapp__buffer_puts(out, "{\"accounts\":[");
	for (size_t i = 0; error == 0 && i < count; i++) {
		rewapp__buffer_puts(out, i ? ",{" : "{");
		rewapp__write_int(out, "cursor", accounts[i].cursor);
		rewapp__write_id(out, "owner", &accounts[i].owner);
		write_account(out, &accounts[i]);
	}
	if (error == 0)
		rewapp__write_next(
			out, count, (size_t)question->limit, count ? accounts[count - 1].cursor : 0);
	free(accounts);
	return error;
}

static int answer_trial_balance(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	struct rewapp_account lines[REWAPP_ACCOUNT_KINDS];
	int64_t sum, pending;
	int error = rewapp_trial_balance(engine, &question->programme, lines, &sum, &pending);

	if (error < 0)
		return error;
	rewapp__buffer_puts(out, "{\"lines\":[");
	for (int i = 0; i < REWAPP_ACCOUNT_KINDS; i++) {
		rewapp__buffer_puts(out, i ? ",{" : "{");
		rewapp__write_int(out, "accounts", lines[i].cursor);
		write_account(out, &lines[i]);
	}
	rewapp__buffer_puts(out, "]");
	rewapp__write_int(out, "sum", sum);
	rewapp__write_int(out, "pending", pending);
	rewapp__buffer_puts(out, "}");
	return 0;
}

/* [{"merchant": "@fnac", "times": 3}] */
static int read_history(const cJSON *list, struct rewapp_bought *out, size_t *count)
{
	const cJSON *item;

	*count = 0;
	if (list && (!cJSON_IsArray(list) || cJSON_GetArraySize(list) > REWAPP_HISTORY_MAX))
		return rewapp__fail(
			REWAPP_E_ARGUMENT, "history: not an array of at most %d", REWAPP_HISTORY_MAX);
	cJSON_ArrayForEach(item, list)
	{
		const cJSON *merchant = rewapp__json_get(item, "merchant");

		if (cJSON_GetArraySize(item) != 2 || !cJSON_IsString(merchant) ||
			rewapp_id_parse(merchant->valuestring, strlen(merchant->valuestring),
				&out[*count].merchant) < 0 ||
			!rewapp__json_int(rewapp__json_get(item, "times"), &out[*count].times))
			return rewapp__fail(REWAPP_E_ARGUMENT,
				"history[%zu]: not an object of merchant and times alone", *count);
		++*count;
	}
	return 0;
}

/* To the width of a field whose own check says what is out of range. */
static int32_t narrow(int64_t number)
{
	return number < INT32_MIN || number > INT32_MAX ? -1 : (int32_t)number;
}

static int read_match(
	const struct question *question, struct rewapp_bought *history, struct rewapp_match_query *out)
{
	*out = (struct rewapp_match_query){
		.size = sizeof *out,
		.descriptor = question->descriptor,
		.amount = question->amount,
		.mcc = (int32_t)question->mcc,
		.booked_ms = question->booked_ms,
		.country = question->country,
		.city = question->city,
		.postcode = question->postcode,
		.merchant_id = question->merchant_id,
		.terminal_id = question->terminal_id,
		.siret = question->siret,
		.creditor_id = question->creditor_id,
		.history = history,
		.programme = question->programme,
		.sure_bp = narrow(question->sure_bp),
		.review_bp = narrow(question->review_bp),
	};
	if (question->mcc < 0 || question->mcc > 9999)
		return rewapp__fail(
			REWAPP_E_ARGUMENT, "mcc: %lld is not 0 to 9999", (long long)question->mcc);
	if (question->currency && strlen(question->currency) != 3)
		return rewapp__fail(REWAPP_E_ARGUMENT, "currency: not three capital letters");
	if (question->currency)
		memcpy(out->currency, question->currency, 3);
	return read_history(question->history, history, &out->history_count);
}

static int answer_match(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	struct rewapp_bought history[REWAPP_HISTORY_MAX];
	struct rewapp_match_query query;
	struct rewapp_match match = { .size = sizeof match };
	int error;

	if ((error = read_match(question, history, &query)) < 0 ||
		(error = rewapp_match(engine, &query, &match)) < 0)
		return error;
	rewapp__buffer_puts(out, "{");
	rewapp__write_match(out, &match, NULL);
	rewapp__buffer_puts(out, "}");
	return 0;
}

static int answer_evaluate(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	struct rewapp_evaluation_tables tables = {
		.size = sizeof tables,
		.truth = question->truth,
		.truth_length = strlen(question->truth),
		.catalogue = question->catalogue,
		.catalogue_length = strlen(question->catalogue),
	};
	struct rewapp_evaluation evaluation = { .size = sizeof evaluation };
	int error = rewapp_evaluate(&tables, &evaluation);

	(void)engine;
	if (error == 0)
		rewapp__write_evaluation(out, &evaluation);
	return error;
}

static int answer_inspect(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	const struct rewapp_id *merchant = rewapp_id_is_zero(&question->merchant) ? NULL
										  : &question->merchant;
	struct rewapp_qr qr = { .size = sizeof qr };
	int error = rewapp_qr_inspect(engine, question->token, merchant, &qr);

	if (error < 0)
		return error;
	rewapp__buffer_puts(out, "{");
	rewapp__write_text(out, "verdict", rewapp_verdict_name(qr.verdict));
	rewapp__write_id(out, "hold", &qr.hold);
	rewapp__write_id(out, "member", &qr.member);
	rewapp__write_id(out, "merchant", &qr.merchant);
	rewapp__write_id(out, "programme", &qr.programme);
	rewapp__write_int(out, "points", qr.points);
	rewapp__write_int(out, "amount", qr.amount);
	rewapp__write_int(out, "issued_ms", qr.issued_ms);
	rewapp__write_int(out, "expires_ms", qr.expires_ms);
	rewapp__buffer_puts(out, "}");
	return 0;
}

static int answer_events(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	struct rewapp_event *events = calloc((size_t)question->limit, sizeof *events);
	size_t count;
	int error;

	if (!events)
		return rewapp__fail(REWAPP_E_NOMEMORY, "events");
	error = rewapp_events_read(engine, question->after, events, (size_t)question->limit, &count);
	rewapp__buffer_puts(out, "{\"events\":[");
	for (size_t i = 0; error == 0 && i < count; i++) {
		rewapp__buffer_puts(out, i ? ",{" : "{");
		rewapp__write_int(out, "number", events[i].number);
		rewapp__write_text(out, "kind", rewapp_kind_name(events[i].kind));
		rewapp__write_text(out, "code", events[i].code ? rewapp_code_name(events[i].code) : NULL);
		rewapp__write_id(out, "command", &events[i].command);
		rewapp__write_id(out, "member", &events[i].member);
		rewapp__write_int(out, "points", events[i].points);
		rewapp__write_int(out, "recorded_ms", events[i].recorded_ms);
		rewapp__buffer_puts(out, "}");
	}
	if (error == 0)
		rewapp__buffer_printf(out, "],\"next\":%lld}",
			(long long)(count ? events[count - 1].number : question->after));
	free(events);
	return error;
}

static void write_party(struct buffer *out, const struct rewapp_party *party)
{
	rewapp__write_id(out, "merchant", &party->merchant);
	rewapp__write_int(out, "opening", party->opening);
	rewapp__write_int(out, "issued", party->issued);
	rewapp__write_int(out, "redeemed", party->redeemed);
	rewapp__write_int(out, "restored", party->restored);
	rewapp__write_int(out, "expired", party->expired);
	rewapp__write_int(out, "clawed_back", party->clawed_back);
	rewapp__write_int(out, "withdrawn", party->withdrawn);
	rewapp__write_int(out, "paid_debts", party->paid_debts);
	rewapp__write_int(out, "closing", party->closing);
	rewapp__write_int(out, "closing_amount", party->closing_amount);
	rewapp__write_int(out, "accepted", party->accepted);
	rewapp__write_int(out, "accepted_amount", party->accepted_amount);
	rewapp__write_int(out, "owes", party->owes);
	rewapp__write_int(out, "is_owed", party->is_owed);
}

static void write_charge(struct buffer *out, const struct rewapp_charge *charge)
{
	rewapp__write_id(out, "payer", &charge->payer);
	rewapp__write_id(out, "payee", &charge->payee);
	rewapp__write_text(out, "code", rewapp_code_name(charge->code));
	rewapp__write_int(out, "count", charge->count);
	rewapp__write_int(out, "points", charge->points);
	rewapp__write_int(out, "amount", charge->amount);
}

static void write_settlement(struct buffer *out, const struct rewapp_settlement *settlement)
{
	static const char *const when[REWAPP_EXPIRING_COUNT] = { "lapsed", "days_30", "days_90", "days_365",
		"later", "never" };

	rewapp__write_id(out, "programme", &settlement->programme);
	rewapp__write_text(out, "currency", settlement->currency);
	rewapp__write_bool(out, "final", settlement->final);
	rewapp__write_int(out, "from_ms", settlement->from_ms);
	rewapp__write_int(out, "until_ms", settlement->until_ms);
	rewapp__write_int(out, "as_of_ms", settlement->as_of_ms);
	rewapp__write_int(out, "debt", settlement->debt);
	rewapp__write_int(out, "expected_breakage", settlement->expected_breakage);
	rewapp__write_name(out, "expiring");
	rewapp__buffer_puts(out, "{");
	for (size_t i = 0; i < REWAPP_EXPIRING_COUNT; i++)
		rewapp__write_int(out, when[i], settlement->expiring[i]);
	rewapp__buffer_puts(out, "}");
	rewapp__write_name(out, "parties");
	for (size_t i = 0; i < settlement->party_count; i++) {
		rewapp__buffer_puts(out, i ? ",{" : "[{");
		write_party(out, &settlement->parties[i]);
		rewapp__buffer_puts(out, "}");
	}
	rewapp__buffer_puts(out, settlement->party_count ? "]" : "[]");
	rewapp__write_name(out, "charges");
	for (size_t i = 0; i < settlement->charge_count; i++) {
		rewapp__buffer_puts(out, i ? ",{" : "[{");
		write_charge(out, &settlement->charges[i]);
		rewapp__buffer_puts(out, "}");
	}
	rewapp__buffer_puts(out, settlement->charge_count ? "]" : "[]");
}

static int answer_settlement(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	struct rewapp_settlement settlement = { .size = sizeof settlement };
	int error = rewapp_settlement_read(
		engine, &question->programme, question->from_ms, question->until_ms, &settlement);

	if (error < 0)
		return error;
	rewapp__buffer_puts(out, "{");
	write_settlement(out, &settlement);
	rewapp__buffer_puts(out, "}");
	return 0;
}

static int answer_verify(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	struct rewapp_verification found = { .size = sizeof found };
	int error = rewapp_verify(engine, NULL, NULL, &found);

	(void)question;
	if (error < 0)
		return error;
	rewapp__buffer_puts(out, "{");
	rewapp__write_int(out, "problems", found.problems);
	rewapp__write_text(out, "first", found.problems ? found.first : NULL);
	rewapp__write_int(out, "commands", found.commands);
	rewapp__write_int(out, "transfers", found.transfers);
	rewapp__write_int(out, "accounts", found.accounts);
	rewapp__write_int(out, "lots", found.lots);
	rewapp__write_int(out, "holds", found.holds);
	rewapp__write_int(out, "purchases", found.purchases);
	rewapp__buffer_puts(out, "}");
	return 0;
}

/* --- evidence: texts in one member --------------------------------------------------------- */

static int answer_text(rewapp_engine *engine, int error, const char *name, char *text, struct buffer *out)
{
	if (error == 0) {
		rewapp__buffer_puts(out, "{");
		rewapp__write_text(out, name, text);
		rewapp__buffer_puts(out, "}");
	}
	rewapp_free(engine, text);
	return error;
}

static int answer_books(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	char *text;
	int error = rewapp_books_key(engine, &text);

	return answer_text(engine, error, "key", text, out);
}

static int answer_sign(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	char *text;
	int error = rewapp_checkpoint(engine, (uint32_t)narrow(question->flags), &text);

	return answer_text(engine, error, "checkpoint", text, out);
}

static int answer_checkpoint(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	char *text;
	int error = rewapp_checkpoint_newest(engine, &text);

	return answer_text(engine, error, "checkpoint", text, out);
}

static int answer_code(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	char code[REWAPP_PROOF_CODE_CAPACITY];
	int error = rewapp_proof_code(engine, &question->id, code);

	if (error < 0)
		return error;
	rewapp__buffer_puts(out, "{");
	rewapp__write_text(out, "code", code);
	rewapp__buffer_puts(out, "}");
	return 0;
}

static int answer_proof(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	char *text;
	int error;

	if (rewapp_id_is_zero(&question->id) == !question->code)
		return rewapp__fail(REWAPP_E_ARGUMENT, "code: a proof has either an id or a code");
	error = question->code ? rewapp_proof_by_code(engine, question->code, &text)
			       : rewapp_proof(engine, &question->id, &text);
	return answer_text(engine, error, "proof", text, out);
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

static int answer_extension(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	char *text;
	int error = rewapp_extension(engine, question->checkpoint, &text);

	return answer_text(engine, error, "extension", text, out);
}

/* --- signals -------------------------------------------------------------------------------- */

static void write_signal(struct buffer *out, const struct signal *signal)
{
	begin_object(out);
	rewapp__write_text(out, "signal", rewapp__signal_name(signal->kind));
	rewapp__write_id(out, "member", &signal->id);
	rewapp__write_text(out, "card", *signal->card ? signal->card : NULL);
	rewapp__write_id(out, "merchant", &signal->merchant);
	rewapp__write_text(out, "name", *signal->name ? signal->name : NULL);
	rewapp__write_int(out, "count", signal->count);
	rewapp__write_int(out, "points", signal->points);
	rewapp__write_int(out, "last_ms", signal->last_ms);
	rewapp__buffer_puts(out, "}");
}

static int answer_signals(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	struct signal_options options = { question->from_ms,
		question->until_ms ? question->until_ms : INT64_MAX,
		{ question->card_members, question->returns, question->manual_credits, question->velocity,
			question->cycles, question->terminal_velocity, question->cashier_velocity,
			question->cashier_returns, question->cashier_credits },
		(size_t)question->limit };
	struct signals signals;
	int error;

	for (int kind = 0; kind < SIGNAL_KINDS; kind++)
		if (options.least[kind] < 0)
			return rewapp__fail(REWAPP_E_ARGUMENT, "%s: below 0",
				rewapp__signal_name((enum signal_kind)kind));
	if ((error = rewapp__flow_signals(engine, &options, &signals)) < 0)
		return error;
	rewapp__buffer_puts(out, "{\"signals\":[");
	for (const struct signal *signal = signals.first; signal; signal = signal->next)
		write_signal(out, signal);
	rewapp__buffer_puts(out, "]");
	rewapp__write_int(out, "left_off", (int64_t)signals.left_off);
	rewapp__buffer_puts(out, "}");
	return 0;
}

/* --- review --------------------------------------------------------------------------------- */

static int answer_review(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	return rewapp__answer_doubts(
		engine, question->after, (size_t)question->limit, question->language, out);
}

static int answer_learnt(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	return rewapp__answer_learnt(
		engine, &question->merchant, question->after, (size_t)question->limit, out);
}

static int answer_bank_lines(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	return rewapp__answer_bank_lines(
		engine, &question->member, question->outcome, question->after, (size_t)question->limit, out);
}

/* clang-format off */
static const struct topic topics[] = {
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
	{ "members",    "|after limit",                         answer_members },
	{ "merchants",  "|after limit",                         answer_merchants },
	{ "programmes", "|after limit",                         answer_programmes },
	{ "member",     "id|",                                  answer_member },
	{ "merchant",   "id|",                                  answer_merchant },
	{ "programme",  "id|",                                  answer_programme },
	{ "totals",     "from_ms until_ms|programme",           answer_totals },
	{ "periods",    "|programme after limit",               answer_periods },
	{ "accounts",   "|programme after limit",               answer_accounts },
	{ "trial_balance", "|programme",                        answer_trial_balance },
	{ "match",      "descriptor|amount currency mcc booked_ms country city postcode merchant_id terminal_id siret "
	                "creditor_id history programme sure_bp review_bp", answer_match },
	{ "evaluate",   "truth catalogue|",                     answer_evaluate },
	{ "inspect",    "token|merchant",                       answer_inspect },
	{ "events",     "|after limit",                         answer_events },
	{ "settlement", "from_ms until_ms|programme",           answer_settlement },
	{ "signals",    "|from_ms until_ms card_members returns manual_credits velocity cycles "
	                "terminal_velocity cashier_velocity cashier_returns cashier_credits limit", answer_signals },
	{ "review",     "|after limit language",                answer_review },
	{ "learnt",     "|merchant after limit",                answer_learnt },
	{ "bank_lines", "|member outcome after limit",          answer_bank_lines },
	{ "verify",     "|",                                    answer_verify },
	{ "books",      "|",                                    answer_books },
	{ "sign",       "|flags",                                   answer_sign },
	{ "checkpoint", "|",                                    answer_checkpoint },
	{ "code",       "id|",                                  answer_code },
	{ "proof",      "|id code",                             answer_proof },
	{ "extension",  "checkpoint|",                          answer_extension },
	{ "export",     "member|",                              answer_export },
};
/* clang-format on */

/* --- reading a question ---------------------------------------------------------------------- */

enum part_type {
	PART_ID,
	PART_INT,
	PART_TEXT,
	PART_TREE /* read by the answer */
};

#define PART(name, type) \
	{ \
#name, type, offsetof(struct question, name) \
	}
static const struct {
	const char *name;
	enum part_type type;
	size_t offset;
} parts[] = {
	PART(id, PART_ID),
	PART(member, PART_ID),
	PART(programme, PART_ID),
	PART(merchant, PART_ID),
	PART(before, PART_INT),
	PART(after, PART_INT),
	PART(limit, PART_INT),
	PART(from_ms, PART_INT),
	PART(until_ms, PART_INT),
	PART(recorded_ms, PART_INT),
	PART(occurred_ms, PART_INT),
	PART(amount, PART_INT),
	PART(mcc, PART_INT),
	PART(booked_ms, PART_INT),
	PART(flags, PART_INT),
	PART(card_members, PART_INT),
	PART(returns, PART_INT),
	PART(manual_credits, PART_INT),
	PART(velocity, PART_INT),
	PART(cycles, PART_INT),
	PART(terminal_velocity, PART_INT),
	PART(cashier_velocity, PART_INT),
	PART(cashier_returns, PART_INT),
	PART(cashier_credits, PART_INT),
	PART(sure_bp, PART_INT),
	PART(review_bp, PART_INT),
	PART(descriptor, PART_TEXT),
	PART(country, PART_TEXT),
	PART(city, PART_TEXT),
	PART(postcode, PART_TEXT),
	PART(merchant_id, PART_TEXT),
	PART(terminal_id, PART_TEXT),
	PART(siret, PART_TEXT),
	PART(creditor_id, PART_TEXT),
	PART(history, PART_TREE),
	PART(currency, PART_TEXT),
	PART(token, PART_TEXT),
	PART(code, PART_TEXT),
	PART(checkpoint, PART_TEXT),
	PART(truth, PART_TEXT),
	PART(catalogue, PART_TEXT),
	PART(language, PART_TEXT),
	PART(outcome, PART_TEXT),
};
enum {
	PART_COUNT = sizeof parts / sizeof *parts
};

static int part_read(size_t part, const cJSON *item, struct question *out)
{
	void *at = (char *)out + parts[part].offset;
	int64_t number;

	if (parts[part].type == PART_ID && cJSON_IsString(item) &&
		rewapp_id_parse(item->valuestring, strlen(item->valuestring), at) == 0)
		return 0;
	if (parts[part].type == PART_INT && rewapp__json_int(item, &number)) {
		memcpy(at, &number, sizeof number);
		return 0;
	}
	if (parts[part].type == PART_TEXT && cJSON_IsString(item)) {
		memcpy(at, &item->valuestring, sizeof item->valuestring);
		return 0;
	}
	if (parts[part].type == PART_TREE) {
		memcpy(at, &item, sizeof item);
		return 0;
	}
	return rewapp__fail(REWAPP_E_ARGUMENT, "%s: not %s", parts[part].name,
		parts[part].type == PART_ID            ? "an id"
			: parts[part].type == PART_INT ? "an integer"
						       : "a string");
}

/* Whether `name` stands among the words of `keys`. */
static int has_word(const char *keys, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = keys; (at = strstr(at, name)); at += length)
		if ((at == keys || strchr("| ", at[-1])) && (at[length] == '\0' || strchr("| ", at[length])))
			return 1;
	return 0;
}

static int question_read(const struct topic *topic, const cJSON *tree, struct question *out)
{
	const cJSON *item;
	int error;

	cJSON_ArrayForEach(item, tree)
	{
		size_t part = 0;

		if (strcmp(item->string, "query") == 0)
			continue;
		while (part < PART_COUNT && strcmp(parts[part].name, item->string) != 0)
			part++;
		if (part == PART_COUNT || !has_word(topic->keys, item->string))
			return rewapp__fail(
				REWAPP_E_ARGUMENT, "%.40s: unknown key of %s", item->string, topic->name);
		if ((error = part_read(part, item, out)) < 0)
			return error;
	}
	for (size_t i = 0; i < PART_COUNT; i++) {
		size_t needed = strcspn(topic->keys, "|");
		const char *at = strstr(topic->keys, parts[i].name);

		if (at && at < topic->keys + needed && has_word(topic->keys, parts[i].name) &&
			!rewapp__json_get(tree, parts[i].name))
			return rewapp__fail(REWAPP_E_ARGUMENT, "%s: missing", parts[i].name);
	}
	if (out->limit < 1 || out->limit > PAGE_MAX)
		return rewapp__fail(
			REWAPP_E_ARGUMENT, "limit: %lld is not 1 to %d", (long long)out->limit, PAGE_MAX);
	return 0;
}

int rewapp__json_answer(rewapp_engine *engine, const cJSON *question, struct buffer *out)
{
	const cJSON *name = rewapp__json_get(question, "query");
	struct question read = { .limit = PAGE_DEFAULT,
		.card_members = 3,
		.returns = 5,
		.manual_credits = 5,
		.velocity = 10,
		.cycles = 3,
		.terminal_velocity = 120,
		.cashier_velocity = 120,
		.cashier_returns = 10,
		.cashier_credits = 5 };
	int error;

	for (size_t i = 0; cJSON_IsString(name) && i < sizeof topics / sizeof *topics; i++)
		if (strcmp(topics[i].name, name->valuestring) == 0) {
			if ((error = question_read(&topics[i], question, &read)) < 0)
				return error;
			return topics[i].answer(engine, &read, out);
		}
	return rewapp__fail(REWAPP_E_ARGUMENT, "query: not a question that is known");
}
