/* Adds up what speaks for and against each merchant that a descriptor may name, in
 * thousandths of a bit, and decides: sure, for a person to look at, or none. */
#include "matching/decide.h"

#include "matching/matcher.h"

#include <string.h>

/* What each piece of evidence weighs; docs/matching.md says where the numbers come from. */
enum weight {
	PRIOR = -7000,
	WORD_MORE = 1000, /* for each further word of the name */
	FIRST_PLACE = 1500,
	LATER_PLACE = -2500,
	LATER_MORE = -1500,
	BEHIND_TOWN = -500, /* banks that write the town first */
	REST_FIRST = -1300,
	REST_MORE = -1100,
	REST_LEAST = -4500,
	REST_EVERYDAY = -600, /* more for each of them that is a trade or an everyday word */
	REST_TOWN = 500,      /* one last word on a card payment: most likely a town */
	ALL_EXPLAINED = 2500,
	NOTHING_ELSE = 800,
	BEFORE_STAR = 2000, /* "BRAND*what was bought" */
	COMMON_WORD = -5500,
	COMMON_WORDS = -3000,
	TOWN_NAME = -5500,
	PERSON_NAME = -3500,
	COUNTED_WORD = -700, /* for each doubling of its count in the catalogue */
	COUNTED_LEAST = -3500,
	VARIANT_NAME = -800,
	SHARED_NAME = -1500,
	INSIDE_WORD = -2500,
	CUT_WORD = -1500,
	CUT_LETTER = -250,
	CUT_BETWEEN = -3000, /* whole words are missing */
	BY_CARD = 500,
	MONEY_CAME_IN = -700,
	MCC_FITS = 3000,
	MCC_DIFFERS = -2500,
	CITY_FITS = 3000,
	NEGATIVE_TEXT = -12000
};

enum threshold {
	REVIEW_FROM = 300,
	SURE_FROM = 5000,
	SURE_MARGIN = 2000
};

/* What a name of so many letters weighs. */
static const int32_t length_weights[] = { 0, 0, 2000, 5000, 7000, 7800, 8400, 8900, 9500, 10000, 10500, 11000,
	11400, 11700, 12000 };

/* Score to probability: measured, see docs/matching.md; ascending, straight lines between. */
static const struct {
	int32_t score;
	uint16_t bp;
} calibration[] = {
	{ -8000, 50 },
	{ -2000, 700 },
	{ 0, 3500 },
	{ 1000, 7000 },
	{ 3000, 9000 },
	{ 4500, 9700 },
	{ 8000, 9900 },
	{ 14000, 9980 },
};

enum form {
	FORM_FULL,
	FORM_INSIDE,
	FORM_CUT
};

struct hit {
	const struct alias *alias;
	uint8_t first, last; /* tokens */
	uint16_t to;         /* folded position */
	enum form form;
	uint16_t owners;
};

/* Tokens as letters in one row, links left out. */
struct line {
	const struct matcher *matcher;
	const struct folded *text;
	const struct descriptor *parsed;
	const struct match_query *query;
	struct match *out;
	uint16_t length, owner_limit;
	uint16_t starts[REWAPP__TOKENS_MAX + 1];
	uint8_t tokens[REWAPP__TOKENS_MAX];
	uint8_t count;
	char glued[REWAPP__FOLD_MAX + 1];
};

static void build_line(struct line *line)
{
	const struct descriptor *parsed = line->parsed;

	for (uint16_t i = 0; i < parsed->token_count; i++) {
		const struct token *token = &parsed->tokens[i];
		uint16_t length = (uint16_t)(token->to - token->from);

		if (token->flags & WORD_LINK)
			continue;
		line->tokens[line->count] = (uint8_t)i;
		line->starts[line->count++] = line->length;
		memcpy(line->glued + line->length, line->text->text + token->from, length);
		line->length = (uint16_t)(line->length + length);
	}
	line->starts[line->count] = line->length;
	line->glued[line->length] = '\0';
}

static const struct token *token_at(const struct line *line, uint8_t index)
{
	return &line->parsed->tokens[line->tokens[index]];
}

