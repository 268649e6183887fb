/* The catalogue of merchants, looked up by ids and by the glued letters of their names. */
#ifndef REWAPP_MATCHING_INDEX_H
#define REWAPP_MATCHING_INDEX_H

#include <rewapp/sys/env.h>
#include <stddef.h>
#include <stdint.h>

/* Ids that a payment can carry.  Compared by their letters and digits, case folded. */
enum catalogue_id_kind {
	CATALOGUE_MERCHANT_ID = 1, /* the acquirer's number of the contract */
	CATALOGUE_TERMINAL_ID,
	CATALOGUE_SIRET,      /* 14 digits, of one place */
	CATALOGUE_SIREN,      /* 9 digits, of the company */
	CATALOGUE_CREDITOR_ID /* SEPA: "FR12ZZZ123456" */
};

struct catalogue_id {
	enum catalogue_id_kind kind;
	uint64_t branch; /* of the branch below; 0: of the merchant */
	const char *text;
};

struct catalogue_branch {
	uint64_t branch;
	const char *city, *postcode; /* NULL: unknown */
};

/* Everything is copied. */
struct catalogue_entry {
	uint64_t merchant; /* the caller's number; not 0 */
	const char *name;
	const char *const *aliases;
	size_t alias_count;
	const char *const *negatives; /* texts that speak against this merchant: "ORANGE BANK" for Orange */
	size_t negative_count;
	const uint16_t *mcc;
	size_t mcc_count;
	const char *const *countries; /* ISO 3166 alpha-2, any case; none: unknown, or everywhere */
	size_t country_count;
	const struct catalogue_branch *branches;
	size_t branch_count;
	const struct catalogue_id *ids;
	size_t id_count;
	int64_t amount_min, amount_max; /* usual purchase, minor units; 0: unknown */
	uint8_t open_days;              /* bit 0: Monday, ...; 0: unknown */
};

struct matcher_figures {
	size_t merchants, aliases, collisions, bytes;
};

/* One writer, or any number of readers. */
struct matcher;

/* `env` is borrowed; NULL: malloc.  0 or REWAPP_E_NOMEMORY. */
int rewapp__matcher_open(struct matcher **out, const struct rewapp_env *env);
void rewapp__matcher_close(struct matcher *matcher);

/* Adds a merchant or replaces it.  0, REWAPP_E_ARGUMENT or REWAPP_E_NOMEMORY (the
 * merchant is then absent).  Names that fold to nothing or one letter are left out. */
int rewapp__matcher_upsert(struct matcher *matcher, const struct catalogue_entry *entry);

/* 0 or REWAPP_E_NOTFOUND. */
int rewapp__matcher_remove(struct matcher *matcher, uint64_t merchant);

/* `bytes` is all that the matcher holds, the lists of words/ and banks/ included. */
void rewapp__matcher_figures(const struct matcher *matcher, struct matcher_figures *out);

/* Names claimed by several merchants: calls `found` for each pair (the claimed text,
 * glued, and two owners, the lower number first).  Such a name never decides alone. */
void rewapp__matcher_collisions(const struct matcher *matcher,
	void (*found)(void *user, const char *glued, size_t length, uint64_t first, uint64_t second),
	void *user);

#endif
