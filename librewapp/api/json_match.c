/* Answers about descriptors and the lines of banks. */
#include "api/json_question.h"

#include "base/error.h"

#include <rewapp/rewapp.h>
#include <string.h>

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
		.sure_bp = rewapp__narrow(question->sure_bp),
		.review_bp = rewapp__narrow(question->review_bp),
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
	int error = rewapp__evaluate_tables(rewapp__json_env(engine), &tables, &evaluation);

	if (error == 0)
		rewapp__write_evaluation(out, &evaluation);
	return error;
}

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
const struct topic rewapp__topics_match[] = {
	{ "match",      "descriptor|amount currency mcc booked_ms country city postcode merchant_id terminal_id siret "
	                "creditor_id history programme sure_bp review_bp", answer_match },
	{ "evaluate",   "truth catalogue|",                     answer_evaluate },
	{ "review",     "|after limit language",                answer_review },
	{ "learnt",     "|merchant after limit",                answer_learnt },
	{ "bank_lines", "|member outcome after limit",          answer_bank_lines },
	{ NULL, NULL, NULL }
};
/* clang-format on */
