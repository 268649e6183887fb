/* What each piece of evidence weighs, in thousandths of a bit, and when it applies. */
#include "matching/line.h"

#include <string.h>

/* docs/matching.md says where the numbers come from. */
enum weight {
	PRIOR = -7000,
	WORD_MORE = 1000, /* for each further word of the name */
	KNOWN_LEAST = 9500,
	FIRST_PLACE = 1500,
	LATER_PLACE = -2500,
	LATER_MORE = -1500,
	LATER_KNOWN = -500,
	BEHIND_TOWN = -500, /* banks that write the town first */
	REST_FIRST = -1300,
	REST_MORE = -1100,
	REST_LEAST = -4500,
	REST_KNOWN = -700, /* beside a well-known name */
	REST_KNOWN_LEAST = -2500,
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
	JOINED_WORD = -1000,
	INSIDE_WORD = -2500,
	INSIDE_KNOWN = -1500,
	INSIDE_SHORTHAND =
		-3500, /* its own letters are a part of the name's: what follows should be the rest */
	CUT_WORD = -1500,
	CUT_LETTER = -250,
	CUT_BETWEEN = -3000, /* whole words are missing */
	CUT_SHORT = -2500,   /* few letters are seen, or whole words are missing: never sure by itself */
	CUT_NOWHERE = -3000, /* no bank cuts a field so early */
	SPELLED = -3000,
	OTHER_TRADE = -6000,
	OTHER_HOUSE = -6500,
	BY_CARD = 500,
	MONEY_CAME_IN = -700,
	IS_BANK = -2500,
	MCC_FITS = 3000,
	MCC_DIFFERS = -2500,
	CITY_FITS = 3000,
	COUNTRY_FITS = 500,
	COUNTRY_DIFFERS = -4500,
	COUNTRY_MORE = 400, /* less against it for each further country: who is in many is in some more */
	AMOUNT_FITS = 500,
	AMOUNT_FAR = -2000,
	CLOSED_THAT_DAY = -2000,
	DATES_APART = -800,
	BOUGHT_BEFORE = 1500,
	BOUGHT_OFTEN = 500, /* for each doubling of the times */
	BOUGHT_MOST = 3500,
	ID_FITS = 20000,
	COMPANY_FITS = 18000, /* a SIREN: the company, not the place */
	ID_SHARED = -7000,
	NEGATIVE_TEXT = -12000,
	LEARNT_ALONE = 14000,
	LEARNT_BESIDE = 4000,
	LEARNT_MORE = 1000, /* for each further one who said yes */
	LEARNT_MOST = 3,
	REFUSED_TEXT = -4000, /* for each who said no */
	REFUSED_MOST = 3
};

/* What a name of so many letters weighs. */
static const int32_t length_weights[] = { 0, 0, 2000, 5000, 7000, 7800, 8400, 8900, 9500, 10000, 10500, 11000,
	11400, 11700, 12000 };

