/* What people said of bank texts, in a hash table of its own: a merchant that is put anew keeps it. */
#include "matching/learnt.h"

#include "base/arena.h"
#include "base/error.h"
#include "matching/line.h"

#include <string.h>

struct learnt {
	uint64_t merchant;
	uint32_t hash;
	uint32_t next; /* of the same bucket: index + 1, 0 ends */
	int32_t votes;
	uint8_t length;
	char letters[REWAPP__LEARNT_LETTERS];
};

struct letters {
	uint8_t length;
	char text[REWAPP__LEARNT_LETTERS];
};

static void take_word(struct letters *letters, const char *word, size_t length)
{
	size_t room = (size_t)(REWAPP__LEARNT_LETTERS - letters->length);

	length = length < room ? length : room;
	memcpy(letters->text + letters->length, word, length);
	letters->length = (uint8_t)(letters->length + length);
}

/* Dates and cards are not in the zone; its numbers are left out where enough stands beside them. */
static bool is_remembered(const struct token *token, bool numbers)
{
	return !(token->flags & WORD_LINK) && (numbers || !(token->flags & WORD_NUMBER));
}

static bool needs_numbers(const struct folded *text, const struct descriptor *parsed)
{
	size_t letters = 0;

	for (uint16_t i = 0; i < parsed->token_count; i++)
		if (is_remembered(&parsed->tokens[i], false))
			letters += (size_t)(parsed->tokens[i].to - parsed->tokens[i].from);
	return letters < REWAPP__LEARNT_LEAST;
}

size_t rewapp__learnt_text(const struct match_scratch *scratch, char out[REWAPP__LEARNT_TEXT])
{
	const struct descriptor *parsed = &scratch->descriptor;
	bool numbers = needs_numbers(&scratch->folded, parsed);
	size_t size = 0, letters = 0;

	for (uint16_t i = 0; i < parsed->token_count && letters < REWAPP__LEARNT_LETTERS; i++) {
		const struct token *token = &parsed->tokens[i];
		size_t length = (size_t)(token->to - token->from), room = REWAPP__LEARNT_LETTERS - letters;

		if (!is_remembered(token, numbers))
			continue;
		length = length < room ? length : room;
		if (size)
			out[size++] = ' ';
		memcpy(out + size, scratch->folded.text + token->from, length);
		size += length;
		letters += length;
	}
	/* letters of other scripts that only look Latin are nobody's to teach */
	if (letters < REWAPP__LEARNT_LEAST || scratch->folded.mixed)
		size = 0;
	out[size] = '\0';
	return size;
}

/* --- the table --- */

static struct learnt *find(
	const struct matcher *matcher, uint64_t merchant, uint32_t hash, const struct letters *letters)
{
	uint32_t at = matcher->learnt_buckets
		? matcher->learnt_heads[rewapp__hash_mix(hash) & (matcher->learnt_buckets - 1)]
		: 0;

	for (; at; at = matcher->learnt[at - 1].next) {
		struct learnt *learnt = &matcher->learnt[at - 1];

		if (learnt->hash == hash && learnt->merchant == merchant &&
			learnt->length == letters->length &&
			memcmp(learnt->letters, letters->text, letters->length) == 0)
			return learnt;
	}
	return NULL;
}

static void link_learnt(struct matcher *matcher, uint32_t index)
{
	struct learnt *learnt = &matcher->learnt[index];
	uint32_t *head =
		&matcher->learnt_heads[rewapp__hash_mix(learnt->hash) & (matcher->learnt_buckets - 1)];

	learnt->next = *head;
	*head = index + 1;
}

static bool grow(struct matcher *matcher)
{
	uint32_t count = matcher->learnt_buckets ? matcher->learnt_buckets * 2 : 64;
	uint32_t *heads;

	if (!rewapp__array_grow(matcher->env, (void **)&matcher->learnt, matcher->learnt_count,
		    &matcher->learnt_capacity, sizeof *matcher->learnt))
		return false;
	if (matcher->learnt_count < matcher->learnt_buckets)
		return true;
	if (!(heads = rewapp__env_allocate(matcher->env, NULL, count * sizeof *heads)))
		return false;
	memset(heads, 0, count * sizeof *heads);
	rewapp__env_allocate(matcher->env, matcher->learnt_heads, 0);
	matcher->learnt_heads = heads;
	matcher->learnt_buckets = count;
	for (uint32_t i = 0; i < matcher->learnt_count; i++)
		link_learnt(matcher, i);
	return true;
}