static void add_evidence(const struct line *line, struct match_candidate *candidate, enum evidence_kind kind,
	int32_t weight, uint16_t from, uint16_t to)
{
	struct match_evidence *evidence;

	candidate->score_millibits += weight;
	if (weight == 0 || candidate->evidence_count == REWAPP__EVIDENCE_MAX)
		return;
	evidence = &candidate->evidence[candidate->evidence_count++];
	evidence->kind = kind;
	evidence->weight_millibits = weight;
	evidence->span = (struct span){ line->text->at[from], line->text->at[to] };
}

/* A word that says nothing against a name beside it. */
static bool is_explained(const struct line *line, const struct token *token)
{
	uint16_t silent = WORD_NUMBER | WORD_LEGAL | WORD_SHOP | WORD_WEB | WORD_PLACE | WORD_TOWN |
		WORD_ARTICLE | WORD_LINK;
	const char *word = line->text->text + token->from;

	return token->flags & silent || token->to - token->from < 3 ||
		(rewapp__is_digit(word[0]) && rewapp__is_digit(word[1]));
}

static int32_t name_weight(const struct line *line, const struct hit *hit)
{
	size_t known = sizeof length_weights / sizeof *length_weights;
	uint16_t length = hit->form == FORM_CUT
		? (uint16_t)(line->starts[hit->last + 1] - line->starts[hit->first])
		: hit->alias->length;
	int32_t words = __builtin_popcount(hit->alias->starts);
	int32_t weight = length_weights[length < known ? length : known - 1];

	return weight + WORD_MORE * (words > 3 ? 2 : words - 1) +
		(hit->alias->flags & ALIAS_VARIANT ? VARIANT_NAME : 0);
}

/* True when a word of the hit is no everyday word. */
static bool has_own_word(const struct line *line, const struct hit *hit)
{
	uint16_t everyday = WORD_GENERIC | WORD_TOWN | WORD_FIRST_NAME | WORD_SHOP | WORD_ARTICLE |
		WORD_NUMBER;

	for (uint8_t i = hit->first; i <= hit->last; i++) {
		const struct token *token = token_at(line, i);

		if (!(token->flags & everyday) && token->to - token->from > 2)
			return true;
	}
	return false;
}

static int32_t commonness(const struct line *line, const struct hit *hit)
{
	const struct alias *alias = hit->alias;
	bool one_word = (alias->starts & (alias->starts - 1)) == 0;
	uint32_t count;
	int32_t weight;

	if (hit->form == FORM_CUT && !has_own_word(line, hit))
		return COMMON_WORD;
	if (alias->flags & ALIAS_TOWN)
		return one_word ? TOWN_NAME : COMMON_WORDS;
	if (alias->flags & ALIAS_COMMON)
		return one_word ? COMMON_WORD : COMMON_WORDS;
	if (alias->flags & ALIAS_PERSON)
		return PERSON_NAME;
	if (!one_word)
		return 0;
	count = rewapp__matcher_word_count(line->matcher, line->matcher->text + alias->text, alias->length);
	if (count < 4)
		return 0;
	weight = COUNTED_WORD * (31 - __builtin_clz(count));
	return weight < COUNTED_LEAST ? COUNTED_LEAST : weight;
}

static int32_t form_weight(const struct line *line, const struct hit *hit)
{
	uint16_t seen = (uint16_t)(line->starts[hit->last + 1] - line->starts[hit->first]);

	if (hit->form == FORM_INSIDE)
		return INSIDE_WORD;
	if (hit->form == FORM_FULL)
		return 0;
	if (seen < 32 && hit->alias->starts >> seen & 1)
		return CUT_BETWEEN;
	return CUT_WORD + CUT_LETTER * (hit->alias->length - seen);
}

/* The same word again, as in "LIDL GB WOOLSTON LIDL". */
static bool is_repeated(const struct line *line, const struct hit *hit, uint8_t index)
{
	uint16_t length = (uint16_t)(line->starts[index + 1] - line->starts[index]);

	for (uint8_t i = hit->first; i <= hit->last; i++)
		if (line->starts[i + 1] - line->starts[i] == length &&
			memcmp(line->glued + line->starts[i], line->glued + line->starts[index], length) == 0)
			return true;
	return false;
}

/* "BRAND*ORDER 123", "BRAND *ORDER" */
static bool is_starred(const struct line *line, const struct hit *hit)
{
	const char *at = line->text->text + hit->to;

	while (*at == ' ')
		at++;
	return *at == '*' && hit->form == FORM_FULL;
}

struct rest {
	int before, after, others, everyday;
};

