/* Reads a bank's text with the rows of patterns.c: openings are peeled off one by
 * one, the first closing ends the merchant's zone, words anywhere give the kind. */
#include "matching/descriptor.h"

#include "matching/lexicon.h"
#include "matching/patterns.h"

#include <stdio.h>
#include <string.h>

_Static_assert(OPERATION_OTHER < 16, "operations fit four bits");

struct capture {
	int day, month, year;
	uint16_t card_from, card_to;
	int64_t amount;
	char currency[4];
	bool has_amount;
};

static const char currencies[] =
	"EUR USD GBP CHF CAD JPY AUD SEK NOK DKK PLN CZK HUF THB VND PHP CNY HKD SGD MAD TND ";

static const char *skip_gap(const char *at)
{
	while (*at && !rewapp__is_word(*at))
		at++;
	return at;
}

/* Up to `most` digits; how many there are. */
static int digits(const char *at, int most, int *value)
{
	int count = 0;

	*value = 0;
	while (count < most && rewapp__is_digit(at[count]))
		*value = *value * 10 + (at[count++] - '0');
	return count;
}

static bool valid_day(int day, int month)
{
	return day >= 1 && day <= 31 && month >= 1 && month <= 12;
}

static const char *date_slashed(const char *at, struct capture *capture)
{
	int day, month, year, count = digits(at, 2, &day);
	char mark = at[count];

	if (count == 0 || (mark != '/' && mark != '.' && mark != '-') ||
		rewapp__is_digit(at[count + 1]) == false)
		return NULL;
	at += count + 1;
	count = digits(at, 2, &month);
	if (!valid_day(day, month)) {
		if (!valid_day(month, day))
			return NULL;
		/* American order */
		int swap = day;

		day = month;
		month = swap;
	}
	at += count;
	if (rewapp__is_digit(*at))
		return NULL;
	year = 0;
	if (*at == mark && rewapp__is_digit(at[1])) {
		count = digits(at + 1, 4, &year);
		if (count == 2 || count == 4)
			at += 1 + count;
		else
			year = 0;
	} else if (mark == '.' && *at == '.') {
		at++;
	} else if (mark != '/') {
		return NULL; /* 3.50 and 2-4 are not dates without a year */
	}
	capture->day = day;
	capture->month = month;
	capture->year = year && year < 100 ? 2000 + year : year;
	return rewapp__is_digit(*at) ? NULL : at;
}

static const char *date_glued(const char *at, struct capture *capture, bool short_too)
{
	int run = (int)strspn(at, "0123456789"), day = 0, month = 0, year = 0;

	if (run == 6 || run == 8) {
		digits(at, 2, &day);
		digits(at + 2, 2, &month);
		digits(at + 4, 4, &year);
	} else if (run == 4 && short_too) {
		digits(at, 2, &day);
		digits(at + 2, 2, &month);
	}
	if (!valid_day(day, month) || rewapp__is_letter(at[run]))
		return NULL;
	capture->day = day;
	capture->month = month;
	capture->year = year && year < 100 ? 2000 + year : year;
	return at + run;
}

/* 13DEC26 and 13 DEC */
static const char *date_named(const char *at, struct capture *capture)
{
	static const char months[] = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
	int day, year, count = digits(at, 2, &day);

	if (count == 0)
		return NULL;
	at += count;
	for (int month = 0; month < 12; month++) {
		if (strncmp(at, months + 3 * month, 3) != 0)
			continue;
		count = digits(at + 3, 4, &year);
		if ((count != 0 && count != 2 && count != 4) || rewapp__is_letter(at[3]))
			return NULL;
		capture->day = day;
		capture->month = month + 1;
		capture->year = year && year < 100 ? 2000 + year : year;
		return valid_day(day, month + 1) ? at + 3 + count : NULL;
	}
	return NULL;
}

/* 2026-03-12, and XX/XX of anonymised text */
static const char *date_other(const char *at, struct capture *capture)
{
	int year, month, day;

	if (strncmp(at, "XX/XX", 5) == 0)
		return strncmp(at + 5, "/XX", 3) == 0 ? at + 8 + 2 * (strncmp(at + 8, "XX", 2) == 0) : at + 5;
	if (digits(at, 4, &year) != 4 || at[4] != '-' || digits(at + 5, 2, &month) != 2 || at[7] != '-' ||
		digits(at + 8, 2, &day) != 2 || !valid_day(day, month))
		return NULL;
	capture->day = day;
	capture->month = month;
	capture->year = year;
	return at + 10;
}

