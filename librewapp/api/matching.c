/* <rewapp/matching.h>: a bank's text against the store's merchants. */
#include "api/check.h"
#include "base/text.h"
#include "flows/engine.h"
#include "flows/fields.h"
#include "flows/match.h"

#include <rewapp/matching.h>
#include <rewapp/submit.h>
#include <string.h>

/* What a feed tells beside the text; NULL: nothing. */
static int check_told(const char *name, const char *text)
{
	size_t length = text ? strnlen(text, REWAPP_FEED_TEXT_MAX + 1) : 1;

	if (length == 0 || length > REWAPP_FEED_TEXT_MAX)
		return rewapp__fail(REWAPP_E_ARGUMENT, "%s: not 1 to %d bytes", name, REWAPP_FEED_TEXT_MAX);
	if (text && !rewapp__text_is_utf8(text, length))
		return rewapp__fail(REWAPP_E_ARGUMENT, "%s: not UTF-8", name);
	return 0;
}

static int check_all_told(const struct rewapp_match_query *query)
{
	const struct {
		const char *name, *text;
	} told[] = { { "country", query->country }, { "city", query->city }, { "postcode", query->postcode },
		{ "merchant_id", query->merchant_id }, { "terminal_id", query->terminal_id },
		{ "siret", query->siret }, { "creditor_id", query->creditor_id } };
	int error = 0;

	for (size_t i = 0; i < sizeof told / sizeof *told && error == 0; i++)
		error = check_told(told[i].name, told[i].text);
	if (error == 0 && query->country && !rewapp__is_country(query->country))
		error = rewapp__fail(REWAPP_E_ARGUMENT, "country: not two capital letters");
	return error;
}

static int check_thresholds(const struct rewapp_match_query *query)
{
	if (query->sure_bp < 0 || query->sure_bp > 10000)
		return rewapp__fail(REWAPP_E_ARGUMENT, "sure_bp: %d is not 0 to 10000", (int)query->sure_bp);
	if (query->review_bp < 0 || query->review_bp > 10000)
		return rewapp__fail(
			REWAPP_E_ARGUMENT, "review_bp: %d is not 0 to 10000", (int)query->review_bp);
	if (query->sure_bp && query->review_bp > query->sure_bp)
		return rewapp__fail(REWAPP_E_ARGUMENT, "review_bp: higher than sure_bp");
	return 0;
}

static int check_history(const struct rewapp_match_query *query)
{
	if (query->history_count > REWAPP_HISTORY_MAX)
		return rewapp__fail(REWAPP_E_ARGUMENT, "history: %zu are more than %d", query->history_count,
			REWAPP_HISTORY_MAX);
	if (query->history_count && !query->history)
		return rewapp__fail(REWAPP_E_ARGUMENT, "history: NULL");
	for (size_t i = 0; i < query->history_count; i++)
		if (query->history[i].times < 0)
			return rewapp__fail(REWAPP_E_ARGUMENT, "history[%zu].times: below 0", i);
	return 0;
}

static int check_query(const struct rewapp_match_query *query)
{
	size_t length;
	int error;

	if ((error = rewapp__check_size(query->size, sizeof *query, "query")) < 0 ||
		(error = rewapp__check_pointer(query->descriptor, "descriptor")) < 0)
		return error;
	length = strnlen(query->descriptor, REWAPP_TEXT_MAX + 1);
	if (length == 0 || length > REWAPP_TEXT_MAX)
		return rewapp__fail(REWAPP_E_ARGUMENT, "descriptor: not 1 to %d bytes", REWAPP_TEXT_MAX);
	if (!rewapp__text_is_utf8(query->descriptor, length))
		return rewapp__fail(REWAPP_E_ARGUMENT, "descriptor: not UTF-8");
	if (query->mcc < 0 || query->mcc > 9999)
		return rewapp__fail(REWAPP_E_ARGUMENT, "mcc: %d is not 0 to 9999", (int)query->mcc);
	if ((error = check_all_told(query)) < 0 || (error = check_thresholds(query)) < 0)
		return error;
	return check_history(query);
}

int rewapp_match(rewapp_engine *engine, const struct rewapp_match_query *query, struct rewapp_match *out)
{
	int error;

	if ((error = rewapp__check_pointer(engine, "engine")) < 0 ||
		(error = rewapp__check_pointer(query, "query")) < 0 ||
		(error = rewapp__check_pointer(out, "out")) < 0 ||
		(error = rewapp__check_size(out->size, sizeof *out, "out")) < 0 ||
		(error = check_query(query)) < 0)
		return error;
	if ((error = rewapp__engine_begin(engine, false)) < 0)
		return error;
	rewapp__engine_end(engine);
	return rewapp__match_look(&engine->catalogue, query, &engine->arena, out);
}

const char *rewapp_evidence_text(const char *kind, const char *language)
{
	return rewapp__evidence_text(rewapp__evidence_kind(kind ? kind : ""), language ? language : "en");
}
