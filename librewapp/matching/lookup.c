/* From letters to candidates: every beginning of a word against the catalogue's tables. */
#include "matching/line.h"

#include <string.h>

enum {
	BEGUN_MAX = 8,    /* a beginning that more names share says nothing */
	CUT_SHORTEST = 7, /* letters */
	CUT_TOKENS = 6,   /* a name that is cut stands among the first words, or means little */
	LONGER_MOST = 4,
	NUMBER_LONGEST = 4, /* digits that may begin a name: "1001 PNEUS" */
	JOINED_SHORTEST = 3,
	INSIDE_SHORTEST = 4,
	INSIDE_KNOWN = 6,
	INSIDE_UNKNOWN = 7,
	BEHIND_UNKNOWN = 8, /* letters of a name that is not well known, behind a glued word */
	FRONT_SHORTEST = 3, /* of a word glued before a name: "WEBSNCF" */
	FRONT_LONGEST = 9
};

/* Copies a word in its compared form; "CANAL+" is CANALPLUS. */
static size_t copy_word(const char *word, size_t length, char *out)
{
	size_t shorter = rewapp__short_word(word, length, out);

	if (shorter)
		return shorter;
	memcpy(out, word, length);
	/* "H+M" has an "and" */
	if (word[length] != '+' || rewapp__is_digit(word[length + 1]) ||
		(length == 1 && rewapp__is_letter(word[2])))
		return length;
	memcpy(out + length, "PLUS", 4);
	return length + 4;
}

void rewapp__line_build(struct line *line)
{
	const struct descriptor *parsed = line->parsed;

	line->length = 0;
	line->count = 0;
	for (uint16_t i = 0; i < parsed->token_count; i++) {
		const struct token *token = &parsed->tokens[i];
		uint16_t length = (uint16_t)(token->to - token->from);

		if (token->flags & WORD_LINK)
			continue;
		line->tokens[line->count] = (uint8_t)i;
		line->starts[line->count++] = line->length;
		line->length = (uint16_t)(line->length +
			copy_word(line->text->text + token->from, length, line->glued + line->length));
	}
	line->starts[line->count] = line->length;
	line->glued[line->length] = '\0';
}

/* Letters that may be a name, or begin one that is cut. */
struct probe {
	uint32_t hash;
	uint16_t from;
	uint8_t first, length; /* its first token, its letters */
	bool cut, behind;      /* behind: behind a word that it is glued to */
};

/* The alias is a name of the probe's letters.  Those of `known` are: names that are alike mostly share them.
 */
static bool equals(const struct line *line, const struct alias *alias, const struct alias *known,
	const struct probe *probe)
{
	if (alias->hash != probe->hash || alias->length != probe->length || !alias->starts ||
		alias->flags & ALIAS_NEGATIVE)
		return false;
	return (known && alias->text == known->text) ||
		memcmp(line->matcher->text + alias->text, line->glued + probe->from, probe->length) == 0;
}

/* Is the rest of a word made of words, of three letters or more each? */
static bool is_words(const struct line *line, uint16_t from, uint16_t to)
{
	const struct lexicon *lexicon = &line->matcher->lexicon;

	if (to - from == 2) /* "ZALANDOSE", "AMZNMKTPFR" */
		return rewapp__lexicon_flags(lexicon, line->glued + from, 2) & (WORD_LEGAL | WORD_PLACE);
	while (from < to) {
		uint16_t end = to;

		if (rewapp__is_digit(line->glued[from])) {
			from++;
			continue;
		}
		while (end > from + 2 &&
			!rewapp__lexicon_flags(lexicon, line->glued + from, (size_t)(end - from)))
			end--;
		if (end < from + 3)
			return false;
		from = end;
	}
	return true;
}

/* A letter or two at the end of a word make another word of it: AMAZONE is not AMAZON. */
static bool is_ending(const struct line *line, uint16_t from, uint16_t to)
{
	return to - from <= 2 && rewapp__is_letter(line->glued[to - 1]);
}