static const char *match_date(const char *at, struct capture *capture, bool short_too)
{
	const char *end;

	if (!rewapp__is_digit(*at) && *at != 'X')
		return NULL;
	if ((end = date_other(at, capture)) || (end = date_slashed(at, capture)) ||
		(end = date_named(at, capture)))
		return end;
	return date_glued(at, capture, short_too);
}

static const char *match_time(const char *at)
{
	int hour, minute, second;

	if (digits(at, 2, &hour) != 2 || hour > 23 || (at[2] != 'H' && at[2] != ':') ||
		digits(at + 3, 2, &minute) != 2 || minute > 59)
		return NULL;
	if ((at[5] == 'M' || at[5] == ':') && digits(at + 6, 2, &second) == 2)
		return at + 8;
	return rewapp__is_word(at[5]) ? NULL : at + 5;
}

static const char *match_card(const struct folded *text, const char *at, struct capture *capture)
{
	size_t run = strspn(at, "0123456789X*#");

	if (run < 2 || rewapp__is_letter(at[run]) || at[run] == '/')
		return NULL;
	capture->card_from = (uint16_t)(at - text->text);
	capture->card_to = (uint16_t)(capture->card_from + run);
	return at + run;
}

static const char *match_amount(const char *at, struct capture *capture)
{
	int64_t value = 0;
	int count = 0, cents;

	while (rewapp__is_digit(*at) ||
		((*at == '.' || *at == ',') && count && strspn(at + 1, "0123456789") == 3)) {
		if (rewapp__is_digit(*at) && ++count <= 12)
			value = value * 10 + (*at - '0');
		at++;
	}
	if (count == 0 || count > 12 || (*at != ',' && *at != '.') || digits(at + 1, 2, &cents) != 2 ||
		rewapp__is_digit(at[3]))
		return NULL;
	capture->amount = value * 100 + cents;
	capture->has_amount = true;
	return at + 3;
}

static const char *match_currency(const char *at, struct capture *capture)
{
	for (const char *one = currencies; *one; one += 4) {
		if (strncmp(at, one, 3) != 0 || rewapp__is_letter(at[3]))
			continue;
		memcpy(capture->currency, one, 3);
		return at + 3;
	}
	return NULL;
}

static const char *match_reference(const char *at)
{
	const char *end = at;
	bool digit = false;

	for (; rewapp__is_word(*end); end++)
		digit |= rewapp__is_digit(*end);
	return digit ? end : NULL;
}

static const char *match_word(const char *at)
{
	const char *end = at;

	while (*end && *end != ' ')
		end++;
	return end == at ? NULL : end;
}

static const char *match_class(const struct folded *text, char class, const char *at, struct capture *capture)
{
	size_t run;

	switch (class) {
	case 'd':
		return match_date(at, capture, false);
	case 'D':
		return match_date(at, capture, true);
	case 't':
		return match_time(at);
	case 'c':
		return match_card(text, at, capture);
	case 'n':
		run = strspn(at, "0123456789");
		return run ? at + run : NULL;
	case 'p':
		return strspn(at, "0123456789") == 5 ? at + 5 : NULL;
	case 's':
		return at + strspn(at, "0123456789X");
	case 'r':
		return match_reference(at);
	case 'w':
		return match_word(at);
	case 'a':
		return match_amount(at, capture);
	case 'u':
		return match_currency(at, capture);
	case 'e':
		return *at ? NULL : at;
	default:
		return NULL;
	}
}

/* Where `row` ends when it fits at `at`, else NULL. */
static const char *match_row(
	const struct folded *text, const char *row, const char *at, struct capture *capture)
{
	const char *start = at;
	char last = ' ';

	for (; *row; row++) {
		if (*row == ' ') {
			if (*at != ' ' && !(row[1] == '\0' && *at == '\0'))
				return NULL;
			while (*at == ' ')
				at++;
		} else if (*row == '_') {
			while (*at && !rewapp__is_word(*at) && *at != row[1])
				at++;
		} else if (*row == '%') {
			at = match_class(text, *++row, at, capture);
			if (!at)
				return NULL;
		} else if (*at++ != *row) {
			return NULL;
		}
		last = *row;
	}
	if (rewapp__is_word(last) && rewapp__is_word(*at) && at > start && rewapp__is_word(at[-1]))
		return NULL;
	return at;
}

