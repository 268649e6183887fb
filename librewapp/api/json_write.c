/* Receipts and the pieces of every answer as JSON. */
#include "api/json_write.h"

#include "flows/engine.h"

#include <rewapp/errors.h>

const struct rewapp_env *rewapp__json_env(const rewapp_engine *engine)
{
	return &engine->env;
}

void rewapp__write_name(struct buffer *out, const char *name)
{
	char last = out->size ? out->data[out->size - 1] : '{';

	if (last != '{' && last != '[')
		rewapp__buffer_puts(out, ",");
	rewapp__json_quote(out, name);
	rewapp__buffer_puts(out, ":");
}

/* Integers beyond 2^53 travel as strings (RFC 7493). */
void rewapp__write_int(struct buffer *out, const char *name, int64_t value)
{
	static const int64_t exact = (INT64_C(1) << 53) - 1;

	rewapp__write_name(out, name);
	if (value > exact || value < -exact)
		rewapp__buffer_printf(out, "\"%lld\"", (long long)value);
	else
		rewapp__buffer_printf(out, "%lld", (long long)value);
}

void rewapp__write_text(struct buffer *out, const char *name, const char *text)
{
	rewapp__write_name(out, name);
	if (text)
		rewapp__json_quote(out, text);
	else
		rewapp__buffer_puts(out, "null");
}

void rewapp__write_id(struct buffer *out, const char *name, const struct rewapp_id *id)
{
	char text[REWAPP_ID_CAPACITY];

	rewapp_id_format(id, text);
	rewapp__write_text(out, name, rewapp_id_is_zero(id) ? NULL : text);
}

void rewapp__write_bool(struct buffer *out, const char *name, int value)
{
	rewapp__write_name(out, name);
	rewapp__buffer_puts(out, value ? "true" : "false");
}

/* Nothing is written yet when memory has run out. */
void rewapp__begin_object(struct buffer *out)
{
	rewapp__buffer_puts(out, out->size && out->data[out->size - 1] == '[' ? "{" : ",{");
}

static void write_awards(struct buffer *out, const struct rewapp_receipt *receipt)
{
	rewapp__write_name(out, "awards");
	rewapp__buffer_puts(out, "[");
	for (size_t i = 0; i < receipt->award_count; i++) {
		const struct rewapp_award *award = &receipt->awards[i];

		rewapp__begin_object(out);
		rewapp__write_text(out, "rule", award->rule);
		rewapp__write_text(out, "reason", rewapp_reason_name(award->reason));
		rewapp__write_text(out, "text", rewapp_reason_text(award->reason));
		rewapp__write_int(out, "version", award->version);
		rewapp__write_int(out, "points", award->points);
		rewapp__write_int(out, "distance", award->distance);
		rewapp__buffer_puts(out, "}");
	}
	rewapp__buffer_puts(out, "]");
}

static void write_error(struct buffer *out, const struct rewapp_receipt *receipt)
{
	rewapp__write_text(out, "error", rewapp_error_name(receipt->code));
	rewapp__write_text(out, "field", receipt->field[0] ? receipt->field : NULL);
	rewapp__write_text(out, "message", receipt->message);
}