/* BOULANGERIE is no Boulanger, nor is BOULANGERIEDUCENTRE: another word goes on behind the name's end. */
static bool is_longer_word(const struct line *line, const struct hit *hit, uint16_t end)
{
	uint16_t from = line->starts[hit->last], to = line->starts[hit->last + 1];

	for (uint16_t at = (uint16_t)(end + 1); at <= to && at <= end + LONGER_MOST; at++)
		if (rewapp__lexicon_flags(&line->matcher->lexicon, line->glued + from, (size_t)(at - from)) &
			REWAPP__EVERYDAY)
			return true;
	return false;
}

static bool has_digit(const char *text, size_t length)
{
	size_t at = 0;

	while (at < length && !rewapp__is_digit(text[at]))
		at++;
	return at < length;
}

/* A name that ends inside a word: how; false when it is not taken for the name at all. */
static bool judge_inside(const struct line *line, struct hit *hit, uint16_t end)
{
	uint16_t word_end = line->starts[hit->last + 1];
	bool known = hit->alias->flags & ALIAS_KNOWN, apart = hit->last > hit->first;
	uint8_t length = hit->alias->length;

	if (is_longer_word(line, hit, end))
		return false;
	/* "ORANGE SAVEURS" does not hold "Orange SA", but "BASIC-FITFRANCE" holds Basic-Fit */
	if (apart && end - line->starts[hit->last] < (known ? 2 : INSIDE_SHORTEST))
		return false;
	if (is_words(line, end, word_end)) {
		hit->form = FORM_JOINED;
		return known || length > INSIDE_SHORTEST;
	}
	/* CARREFOVR is no CARREF, nor is DECOUVERTE5 any DECOU */
	if (known && hit->alias->flags & ALIAS_VARIANT &&
		(length < BEHIND_UNKNOWN || has_digit(line->glued + end, (size_t)(word_end - end))))
		return false;
	if (length < INSIDE_SHORTEST || is_ending(line, end, word_end) ||
		(apart && end - line->starts[hit->last] < INSIDE_SHORTEST))
		return false;
	return length >= (known ? INSIDE_KNOWN : INSIDE_UNKNOWN);
}

/* Behind a word that it is glued to, a name must be well known, or long and no everyday word. */
static bool stands_behind(const struct hit *hit)
{
	uint8_t flags = hit->alias->flags;

	return flags & ALIAS_KNOWN ||
		(hit->form == FORM_FULL && hit->alias->length >= BEHIND_UNKNOWN &&
			!(flags & (ALIAS_COMMON | ALIAS_TOWN | ALIAS_PERSON)));
}

/* Nothing that could tell two owners of a name apart is known. */
static bool is_alike(const struct line *line, const struct alias *a, const struct alias *b)
{
	const struct merchant_slot *merchants = line->matcher->merchants;

	return a && a->flags == b->flags && a->starts == b->starts && !merchants[a->merchant].facts &&
		!merchants[b->merchant].facts && !line->query->history_count;
}

/* Merchants for whom the same evidence speaks, lowest number first: of more than these the others would be
 * dropped again. */
struct alike {
	uint16_t count;
	uint64_t merchants[REWAPP__CANDIDATES_MAX];
};

static void add_alike(struct alike *alike, uint64_t merchant)
{
	uint16_t at = alike->count;

	if (at == REWAPP__CANDIDATES_MAX && merchant > alike->merchants[--at])
		return;
	alike->count = (uint16_t)(at + 1);
	for (; at > 0 && alike->merchants[at - 1] > merchant; at--)
		alike->merchants[at] = alike->merchants[at - 1];
	alike->merchants[at] = merchant;
}

static void keep_alike(struct line *line, struct alike *alike, struct match_candidate *candidate)
{
	for (uint16_t i = 0; i < alike->count; i++) {
		candidate->merchant = alike->merchants[i];
		rewapp__candidate_keep(line->out, candidate);
	}
	alike->count = 0;
}

/* Who owns the name that the probe's letters are? */
struct owners {
	uint32_t first, count, own; /* own: those whom the catalogue calls so, and not a form that we made */
};

static struct owners count_owners(const struct line *line, const struct probe *probe)
{
	const struct matcher *matcher = line->matcher;
	struct owners owners = { .count = 0 };
	const struct alias *known = NULL;