/* The first row of a place that fits at `at`; its end in *end. */
static const struct pattern *find_row(const struct lexicon *lexicon, enum pattern_place place,
	const struct folded *text, const char *at, const char **end, struct capture *capture)
{
	unsigned char first = (unsigned char)*at & 127;
	uint16_t lists[2] = { lexicon->first_row[place][first], 0 };

	if (rewapp__is_digit(*at) || *at == 'X')
		lists[1] = lexicon->first_row[place]['%'];
	for (int i = 0; i < 2; i++) {
		for (uint16_t row = lists[i]; row; row = lexicon->next_row[row - 1]) {
			struct capture trial = { 0 };

			*end = match_row(text, rewapp__patterns[row - 1].text, at, &trial);
			if (!*end)
				continue;
			*capture = trial;
			return &rewapp__patterns[row - 1];
		}
	}
	return NULL;
}

static struct span raw_span(const struct folded *text, size_t from, size_t to)
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
	out->card = raw_span(text, capture->card_from, capture->card_to);
}

static void keep(const struct folded *text, const struct pattern *row, const struct capture *capture,
	struct descriptor *out)
{
	if (capture->month && !out->month) {
		bool american = strcmp(row->family, "US") == 0 && capture->day <= 12;

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
		(rewapp__operation_is_purchase(out->operation) && !(row->flags & PATTERN_WEAK)) ||
		(row->flags & PATTERN_WEAK && out->operation == OPERATION_CARD_PAYMENT)) {
		out->operation = row->operation;
		out->family = row->family;
	}
}

