/* The name, the secret and the signing keys of a store's evidence: read, or made once. */
#include "flows/books.h"

#include "base/error.h"
#include "evidence/evidence.sql.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum {
	NAME_RANDOM_BYTES = 8 /* of randomness in the name of books that nobody named */
};

static int fill_random(struct rewapp_engine *engine, void *out, size_t size)
{
	if (engine->env.random(engine->env.user, out, size) < 0)
		return rewapp__fail(REWAPP_E_STORAGE, "the host has no randomness");
	return 0;
}

/* Another process may be faster: then its books are the books. */
static int books_make(struct rewapp_engine *engine)
{
	uint8_t secret[PROOF_KEY_BYTES], seed[SIGNER_SEED_BYTES], name[NAME_RANDOM_BYTES];
	char origin[ORIGIN_CAPACITY] = "rewapp/";
	struct plan plan;
	int64_t first;
	int error;

	if ((error = fill_random(engine, secret, sizeof secret)) < 0 ||
		(error = fill_random(engine, seed, sizeof seed)) < 0 ||
		(error = fill_random(engine, name, sizeof name)) < 0)
		return error;
	sodium_bin2hex(origin + strlen(origin), 2 * sizeof name + 1, name, sizeof name);
	rewapp__plan_begin(&plan, &engine->arena);
	rewapp__plan_add(&plan, &STMT_EVIDENCE_BOOKS_INSERT, TOUCHES_ONE,
		(struct value[]){ rewapp__value_text(origin), rewapp__value_blob(secret, sizeof secret) }, 2);
	rewapp__plan_add(&plan, &STMT_EVIDENCE_KEY_INSERT, TOUCHES_ONE,
		(struct value[]){ rewapp__value_int(1), rewapp__value_blob(seed, sizeof seed) }, 2);
	error = rewapp__storage_apply(engine->storage, &plan, &first);
	sodium_memzero(secret, sizeof secret);
	sodium_memzero(seed, sizeof seed);
	return error == REWAPP_E_CONFLICT ? 0 : error;
}

static int damaged(void)
{
	return rewapp__fail(REWAPP_E_CORRUPT, "the books' name or keys are damaged");
}

int rewapp__books_find(struct rewapp_engine *engine, struct arena *arena, struct books *out)
{
	struct read reads[] = { { .stmt = &STMT_EVIDENCE_BOOKS }, { .stmt = &STMT_EVIDENCE_KEYS } };
	const void *secret, *seed;
	const char *origin;
	size_t size;
	int error;

	memset(out, 0, sizeof *out);
	if ((error = rewapp__storage_query(engine->storage, reads, 2, arena)) < 0)
		return error;
	if (reads[0].row_count == 0)
		return 1;
	origin = rewapp__cell_text(&reads[0], 0, 0);
	secret = rewapp__cell_blob(&reads[0], 0, 1, &size);
	if (!origin || !rewapp__origin_is_good(origin) || size != sizeof out->secret ||
		reads[1].row_count == 0 || reads[1].row_count > BOOKS_KEYS_MAX)
		return damaged();
	snprintf(out->origin, sizeof out->origin, "%s", origin);
	memcpy(out->secret, secret, sizeof out->secret);
	for (; out->count < reads[1].row_count; out->count++) {
		seed = rewapp__cell_blob(&reads[1], out->count, 1, &size);
		if (size != SIGNER_SEED_BYTES ||
			rewapp__cell_int(&reads[1], out->count, 0) != (int64_t)out->count + 1 ||
			!rewapp__signer_make(&out->signers[out->count], out->origin, seed))
			return damaged();
	}
	return 0;
}

int rewapp__books_load(struct rewapp_engine *engine, struct books *out)
{
	int found, error;

	rewapp__arena_reset(&engine->arena);
	if ((found = rewapp__books_find(engine, &engine->arena, out)) <= 0)
		return found;
	if ((error = books_make(engine)) < 0)
		return error;
	found = rewapp__books_find(engine, &engine->arena, out);
	return found > 0 ? damaged() : found;
}

void rewapp__books_finish(struct books *books)
{
	sodium_memzero(books, sizeof *books);
}

int rewapp__books_new_key(struct rewapp_engine *engine, const struct books *books,
	uint8_t seed[SIGNER_SEED_BYTES], struct signer *out)
{
	int error = fill_random(engine, seed, SIGNER_SEED_BYTES);

	if (error < 0)
		return error;
	if (books->count == BOOKS_KEYS_MAX)
		return rewapp__fail(
			REWAPP_E_CAPACITY, "the books have had %d keys, which is the most", BOOKS_KEYS_MAX);
	return rewapp__signer_make(out, books->origin, seed) ? 0 : damaged();
}