static uint32_t letters_of(const char *text, struct letters *out)
{
	out->length = 0;
	for (; *text; text++)
		if (rewapp__is_word(*text))
			take_word(out, text, 1);
	return rewapp__hash_text(out->text, out->length);
}

int rewapp__matcher_learn(struct matcher *matcher, uint64_t merchant, const char *text, int32_t votes)
{
	struct letters letters;
	uint32_t hash = letters_of(text, &letters);
	struct learnt *learnt;

	if (letters.length < REWAPP__LEARNT_LEAST)
		return 0;
	if (!(learnt = find(matcher, merchant, hash, &letters))) {
		if (!grow(matcher))
			return rewapp__fail(REWAPP_E_NOMEMORY, "what was learnt");
		learnt = &matcher->learnt[matcher->learnt_count];
		*learnt = (struct learnt){ .merchant = merchant, .hash = hash, .length = letters.length };
		memcpy(learnt->letters, letters.text, letters.length);
		link_learnt(matcher, matcher->learnt_count++);
	}
	learnt->votes += votes;
	return 0;
}

size_t rewapp__learnt_bytes(const struct matcher *matcher)
{
	return matcher->learnt_capacity * sizeof *matcher->learnt +
		matcher->learnt_buckets * sizeof *matcher->learnt_heads;
}

void rewapp__matcher_unlearn(struct matcher *matcher)
{
	matcher->learnt_count = 0;
	for (uint32_t i = 0; i < matcher->learnt_buckets; i++)
		matcher->learnt_heads[i] = 0;
}

int32_t rewapp__matcher_learnt(const struct matcher *matcher, uint64_t merchant, const char *text)
{
	struct letters letters;
	uint32_t hash = letters_of(text, &letters);
	const struct learnt *learnt = find(matcher, merchant, hash, &letters);

	return learnt ? learnt->votes : 0;
}

/* --- a line --- */

static bool take_candidate(struct match *out, uint64_t merchant, struct match_candidate *taken)
{
	for (uint16_t i = 0; i < out->candidate_count; i++) {
		if (out->candidates[i].merchant != merchant)
			continue;
		*taken = out->candidates[i];
		out->candidate_count--;
		for (uint16_t k = i; k < out->candidate_count; k++)
			out->candidates[k] = out->candidates[k + 1];
		return true;
	}
	return false;
}

/* Beside what is known of the merchant's names. */
static void add_to_named(const struct line *line, const struct learnt *learnt)
{
	struct match_candidate candidate;

	if (learnt->votes == 0 || !take_candidate(line->out, learnt->merchant, &candidate))
		return;
	rewapp__learnt_add(line, learnt->votes, &candidate);
	rewapp__candidate_keep(line->out, &candidate);
}

/* By itself, whatever the merchant is called. */
static void add_alone(const struct line *line, const struct learnt *learnt)
{
	uint32_t slot = rewapp__matcher_slot(line->matcher, learnt->merchant);
	struct match_candidate candidate;

	if (learnt->votes <= 0 || slot == UINT32_MAX)
		return;
	rewapp__learnt_weigh(line, slot, learnt->votes, &candidate);
	rewapp__candidate_keep(line->out, &candidate);
}

static void each_of(const struct line *line, uint32_t hash, const struct letters *letters,
	void (*call)(const struct line *line, const struct learnt *learnt))
{
	const struct matcher *matcher = line->matcher;
	uint32_t at = matcher->learnt_heads[rewapp__hash_mix(hash) & (matcher->learnt_buckets - 1)];

	for (; at; at = matcher->learnt[at - 1].next) {
		const struct learnt *learnt = &matcher->learnt[at - 1];

		if (learnt->hash == hash && learnt->length == letters->length &&
			memcmp(learnt->letters, letters->text, letters->length) == 0)
			call(line, learnt);
	}
}

void rewapp__line_recall(const struct line *line)
{
	const struct descriptor *parsed = line->parsed;
	bool numbers = needs_numbers(line->text, parsed);
	struct letters letters = { .length = 0 };
	uint32_t hash;

	for (uint16_t i = 0; i < parsed->token_count; i++)
		if (is_remembered(&parsed->tokens[i], numbers))
			take_word(&letters, line->text->text + parsed->tokens[i].from,
				(size_t)(parsed->tokens[i].to - parsed->tokens[i].from));
	if (letters.length < REWAPP__LEARNT_LEAST)
		return;
	hash = rewapp__hash_text(letters.text, letters.length);
	/* nothing that was found by name is pushed out before it is weighed */
	each_of(line, hash, &letters, add_to_named);
	each_of(line, hash, &letters, add_alone);
}