static void add(const struct line *line, struct match_candidate *candidate, enum evidence_kind kind,
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

/* --- the name --- */

/* "H&M", "C ET A": two letters with a link between them are as good as a word. */
static bool is_linked(const struct line *line, const struct hit *hit)
{
	const struct token *first = rewapp__token_at(line, hit->first),
			   *last = rewapp__token_at(line, hit->last);

	if (hit->alias->length != 2 || hit->last != hit->first + 1 || !(hit->alias->flags & ALIAS_NAME))
		return false;
	return line->tokens[hit->last] - line->tokens[hit->first] == 2 ||
		line->text->text[first->to] == '&' || line->text->text[first->to] == '+' ||
		(last->from >= 2 && line->text->text[last->from - 2] == '&');
}

static int32_t name_weight(const struct line *line, const struct hit *hit)
{
	size_t known = sizeof length_weights / sizeof *length_weights;
	uint16_t length = hit->form == FORM_CUT ? hit->seen : hit->alias->length;
	uint32_t seen = length < 32 ? hit->alias->starts & ((1u << length) - 1) : hit->alias->starts;
	int32_t words = __builtin_popcount(seen);
	int32_t weight = length_weights[length < known ? length : known - 1] +
		WORD_MORE * (words > 3 ? 2 : words - 1);

	if ((hit->alias->flags & ALIAS_KNOWN && hit->form != FORM_CUT) || is_linked(line, hit))
		weight = weight < KNOWN_LEAST ? KNOWN_LEAST : weight;
	if (hit->alias->flags & ALIAS_VARIANT && (!(hit->alias->flags & ALIAS_KNOWN) || hit->owners > 1))
		weight += VARIANT_NAME;
	return weight;
}

bool rewapp__hit_has_own_word(const struct line *line, const struct hit *hit)
{
	for (uint8_t i = hit->first; i <= hit->last; i++) {
		const struct token *token = rewapp__token_at(line, i);

		if (!(token->flags & (REWAPP__EVERYDAY | WORD_NUMBER)) && token->to - token->from > 2)
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

	if (hit->form == FORM_CUT && !rewapp__hit_has_own_word(line, hit))
		return COMMON_WORD;
	if (alias->flags & ALIAS_KNOWN)
		return 0;
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

enum {
	CUT_SURE = 10,   /* letters seen */
	FIELD_LEAST = 11 /* characters of the shortest field that a bank has for the merchant */
};

static int32_t cut_weight(const struct line *line, const struct hit *hit)
{
	uint16_t seen = hit->seen;
	int32_t weight = hit->to - line->parsed->zone_from < FIELD_LEAST ? CUT_NOWHERE : 0;

	/* whole words are missing: by the bank's cut, or because other words stand there */
	if (seen < 32 && hit->alias->starts >> seen & 1)
		return weight + CUT_SHORT + (hit->rest.after ? 2 * CUT_BETWEEN : CUT_BETWEEN);
	return weight + CUT_WORD + CUT_LETTER * (hit->alias->length - seen) +
		(seen < CUT_SURE ? CUT_SHORT : 0);
}

static int32_t glued_weight(const struct hit *hit)
{
	bool known = hit->alias->flags & ALIAS_KNOWN;

	if (hit->form == FORM_JOINED)
		return known ? JOINED_WORD / 2 : JOINED_WORD;
	if (hit->form == FORM_INSIDE && known && hit->alias->flags & ALIAS_VARIANT)
		return INSIDE_SHORTHAND;
	if (hit->form == FORM_INSIDE)
		return known ? INSIDE_KNOWN : INSIDE_WORD;
	return 0;
}

/* "C R P A" is not C.R.P.: single letters apart and no well-known name. */
static bool is_spelled(const struct line *line, const struct hit *hit)
{
	int singles = 0;

	for (uint8_t i = hit->first; i < hit->last; i++)
		singles += line->starts[i + 1] - line->starts[i] == 1 &&
			line->text->text[rewapp__token_at(line, i)->to] == ' ';
	return singles > 1 && !(hit->alias->flags & ALIAS_KNOWN);
}

static void weigh_name(const struct line *line, const struct hit *hit, struct match_candidate *candidate)
{
	uint16_t from = rewapp__token_at(line, hit->first)->from, to = hit->to;
	enum evidence_kind kind = hit->form == FORM_CUT ? EVIDENCE_TRUNCATED
		: hit->alias->flags & ALIAS_NAME        ? EVIDENCE_NAME
							: EVIDENCE_ALIAS;

	add(line, candidate, kind,
		name_weight(line, hit) + (hit->form == FORM_CUT ? cut_weight(line, hit) : 0), from, to);
	add(line, candidate, EVIDENCE_GLUED, glued_weight(hit), from, to);
	add(line, candidate, EVIDENCE_COMMONNESS, commonness(line, hit), from, to);
	if (is_spelled(line, hit))
		add(line, candidate, EVIDENCE_INITIALS, SPELLED, from, to);
	if (hit->owners > 1)
		add(line, candidate, EVIDENCE_AMBIGUOUS, SHARED_NAME, from, to);
}

/* --- what stands beside it --- */

/* A word that says nothing against a name beside it. */
static bool is_explained(const struct line *line, const struct token *token)
{
	uint16_t silent = WORD_NUMBER | WORD_LEGAL | WORD_SHOP | WORD_WEB | WORD_PLACE | WORD_TOWN |
		WORD_ARTICLE | WORD_LINK;
	const char *word = line->text->text + token->from;

	return token->flags & silent || token->to - token->from < 3 ||
		(rewapp__is_digit(word[0]) && rewapp__is_digit(word[1]));
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

/* "BRAND*ORDER 123", "BRAND *ORDER"; "UBER *EATS" is a name of its own */
static bool is_starred(const struct line *line, const struct hit *hit)
{
	const char *at = line->text->text + hit->to;
	uint16_t from = rewapp__token_at(line, hit->first)->from;

	if (hit->form != FORM_FULL)
		return false;
	while (*at == ' ')
		at++;
	return *at == '*' || memchr(line->text->text + from, '*', (size_t)(hit->to - from));
}

void rewapp__hit_count_rest(const struct line *line, struct hit *hit)
{
	bool starred = is_starred(line, hit);
	struct rest count = { .before = 0 };

	for (uint8_t i = 0; i < line->count; i++) {
		const struct token *token;
		bool rest;

		if (i >= hit->first && i <= hit->last)
			continue;
		token = rewapp__token_at(line, i);
		rest = !is_explained(line, token) && !is_repeated(line, hit, i);
		count.others++;
		rewapp__rest_count_house(line, hit, i, &count);
		/* "RESTAURANT LE PRINTEMPS" is another house than Printemps */
		count.trades += i < hit->first && !rest && token->flags & WORD_GENERIC;
		count.before += i < hit->first && rest;
		count.after += i > hit->last && rest && !starred;
		count.everyday += i > hit->last && rest && token->flags & WORD_GENERIC;
	}
	hit->rest = count;
}

/* "HOTEL MERCURE": the trade of the merchant says nothing new. */
static int words_before(const struct hit *hit, const struct facts *facts)
{
	bool silent = rewapp__is_strong(hit->alias->flags) || rewapp__hit_has_own_trade(hit, facts);

	return hit->rest.before + (silent ? 0 : hit->rest.trades);
}

static int32_t position_weight(const struct line *line, const struct hit *hit, int before)
{
	if (!before)
		return FIRST_PLACE +
			(is_starred(line, hit) && !(hit->alias->flags & ALIAS_KNOWN) ? BEFORE_STAR : 0);
	if (line->parsed->town_first && before < 4)
		return BEHIND_TOWN * before;
	if (rewapp__is_strong(hit->alias->flags) && hit->form == FORM_FULL)
		return LATER_KNOWN + LATER_MORE * (before - 1);
	return LATER_PLACE + LATER_MORE * (before - 1);
}

static int32_t rest_weight(const struct line *line, const struct hit *hit, int after)
{
	int32_t weight;

	if (rewapp__is_strong(hit->alias->flags) && hit->form == FORM_FULL) {
		weight = REST_KNOWN * (after + hit->rest.everyday);
		return weight < REST_KNOWN_LEAST ? REST_KNOWN_LEAST : weight;
	}
	weight = REST_FIRST + REST_MORE * (after - 1) + REST_EVERYDAY * hit->rest.everyday;
	if (after == 1 && !hit->rest.everyday && line->parsed->operation == OPERATION_CARD_PAYMENT &&
		hit->form == FORM_FULL)
		weight += REST_TOWN;
	return weight < REST_LEAST ? REST_LEAST : weight;
}

static void weigh_house(const struct line *line, const struct hit *hit, const struct facts *facts,
	struct match_candidate *candidate)
{
	uint16_t from = rewapp__token_at(line, hit->first)->from;

	if (rewapp__hit_is_namesake(hit, facts))
		add(line, candidate, EVIDENCE_NAMESAKE, OTHER_HOUSE, from, hit->to);
	if (rewapp__hit_has_other_trade(hit, facts))
		add(line, candidate, EVIDENCE_TRADE, OTHER_TRADE, from, hit->to);
}

static void weigh_place(const struct line *line, const struct hit *hit, const struct facts *facts,
	struct match_candidate *candidate)
{
	uint16_t from = rewapp__token_at(line, hit->first)->from, to = hit->to;
	int after = hit->rest.after + (hit->form == FORM_INSIDE), before = words_before(hit, facts);

	add(line, candidate, EVIDENCE_POSITION, position_weight(line, hit, before), from, to);
	if (before + after == 0)
		add(line, candidate, EVIDENCE_WHOLE, ALL_EXPLAINED + (hit->rest.others ? 0 : NOTHING_ELSE),
			from, to);
	else if (after)
		add(line, candidate, EVIDENCE_UNEXPLAINED, rest_weight(line, hit, after), to,
			line->parsed->zone_to);
}

/* --- what else is known of the payment --- */

static void weigh_operation(const struct line *line, struct match_candidate *candidate)
{
	enum operation operation = line->parsed->operation;

	if (operation == OPERATION_CARD_PAYMENT)
		add(line, candidate, EVIDENCE_OPERATION, BY_CARD, 0, line->parsed->zone_from);
	if (line->query->amount_minor > 0 && operation != OPERATION_REFUND)
		add(line, candidate, EVIDENCE_SIGN, MONEY_CAME_IN, 0, 0);
}

static void weigh_mcc(const struct line *line, const struct facts *facts, struct match_candidate *candidate)
{
	uint16_t mcc = line->query->mcc;

	if (!facts->mcc_count)
		return;
	if (mcc)
		add(line, candidate, EVIDENCE_MCC,
			rewapp__facts_have_mcc(facts, mcc, mcc) ? MCC_FITS : MCC_DIFFERS, 0, 0);
	else if (rewapp__facts_have_mcc(facts, 6010, 6012))
		add(line, candidate, EVIDENCE_BANK, IS_BANK, 0, 0);
}

static uint16_t country_code(const char country[3])
{
	return (uint16_t)((unsigned char)country[0] << 8 | (unsigned char)country[1]);
}

static void weigh_country(
	const struct line *line, const struct facts *facts, struct match_candidate *candidate)
{
	uint16_t home = country_code(line->query->country), there = country_code(line->parsed->country);
	int32_t weight;

	if (!facts->country_count || (!home && !there))
		return;
	for (uint16_t i = 0; i < facts->country_count; i++) {
		if (facts->countries[i] != home && facts->countries[i] != there)
			continue;
		add(line, candidate, EVIDENCE_COUNTRY, COUNTRY_FITS, 0, 0);
		return;
	}
	weight = COUNTRY_DIFFERS + COUNTRY_MORE * (facts->country_count - 1);
	add(line, candidate, EVIDENCE_COUNTRY, weight < 0 ? weight : 0, 0, 0);
}

static void weigh_amount(
	const struct line *line, const struct facts *facts, struct match_candidate *candidate)
{
	int64_t amount = line->query->amount_minor;

	if (!amount || amount == INT64_MIN || (!facts->amount_min && !facts->amount_max))
		return;
	amount = amount < 0 ? -amount : amount;
	if ((facts->amount_max && amount / 2 > facts->amount_max) || amount < facts->amount_min / 2)
		add(line, candidate, EVIDENCE_AMOUNT, AMOUNT_FAR, 0, 0);
	else if (amount >= facts->amount_min && (!facts->amount_max || amount <= facts->amount_max))
		add(line, candidate, EVIDENCE_AMOUNT, AMOUNT_FITS, 0, 0);
}

static void weigh_days(const struct line *line, const struct facts *facts, struct match_candidate *candidate)
{
	int32_t day = line->purchase_day, booked = line->query->booked_day;

	if (day == INT32_MIN)
		return;
	/* 1970-01-01 was a Thursday; Monday is 0 */
	if (facts && facts->open_days && !(facts->open_days >> (((day + 3) % 7 + 7) % 7) & 1))
		add(line, candidate, EVIDENCE_OPENING, CLOSED_THAT_DAY, 0, 0);
	if (booked != INT32_MIN && (booked < day - 7 || booked > day + 31))
		add(line, candidate, EVIDENCE_DATES, DATES_APART, 0, 0);
}

static void weigh_history(const struct line *line, struct match_candidate *candidate)
{
	const struct match_query *query = line->query;

	for (size_t i = 0; i < query->history_count; i++) {
		uint32_t times = query->history[i].times;
		int32_t weight;

		if (query->history[i].merchant != candidate->merchant || !times)
			continue;
		weight = BOUGHT_BEFORE + BOUGHT_OFTEN * (31 - __builtin_clz(times));
		add(line, candidate, EVIDENCE_HISTORY, weight < BOUGHT_MOST ? weight : BOUGHT_MOST, 0, 0);
		return;
	}
}

/* A branch where the payment's feed says that the shop is. */
static const struct branch *find_told_branch(const struct line *line, const struct facts *facts)
{
	const char *postcode = line->query->postcode;
	const struct branch *found = NULL;

	if (!line->city && !postcode)
		return NULL;
	for (uint32_t i = 0; i < facts->branch_count; i++) {
		const struct branch *branch = &facts->branches[i];

		if (postcode && branch->postcode[0] && strcmp(branch->postcode, postcode) == 0)
			return branch;
		if (!found && line->city && branch->city == line->city)
			found = branch;
	}
	return found;
}

static bool weigh_told_place(
	const struct line *line, const struct facts *facts, struct match_candidate *candidate)
{
	const struct branch *branch = find_told_branch(line, facts);

	if (!branch)
		return false;
	candidate->branch = branch->branch;
	add(line, candidate, EVIDENCE_CITY, CITY_FITS, 0, 0);
	return true;
}

static bool branch_fits(const struct line *line, const struct branch *branch, uint32_t city, bool alone)
{
	return branch->city == city ||
		(alone && line->parsed->postcode[0] && strcmp(branch->postcode, line->parsed->postcode) == 0);
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
				if (branch_fits(line, &facts->branches[b], hash | 1, j == i))
					return &facts->branches[b];
		}
	}
	return NULL;
}

static void weigh_branch(const struct line *line, const struct hit *hit, const struct facts *facts,
	struct match_candidate *candidate)
{
	uint8_t first, last;
	const struct branch *branch;

	if (!facts->branch_count || weigh_told_place(line, facts, candidate) ||
		!(branch = find_branch(line, hit, facts, &first, &last)))
		return;
	candidate->branch = branch->branch;
	add(line, candidate, EVIDENCE_CITY, CITY_FITS, rewapp__token_at(line, first)->from,
		rewapp__token_at(line, last)->to);
}

/* --- the sum --- */

static const struct facts *begin(const struct line *line, uint32_t slot, struct match_candidate *candidate)
{
	const struct merchant_slot *merchant = &line->matcher->merchants[slot];

	candidate->merchant = merchant->number;
	candidate->branch = 0;
	candidate->score_millibits = PRIOR;
	candidate->evidence_count = 0;
	return rewapp__facts_of(line->matcher, merchant);
}

static void weigh_facts(const struct line *line, const struct facts *facts, struct match_candidate *candidate)
{
	if (facts) {
		weigh_mcc(line, facts, candidate);
		weigh_country(line, facts, candidate);
		weigh_amount(line, facts, candidate);
	}
	weigh_days(line, facts, candidate);
	weigh_history(line, candidate);
	weigh_operation(line, candidate);
}

void rewapp__hit_weigh(const struct line *line, const struct hit *hit, struct match_candidate *candidate)
{
	const struct facts *facts = begin(line, hit->alias->merchant, candidate);

	weigh_name(line, hit, candidate);
	weigh_place(line, hit, facts, candidate);
	weigh_house(line, hit, facts, candidate);
	if (facts)
		weigh_branch(line, hit, facts, candidate);
	weigh_facts(line, facts, candidate);
}

void rewapp__id_weigh(const struct line *line, enum evidence_kind kind, const struct alias *alias,
	uint16_t owners, struct match_candidate *candidate)
{
	const struct facts *facts = begin(line, alias->merchant, candidate);

	add(line, candidate, kind, kind == EVIDENCE_SIREN ? COMPANY_FITS : ID_FITS, 0, 0);
	if (owners > 1)
		add(line, candidate, EVIDENCE_AMBIGUOUS, ID_SHARED, 0, 0);
	if (owners > 1 && facts)
		weigh_told_place(line, facts, candidate);
	for (uint32_t i = 0; facts && i < facts->id_count; i++)
		if (facts->ids[i].hash == alias->hash)
			candidate->branch = facts->ids[i].branch;
	weigh_facts(line, facts, candidate);
}

/* --- texts that people have spoken of --- */

static void add_learnt(
	const struct line *line, enum evidence_kind kind, int32_t weight, struct match_candidate *candidate)
{
	add(line, candidate, kind, weight, line->parsed->zone_from, line->parsed->zone_to);
}

static int32_t more_votes(int32_t votes)
{
	return LEARNT_MORE * (votes - 1 < LEARNT_MOST ? votes - 1 : LEARNT_MOST);
}

void rewapp__learnt_add(const struct line *line, int32_t votes, struct match_candidate *candidate)
{
	if (votes > 0)
		add_learnt(line, EVIDENCE_LEARNT, LEARNT_BESIDE + more_votes(votes), candidate);
	else
		add_learnt(line, EVIDENCE_REFUSED,
			REFUSED_TEXT * (-votes < REFUSED_MOST ? -votes : REFUSED_MOST), candidate);
}

/* "ACTION", "LE MARCHE": one person's word does not make an everyday text mean one house for ever. */
static bool is_everyday(const struct line *line)
{
	for (uint16_t i = 0; i < line->parsed->token_count; i++) {
		const struct token *token = &line->parsed->tokens[i];

		if (!(token->flags & (REWAPP__EVERYDAY | WORD_NUMBER | WORD_LINK)) &&
			token->to - token->from > 2)
			return false;
	}
	return true;
}

void rewapp__learnt_weigh(
	const struct line *line, uint32_t slot, int32_t votes, struct match_candidate *candidate)
{
	const struct facts *facts = begin(line, slot, candidate);

	add_learnt(line, EVIDENCE_LEARNT, LEARNT_ALONE + more_votes(votes), candidate);
	if (is_everyday(line))
		add_learnt(line, EVIDENCE_COMMONNESS, COMMON_WORD, candidate);
	weigh_facts(line, facts, candidate);
}

/* --- texts that speak against --- */

static bool stands_in(const struct line *line, const char *text, uint8_t length)
{
	for (uint8_t i = 0; i < line->count; i++)
		if (line->starts[i] + length <= line->length &&
			memcmp(line->glued + line->starts[i], text, length) == 0)
			return true;
	return false;
}

void rewapp__negatives_weigh(const struct line *line)
{
	const struct matcher *matcher = line->matcher;
	struct match_candidate all[REWAPP__CANDIDATES_MAX];
	uint16_t count = line->out->candidate_count;
	bool any = false;

	if (!matcher->live_negatives)
		return;
	memcpy(all, line->out->candidates, count * sizeof *all);
	for (uint16_t c = 0; c < count; c++) {
		uint32_t slot = rewapp__matcher_slot(matcher, all[c].merchant);

		for (uint32_t i = matcher->merchants[slot].first_alias; i != REWAPP__NO_ALIAS;
			i = matcher->aliases[i].sibling) {
			const struct alias *alias = &matcher->aliases[i];

			if (!(alias->flags & ALIAS_NEGATIVE) ||
				!stands_in(line, matcher->text + alias->text, alias->length))
				continue;
			add(line, &all[c], EVIDENCE_NEGATIVE, NEGATIVE_TEXT, 0, 0);
			any = true;
			break;
		}
	}
	if (!any)
		return;
	line->out->candidate_count = 0;
	for (uint16_t c = 0; c < count; c++)
		rewapp__candidate_keep(line->out, &all[c]);
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

/* Without the places for evidence that it does not have. */
static void copy(struct match_candidate *to, const struct match_candidate *from)
{
	memcpy(to, from,
		offsetof(struct match_candidate, evidence) + from->evidence_count * sizeof *from->evidence);
}

void rewapp__candidate_keep(struct match *out, const struct match_candidate *candidate)
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
		copy(&out->candidates[at], &out->candidates[at - 1]);
	copy(&out->candidates[at], candidate);
}