static const char *peel_openings(
	const struct lexicon *lexicon, const struct folded *text, struct descriptor *out)
{
	const char *at = skip_gap(text->text), *end;
	struct capture capture;

	for (int i = 0; i < 10 && *at; i++) {
		const struct pattern *row = find_row(lexicon, PATTERN_VIA, text, at, &end, &capture);

		if (row && *skip_gap(end)) {
			out->acquirer_name = row->family;
			out->acquirer = raw_span(text, (size_t)(at - text->text), (size_t)(end - text->text));
		} else {
			row = find_row(lexicon, PATTERN_OPEN, text, at, &end, &capture);
			if (!row)
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
		at = skip_gap(end);
	}
	return at;
}

/* Ends the zone at the first closing row behind `at`, and keeps what later ones say. */
static uint16_t find_closing(
	const struct lexicon *lexicon, const struct folded *text, const char *at, struct descriptor *out)
{
	const char *start = at, *end;
	uint16_t zone_to = text->length;

	for (; *at; at = skip_gap(at)) {
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
		while (rewapp__is_word(*at))
			at++;
	}
	return zone_to;
}

static void find_words(const struct lexicon *lexicon, const struct folded *text, struct descriptor *out)
{
	const char *at = skip_gap(text->text), *end;
	struct capture capture;

	while (*at) {
		const struct pattern *row = find_row(lexicon, PATTERN_WORD, text, at, &end, &capture);

		if (row)
			keep(text, row, &(struct capture){ 0 }, out);
		while (rewapp__is_word(*at))
			at++;
		at = skip_gap(at);
	}
}

/* "PARIS 6 SUMUP *LE GERANIUM": the merchant stands behind the star, the town before. */
static void find_inner_acquirer(
	const struct lexicon *lexicon, const struct folded *text, struct descriptor *out)
{
	const char *start = text->text + out->zone_from, *at = start, *end;
	struct capture capture;

	while (rewapp__is_word(*at) || *at == ' ') {
		while (rewapp__is_word(*at))
			at++;
		at = skip_gap(at);
		const struct pattern *row = find_row(lexicon, PATTERN_VIA, text, at, &end, &capture);

		if (!row || end <= at || end[-1] != '*' || skip_gap(end) >= text->text + out->zone_to)
			continue;
		out->acquirer_name = row->family;
		out->acquirer = raw_span(text, (size_t)(at - text->text), (size_t)(end - text->text));
		if (out->town_first) {
			const char *last = at;

			while (last > start && !rewapp__is_word(last[-1]))
				last--;
			out->city = raw_span(text, out->zone_from, (size_t)(last - text->text));
		}
		out->zone_from = (uint16_t)(skip_gap(end) - text->text);
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
	size_t counted = 0;

	for (size_t i = 0; i < length; i++)
		counted += rewapp__is_digit(word[i]) ||
			(word[i] == 'X' && i + 1 < length &&
				(word[i + 1] == 'X' || rewapp__is_digit(word[i + 1]))) ||
			(word[i] == 'X' && i && word[i - 1] == 'X');
	if (counted == length || (counted >= 2 && counted * 5 >= length * 2 && !rewapp__is_digit(word[0])))
		return WORD_NUMBER;
	if (counted >= 4 && counted * 2 >= length)
		return WORD_NUMBER;
	return rewapp__lexicon_flags(lexicon, word, length);
}

static void cut_tokens(const struct lexicon *lexicon, const struct folded *text, struct descriptor *out)
{
	uint16_t at = out->zone_from;

	while (at < out->zone_to && out->token_count < REWAPP__TOKENS_MAX) {
		struct token *token = &out->tokens[out->token_count];
		uint16_t from = at;

		while (at < out->zone_to && rewapp__is_word(text->text[at]))
			at++;
		if (at == from) {
			at++;
			continue;
		}
		token->from = from;
		token->to = at;
		token->flags = token_flags(lexicon, text->text + from, (size_t)(at - from));
		out->token_count++;
	}
}

/* "39LONS LE SAUNI", "75011 PARIS", "... PARIS 15": the town at the end of the zone. */
static void mark_town(struct descriptor *out, uint16_t from, uint16_t to)
{
	while (from < to)
		out->tokens[from++].flags |= WORD_TOWN;
}

static void find_town(const struct folded *text, struct descriptor *out)
{
	if (out->city.to)
		return;
	for (uint16_t i = out->town_first || out->operation == OPERATION_WITHDRAWAL ? 0 : 1;
		i < out->token_count; i++) {
		const struct token *token = &out->tokens[i];
		size_t count = strspn(text->text + token->from, "0123456789");
		uint16_t from = token->from;

		if (count == 5 && token->to - token->from == 5 && !out->postcode[0])
			memcpy(out->postcode, text->text + from, 5);
		if (count == 2 && token->to - token->from > 4 && out->operation != OPERATION_DIRECT_DEBIT) {
			out->city = raw_span(text, from + 2u, out->tokens[out->token_count - 1].to);
			mark_town(out, i, out->token_count);
			return;
		}
		if (!(token->flags & WORD_TOWN) || token->flags & WORD_GENERIC)
			continue;
		uint16_t to = token->to;

		for (uint16_t j = (uint16_t)(i + 1);
			j < out->token_count && !(out->tokens[j].flags & WORD_NUMBER) && !out->town_first &&
			!(out->tokens[j].flags & WORD_PLACE);
			j++)
			to = out->tokens[j].to;
		out->city = raw_span(text, from, to);
		return;
	}
}

static void find_store(const struct folded *text, struct descriptor *out)
{
	for (uint16_t i = 1; i < out->token_count; i++) {
		const struct token *token = &out->tokens[i];
		size_t length = (size_t)(token->to - token->from);

		if (strspn(text->text + token->from, "0123456789") < length || length < 2 || length > 6)
			continue;
		out->store = raw_span(text, token->from, token->to);
		return;
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
		out->merchant = raw_span(text, out->tokens[0].from, out->tokens[out->token_count - 1].to);
	find_town(text, out);
	find_store(text, out);
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

void rewapp__descriptor_date(const struct descriptor *descriptor, int32_t booked_day, char out[11])
{
	int year = descriptor->year;

	out[0] = '\0';
	if (!descriptor->month)
		return;
	if (!year) {
		if (booked_day < 0 || booked_day > 100000)
			return;
		year = year_of(booked_day);
		/* A line can be booked a few days before the date that it bears. */
		if (days_of(year, descriptor->month, descriptor->day) > booked_day + 7)
			year--;
	}
	snprintf(out, 11, "%04u-%02u-%02u", (unsigned)year % 10000, (unsigned)descriptor->month % 100,
		(unsigned)descriptor->day % 100);
}