static struct rest count_rest(const struct line *line, const struct hit *hit)
{
	bool starred = is_starred(line, hit);
	struct rest count = { 0, 0, 0, 0 };

	for (uint8_t i = 0; i < line->count; i++) {
		bool rest = !is_explained(line, token_at(line, i)) && !is_repeated(line, hit, i);

		if (i >= hit->first && i <= hit->last)
			continue;
		count.others++;
		count.before += i < hit->first && rest;
		count.after += i > hit->last && rest && !starred;
		count.everyday += i > hit->last && rest && token_at(line, i)->flags & WORD_GENERIC;
	}
	count.after += hit->form == FORM_INSIDE;
	return count;
}

static void weigh_place(const struct line *line, const struct hit *hit, struct match_candidate *candidate)
{
	uint16_t from = token_at(line, hit->first)->from, to = hit->to;
	struct rest rest = count_rest(line, hit);
	int32_t weight = FIRST_PLACE;

	if (rest.before)
		weight = line->parsed->town_first && rest.before < 4
			? BEHIND_TOWN * rest.before
			: LATER_PLACE + LATER_MORE * (rest.before - 1);
	else if (is_starred(line, hit))
		weight += BEFORE_STAR;
	add_evidence(line, candidate, EVIDENCE_POSITION, weight, from, to);
	if (rest.before + rest.after == 0) {
		add_evidence(line, candidate, EVIDENCE_WHOLE,
			ALL_EXPLAINED + (rest.others ? 0 : NOTHING_ELSE), from, to);
		return;
	}
	if (!rest.after)
		return;
	weight = REST_FIRST + REST_MORE * (rest.after - 1) + REST_EVERYDAY * rest.everyday;
	if (rest.after == 1 && !rest.everyday && line->parsed->operation == OPERATION_CARD_PAYMENT &&
		hit->form == FORM_FULL)
		weight += REST_TOWN;
	add_evidence(line, candidate, EVIDENCE_UNEXPLAINED, weight < REST_LEAST ? REST_LEAST : weight, to,
		line->parsed->zone_to);
}

static void weigh_operation(const struct line *line, struct match_candidate *candidate)
{
	enum operation operation = line->parsed->operation;

	if (operation == OPERATION_CARD_PAYMENT)
		add_evidence(line, candidate, EVIDENCE_OPERATION, BY_CARD, 0, line->parsed->zone_from);
	if (line->query->amount_minor > 0 && operation != OPERATION_REFUND)
		add_evidence(line, candidate, EVIDENCE_SIGN, MONEY_CAME_IN, 0, 0);
}

static void weigh_mcc(const struct line *line, const struct facts *facts, struct match_candidate *candidate)
{
	if (!line->query->mcc || !facts->mcc_count)
		return;
	for (uint32_t i = 0; i < facts->mcc_count; i++) {
		if (facts->mcc[i] != line->query->mcc)
			continue;
		add_evidence(line, candidate, EVIDENCE_MCC, MCC_FITS, 0, 0);
		return;
	}
	add_evidence(line, candidate, EVIDENCE_MCC, MCC_DIFFERS, 0, 0);
}

/* A branch fits by its postcode, or by its town's letters in a row of whole words. */
static const struct branch *find_branch(const struct line *line, const struct hit *hit,
	const struct facts *facts, uint8_t *first, uint8_t *last)
{
	for (uint8_t i = 0; i < line->count; i++) {
		uint32_t hash = REWAPP__HASH_SEED;

		if (i >= hit->first && i <= hit->last)
			continue;
		for (uint8_t j = i; j < line->count && j < i + 4 && (j < hit->first || j > hit->last); j++) {
			for (uint16_t k = line->starts[j]; k < line->starts[j + 1]; k++)
				if (rewapp__is_letter(line->glued[k]))
					hash = rewapp__hash_step(hash, line->glued[k]);
			*first = i;
			*last = j;
			for (uint32_t b = 0; b < facts->branch_count; b++)
				if (facts->branches[b].city == (hash | 1) ||
					(line->parsed->postcode[0] && j == i &&
						strcmp(facts->branches[b].postcode, line->parsed->postcode) ==
							0))
					return &facts->branches[b];
		}
	}
	return NULL;
}

static void weigh_branch(const struct line *line, const struct hit *hit, const struct facts *facts,
	struct match_candidate *candidate)
{
	uint8_t first, last;
	const struct branch *branch = facts->branch_count ? find_branch(line, hit, facts, &first, &last)
							  : NULL;

