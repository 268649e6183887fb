/* The pattern language of patterns.h: dates, times, cards, amounts, words. */
#include "matching/capture.h"

#include <string.h>

static const char currencies[] =
	"EUR USD GBP CHF CAD JPY AUD SEK NOK DKK PLN CZK HUF THB VND PHP CNY HKD SGD MAD TND ";

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
	int run = (int)rewapp__digits_run(at), day = 0, month = 0, year = 0;

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

/* The year behind a month's name: as in 13DEC26, 13DEC2026, 13 DEC 2026; none: the month's end. */
static const char *year_named(const char *at, bool spaced, int *year)
{
	const char *from = at + (spaced && *at == ' ');
	int count = digits(from, 4, year);

	if (count == 4 || (count == 2 && !spaced))
		return from + count;
	*year = 0;
	return count == 0 || spaced ? at : NULL;
}

/* 13DEC26 and 13 DEC */
static const char *date_named(const char *at, struct capture *capture)
{
	static const char months[] = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
	int day, year, count = digits(at, 2, &day);
	bool spaced = count == 2 && at[count] == ' ';

	if (count == 0)
		return NULL;
	at += count + spaced;
	if (!rewapp__is_letter(*at))
		return NULL;
	for (int month = 0; month < 12; month++) {
		const char *end;

		if (strncmp(at, months + 3 * month, 3) != 0)
			continue;
		end = year_named(at + 3, spaced, &year);
		if (!end || rewapp__is_letter(at[3]) || !valid_day(day, month + 1))
			return NULL;
		capture->named = true;
		capture->day = day;
		capture->month = month + 1;
		capture->year = year && year < 100 ? 2000 + year : year;
		return end;
	}
	return NULL;
}

/* 2026-03-12, and XX/XX of anonymised text */
static const char *date_other(const char *at, struct capture *capture)
{
	int year, month, day;

	if (*at == 'X' && strncmp(at, "XX/XX", 5) == 0)
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
		((*at == '.' || *at == ',') && count && rewapp__digits_run(at + 1) == 3)) {
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
	if (!rewapp__is_letter(*at))
		return NULL;
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
		run = rewapp__digits_run(at);
		return run ? at + run : NULL;
	case 'p':
		return rewapp__digits_run(at) == 5 ? at + 5 : NULL;
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

const char *rewapp__pattern_match(
	const struct folded *text, const char *row, uint8_t known, const char *at, struct capture *capture)
{
	const char *start = at;
	char last = known ? row[known - 1] : ' ';

	row += known;
	at += known;
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
