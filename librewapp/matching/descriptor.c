/* Reads a bank's text with the rows of banks/: openings are peeled off one by
 * one, the first closing ends the merchant's zone, words anywhere give the kind. */
#include "matching/descriptor.h"

#include "matching/capture.h"
#include "matching/lexicon.h"
#include "matching/patterns.h"

#include <stdio.h>
#include <string.h>

_Static_assert(OPERATION_OTHER < 16, "operations fit four bits");

static const char *skip_gap(const struct folded *text, const char *at)
{
	return text->text + rewapp__word_next(text, (uint16_t)(at - text->text));
}

static const char *skip_letters(const struct folded *text, const char *at)
{
	return text->text + rewapp__word_end(text, (uint16_t)(at - text->text));
}

/* The first row of a chain that fits at `at`, where it is longer than `best`, or as long and listed before;
 * else `best`. */
static const struct lexicon_row *find_in(const struct lexicon *lexicon, uint16_t chain,
	const struct lexicon_row *best, const struct folded *text, const char *at, const char **end,
	struct capture *capture)
{
	uint64_t head;

	memcpy(&head, at, sizeof head);
	for (; chain; chain = lexicon->rows[chain - 1].next) {
		const struct lexicon_row *row = &lexicon->rows[chain - 1];
		struct capture trial;
		const char *found;

		if ((head ^ row->head) & row->mask)
			continue;
		if (best && (row->length < best->length || (row->length == best->length && row > best)))
			return best;
		trial = (struct capture){ 0 };
		if (!(found = rewapp__pattern_match(text, row->pattern->text, row->known, at, &trial)))
			continue;
		*end = found;
		*capture = trial;
		return row;
	}
	return best;
}

/* The chains of a place that may hold a row for what stands at `at`. */
struct chains {
	uint16_t four, pair, single, any;
};

static const struct pattern *find_longest(const struct lexicon *lexicon, const struct chains *chains,
	const struct folded *text, const char *at, const char **end, struct capture *capture)
{
	const struct lexicon_row *row = find_in(lexicon, chains->four, NULL, text, at, end, capture);

	row = find_in(lexicon, chains->pair, row, text, at, end, capture);
	row = find_in(lexicon, chains->single, row, text, at, end, capture);
	if (!row)
		row = find_in(lexicon, chains->any, row, text, at, end, capture);
	return row ? row->pattern : NULL;
}

/* The longest row of a place that fits at `at`; its end in *end.  Most words begin none. */
static inline const struct pattern *find_row(const struct lexicon *lexicon, enum pattern_place place,
	const struct folded *text, const char *at, const char **end, struct capture *capture)
{
	const uint16_t *singles = lexicon->singles[place];
	struct chains chains = { .four = lexicon->fours[place][rewapp__row_chain(at, 4)],
		.pair = lexicon->pairs[place][rewapp__row_chain(at, 2)],
		.single = singles[(unsigned char)*at & 127],
		.any = rewapp__is_digit(*at) || *at == 'X' ? singles['%'] : 0 };

	if (!(chains.four | chains.pair | chains.single | chains.any))
		return NULL;
	return find_longest(lexicon, &chains, text, at, end, capture);
}

struct span rewapp__raw_span(const struct folded *text, size_t from, size_t to)
{
	struct span span = { text->at[from], text->at[from] };

	if (to > from)
		span.to = (uint16_t)text->at[to];
	return span;
}

static void keep_card(const struct folded *text, const struct capture *capture, struct descriptor *out)
{
	const char *card = text->text + capture->card_from;
	size_t length = (size_t)(capture->card_to - capture->card_from), run = 0;

	while (run < length && rewapp__is_digit(card[length - 1 - run]))
		run++;
	if (length < 4 || run < 3 || out->card_suffix[0])
		return;
	run = run > 4 ? 4 : run;
	memcpy(out->card_suffix, card + length - run, run);
	out->card = rewapp__raw_span(text, capture->card_from, capture->card_to);
}

static void keep(const struct folded *text, const struct pattern *row, const struct capture *capture,
	struct descriptor *out)
{
	if (capture->month && !out->month) {
		bool american = strcmp(row->family, "US") == 0 && !capture->named && capture->day <= 12 &&
			(!*out->family || strcmp(out->family, "US") == 0);

		out->day = (int8_t)(american ? capture->month : capture->day);
		out->month = (int8_t)(american ? capture->day : capture->month);
		out->year = (int16_t)capture->year;
	}
	if (capture->card_to && row->flags & PATTERN_CARD)
		keep_card(text, capture, out);
	if (capture->has_amount && capture->currency[0]) {
		memcpy(out->foreign_currency, capture->currency, 4);
		out->foreign_amount = capture->amount;
	}
	if (row->flags & PATTERN_TOWN_FIRST)
		out->town_first = true;
	if (row->operation == OPERATION_UNKNOWN)
		return;
	/* "CARTE ... RETRAIT": the card is how, the withdrawal is what. */
	if (out->operation == OPERATION_UNKNOWN ||
		(out->operation == OPERATION_TRANSFER && row->operation == OPERATION_SALARY) ||
		/* "VIR SEPA RECU /DE FREE /MOTIF REMBOURSEMENT": a refund by transfer */
		(out->operation == OPERATION_TRANSFER && row->operation == OPERATION_REFUND &&
			!(row->flags & PATTERN_WEAK)) ||
		(rewapp__operation_is_purchase(out->operation) && !(row->flags & PATTERN_WEAK)) ||
		(row->flags & PATTERN_WEAK && out->operation == OPERATION_CARD_PAYMENT)) {
		out->operation = row->operation;
		out->family = row->family;
	}
}

