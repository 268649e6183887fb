/* The books: the name, the secret and the signing keys of a store's evidence. */
#ifndef REWAPP_FLOWS_BOOKS_H
#define REWAPP_FLOWS_BOOKS_H

#include "evidence/checkpoint.h"
#include "evidence/code.h"
#include "flows/engine.h"

enum {
	BOOKS_KEYS_MAX = 14 /* their changes and two checkpoints fit into a proof */
};

struct books {
	char origin[ORIGIN_CAPACITY];
	uint8_t secret[PROOF_KEY_BYTES];
	struct signer signers[BOOKS_KEYS_MAX]; /* oldest first */
	size_t count;
};

/* Reads them, and makes them in a store that has none yet.  Call it before rewapp__engine_begin():
 * it may write.  0 or a negative code. */
int rewapp__books_load(struct rewapp_engine *engine, struct books *out);

/* Reads them, writes nothing; 1: the store has none yet. */
int rewapp__books_find(struct rewapp_engine *engine, struct arena *arena, struct books *out);

/* Overwrites the keys in memory. */
void rewapp__books_finish(struct books *books);

/* A fresh seed from the engine's randomness, and the key that it makes for these books. */
int rewapp__books_new_key(struct rewapp_engine *engine, const struct books *books,
	uint8_t seed[SIGNER_SEED_BYTES], struct signer *out);

#endif
