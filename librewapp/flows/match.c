/* A bank's text meets the catalogue. */
#include "flows/match.h"

#include "base/error.h"

#include <rewapp/submit.h>
#include <stdio.h>
#include <string.h>

static struct match_query query_of(const char *text, int64_t amount, const char currency[4], int32_t mcc)
{
	struct match_query query = {
		.raw = text,
		.length = strlen(text),
		.amount_minor = amount,
		.mcc = (uint16_t)mcc,
		.booked_day = INT32_MIN,
	};

	memcpy(query.currency, currency, sizeof query.currency);
	return query;
}

int rewapp__recognise(const struct catalogue *catalogue, const struct rewapp_command *purchase,
	struct arena *arena, ref *merchant, int32_t *certainty)
{
	struct match_query query = query_of(
		purchase->descriptor, -purchase->amount, purchase->currency, purchase->mcc);
	struct match_scratch *scratch = rewapp__arena_take(arena, sizeof *scratch);
	struct match match;

	*merchant = 0;
	*certainty = 0;
	if (!scratch)
		return rewapp__fail(REWAPP_E_NOMEMORY, "match");
	if (rewapp__match_decide(catalogue->matcher, &query, scratch, &match) < 0)
		return REWAPP_VERDICT_NO_MATCH;
	if (match.candidate_count) {
		*merchant = (ref)match.candidates[0].merchant;
		*certainty = match.candidates[0].probability_bp;
	}
	switch (match.outcome) {
	case MATCH_SURE:
		return REWAPP_VERDICT_ACCEPTED;
	case MATCH_REVIEW:
		return REWAPP_VERDICT_NEEDS_REVIEW;
	case MATCH_NOT_A_PURCHASE:
		return REWAPP_VERDICT_NOT_A_PURCHASE;
	default:
		return REWAPP_VERDICT_NO_MATCH;
	}
}

/* --- looking only ----------------------------------------------------------------------- */

/* Copies whole characters only. */
static void copy_cut(char *out, size_t capacity, const char *text, size_t length)
{
	if (length >= capacity) {
		length = capacity - 1;
		while (length && ((unsigned char)text[length] & 0xc0) == 0x80)
			length--;
	}
	memcpy(out, text, length);
	out[length] = '\0';
}

static void tell_evidence(const struct match_candidate *from, struct rewapp_candidate *out)
{
	for (int i = 0; i < from->evidence_count && i < REWAPP_EVIDENCE_MAX; i++) {
		struct rewapp_evidence *evidence = &out->evidence[i];

		snprintf(evidence->kind, sizeof evidence->kind, "%s",
			rewapp__evidence_name(from->evidence[i].kind));
		evidence->weight = from->evidence[i].weight_millibits;
		evidence->from = from->evidence[i].span.from;
		evidence->to = from->evidence[i].span.to;
		out->evidence_count = i + 1;
	}
}

static void tell_candidates(
	const struct catalogue *catalogue, const struct match *match, struct rewapp_match *out)
{
	for (int i = 0; i < match->candidate_count && i < REWAPP_CANDIDATES_MAX; i++) {
		const struct match_candidate *from = &match->candidates[i];
		const struct merchant *merchant = rewapp__catalogue_merchant_by_number(
			catalogue, (ref)from->merchant);
		struct rewapp_candidate *candidate = &out->candidates[out->candidate_count];

		if (!merchant)
			continue;
		candidate->merchant = merchant->id;
		copy_cut(candidate->name, sizeof candidate->name, merchant->name, strlen(merchant->name));
		candidate->score = from->score_millibits;
		candidate->certainty = from->probability_bp;
		tell_evidence(from, candidate);
		out->candidate_count++;
	}
}

static void tell_text(const struct descriptor *read, const char *raw, struct rewapp_match *out)
{
	snprintf(out->operation, sizeof out->operation, "%s", rewapp__operation_name(read->operation));
	out->merchant_from = read->merchant.from;
	out->merchant_to = read->merchant.to;
	rewapp__descriptor_date(read, INT32_MIN, out->purchase_date);
	copy_cut(out->city, sizeof out->city, raw + read->city.from,
		(size_t)(read->city.to - read->city.from));
	memcpy(out->card_suffix, read->card_suffix, sizeof out->card_suffix);
}

int rewapp__match_look(const struct catalogue *catalogue, const struct rewapp_match_query *query,
	struct arena *arena, struct rewapp_match *out)
{
	struct match_query ask = query_of(query->descriptor, query->amount, query->currency, query->mcc);
	struct match_scratch *scratch = rewapp__arena_take(arena, sizeof *scratch);
	struct match match;
	int error;

	if (!scratch)
		return rewapp__fail(REWAPP_E_NOMEMORY, "match");
	if ((error = rewapp__match_decide(catalogue->matcher, &ask, scratch, &match)) < 0)
		return error;
	memset(out, 0, sizeof *out);
	out->size = sizeof *out;
	out->outcome = match.outcome == MATCH_NOT_A_PURCHASE ? REWAPP_MATCH_NONE : (int32_t)match.outcome;
	tell_text(&scratch->descriptor, query->descriptor, out);
	tell_candidates(catalogue, &match, out);
	return 0;
}
