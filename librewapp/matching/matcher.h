/* Inside the index, for decide.c: aliases in chained hash tables of glued letters. */
#ifndef REWAPP_MATCHING_MATCHER_H
#define REWAPP_MATCHING_MATCHER_H

#include "matching/descriptor.h"
#include "matching/index.h"
#include "matching/lexicon.h"

#define REWAPP__ALIAS_MAX 40 /* glued letters; the rest of a longer name is cut */
#define REWAPP__PREFIX_LENGTH 6
#define REWAPP__NO_ALIAS UINT32_MAX

enum alias_flag {
	ALIAS_NAME = 1,    /* the merchant's name, not another one of its names */
	ALIAS_VARIANT = 2, /* made here: the article or the legal form left out */
	ALIAS_NEGATIVE = 4,
	ALIAS_COMMON = 8,  /* all of its words are everyday words */
	ALIAS_TOWN = 16,   /* ... or a town */
	ALIAS_PERSON = 32, /* ... or a first name */
	ALIAS_FREE = 128
};

struct alias {
	uint32_t hash;
	uint32_t next;        /* of the same bucket */
	uint32_t prefix_next; /* of the same bucket of first letters */
	uint32_t sibling;     /* of the same merchant; of a free one: the next free one */
	uint32_t merchant;    /* slot */
	uint32_t text;        /* offset */
	uint32_t starts;      /* bit n: a word begins at letter n */
	uint8_t length, flags;
};

struct branch {
	uint64_t branch;
	uint32_t city; /* hash of its glued letters; 0: unknown */
	char postcode[6];
};

struct facts {
	uint32_t mcc_count, branch_count;
	struct branch *branches; /* behind the MCCs */
	uint16_t mcc[];
};

struct merchant_slot {
	uint64_t number; /* 0: free */
	struct facts *facts;
	uint32_t first_alias;
};

struct word_count {
	uint32_t hash, count;
};

struct matcher {
	const struct rewapp_env *env;
	struct lexicon lexicon;
	struct alias *aliases;
	uint32_t alias_count, alias_capacity, free_alias, live_aliases;
	uint32_t *buckets, *prefixes, bucket_count; /* a power of two */
	struct merchant_slot *merchants;
	uint32_t merchant_count, merchant_capacity, live_merchants;
	uint32_t *numbers, number_capacity; /* number -> slot + 1, open addressing */
	char *text;
	size_t text_size, text_capacity, text_garbage;
	struct word_count *words; /* how often a word stands behind the first place of a name */
	uint32_t word_count, word_capacity;
	size_t facts_bytes;
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

uint32_t rewapp__matcher_word_count(const struct matcher *matcher, const char *word, size_t length);

#endif