	if (!branch)
		return;
	candidate->branch = branch->branch;
	add_evidence(line, candidate, EVIDENCE_CITY, CITY_FITS, token_at(line, first)->from,
		token_at(line, last)->to);
}

static void weigh(const struct line *line, const struct hit *hit, struct match_candidate *candidate)
{
	const struct merchant_slot *merchant = &line->matcher->merchants[hit->alias->merchant];
	uint16_t from = token_at(line, hit->first)->from, to = hit->to;
	enum evidence_kind kind = hit->form == FORM_CUT ? EVIDENCE_TRUNCATED
		: hit->alias->flags & ALIAS_NAME        ? EVIDENCE_NAME
							: EVIDENCE_ALIAS;

	candidate->merchant = merchant->number;
	candidate->branch = 0;
	candidate->score_millibits = PRIOR;
	candidate->evidence_count = 0;
	add_evidence(line, candidate, kind,
		name_weight(line, hit) + (hit->form == FORM_CUT ? form_weight(line, hit) : 0), from, to);
	if (hit->form == FORM_INSIDE)
		add_evidence(line, candidate, EVIDENCE_GLUED, form_weight(line, hit), from, to);
	add_evidence(line, candidate, EVIDENCE_COMMONNESS, commonness(line, hit), from, to);
	weigh_place(line, hit, candidate);
	if (hit->owners > 1)
		add_evidence(line, candidate, EVIDENCE_AMBIGUOUS, SHARED_NAME, from, to);
	if (merchant->facts) {
		weigh_mcc(line, merchant->facts, candidate);
		weigh_branch(line, hit, merchant->facts, candidate);
	}
	weigh_operation(line, candidate);
}

/* Ties go to the merchant's own name, then to the lower number: never to the order of insertion. */
static bool better(const struct match_candidate *a, const struct match_candidate *b)
{
	if (a->score_millibits != b->score_millibits)
		return a->score_millibits > b->score_millibits;
	if ((a->evidence[0].kind == EVIDENCE_NAME) != (b->evidence[0].kind == EVIDENCE_NAME))
		return a->evidence[0].kind == EVIDENCE_NAME;
	return a->merchant < b->merchant;
}

/* Keeps the best four merchants, each once, best first. */
static void keep(struct match *out, const struct match_candidate *candidate)
{
	uint16_t at = 0;

	while (at < out->candidate_count && out->candidates[at].merchant != candidate->merchant)
		at++;
	if (at < out->candidate_count) {
		if (!better(candidate, &out->candidates[at]))
			return;
	} else if (at == REWAPP__CANDIDATES_MAX) {
		if (!better(candidate, &out->candidates[--at]))
			return;
	} else {
		out->candidate_count++;
	}
	for (; at > 0 && better(candidate, &out->candidates[at - 1]); at--)
		out->candidates[at] = out->candidates[at - 1];
	out->candidates[at] = *candidate;
}

static bool equals(
	const struct line *line, const struct alias *alias, uint32_t hash, uint16_t from, uint16_t length)
{
	return alias->hash == hash && alias->length == length &&
		memcmp(line->matcher->text + alias->text, line->glued + from, length) == 0;
}

static void probe(struct line *line, uint32_t hash, struct hit *hit, uint16_t from, uint16_t length)
{
	const struct matcher *matcher = line->matcher;
	uint32_t head = matcher->buckets[rewapp__hash_mix(hash) & (matcher->bucket_count - 1)];
	struct match_candidate candidate;

	hit->owners = 0;
	for (uint32_t i = head; i != REWAPP__NO_ALIAS; i = matcher->aliases[i].next)
		hit->owners += equals(line, &matcher->aliases[i], hash, from, length) &&
			!(matcher->aliases[i].flags & ALIAS_NEGATIVE);
	for (uint32_t i = head; hit->owners && i != REWAPP__NO_ALIAS; i = matcher->aliases[i].next) {
		hit->alias = &matcher->aliases[i];
		if (hit->alias->flags & ALIAS_NEGATIVE || !equals(line, hit->alias, hash, from, length))
			continue;
		weigh(line, hit, &candidate);
		keep(line->out, &candidate);
	}
}

