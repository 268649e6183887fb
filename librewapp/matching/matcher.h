/* Inside the catalogue: aliases in chained hash tables, one by their glued letters, one
 * by their beginnings; a filter in front tells most misses without touching either. */
#ifndef REWAPP_MATCHING_MATCHER_H
#define REWAPP_MATCHING_MATCHER_H

#include "matching/descriptor.h"
#include "matching/index.h"
#include "matching/lexicon.h"

#define REWAPP__ALIAS_MAX 40 /* glued letters; the rest of a longer name is cut */
#define REWAPP__NO_ALIAS UINT32_MAX
#define REWAPP__WORDS_MAX 12 /* of a name; it is cut there */

/* A beginning that finds names which the bank has cut: this many letters, or this many
 * of a name's own behind its everyday words ("BOULANGERIE PAU", not "BOULAN"). */
#define REWAPP__BEGINNING 7
#define REWAPP__BEGINNING_OWN 3

enum alias_flag {
	ALIAS_NAME = 1,    /* the merchant's name, not another one of its names */
	ALIAS_VARIANT = 2, /* made here: the article or the legal form left out */
	ALIAS_NEGATIVE = 4,
	ALIAS_COMMON = 8,  /* all of its words are everyday words */
	ALIAS_TOWN = 16,   /* ... or a town */
	ALIAS_PERSON = 32, /* ... or a first name */
	ALIAS_KNOWN = 64,  /* of words/known_names.c or words/shorthand.c */
	ALIAS_FREE = 128
};

/* Of a well-known name: nobody else is called so ("DECATHLON"; not "SHELL", "PICARD"). */
static inline bool rewapp__is_strong(uint8_t flags)
{
	return flags & ALIAS_KNOWN && !(flags & (ALIAS_COMMON | ALIAS_TOWN | ALIAS_PERSON));
}

struct alias {
	uint32_t hash;
	uint32_t next;       /* of the same bucket */
	uint32_t begun_next; /* of the same bucket of beginnings */
	uint32_t sibling;    /* of the same merchant; of a free one: the next free one */
	uint32_t merchant;   /* slot */
	uint32_t text;       /* offset; aliases of the same letters share them */
	uint32_t starts;     /* bit n: a word begins at letter n; 0: an id, its kind before its letters */
	/* of the beginning's hash; 0: has none; and how many of this tag its chain has from here on */
	unsigned begun_tag : 12, begun_count : 4, length : 8, flags : 8;
};

#define REWAPP__BEGUN_COUNTED 15 /* and more */

struct branch {
	uint64_t branch;
	uint32_t city; /* hash of its glued letters; 0: unknown */
	char postcode[8];
};

struct branch_id {
	uint32_t hash; /* of an id alias */
	uint64_t branch;
};

struct facts {
	int64_t amount_min, amount_max;
	struct branch *branches;
	struct branch_id *ids;
	uint16_t *mcc, *countries; /* a country: two letters, the first above */
	uint32_t branch_count, id_count;
	uint16_t mcc_count, country_count;
	uint8_t open_days;
	size_t size; /* of all of it */
};

struct merchant_slot {
	uint64_t number;
	uint32_t first_alias;
	uint32_t facts; /* index + 1; 0: none */
};

struct learnt;

struct word_count {
	uint32_t hash, count;
};

struct matcher {
	const struct rewapp_env *env;
	struct lexicon lexicon;
	struct alias *aliases;
	uint32_t alias_count, alias_capacity, free_alias, live_aliases, live_negatives, live_ids;
	uint32_t *buckets, bucket_count;   /* a power of two */
	uint32_t *beginnings, begun_count; /* the same, half as many */
	uint64_t *filter;                  /* two bits for a name, in one word of bucket_count / 8 */
	uint32_t *long_ends; /* by a name's first letters, bucket_count / 4: which lengths occur */
	uint8_t *short_ends; /* the same by fewer letters, bucket_count / 2 */
	struct merchant_slot *merchants;
	uint32_t merchant_count, merchant_capacity, live_merchants;
	uint32_t *numbers, number_capacity; /* number -> slot + 1, open addressing */
	struct facts **facts;
	uint32_t facts_count, facts_capacity;
	char *text;
	size_t text_size, text_capacity, text_garbage;
	struct word_count *words; /* how often a word stands behind the first place of a name */
	uint32_t word_count, word_capacity;
	size_t facts_bytes;
	struct learnt *learnt; /* learnt.c */
	uint32_t learnt_count, learnt_capacity, *learnt_heads, learnt_buckets;
};

#define REWAPP__HASH_SEED 2166136261u

static inline uint32_t rewapp__hash_step(uint32_t hash, char c)
{
	return (hash ^ (unsigned char)c) * 16777619u;
}

static inline uint32_t rewapp__hash_mix(uint32_t hash)
{
	hash ^= hash >> 16;
	hash *= 0x85ebca6bu;
	return hash ^ hash >> 13;
}

static inline uint64_t rewapp__filter_bits(uint32_t hash)
{
	uint32_t bits = hash * 0x9e3779b1u;

	return 1ull << (bits >> 26) | 1ull << (bits >> 20 & 63);
}

static inline uint64_t *rewapp__filter_word(const struct matcher *matcher, uint32_t mixed)
{
	return &matcher->filter[mixed & (matcher->bucket_count / 8 - 1)];
}

