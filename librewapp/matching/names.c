/* From a merchant's name to what bank text may hold of it: words glued, the article or the legal
 * form left out, the shorthands of words/shorthand.c; and ids without their marks. */
#include "matching/matcher.h"

#include "matching/patterns.h"

#include <string.h>

struct word {
	const char *text;
	uint8_t length;
	uint16_t flags;
};

static struct word word_of(const struct matcher *matcher, const char *text, size_t length)
{
	static const char saint[] = "STE";
	char shorter[3];
	size_t short_length = rewapp__short_word(text, length, shorter);

	if (short_length) {
		text = saint;
		length = short_length;
	}
	return (struct word){ text, (uint8_t)length, rewapp__lexicon_flags(&matcher->lexicon, text, length) };
}

static size_t cut_words(
	const struct matcher *matcher, const struct folded *name, bool plus, struct word *words)
{
	const char *at = name->text;
	size_t count = 0;

	while (*at && *at != '(' && count < REWAPP__WORDS_MAX) {
		const char *from = at;

		while (rewapp__is_word(*at))
			at++;
		if (at > from && at - from < REWAPP__ALIAS_MAX)
			words[count++] = word_of(matcher, from, (size_t)(at - from));
		if (*at == '+' && plus && count < REWAPP__WORDS_MAX)
			words[count++] = (struct word){ "PLUS", 4, 0 };
		at += *at && !rewapp__is_word(*at) && *at != '(';
	}
	return count;
}

/* Links ("ET", "AND") are left out here as they are in descriptors. */
static void glue(const struct matcher *matcher, const struct word *words, size_t count, uint8_t flags,
	struct glued *out)
{
	uint16_t seen = 0;
	bool common = count > 0;

	*out = (struct glued){ .flags = flags };
	for (size_t i = 0; i < count; i++) {
		if (words[i].flags & WORD_LINK && count > 1)
			continue;
		if (out->length + words[i].length > REWAPP__ALIAS_MAX)
			break;
		if (out->length < 32)
			out->starts |= 1u << out->length;
		memcpy(out->text + out->length, words[i].text, words[i].length);
		out->length = (uint8_t)(out->length + words[i].length);
		common = common && words[i].flags & REWAPP__EVERYDAY;
		seen |= words[i].flags;
	}
	if (rewapp__lexicon_flags(&matcher->lexicon, out->text, out->length) & WORD_KNOWN)
		out->flags |= ALIAS_KNOWN | (common && seen & WORD_FIRST_NAME ? ALIAS_PERSON : 0) |
			(common && seen & WORD_GENERIC ? ALIAS_COMMON : 0);
	else if (common)
		out->flags |= seen & WORD_TOWN              ? ALIAS_TOWN
			: seen & (WORD_GENERIC | WORD_SHOP) ? ALIAS_COMMON
							    : ALIAS_PERSON;
}

/* "Librairie des Grands Chemins": terminals leave the "des" out. */
static size_t drop_articles(const struct word *words, size_t count, struct word *kept)
{
	size_t left = 0;

	for (size_t i = 0; i < count; i++)
		if (i == 0 || i + 1 == count || !(words[i].flags & WORD_ARTICLE))
			kept[left++] = words[i];
	return left > 1 ? left : count;
}

static int add_variants(struct matcher *matcher, uint32_t slot, const struct folded *name, uint8_t flags)
{
	struct word words[REWAPP__WORDS_MAX], kept[REWAPP__WORDS_MAX];
	struct glued glued;
	size_t count, inner;
	int result = 0;

	if (strchr(name->text, '+')) {
		glue(matcher, words, cut_words(matcher, name, true, words), flags, &glued);
		result = rewapp__alias_add(matcher, slot, &glued);
	}
	count = cut_words(matcher, name, false, words);
	if (!result && (inner = drop_articles(words, count, kept)) < count) {
		glue(matcher, kept, inner, flags, &glued);
		result = rewapp__alias_add(matcher, slot, &glued);
	}
	if (!result && count > 1 && words[0].flags & WORD_ARTICLE && words[0].length > 1) {
		glue(matcher, words + 1, count - 1, flags, &glued);
		if (glued.length >= 5 && !(glued.flags & (ALIAS_COMMON | ALIAS_TOWN | ALIAS_PERSON)))
			result = rewapp__alias_add(matcher, slot, &glued);
	}
	if (!result && count > 1 && words[count - 1].flags & WORD_LEGAL) {
		glue(matcher, words, count - 1, flags, &glued);
		if (glued.length >= 4)
			result = rewapp__alias_add(matcher, slot, &glued);
	}
	return result;
}

