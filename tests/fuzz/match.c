/* Any bytes as a bank's text: read, looked up and decided.  Spans stay within the text, the
 * candidates are in order, and the same question has the same answer. */
#include "fuzz.h"
#include "matching/decide.h"

static struct matcher *matcher;

static const char *const names[] = { "Carrefour", "Carrefour City", "Carrefour Market", "Lidl", "Decathlon",
	"Free", "Free Mobile", "Monoprix", "Fnac", "Super U", "Uber", "Uber Eats", "McDonald's", "Alinéa",
	"Intermarché", "Nature & Découvertes", "Tesco", "Starbucks", "Orange", "Le Club", "Canal+", "Paul",
	"E.Leclerc", "H&M", "C&A", "La Poste", "Le Petit Fournil de la Place du Marché aux Fleurs", "BP",
	"Total", "Amazon", "Action", "But", "7-Eleven", "Müller", "Castorama", "Picard" };

enum {
	NAMES = sizeof names / sizeof *names
};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const char *const aliases[] = { "AMZN MKTP", "CRF CITY" },
				 *const negatives[] = { "ORANGE BANK" };
	static const uint16_t mcc[] = { 5411, 5812 };
	static const struct catalogue_branch branches[] = { { 1, "LYON", "69002" },
		{ 2, "Saint-Étienne", NULL } };

	(void)argc;
	(void)argv;
	CLAIM(rewapp__matcher_open(&matcher, NULL) == 0);
	for (uint64_t i = 0; i < NAMES; i++) {
		struct catalogue_entry entry = { .merchant = i + 1,
			.name = names[i],
			.aliases = aliases,
			.alias_count = i % 7 == 0 ? 2 : 0,
			.negatives = negatives,
			.negative_count = i % 5 == 0,
			.mcc = mcc,
			.mcc_count = i % 3,
			.branches = branches,
			.branch_count = i % 4 ? 0 : 2 };

		CLAIM(rewapp__matcher_upsert(matcher, &entry) == 0);
	}
	return 0;
}

static void check_candidate(const struct match_candidate *candidate, size_t length)
{
	CLAIM(candidate->merchant >= 1 && candidate->merchant <= NAMES);
	CLAIM(candidate->probability_bp <= 10000);
	CLAIM(candidate->evidence_count <= REWAPP__EVIDENCE_MAX);
	for (uint16_t i = 0; i < candidate->evidence_count; i++) {
		CLAIM(candidate->evidence[i].kind < EVIDENCE_KINDS);
		CLAIM(candidate->evidence[i].span.from <= candidate->evidence[i].span.to);
		CLAIM(candidate->evidence[i].span.to <= length);
	}
}

static void check(const struct match *match, const struct descriptor *read, size_t length)
{
	char date[11];

	CLAIM(match->outcome <= MATCH_NOT_A_PURCHASE);
	CLAIM(match->candidate_count <= REWAPP__CANDIDATES_MAX);
	CLAIM(match->candidate_count || (match->outcome != MATCH_SURE && match->outcome != MATCH_REVIEW));
	for (uint16_t i = 0; i < match->candidate_count; i++) {
		check_candidate(&match->candidates[i], length);
		CLAIM(i == 0 ||
			match->candidates[i - 1].score_millibits >= match->candidates[i].score_millibits);
	}
	CLAIM(read->merchant.from <= read->merchant.to && read->merchant.to <= length);
	CLAIM(read->city.from <= read->city.to && read->city.to <= length);
	CLAIM(strlen(read->card_suffix) < sizeof read->card_suffix);
	rewapp__descriptor_date(read, 20524, date);
	CLAIM(strlen(date) == 0 || strlen(date) == 10);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct match_scratch scratch;
	static struct match first, again;
	struct match_query query = { .booked_day = 20524, .amount_minor = -1250, .currency = "EUR" };
	char *text;

	if (size < 2)
		return 0;
	query.mcc = (uint16_t[]){ 0, 5411, 5812, 9999 }[data[0] & 3];
	query.amount_minor = data[0] & 4 ? 1250 : data[0] & 8 ? 0 : -1250;
	query.booked_day = data[0] & 16 ? INT32_MIN : 20524;
	text = fuzz_copy(data + 1, size - 1);
	query.raw = text;
	query.length = size - 1;
	memset(&again, 0xa5, sizeof again);
	CLAIM(rewapp__match_decide(matcher, &query, &scratch, &first) == 0);
	check(&first, &scratch.descriptor, query.length);
	if (data[0] & 32) {
		CLAIM(rewapp__match_decide(matcher, &query, &scratch, &again) == 0);
		CLAIM(first.outcome == again.outcome && first.candidate_count == again.candidate_count);
		for (uint16_t i = 0; i < first.candidate_count; i++)
			CLAIM(first.candidates[i].merchant == again.candidates[i].merchant &&
				first.candidates[i].score_millibits == again.candidates[i].score_millibits);
	}
	free(text);
	return 0;
}
