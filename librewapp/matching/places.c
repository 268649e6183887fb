/* Where was it?  Town, postcode, store number and country, read from a descriptor's tokens. */
#include "matching/descriptor.h"

#include "matching/lexicon.h"
#include "matching/patterns.h"

#include <string.h>

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
		size_t count = rewapp__digits_run(text->text + token->from);
		uint16_t from = token->from;

		if (count == 5 && token->to - token->from == 5 && !out->postcode[0])
			memcpy(out->postcode, text->text + from, 5);
		if (count == 2 && token->to - token->from > 4 && out->operation != OPERATION_DIRECT_DEBIT) {
			out->city = rewapp__raw_span(text, from + 2u, out->tokens[out->token_count - 1].to);
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
		out->city = rewapp__raw_span(text, from, to);
		return;
	}
}

static void find_store(const struct folded *text, struct descriptor *out)
{
	for (uint16_t i = 1; i < out->token_count; i++) {
		const struct token *token = &out->tokens[i];
		size_t length = (size_t)(token->to - token->from);

		if (rewapp__digits_run(text->text + token->from) < length || length < 2 || length > 6)
			continue;
		out->store = rewapp__raw_span(text, token->from, token->to);
		return;
	}
}

static const char *country_of(const char *code, size_t length)
{
	for (size_t i = 0; length == 3 && i < rewapp__country_count; i++)
		if (rewapp__countries[i].code3[0] == code[0] &&
			memcmp(rewapp__countries[i].code3, code, 3) == 0)
			return rewapp__countries[i].code2;
	for (size_t i = 0; length == 2 && i < rewapp__country_count; i++)
		if (rewapp__countries[i].code2[0] == code[0] &&
			memcmp(rewapp__countries[i].code2, code, 2) == 0)
			return rewapp__countries[i].code2;
	return NULL;
}

/* "... STOURBRIDGE GB", "... ESP 1,21EUR": three letters anywhere behind the first word, two as
 * the merchant's last.  CA and DE are America's states as well and say nothing in its lines. */
static void find_country(const struct folded *text, struct descriptor *out)
{
	const char *found, *last_found = NULL;
	bool american = strcmp(out->family, "US") == 0;
	uint16_t at = rewapp__word_end(text, out->zone_from), end;

	while ((at = rewapp__word_next(text, at)) < text->length) {
		end = rewapp__word_end(text, at);
		if (end - at == 3 && (found = country_of(text->text + at, 3)))
			last_found = found;
		at = end;
	}
	if (last_found) {
		memcpy(out->country, last_found, 2);
		return;
	}
	if (out->token_count > 1 && !american) {
		const struct token *last = &out->tokens[out->token_count - 1];

		if (last->to - last->from == 2 && (found = country_of(text->text + last->from, 2)))
			memcpy(out->country, found, 2);
	}
}

void rewapp__descriptor_places(const struct folded *text, struct descriptor *out)
{
	find_town(text, out);
	find_store(text, out);
	find_country(text, out);
}
