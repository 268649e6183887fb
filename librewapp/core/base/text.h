/* Checks that any text from outside must pass. */
#ifndef REWAPP_BASE_TEXT_H
#define REWAPP_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Well-formed UTF-8 (RFC 3629: no surrogates, nothing overlong), without NUL. */
bool rewapp__text_is_utf8(const char *text, size_t length);

/* How many of the first `limit` bytes of well-formed `text` end with a whole character. */
size_t rewapp__text_cut(const char *text, size_t limit);

/* True when the text holds 13 to 19 digits, alone or split by single spaces or dashes, that
 * start as the schemes' numbers of that length do (2 to 6 from 16 digits on) and satisfy Luhn's check.  The
 * digits are all of a run, one unsplit group in it (a card number beside a date), or neighbouring groups of a
 * run in a shape that is printed on cards (4-4-4-4, 4-6-5 and so on). Card numbers are refused wherever text
 * is accepted. */
bool rewapp__text_has_card_number(const char *text, size_t length);

/* The first such number from *from on: *from to *to. */
bool rewapp__text_next_card(const char *text, size_t length, size_t *from, size_t *to);

/* Writes X over each card number's digits but its last four.  Returns how many there were;
 * the text holds none afterwards. */
size_t rewapp__text_mask_cards(char *text, size_t length);

#endif