	for (uint32_t i = *rewapp__bucket(matcher, probe->hash); i != REWAPP__NO_ALIAS;
		i = matcher->aliases[i].next) {
		const struct alias *alias = &matcher->aliases[i];

		if (!equals(line, alias, known, probe))
			continue;
		__builtin_prefetch(&matcher->merchants[alias->merchant]);
		owners.first = owners.count++ ? owners.first : i;
		owners.own += !(alias->flags & ALIAS_VARIANT);
		known = alias;
	}
	return owners;
}

static bool is_taken(const struct line *line, const struct probe *probe, struct hit *hit)
{
	if (probe->behind && !stands_behind(hit))
		return false;
	return hit->form != FORM_INSIDE || judge_inside(line, hit, (uint16_t)(probe->from + probe->length));
}

/* Weighs every owner of the name that the probe's letters are. */
static void weigh_owners(struct line *line, const struct probe *probe, struct hit *hit)
{
	const struct matcher *matcher = line->matcher;
	const struct owners owners = count_owners(line, probe);
	const struct alias *first, *weighed = NULL;
	struct match_candidate candidate;
	struct alike alike = { .count = 0 };
	enum form form = hit->form;
	uint32_t left = owners.count, rivals;

	if (!left)
		return;
	rewapp__hit_count_rest(line, hit);
	first = &matcher->aliases[owners.first];
	for (const struct alias *alias = first; left; alias = &matcher->aliases[alias->next]) {
		if (alias != first && !equals(line, alias, first, probe))
			continue;
		left--;
		hit->alias = alias;
		hit->form = form;
		if (!is_alike(line, weighed, alias)) {
			if (!is_taken(line, probe, hit))
				continue;
			keep_alike(line, &alike, &candidate);
			/* a form that we made is no rival to a name that the catalogue gives */
			rivals = owners.own && !(alias->flags & ALIAS_VARIANT) ? owners.own : owners.count;
			hit->owners = (uint16_t)(rivals < UINT16_MAX ? rivals : UINT16_MAX);
			rewapp__hit_weigh(line, hit, &candidate);
			weighed = alias;
		}
		add_alike(&alike, matcher->merchants[alias->merchant].number);
	}
	keep_alike(line, &alike, &candidate);
}

/* Two digits or more behind a name are a number, at the word's end or before another word.  CARREF0UR,
 * CARREF00R and MCDONALD5 hold none. */
static bool is_number(const struct line *line, uint16_t from, uint16_t to)
{
	uint16_t at = from;

	while (at < to && rewapp__is_digit(line->glued[at]))
		at++;
	return at - from > 1 && (at == to || to - at > 2);
}

/* The letters from `from` to `at` may be a name where they end with a word, at a number, or inside a word:
 * how, and with which token, in *hit. */
static bool may_end(const struct line *line, uint16_t from, uint16_t at, struct hit *hit)
{
	while (line->starts[hit->last + 1] < at)
		hit->last++;
	hit->form = FORM_FULL;
	if (at == line->starts[hit->last + 1])
		return true;
	if (rewapp__is_digit(line->glued[at]) && !rewapp__is_digit(line->glued[at - 1]))
		return (at - from >= 3 || hit->last != hit->first) &&
			is_number(line, at, line->starts[hit->last + 1]);
	hit->form = FORM_INSIDE;
	return at - from >= JOINED_SHORTEST;
}

static void probe_name(struct line *line, const struct probe *probe)
{
	uint16_t at = (uint16_t)(probe->from + probe->length);
	struct hit hit = { .first = probe->first, .last = probe->first };

	if (!may_end(line, probe->from, at, &hit))
		return;
	hit.to = at == line->starts[hit.last + 1]
		? rewapp__token_at(line, hit.last)->to
		: (uint16_t)(rewapp__token_at(line, hit.last)->from + (at - line->starts[hit.last]));
	weigh_owners(line, probe, &hit);
}

static uint16_t common_length(const struct line *line, const struct alias *alias, uint16_t from)
{
	const char *name = line->matcher->text + alias->text, *letters = line->glued + from;
	uint16_t left = (uint16_t)(line->length - from), count = 0;

	left = left < alias->length ? left : alias->length;
	while (count < left && name[count] == letters[count])
		count++;
	return count;
}

