/* Reads a bank's text, looks up what it may name, and decides: sure, for a person to look at, or none. */
#include "matching/decide.h"

#include "matching/line.h"

#include <string.h>

enum threshold {
	SURE_BP = 9800,
	REVIEW_BP = 8000,
	SURE_MARGIN = 2000 /* ahead of any rival, in thousandths of a bit */
};

/* A name inside the best name ("CARREFOUR" in "CARREFOUR CITY") is no rival to it. */
static bool is_rival(const struct match_candidate *best, const struct match_candidate *other)
{
	struct span inner = other->evidence[0].span, outer = best->evidence[0].span;

	return inner.from < outer.from || inner.to > outer.to ||
		(inner.from == outer.from && inner.to == outer.to);
}

static enum match_outcome outcome_of(const struct match_query *query, const struct match *match, bool mixed)
{
	const struct match_candidate *best = match->candidates;
	uint16_t sure = query->sure_bp ? query->sure_bp : SURE_BP;
	uint16_t review = query->review_bp ? query->review_bp : REVIEW_BP;

	if (!match->candidate_count || best->probability_bp < review)
		return MATCH_NONE;
	if (best->probability_bp < sure || mixed)
		return MATCH_REVIEW;
	for (uint16_t i = 1; i < match->candidate_count; i++)
		if (is_rival(best, &match->candidates[i]) &&
			best->score_millibits - match->candidates[i].score_millibits < SURE_MARGIN)
			return MATCH_REVIEW;
	return MATCH_SURE;
}

int rewapp__match_decide(const struct matcher *matcher, const struct match_query *query,
	struct match_scratch *scratch, struct match *out)
{
	struct line line;

	out->candidate_count = 0;
	rewapp__fold(&scratch->folded, query->raw, query->length);
	rewapp__descriptor_parse(&matcher->lexicon, &scratch->folded, &scratch->descriptor);
	out->outcome = MATCH_NOT_A_PURCHASE;
	if (!rewapp__operation_is_purchase(scratch->descriptor.operation))
		return 0;
	line.matcher = matcher;
	line.text = &scratch->folded;
	line.parsed = &scratch->descriptor;
	line.query = query;
	line.out = out;
	line.purchase_day = rewapp__descriptor_day(&scratch->descriptor, query->booked_day);
	line.city = rewapp__hash_city(query->city);
	rewapp__line_build(&line);
	rewapp__line_look_up(&line);
	rewapp__negatives_weigh(&line);
	if (matcher->learnt_count)
		rewapp__line_recall(&line);
	for (uint16_t i = 0; i < out->candidate_count; i++)
		out->candidates[i].probability_bp = rewapp__match_probability(
			out->candidates[i].score_millibits);
	out->outcome = outcome_of(query, out, scratch->folded.mixed);
	return 0;
}

const char *rewapp__evidence_name(enum evidence_kind kind)
{
	static const char *const names[] = {
#define ROW(name, text, french, english) text,
		REWAPP__EVIDENCE_MAP(ROW)
#undef ROW
	};

	return kind < EVIDENCE_KINDS ? names[kind] : "unknown";
}

const char *rewapp__evidence_text(enum evidence_kind kind, const char *language)
{
	static const char *const texts[][2] = {
#define ROW(name, text, french, english) { french, english },
		REWAPP__EVIDENCE_MAP(ROW)
#undef ROW
	};

	if (kind >= EVIDENCE_KINDS)
		return "";
	return texts[kind][!(language && strncmp(language, "fr", 2) == 0)];
}

enum evidence_kind rewapp__evidence_kind(const char *name)
{
	for (enum evidence_kind kind = 0; kind < EVIDENCE_KINDS; kind++)
		if (strcmp(rewapp__evidence_name(kind), name) == 0)
			return kind;
	return EVIDENCE_KINDS;
}