static void glue_text(const struct matcher *matcher, const char *text, uint8_t flags, struct glued *out)
{
	struct folded name;
	struct word words[REWAPP__WORDS_MAX];

	rewapp__fold(&name, text, strlen(text));
	glue(matcher, words, cut_words(matcher, &name, false, words), flags, out);
}

static int add_shorthands(struct matcher *matcher, uint32_t slot, const char *name)
{
	int result = 0;

	for (uint16_t i = 0; !result && (i = rewapp__lexicon_shorthand(&matcher->lexicon, name, i));) {
		struct glued glued;

		glue_text(matcher, rewapp__shorthand[i - 1].text, 0, &glued);
		glued.flags = (uint8_t)(ALIAS_KNOWN | ALIAS_VARIANT | (glued.flags & ALIAS_PERSON));
		result = rewapp__alias_add(matcher, slot, &glued);
	}
	return result;
}

/* "Camaïeu" without its accented letter: what is left when a bank's file loses such letters. */
static int add_without_accents(struct matcher *matcher, uint32_t slot, const char *text, uint8_t flags)
{
	char plain[4 * REWAPP__ALIAS_MAX + 1];
	size_t length = 0, all = strlen(text);
	struct glued glued;

	for (size_t i = 0; i < all && length + 1 < sizeof plain; i++)
		if ((unsigned char)text[i] < 0x80)
			plain[length++] = text[i];
	plain[length] = '\0';
	if (length == all)
		return 0;
	glue_text(matcher, plain, flags, &glued);
	if (glued.length < 5 || glued.flags & (ALIAS_COMMON | ALIAS_TOWN | ALIAS_PERSON))
		return 0;
	return rewapp__alias_add(matcher, slot, &glued);
}

/* "Aldi Süd" as ALDI SUED: how German terminals, and banks without umlauts, write it. */
static int add_with_digraphs(struct matcher *matcher, uint32_t slot, const char *text, uint8_t flags)
{
	static const char umlauts[][3] = { "\xc3\xa4", "\xc3\x84", "\xc3\xb6", "\xc3\x96", "\xc3\xbc",
		"\xc3\x9c" };
	static const char vowels[] = "AAOOUU";
	char plain[4 * REWAPP__ALIAS_MAX + 1];
	size_t length = 0;
	bool any = false;
	struct glued glued;

	for (size_t i = 0; text[i] && length + 2 < sizeof plain; i++) {
		size_t umlaut = 0;

		while (umlaut < sizeof vowels - 1 && strncmp(text + i, umlauts[umlaut], 2) != 0)
			umlaut++;
		plain[length++] = umlaut < sizeof vowels - 1 ? vowels[umlaut] : text[i];
		if (umlaut == sizeof vowels - 1)
			continue;
		plain[length++] = 'E';
		any = true;
		i++;
	}
	plain[length] = '\0';
	if (!any)
		return 0;
	glue_text(matcher, plain, flags, &glued);
	if (glued.flags & (ALIAS_COMMON | ALIAS_TOWN | ALIAS_PERSON))
		return 0;
	return rewapp__alias_add(matcher, slot, &glued);
}

int rewapp__name_add(struct matcher *matcher, uint32_t slot, const char *text, uint8_t flags)
{
	struct folded name;
	struct word words[REWAPP__WORDS_MAX];
	struct glued glued;
	int result;

	if (!text || !*text)
		return 0;
	rewapp__fold(&name, text, strlen(text));
	glue(matcher, words, cut_words(matcher, &name, false, words), flags, &glued);
	result = rewapp__alias_add(matcher, slot, &glued);
	if (!result && flags & ALIAS_NAME)
		result = add_shorthands(matcher, slot, text);
	if (result || flags & ALIAS_NEGATIVE)
		return result;
	flags = (uint8_t)((flags & ~ALIAS_NAME) | ALIAS_VARIANT);
	result = add_variants(matcher, slot, &name, flags);
	result = result ? result : add_with_digraphs(matcher, slot, text, flags);
	return result ? result : add_without_accents(matcher, slot, text, flags);
}

void rewapp__glue_id(enum catalogue_id_kind kind, const char *text, struct glued *out)
{
	*out = (struct glued){ .length = 1 };
	out->text[0] = (char)kind;
	for (; text && *text; text++) {
		char c = *text >= 'a' && *text <= 'z' ? (char)(*text - 32) : *text;

		if (!rewapp__is_word(c))
			continue;
		if (out->length == REWAPP__ALIAS_MAX) {
			out->length = 0;
			return;
		}
		out->text[out->length++] = c;
	}
	out->length = out->length > 4 ? out->length : 0; /* "12" names nobody */
}