/* "DECOUV11": two digits or more, to the word's end; DECATHL0N and STARBUCK5 are imitations. */
static bool is_tail_number(const struct line *line, uint16_t from, uint16_t to)
{
	uint16_t at = from;

	while (at < to && rewapp__is_digit(line->glued[at]))
		at++;
	return at == to && at - from > 1;
}

/* The last token of the name's beginning, with the letters seen of it in *seen, when it ends with that token
 * or with the letters of it; else -1.  A letter or two may agree with the next word by chance. */
static int cut_at(const struct line *line, const struct alias *alias, uint8_t first, uint16_t *seen)
{
	uint16_t from = line->starts[first], end = (uint16_t)(from + common_length(line, alias, from));

	*seen = (uint16_t)(end - from);
	if (end - from < CUT_SHORTEST || end - from >= alias->length ||
		(alias->flags & ALIAS_KNOWN && !(alias->flags & ALIAS_NAME)))
		return -1; /* a shorthand is not cut again */
	for (uint8_t i = first; i < line->count; i++) {
		uint16_t boundary = line->starts[i + 1];

		if (boundary - from >= CUT_SHORTEST && boundary <= end && end - boundary <= 2) {
			*seen = (uint16_t)(boundary - from);
			return i;
		}
		if (boundary > end)
			return rewapp__is_letter(line->glued[end - 1]) && is_tail_number(line, end, boundary)
				? i
				: -1;
	}
	return -1;
}

/* How many letters of a text that starts with token `first` make its beginning, as
 * aliases.c counts them for names; 0: it is too short.  Letters before `own` are known to
 * be everyday words. */
static uint16_t beginning(const struct line *line, uint8_t first, uint16_t own)
{
	uint16_t from = line->starts[first], length;

	for (uint8_t i = first; own == line->starts[i] && i < line->count; i++)
		if (rewapp__token_at(line, i)->flags & REWAPP__EVERYDAY)
			own = line->starts[i + 1];
	length = (uint16_t)(own - from + REWAPP__BEGINNING_OWN);
	length = length > REWAPP__BEGINNING ? length : REWAPP__BEGINNING;
	return from + length <= line->length && length <= REWAPP__ALIAS_MAX ? length : 0;
}

/* Names that begin so, in found[]; 0: none, or so many that it says nothing. */
static int collect_begun(const struct matcher *matcher, uint32_t hash, const struct alias *found[BEGUN_MAX])
{
	uint16_t tag = rewapp__begun_tag(hash);
	uint32_t at = rewapp__begun_first(matcher, *rewapp__begun_bucket(matcher, hash), tag);
	int count = 0;

	if (at != REWAPP__NO_ALIAS && matcher->aliases[at].begun_count > BEGUN_MAX)
		return 0;
	for (; at != REWAPP__NO_ALIAS;
		at = rewapp__begun_first(matcher, matcher->aliases[at].begun_next, tag))
		found[count++] = &matcher->aliases[at];
	return count;
}

/* Names of which the text holds the beginning only.  Those of which as little is missing share the text. */
static void probe_cut(struct line *line, const struct probe *probe)
{
	const struct alias *found[BEGUN_MAX];
	uint16_t seen[BEGUN_MAX], owners = 0;
	int last[BEGUN_MAX], least = REWAPP__ALIAS_MAX;
	int count = collect_begun(line->matcher, probe->hash, found);
	struct match_candidate candidate;
	uint8_t first = probe->first;

	for (int i = 0; i < count; i++) {
		int missing;

		if ((last[i] = cut_at(line, found[i], first, &seen[i])) < 0)
			continue;
		missing = found[i]->length - seen[i];
		owners = missing < least ? 1 : (uint16_t)(owners + (missing == least));
		least = missing < least ? missing : least;
	}
	for (int i = 0; i < count; i++) {
		struct hit hit = { .alias = found[i], .first = first, .form = FORM_CUT, .owners = owners };

		if (last[i] < 0)
			continue;
		hit.last = (uint8_t)last[i];
		hit.seen = seen[i];
		hit.to = rewapp__token_at(line, hit.last)->to;
		rewapp__hit_count_rest(line, &hit);
		rewapp__hit_weigh(line, &hit, &candidate);
		rewapp__candidate_keep(line->out, &candidate);
	}
}