/* Inside a word a name must be long, or end where letters turn to digits. */
static bool may_end(const struct line *line, uint16_t length, uint16_t end)
{
	bool before = rewapp__is_digit(line->glued[end - 1]), behind = rewapp__is_digit(line->glued[end]);

	return before != behind ? length >= 3 : length >= 7;
}

static void probe_start(struct line *line, uint8_t first)
{
	uint16_t from = line->starts[first];
	uint32_t hash = REWAPP__HASH_SEED;
	uint8_t last = first;

	for (uint16_t at = from; at < line->length && at < from + REWAPP__ALIAS_MAX;) {
		struct hit hit = { .first = first, .last = last, .form = FORM_INSIDE };

		hash = rewapp__hash_step(hash, line->glued[at++]);
		hit.to = (uint16_t)(token_at(line, last)->from + (at - line->starts[last]));
		if (at == line->starts[last + 1]) {
			hit.form = FORM_FULL;
			last++;
		} else if (!may_end(line, (uint16_t)(at - from), at)) {
			continue;
		} else if (rewapp__is_digit(line->glued[at])) {
			hit.form = FORM_FULL;
		}
		if (at - from >= 2)
			probe(line, hash, &hit, from, (uint16_t)(at - from));
	}
}

enum {
	PREFIX_CHAIN_MAX = 96,
	CUT_SHORTEST = 7
};

static uint16_t common_length(const struct line *line, const struct alias *alias, uint16_t from)
{
	const char *name = line->matcher->text + alias->text;
	uint16_t count = 0;

	while (count < alias->length && from + count < line->length &&
		name[count] == line->glued[from + count])
		count++;
	return count;
}

/* The last token of the name's beginning, when it ends with that token or with the
 * letters of it; else -1.  A letter or two may agree with the next word by chance. */
static int cut_at(const struct line *line, const struct alias *alias, uint8_t first)
{
	uint16_t from = line->starts[first], end = (uint16_t)(from + common_length(line, alias, from));

	if (end - from < CUT_SHORTEST || end - from >= alias->length)
		return -1;
	for (uint8_t i = first; i < line->count; i++) {
		uint16_t boundary = line->starts[i + 1];

		if (boundary - from >= CUT_SHORTEST && boundary <= end && end - boundary <= 2)
			return i;
		if (boundary > end)
			return rewapp__is_digit(line->glued[end]) && rewapp__is_letter(line->glued[end - 1])
				? i
				: -1;
	}
	return -1;
}

/* Names of which the text holds the beginning only. */
static void probe_cut(struct line *line, uint8_t first)
{
	const struct matcher *matcher = line->matcher;
	uint32_t hash = REWAPP__HASH_SEED, head;
	uint16_t from = line->starts[first], seen = 0;
	struct hit hit = { .first = first, .form = FORM_CUT };

	if (line->length - from < CUT_SHORTEST)
		return;
	for (uint16_t i = 0; i < REWAPP__PREFIX_LENGTH; i++)
		hash = rewapp__hash_step(hash, line->glued[from + i]);
	head = matcher->prefixes[rewapp__hash_mix(hash) & (matcher->bucket_count - 1)];
	for (uint32_t i = head; i != REWAPP__NO_ALIAS; i = matcher->aliases[i].prefix_next) {
		seen += common_length(line, &matcher->aliases[i], from) >= REWAPP__PREFIX_LENGTH;
		if (seen > PREFIX_CHAIN_MAX)
			return; /* a beginning that so many share says nothing */
		hit.owners += cut_at(line, &matcher->aliases[i], first) >= 0;
	}
	for (uint32_t i = head; hit.owners && i != REWAPP__NO_ALIAS; i = matcher->aliases[i].prefix_next) {
		struct match_candidate candidate;
		int last = cut_at(line, &matcher->aliases[i], first);

		if (last < 0)
			continue;
		hit.alias = &matcher->aliases[i];
		hit.last = (uint8_t)last;
		hit.to = token_at(line, hit.last)->to;
		weigh(line, &hit, &candidate);
		keep(line->out, &candidate);
	}
}

static bool stands_in(const struct line *line, const char *text, uint8_t length)
{
	for (uint8_t i = 0; i < line->count; i++)
		if (line->starts[i] + length <= line->length &&
			memcmp(line->glued + line->starts[i], text, length) == 0)
			return true;
	return false;
}

static uint32_t slot_of(const struct matcher *matcher, uint64_t number);

