/* The values in bank files: amounts, dates, currencies, text. */
#ifndef REWAPP_FORMATS_VALUES_H
#define REWAPP_FORMATS_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Each parser returns NULL and sets *out, or returns what is wrong, in words. */

/* "-1 234,56", "(12.00)", "12,5-", "+3", "7,90 EUR" -> minor units of a currency with
 * `digits` decimals, exactly.  `decimal`: ',' or '.', or 0 when it is to be recognised;
 * "1.234" alone is then refused, because it may be either. */
const char *rewapp__amount_parse(const char *text, char decimal, int digits, int64_t *out);

/* `pattern` of d, m and y: "dd/mm/yyyy", "yyyy-mm-dd", "yyyymmdd", "dd.mm.yy".  A time
 * behind the date ("2026-03-12 10:15:00") is ignored.  Two-digit years are 1970 to 2069. */
const char *rewapp__date_parse(const char *text, const char *pattern, char out[11]);

/* Noon UTC of a "2026-03-12": the same day from UTC-11 to UTC+11. */
int64_t rewapp__date_noon_ms(const char date[11]);

/* Decimals of an ISO 4217 currency: 2, or what the standard says for the exceptions. */
int rewapp__currency_digits(const char *currency);

/* True for three capital letters. */
bool rewapp__currency_is(const char *text);

/* Trims the text and makes every run of blanks and control characters one space. */
void rewapp__squeeze(char *text);

#endif