static const char *peel_openings(
	const struct lexicon *lexicon, const struct folded *text, struct descriptor *out)
{
	const char *at = skip_gap(text, text->text), *end;
	struct capture capture;

	for (int i = 0; i < 10 && *at; i++) {
		const struct pattern *row = find_row(lexicon, PATTERN_VIA, text, at, &end, &capture);

		if (row && *skip_gap(text, end)) {
			out->acquirer_name = row->family;
			out->acquirer = rewapp__raw_span(
				text, (size_t)(at - text->text), (size_t)(end - text->text));
		} else {
			row = find_row(lexicon, PATTERN_OPEN, text, at, &end, &capture);
			if (!row || row->flags & PATTERN_STAYS)
				break;
			if (i && row->operation != OPERATION_UNKNOWN &&
				rewapp__operation_is_purchase(out->operation) &&
				row->operation != OPERATION_WITHDRAWAL &&
				row->operation != OPERATION_REFUND && row->operation != OPERATION_LOAN &&
				row->operation != OPERATION_SALARY &&
				!rewapp__operation_is_purchase(row->operation))
				break;
			keep(text, row, &capture, out);
		}
		if (end == at)
			break;
		at = skip_gap(text, end);
	}
	return at;
}

/* To the end of a word, or to where digits begin behind letters: "MAISON DE LA PRE15/02/26". */
static const char *skip_word(const struct folded *text, const char *at)
{
	const char *end = skip_letters(text, at);

	if (*end != '/')
		return end;
	while (end > at && rewapp__is_digit(end[-1]))
		end--;
	return end > at ? end : at + 1;
}

/* Ends the zone at the first closing row behind `at`, and keeps what later ones say. */
static uint16_t find_closing(
	const struct lexicon *lexicon, const struct folded *text, const char *at, struct descriptor *out)
{
	const char *start = at, *end;
	uint16_t zone_to = text->length;

	for (; *at; at = skip_gap(text, at)) {
		struct capture capture;
		const struct pattern *row = NULL;

		if (at != start || *at == 'G')
			row = find_row(lexicon, PATTERN_CLOSE, text, at, &end, &capture);
		if (row) {
			if (zone_to == text->length && at > text->text)
				zone_to = (uint16_t)(at - text->text);
			keep(text, row, &capture, out);
			at = end > at ? end : at + 1;
			continue;
		}
		at = skip_word(text, at);
	}
	return zone_to;
}

static void find_words(const struct lexicon *lexicon, const struct folded *text, struct descriptor *out)
{
	const char *at = skip_gap(text, text->text), *end;
	struct capture capture;

	while (*at) {
		const struct pattern *row = find_row(lexicon, PATTERN_WORD, text, at, &end, &capture);

		if (row)
			keep(text, row, &(struct capture){ 0 }, out);
		at = skip_letters(text, at);
		at = skip_gap(text, at);
	}
}

/* "PARIS 6 SUMUP *LE GERANIUM": the merchant stands behind the star, the town before. */
static void find_inner_acquirer(
	const struct lexicon *lexicon, const struct folded *text, struct descriptor *out)
{
	const char *start = text->text + out->zone_from, *at = start, *end;
	struct capture capture;

	while (rewapp__is_word(*at) || *at == ' ') {
		at = skip_letters(text, at);
		at = skip_gap(text, at);
		const struct pattern *row = find_row(lexicon, PATTERN_VIA, text, at, &end, &capture);

		if (!row || end <= at || end[-1] != '*' || skip_gap(text, end) >= text->text + out->zone_to)
			continue;
		out->acquirer_name = row->family;
		out->acquirer = rewapp__raw_span(text, (size_t)(at - text->text), (size_t)(end - text->text));
		if (out->town_first) {
			const char *last = at;

			while (last > start && !rewapp__is_word(last[-1]))
				last--;
			out->city = rewapp__raw_span(text, out->zone_from, (size_t)(last - text->text));
		}
		out->zone_from = (uint16_t)(skip_gap(text, end) - text->text);
		return;
	}
}