/* Texts of the catalogue that speak against a candidate. */
static void weigh_negatives(struct line *line)
{
	const struct matcher *matcher = line->matcher;
	struct match_candidate all[REWAPP__CANDIDATES_MAX];
	uint16_t count = line->out->candidate_count;

	memcpy(all, line->out->candidates, sizeof all);
	line->out->candidate_count = 0;
	for (uint16_t c = 0; c < count; c++) {
		uint32_t slot = slot_of(matcher, all[c].merchant);

		for (uint32_t i = matcher->merchants[slot].first_alias; i != REWAPP__NO_ALIAS;
			i = matcher->aliases[i].sibling) {
			const struct alias *alias = &matcher->aliases[i];

			if (!(alias->flags & ALIAS_NEGATIVE) ||
				!stands_in(line, matcher->text + alias->text, alias->length))
				continue;
			add_evidence(line, &all[c], EVIDENCE_NEGATIVE, NEGATIVE_TEXT, line->parsed->zone_from,
				line->parsed->zone_to);
			break;
		}
		keep(line->out, &all[c]);
	}
}

static uint32_t slot_of(const struct matcher *matcher, uint64_t number)
{
	uint64_t mixed = (number ^ number >> 32) * 0x9e3779b97f4a7c15u;
	uint32_t at = (uint32_t)(mixed >> 32) & (matcher->number_capacity - 1);

	while (matcher->merchants[matcher->numbers[at] - 1].number != number)
		at = (at + 1) & (matcher->number_capacity - 1);
	return matcher->numbers[at] - 1;
}

static uint16_t probability(int32_t score)
{
	size_t last = sizeof calibration / sizeof *calibration - 1, i = 0;
	int32_t step;

	if (score <= calibration[0].score)
		return calibration[0].bp;
	if (score >= calibration[last].score)
		return calibration[last].bp;
	while (score > calibration[i + 1].score)
		i++;
	step = calibration[i + 1].score - calibration[i].score;
	return (uint16_t)(calibration[i].bp +
		(int64_t)(calibration[i + 1].bp - calibration[i].bp) * (score - calibration[i].score) / step);
}

/* A name inside the best name ("CARREFOUR" in "CARREFOUR CITY") is no rival to it. */
static bool is_rival(const struct match_candidate *best, const struct match_candidate *other)
{
	struct span inner = other->evidence[0].span, outer = best->evidence[0].span;

	return inner.from < outer.from || inner.to > outer.to ||
		(inner.from == outer.from && inner.to == outer.to);
}

/* A name that is also a common word, or that other letters follow, is sure only when
 * something outside the text speaks for it. */
static bool is_doubtful(const struct match_candidate *best)
{
	bool doubt = false, backed = false;

	for (uint16_t i = 0; i < best->evidence_count; i++) {
		enum evidence_kind kind = best->evidence[i].kind;

		doubt |= kind == EVIDENCE_COMMONNESS || kind == EVIDENCE_GLUED || kind == EVIDENCE_SIGN;
		backed |= (kind == EVIDENCE_MCC || kind == EVIDENCE_CITY) &&
			best->evidence[i].weight_millibits > 0;
	}
	return doubt && !backed;
}

static enum match_outcome outcome_of(const struct match *match)
{
	const struct match_candidate *best = match->candidates;

	if (!match->candidate_count || best->score_millibits < REVIEW_FROM)
		return MATCH_NONE;
	if (best->score_millibits < SURE_FROM || is_doubtful(best))
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

	line.matcher = matcher;
	line.text = &scratch->folded;
	line.parsed = &scratch->descriptor;
	line.query = query;
	line.out = out;
	line.length = 0;
	line.count = 0;
	out->candidate_count = 0;
	rewapp__fold(&scratch->folded, query->raw, query->length);
	rewapp__descriptor_parse(&matcher->lexicon, &scratch->folded, &scratch->descriptor);
	out->outcome = MATCH_NOT_A_PURCHASE;
	if (!rewapp__operation_is_purchase(scratch->descriptor.operation))
		return 0;
	build_line(&line);
	for (uint8_t i = 0; i < line.count; i++) {
		probe_start(&line, i);
		probe_cut(&line, i);
	}
	weigh_negatives(&line);
	for (uint16_t i = 0; i < out->candidate_count; i++)
		out->candidates[i].probability_bp = probability(out->candidates[i].score_millibits);
	out->outcome = outcome_of(out);
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
