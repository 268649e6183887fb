/* A bank's text meets the catalogue. */
#include "flows/match.h"

#include "base/error.h"
#include "base/text.h"
#include "matching/learnt.h"

#include <rewapp/submit.h>
#include <stdio.h>
#include <string.h>

enum {
	DAY_MS = 24 * 60 * 60 * 1000,
	DAYS_MAX = 100000
};

/* Days since 1970; INT32_MIN: unknown, as what no bank can have booked. */
static int32_t day_of(int64_t booked_ms)
{
	return booked_ms > 0 && booked_ms / DAY_MS < DAYS_MAX ? (int32_t)(booked_ms / DAY_MS) : INT32_MIN;
}

static void take_thresholds(const struct programme_row *programme, struct match_query *out)
{
	if (!programme || !programme->rules)
		return;
	out->sure_bp = programme->rules->sure_bp;
	out->review_bp = programme->rules->review_bp;
}

static struct match_query query_of_purchase(
	const struct rewapp_command *purchase, const struct programme_row *programme)
{
	struct match_query query = {
		.raw = purchase->descriptor,
		.length = strlen(purchase->descriptor),
		.amount_minor = purchase->flags & REWAPP_REFUND ? purchase->amount : -purchase->amount,
		.mcc = (uint16_t)purchase->mcc,
		.booked_day = day_of(purchase->occurred_ms),
		.city = purchase->city,
		.postcode = purchase->postcode,
		.merchant_id = purchase->merchant_id,
		.terminal_id = purchase->terminal_id,
		.siret = purchase->siret,
		.creditor_id = purchase->creditor_id,
	};

	memcpy(query.currency, purchase->currency, sizeof query.currency);
	if (purchase->country)
		memcpy(query.country, purchase->country, 2);
	take_thresholds(programme, &query);
	return query;
}

int rewapp__recognise(const struct catalogue *catalogue, const struct rewapp_command *purchase,
	const struct programme_row *programme, struct arena *arena, ref *merchant, int32_t *certainty)
{
	struct match_query query = query_of_purchase(purchase, programme);
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

int rewapp__match_remember(
	const struct catalogue *catalogue, const char *descriptor, struct arena *arena, char *out)
{
	struct match_query query = {
		.raw = descriptor, .length = strlen(descriptor), .booked_day = INT32_MIN
	};
	struct match_scratch *scratch = rewapp__arena_take(arena, sizeof *scratch);
	struct match match;
	int error;

	if (!scratch)
		return rewapp__fail(REWAPP_E_NOMEMORY, "match");
	if ((error = rewapp__match_decide(catalogue->matcher, &query, scratch, &match)) == 0)
		rewapp__learnt_text(scratch, out);
	return error;
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
	_Static_assert(REWAPP_EVIDENCE_MAX == REWAPP__EVIDENCE_MAX, "nothing is cut");
	for (int i = 0; i < from->evidence_count; i++) {
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

static void tell_text(
	const struct descriptor *read, const char *raw, int32_t booked_day, struct rewapp_match *out)
{
	snprintf(out->operation, sizeof out->operation, "%s", rewapp__operation_name(read->operation));
	out->merchant_from = read->merchant.from;
	out->merchant_to = read->merchant.to;
	rewapp__descriptor_date(read, booked_day, out->purchase_date);
	copy_cut(out->city, sizeof out->city, raw + read->city.from,
		(size_t)(read->city.to - read->city.from));
	memcpy(out->card_suffix, read->card_suffix, sizeof out->card_suffix);
}

/* The asker's merchants by the catalogue's numbers; those that it does not have say nothing. */
static int take_history(const struct catalogue *catalogue, const struct rewapp_match_query *query,
	struct arena *arena, struct match_query *out)
{
	struct match_history *history = rewapp__arena_array(arena, query->history_count, sizeof *history);

	if (!history)
		return rewapp__fail(REWAPP_E_NOMEMORY, "history");
	out->history = history;
	for (size_t i = 0; i < query->history_count; i++) {
		int64_t times = query->history[i].times;
		const struct merchant *merchant = rewapp__catalogue_merchant(
			catalogue, &query->history[i].merchant);

		if (merchant)
			history[out->history_count++] = (struct match_history){ (uint64_t)merchant->number,
				times < UINT32_MAX ? (uint32_t)times : UINT32_MAX };
	}
	return 0;
}

static int query_of_look(const struct catalogue *catalogue, const struct rewapp_match_query *query,
	const char *masked, struct arena *arena, struct match_query *out)
{
	*out = (struct match_query){ .raw = masked,
		.length = strlen(masked),
		.amount_minor = query->amount,
		.mcc = (uint16_t)query->mcc,
		.booked_day = day_of(query->booked_ms),
		.city = query->city,
		.postcode = query->postcode,
		.merchant_id = query->merchant_id,
		.terminal_id = query->terminal_id,
		.siret = query->siret,
		.creditor_id = query->creditor_id };
	memcpy(out->currency, query->currency, sizeof query->currency);
	if (query->country)
		memcpy(out->country, query->country, 2);
	take_thresholds(rewapp__catalogue_programme(catalogue, &query->programme), out);
	if (query->sure_bp)
		out->sure_bp = (uint16_t)query->sure_bp;
	if (query->review_bp)
		out->review_bp = (uint16_t)query->review_bp;
	return take_history(catalogue, query, arena, out);
}

int rewapp__match_look(const struct catalogue *catalogue, const struct rewapp_match_query *query,
	struct arena *arena, struct rewapp_match *out)
{
	struct match_scratch *scratch = rewapp__arena_take(arena, sizeof *scratch);
	char *masked = rewapp__arena_copy(arena, query->descriptor, strlen(query->descriptor));
	struct match_query ask;
	struct match match;
	int error;

	if (!scratch || !masked)
		return rewapp__fail(REWAPP_E_NOMEMORY, "match");
	if (!rewapp_id_is_zero(&query->programme) &&
		!rewapp__catalogue_programme(catalogue, &query->programme))
		return rewapp__fail(REWAPP_E_ARGUMENT, "programme: unknown");
	rewapp__text_mask_cards(masked, strlen(masked));
	if ((error = query_of_look(catalogue, query, masked, arena, &ask)) < 0 ||
		(error = rewapp__match_decide(catalogue->matcher, &ask, scratch, &match)) < 0)
		return error;
	memset(out, 0, sizeof *out);
	out->size = sizeof *out;
	out->outcome = match.outcome == MATCH_NOT_A_PURCHASE ? REWAPP_MATCH_NONE : (int32_t)match.outcome;
	tell_text(&scratch->descriptor, masked, ask.booked_day, out);
	tell_candidates(catalogue, &match, out);
	return 0;
}
