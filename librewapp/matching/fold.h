/* Bank text and brand names in one alphabet: A-Z, 0-9, spaces and ASCII marks. */
#ifndef REWAPP_MATCHING_FOLD_H
#define REWAPP_MATCHING_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longer text is cut: no bank writes descriptors near this length. */
#define REWAPP__FOLD_MAX 1024

#define REWAPP__FOLD_ENDED 8

/* A span of bytes; equal ends mean that there is none. */
struct span {
	uint16_t from, to;
};

struct folded {
	uint64_t words[REWAPP__FOLD_MAX / 64 + 1]; /* bit n: character n is a letter or a digit */
	bool mixed; /* a word holds letters of two scripts: no bank writes so, an impostor does */
	uint16_t length;
	char text[REWAPP__FOLD_MAX +
		REWAPP__FOLD_ENDED]; /* NULs behind its end, so that words of eight can be read */
	uint16_t
		at[REWAPP__FOLD_MAX + 1]; /* where each character starts in the raw text; [length]: its end */
};

/* Accents, ligatures, full width and case are folded by tables, never by locale;
 * zero-width, direction and control characters are dropped; marks and letters
 * of other scripts become spaces; payment card numbers keep their last four digits.  Any
 * bytes are accepted: a malformed one becomes a space. */
void rewapp__fold(struct folded *out, const char *raw, size_t length);

static inline bool rewapp__is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool rewapp__is_letter(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* True for A-Z and 0-9. */
extern const bool rewapp__word_characters[256];

static inline bool rewapp__is_word(char c)
{
	return rewapp__word_characters[(unsigned char)c];
}

/* The first letter or digit from `at` on, or the text's length. */
static inline uint16_t rewapp__word_next(const struct folded *text, uint16_t at)
{
	uint64_t bits = text->words[at / 64] >> (at % 64);

	while (!bits) {
		at = (uint16_t)((at | 63) + 1);
		if (at > text->length)
			return text->length;
		bits = text->words[at / 64];
	}
	return (uint16_t)(at + __builtin_ctzll(bits));
}

/* The first character from `at` on that is neither letter nor digit. */
static inline uint16_t rewapp__word_end(const struct folded *text, uint16_t at)
{
	uint64_t bits = ~text->words[at / 64] >> (at % 64);

	while (!bits) {
		at = (uint16_t)((at | 63) + 1);
		bits = ~text->words[at / 64];
	}
	return (uint16_t)(at + __builtin_ctzll(bits));
}

static inline size_t rewapp__digits_run(const char *at)
{
	size_t run = 0;

	while (rewapp__is_digit(at[run]))
		run++;
	return run;
}

#endif
