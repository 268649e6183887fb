/* <rewapp/matching.h>: a bank's text against the store's merchants. */
#include "api/check.h"
#include "base/text.h"
#include "flows/engine.h"
#include "flows/match.h"

#include <rewapp/matching.h>
#include <rewapp/submit.h>
#include <string.h>

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
	return 0;
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