/* False: no name has this hash.  True: look. */
static inline bool rewapp__may_have(const struct matcher *matcher, uint32_t hash)
{
	uint64_t bits = rewapp__filter_bits(hash);

	return (*rewapp__filter_word(matcher, rewapp__hash_mix(hash)) & bits) == bits;
}

/* The first alias of those whose letters may have this hash, and of those whose beginning may. */
static inline uint32_t *rewapp__bucket(const struct matcher *matcher, uint32_t hash)
{
	return &matcher->buckets[rewapp__hash_mix(hash) & (matcher->bucket_count - 1)];
}

static inline uint16_t rewapp__begun_tag(uint32_t hash)
{
	return (uint16_t)(rewapp__hash_mix(hash) >> 20 | 1);
}

/* The first alias of a chain, from `at` on, whose beginning has this tag. */
static inline uint32_t rewapp__begun_first(const struct matcher *matcher, uint32_t at, uint16_t tag)
{
	while (at != REWAPP__NO_ALIAS && matcher->aliases[at].begun_tag != tag)
		at = matcher->aliases[at].begun_next;
	return at;
}

static inline uint32_t *rewapp__begun_bucket(const struct matcher *matcher, uint32_t hash)
{
	return &matcher->beginnings[rewapp__hash_mix(hash) & (matcher->begun_count - 1)];
}

/* Where a text goes on in no name, looking up its longer beginnings is in vain.  After so many letters it is
 * asked which lengths the names have that begin so; the hash is that of these letters. */
#define REWAPP__SHORT_STEM 4
#define REWAPP__LONG_STEM 8

/* Bit 0 to 3: a name of four letters, ... of seven; bit 4: a longer one. */
static inline uint8_t *rewapp__short_ends(const struct matcher *matcher, uint32_t hash)
{
	return &matcher->short_ends[rewapp__hash_mix(hash) & (matcher->bucket_count / 2 - 1)];
}

/* Bit n: a name of eight letters and n more; the last bit: or of the longest that there are. */
static inline uint32_t *rewapp__long_ends(const struct matcher *matcher, uint32_t hash)
{
	return &matcher->long_ends[rewapp__hash_mix(hash) & (matcher->bucket_count / 4 - 1)];
}

static inline uint64_t rewapp__long_ends_of(const struct matcher *matcher, uint32_t hash)
{
	uint64_t ends = *rewapp__long_ends(matcher, hash);

	return ends | ends >> 31 << (REWAPP__ALIAS_MAX - REWAPP__LONG_STEM);
}

static inline const struct facts *rewapp__facts_of(
	const struct matcher *matcher, const struct merchant_slot *merchant)
{
	return merchant->facts ? matcher->facts[merchant->facts - 1] : NULL;
}

/* A name or an id as it stands in the index. */
struct glued {
	char text[REWAPP__ALIAS_MAX];
	uint8_t length, flags;
	uint32_t starts;
};

/* A word as names and texts are compared by it: SAINT is ST, SAINTE is STE. */
static inline size_t rewapp__short_word(const char *word, size_t length, char out[3])
{
	bool saint = (length == 5 || length == 6) && word[0] == 'S' && word[1] == 'A' && word[2] == 'I' &&
		word[3] == 'N' && word[4] == 'T' && (length == 5 || word[5] == 'E');

	if (!saint)
		return 0;
	out[0] = 'S';
	out[1] = 'T';
	out[2] = 'E';
	return length - 3;
}

uint32_t rewapp__hash_text(const char *text, size_t length);

/* Of a town's letters, marks left out; 0: none. */
uint32_t rewapp__hash_city(const char *city);

/* An id's kind and its letters and digits; length 0: it has none. */
void rewapp__glue_id(enum catalogue_id_kind kind, const char *text, struct glued *out);

/* --- aliases.c: 0 or REWAPP_E_NOMEMORY --- */

/* Makes room for one more of `size` bytes each. */
bool rewapp__array_grow(
	const struct rewapp_env *env, void **array, uint32_t count, uint32_t *capacity, size_t size);
int rewapp__alias_add(struct matcher *matcher, uint32_t slot, const struct glued *glued);
void rewapp__aliases_drop(struct matcher *matcher, uint32_t slot);
bool rewapp__buckets_grow(struct matcher *matcher);
void rewapp__text_compact(struct matcher *matcher);

/* --- names.c: a name with its variants and shorthands --- */

int rewapp__name_add(struct matcher *matcher, uint32_t slot, const char *text, uint8_t flags);

/* --- counts.c --- */

/* Room for the words of one more alias; false: no memory. */
bool rewapp__words_grow(struct matcher *matcher);
void rewapp__words_count(struct matcher *matcher, const struct alias *alias, int step);
uint32_t rewapp__matcher_word_count(const struct matcher *matcher, const char *word, size_t length);

/* --- facts.c --- */

int rewapp__facts_add(struct matcher *matcher, uint32_t slot, const struct catalogue_entry *entry);
void rewapp__facts_drop(struct matcher *matcher, uint32_t slot);

/* One of the merchant's categories lies from `from` to `to`. */
static inline bool rewapp__facts_have_mcc(const struct facts *facts, uint16_t from, uint16_t to)
{
	for (uint16_t i = 0; i < facts->mcc_count; i++)
		if (facts->mcc[i] >= from && facts->mcc[i] <= to)
			return true;
	return false;
}

/* learnt.c: the bytes of what people said. */
size_t rewapp__learnt_bytes(const struct matcher *matcher);

/* The merchant's slot, or UINT32_MAX. */
uint32_t rewapp__matcher_slot(const struct matcher *matcher, uint64_t number);

#endif