/* Banks cut their lines: "... PARIS CARTE 4974X", "... PARIS CAR", "... CEDEX C". */
static uint16_t drop_cut_ending(const struct folded *text, uint16_t zone_from, uint16_t zone_to)
{
	static const char word[] = "CARTE";
	uint16_t from = zone_to;

	if (zone_to != text->length || text->length < 48)
		return zone_to;
	while (from > zone_from && rewapp__is_letter(text->text[from - 1]))
		from--;
	if (zone_to - from > 5 || zone_to == from ||
		strncmp(text->text + from, word, (size_t)(zone_to - from)) != 0)
		return zone_to;
	return from > zone_from ? from : zone_to;
}

static uint16_t token_flags(const struct lexicon *lexicon, const char *word, size_t length)
{
	uint32_t hash = REWAPP__LEXICON_SEED;
	size_t counted = 0;
	bool plain = true;

	for (size_t i = 0; i < length; i++) {
		hash = (hash ^ (unsigned char)word[i]) * REWAPP__LEXICON_PRIME;
		plain &= rewapp__is_letter(word[i]) && word[i] != 'X';
	}
	if (plain)
		return rewapp__lexicon_find(lexicon, hash);
	for (size_t i = 0; i < length; i++)
		counted += rewapp__is_digit(word[i]) ||
			(word[i] == 'X' && i + 1 < length &&
				(word[i + 1] == 'X' || rewapp__is_digit(word[i + 1]))) ||
			(word[i] == 'X' && i && word[i - 1] == 'X');
	if (counted == length || (counted >= 2 && counted * 5 >= length * 2 && !rewapp__is_digit(word[0])))
		return WORD_NUMBER;
	if (counted >= 4 && counted * 2 >= length)
		return WORD_NUMBER;
	return rewapp__lexicon_find(lexicon, hash);
}

static void cut_tokens(const struct lexicon *lexicon, const struct folded *text, struct descriptor *out)
{
	uint16_t at = out->zone_from;

	while (at < out->zone_to && out->token_count < REWAPP__TOKENS_MAX) {
		struct token *token = &out->tokens[out->token_count];
		uint16_t from = rewapp__word_next(text, at);

		if (from >= out->zone_to)
			return;
		at = rewapp__word_end(text, from);
		at = at < out->zone_to ? at : out->zone_to;
		token->from = from;
		token->to = at;
		token->flags = token_flags(lexicon, text->text + from, (size_t)(at - from));
		out->token_count++;
	}
}

void rewapp__descriptor_parse(
	const struct lexicon *lexicon, const struct folded *text, struct descriptor *out)
{
	const char *at;

	memset(out, 0, offsetof(struct descriptor, tokens));
	out->family = "";
	at = peel_openings(lexicon, text, out);
	out->zone_from = (uint16_t)(at - text->text);
	out->zone_to = find_closing(lexicon, text, at, out);
	find_words(lexicon, text, out);
	find_inner_acquirer(lexicon, text, out);
	out->zone_to = drop_cut_ending(text, out->zone_from, out->zone_to);
	cut_tokens(lexicon, text, out);
	if (out->token_count)
		out->merchant = rewapp__raw_span(
			text, out->tokens[0].from, out->tokens[out->token_count - 1].to);
	rewapp__descriptor_places(text, out);
}

const char *rewapp__operation_name(enum operation operation)
{
	switch (operation) {
#define CASE(name, text, purchase) \
	case OPERATION_##name: \
		return text;
		REWAPP__OPERATION_MAP(CASE)
#undef CASE
	}
	return "unknown";
}

bool rewapp__operation_is_purchase(enum operation operation)
{
	static const bool purchase[] = {
#define ROW(name, text, purchase) purchase,
		REWAPP__OPERATION_MAP(ROW)
#undef ROW
	};

	return purchase[operation];
}

/* Days since 1970 of a civil date. */
static int32_t days_of(int year, int month, int day)
{
	int y = month > 2 ? year : year - 1;
	int era = (y >= 0 ? y : y - 399) / 400;
	int of_era = y - era * 400;
	int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int year_of(int32_t day)
{
	int year = 1970 + day / 366;

	while (days_of(year + 1, 1, 1) <= day)
		year++;
	return year;
}

int32_t rewapp__descriptor_day(const struct descriptor *descriptor, int32_t booked_day)
{
	int year = descriptor->year;

	if (!descriptor->month)
		return INT32_MIN;
	if (!year) {
		if (booked_day < 0 || booked_day > 100000)
			return INT32_MIN;
		year = year_of(booked_day);
		/* A line can be booked a few days before the date that it bears. */
		if (days_of(year, descriptor->month, descriptor->day) > booked_day + 7)
			year--;
	}
	return days_of(year, descriptor->month, descriptor->day);
}

void rewapp__descriptor_date(const struct descriptor *descriptor, int32_t booked_day, char out[11])
{
	int32_t day = rewapp__descriptor_day(descriptor, booked_day);

	out[0] = '\0';
	if (day == INT32_MIN)
		return;
	snprintf(out, 11, "%04u-%02u-%02u",
		(unsigned)(descriptor->year ? descriptor->year : year_of(day)) % 10000,
		(unsigned)descriptor->month % 100, (unsigned)descriptor->day % 100);
}