/* --- probes wait for one another: while the tables of one come from memory, others are found --- */

enum {
	WAITING_MAX = 32
};

struct waiting {
	uint16_t count;
	struct probe probes[WAITING_MAX];
};

static const uint32_t *table_of(const struct matcher *matcher, const struct probe *probe)
{
	return probe->cut ? rewapp__begun_bucket(matcher, probe->hash) : rewapp__bucket(matcher, probe->hash);
}

static void run_waiting(struct line *line, struct waiting *waiting)
{
	for (uint16_t i = 0; i < waiting->count; i++) {
		uint32_t head = *table_of(line->matcher, &waiting->probes[i]);

		if (head != REWAPP__NO_ALIAS)
			__builtin_prefetch(&line->matcher->aliases[head]);
	}
	for (uint16_t i = 0; i < waiting->count; i++) {
		if (waiting->probes[i].cut)
			probe_cut(line, &waiting->probes[i]);
		else
			probe_name(line, &waiting->probes[i]);
	}
	waiting->count = 0;
}

static void wait_for(struct line *line, struct waiting *waiting, const struct probe *probe)
{
	if (waiting->count == WAITING_MAX)
		run_waiting(line, waiting);
	__builtin_prefetch(table_of(line->matcher, probe));
	waiting->probes[waiting->count++] = *probe;
}

/* Names that begin at letter `from` of token `first`.  `ahead`, bit n: one may have n letters more than were
 * read.  What the tables of lengths do not say yet, they are asked. */
static void scan_names(struct line *line, struct waiting *waiting, uint8_t first, uint16_t from, bool behind)
{
	const struct matcher *matcher = line->matcher;
	const char *letters = line->glued + from;
	uint16_t left = (uint16_t)(line->length - from), length = 0;
	uint64_t ahead = 1u << 2 | 1u << 3 | 1u << REWAPP__SHORT_STEM;
	uint32_t hash = REWAPP__HASH_SEED;

	while (length < left && ahead) {
		hash = rewapp__hash_step(hash, letters[length++]);
		ahead >>= 1;
		if (length == REWAPP__SHORT_STEM)
			ahead = *rewapp__short_ends(matcher, hash);
		else if (length == REWAPP__LONG_STEM)
			ahead = rewapp__long_ends_of(matcher, hash);
		if (ahead & 1 && rewapp__may_have(matcher, hash))
			wait_for(line, waiting,
				&(struct probe){ hash, from, first, (uint8_t)length, false, behind });
	}
}

/* Names that begin with token `first` and are cut; letters before `own` are known to be everyday words. */
static void scan_cut(struct line *line, struct waiting *waiting, uint8_t first, uint16_t own)
{
	uint16_t from = line->starts[first], length = beginning(line, first, own);

	if (length)
		wait_for(line, waiting,
			&(struct probe){ rewapp__hash_text(line->glued + from, length), from, first,
				(uint8_t)length, true, false });
}

/* A word glued to what follows.  "WEBSNCF", "STATIONTOTAL": a well-known name behind it;
 * "BANGKOKAIRW": it begins a name that is cut. */
static void scan_behind_front(struct line *line, struct waiting *waiting, uint8_t index)
{
	uint16_t from = line->starts[index], to = line->starts[index + 1], everyday = 0;
	uint32_t hash = REWAPP__HASH_SEED;

	if (rewapp__token_at(line, index)->flags || to - from < FRONT_SHORTEST + INSIDE_SHORTEST)
		return;
	for (int at = from; at < from + FRONT_SHORTEST - 1; at++)
		hash = rewapp__hash_step(hash, line->glued[at]);
	for (uint16_t at = (uint16_t)(from + FRONT_SHORTEST); at < to - 2 && at <= from + FRONT_LONGEST;
		at++) {
		uint16_t flags;

		hash = rewapp__hash_step(hash, line->glued[at - 1]);
		flags = rewapp__lexicon_find(&line->matcher->lexicon, hash);

		if (flags)
			scan_names(line, waiting, index, at, true);
		if (flags & REWAPP__EVERYDAY)
			everyday = at;
	}
	if (everyday)
		scan_cut(line, waiting, index, everyday);
}