static void write_decision(struct buffer *out, const struct rewapp_receipt *receipt)
{
	rewapp__write_text(out, "verdict", rewapp_verdict_name(receipt->verdict));
	rewapp__write_bool(out, "replayed", receipt->replayed);
	rewapp__write_id(out, "programme", &receipt->programme);
	rewapp__write_id(out, "member", &receipt->member);
	rewapp__write_id(out, "merchant", &receipt->merchant);
	rewapp__write_int(out, "points", receipt->points);
	rewapp__write_int(out, "amount", receipt->amount);
	rewapp__write_int(out, "available", receipt->available);
	rewapp__write_int(out, "pending", receipt->pending);
	rewapp__write_int(out, "held", receipt->held);
	rewapp__write_int(out, "debt", receipt->debt);
	rewapp__write_int(out, "shortfall", receipt->shortfall);
	rewapp__write_int(out, "recorded_ms", receipt->recorded_ms);
	rewapp__write_int(out, "activates_ms", receipt->activates_ms);
	rewapp__write_int(out, "expires_ms", receipt->expires_ms);
	rewapp__write_int(out, "certainty", receipt->certainty);
	if (receipt->kind == REWAPP_KIND_END_OF_DAY)
		rewapp__write_bool(out, "more", receipt->more);
	if (receipt->outcome)
		rewapp__write_text(out, "outcome", rewapp_outcome_name(receipt->outcome));
	if (receipt->token[0])
		rewapp__write_text(out, "token", receipt->token);
	if (receipt->award_count)
		write_awards(out, receipt);
}

void rewapp__write_receipt(struct buffer *out, const struct rewapp_receipt *receipt)
{
	rewapp__buffer_puts(out, "{");
	rewapp__write_text(out, "kind", rewapp_kind_name(receipt->kind));
	rewapp__write_id(out, "id", &receipt->id);
	if (receipt->code)
		write_error(out, receipt);
	else
		write_decision(out, receipt);
	rewapp__buffer_puts(out, "}");
}

void rewapp__write_next(struct buffer *out, size_t count, size_t limit, int64_t last)
{
	rewapp__buffer_puts(out, "],\"next\":");
	if (count < limit)
		rewapp__buffer_puts(out, "null}");
	else
		rewapp__buffer_printf(out, "%lld}", (long long)last);
}

/* --- a match ----------------------------------------------------------------------------------- */

static void write_evidence(struct buffer *out, const struct rewapp_evidence *evidence, const char *language)
{
	rewapp__write_text(out, "kind", evidence->kind);
	if (language)
		rewapp__write_text(out, "words", rewapp_evidence_text(evidence->kind, language));
	rewapp__write_int(out, "weight", evidence->weight);
	rewapp__write_int(out, "from", evidence->from);
	rewapp__write_int(out, "to", evidence->to);
}

static void write_candidate(
	struct buffer *out, const struct rewapp_candidate *candidate, const char *language)
{
	rewapp__write_id(out, "merchant", &candidate->merchant);
	rewapp__write_text(out, "name", candidate->name);
	rewapp__write_int(out, "score", candidate->score);
	rewapp__write_int(out, "certainty", candidate->certainty);
	rewapp__write_name(out, "evidence");
	rewapp__buffer_puts(out, "[");
	for (int32_t i = 0; i < candidate->evidence_count; i++) {
		rewapp__begin_object(out);
		write_evidence(out, &candidate->evidence[i], language);
		rewapp__buffer_puts(out, "}");
	}
	rewapp__buffer_puts(out, "]");
}

void rewapp__write_match(struct buffer *out, const struct rewapp_match *match, const char *language)
{
	static const char *const outcomes[] = { "none", "review", "sure" };

	rewapp__write_text(out, "outcome", outcomes[match->outcome]);
	rewapp__write_text(out, "operation", match->operation);
	rewapp__write_int(out, "merchant_from", match->merchant_from);
	rewapp__write_int(out, "merchant_to", match->merchant_to);
	rewapp__write_text(out, "purchase_date", match->purchase_date[0] ? match->purchase_date : NULL);
	rewapp__write_text(out, "city", match->city[0] ? match->city : NULL);
	rewapp__write_text(out, "card_suffix", match->card_suffix[0] ? match->card_suffix : NULL);
	rewapp__write_name(out, "candidates");
	rewapp__buffer_puts(out, "[");
	for (int32_t i = 0; i < match->candidate_count; i++) {
		rewapp__begin_object(out);
		write_candidate(out, &match->candidates[i], language);
		rewapp__buffer_puts(out, "}");
	}
	rewapp__buffer_puts(out, "]");
}