static void probe_id(
	struct line *line, enum catalogue_id_kind kind, enum evidence_kind evidence, const char *text)
{
	const struct matcher *matcher = line->matcher;
	struct match_candidate candidate;
	struct glued glued;
	uint16_t owners = 0;
	uint32_t hash, head;

	if (!text)
		return;
	rewapp__glue_id(kind, text, &glued);
	if (!glued.length)
		return;
	hash = rewapp__hash_text(glued.text, glued.length);
	head = *rewapp__bucket(matcher, hash);
	for (int pass = 0; pass < 2; pass++) {
		for (uint32_t i = head; i != REWAPP__NO_ALIAS; i = matcher->aliases[i].next) {
			const struct alias *alias = &matcher->aliases[i];

			if (alias->hash != hash || alias->starts || alias->length != glued.length ||
				memcmp(matcher->text + alias->text, glued.text, glued.length) != 0)
				continue;
			if (pass == 0) {
				owners++;
				continue;
			}
			rewapp__id_weigh(line, evidence, alias, owners, &candidate);
			rewapp__candidate_keep(line->out, &candidate);
		}
	}
}

/* Ids that the text itself holds: a SIRET or SIREN, a SEPA creditor id ("FR42ZZZ457385"). */
static void probe_text_id(struct line *line, const char *word, size_t length)
{
	size_t digits = strspn(word, "0123456789");
	char text[REWAPP__ALIAS_MAX];

	if (length < 9 || length >= sizeof text)
		return;
	memcpy(text, word, length);
	text[length] = '\0';
	if (digits == length && length == 14)
		probe_id(line, CATALOGUE_SIRET, EVIDENCE_SIRET, text);
	if (digits == length && (length == 9 || length == 14)) {
		text[9] = '\0';
		probe_id(line, CATALOGUE_SIREN, EVIDENCE_SIREN, text);
	}
	if (digits == 0 && rewapp__is_letter(word[1]) && rewapp__is_digit(word[2]) &&
		rewapp__is_digit(word[3]))
		probe_id(line, CATALOGUE_CREDITOR_ID, EVIDENCE_CREDITOR_ID, text);
}

static void probe_ids(struct line *line)
{
	const struct match_query *query = line->query;
	const char *at = line->text->text;

	probe_id(line, CATALOGUE_TERMINAL_ID, EVIDENCE_TERMINAL_ID, query->terminal_id);
	probe_id(line, CATALOGUE_MERCHANT_ID, EVIDENCE_MERCHANT_ID, query->merchant_id);
	probe_id(line, CATALOGUE_SIRET, EVIDENCE_SIRET, query->siret);
	probe_id(line, CATALOGUE_SIREN, EVIDENCE_SIREN, query->siren);
	probe_id(line, CATALOGUE_CREDITOR_ID, EVIDENCE_CREDITOR_ID, query->creditor_id);
	while (*at) {
		const char *from = at;

		while (rewapp__is_word(*at))
			at++;
		probe_text_id(line, from, (size_t)(at - from));
		at += at == from;
	}
}

void rewapp__line_look_up(struct line *line)
{
	struct waiting waiting;

	waiting.count = 0;
	if (line->matcher->live_ids)
		probe_ids(line);
	for (uint8_t i = 0; i < line->count; i++) {
		uint16_t flags = rewapp__token_at(line, i)->flags;

		if (flags & WORD_NUMBER && rewapp__is_digit(line->glued[line->starts[i]]) &&
			line->starts[i + 1] - line->starts[i] > NUMBER_LONGEST)
			continue;
		scan_names(line, &waiting, i, line->starts[i], false);
		if (i < CUT_TOKENS && !(flags & (WORD_NUMBER | WORD_LEGAL | WORD_PLACE)))
			scan_cut(line, &waiting, i, line->starts[i]);
		scan_behind_front(line, &waiting, i);
	}
	run_waiting(line, &waiting);
}
