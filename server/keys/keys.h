/* API keys: who may ask for what.
 *
 * A key is 256 random bits, shown once; the server keeps its BLAKE2b hash.  A random
 * key of that length needs no slow hash and no pepper: nobody can guess it.
 *
 * Keys live in tables of the server's own, beside the engine's store. */
#ifndef REWAPP_KEYS_KEYS_H
#define REWAPP_KEYS_KEYS_H

#include "http/identity.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "rwk_" 16 digits of the id, "_", 64 digits of the secret, NUL. */
#define KEY_TEXT_CAPACITY 86
#define KEY_ID_CAPACITY 17

struct key {
	char id[KEY_ID_CAPACITY];
	struct identity identity;
	int64_t created_ms, revoked_ms; /* 0: not revoked */
};

struct keys;

/* `uri` NULL: the place that belongs to `store` (docs/operating.md).  0, or an engine's code. */
int rewapp__keys_open(struct keys **out, const char *uri, const char *store);
void rewapp__keys_close(struct keys *keys);

int rewapp__keys_create(struct keys *keys, const struct identity *identity, char text[KEY_TEXT_CAPACITY]);
int rewapp__keys_revoke(struct keys *keys, const char *id); /* REWAPP_E_NOTFOUND */

/* Calls `each` for every key, oldest first. */
int rewapp__keys_list(struct keys *keys, void (*each)(void *user, const struct key *key), void *user);

/* Whose key is this?  Any thread.  A revoked key is known within two seconds. */
bool rewapp__keys_check(struct keys *keys, const char *text, struct identity *out);

const char *rewapp__scope_name(unsigned scope);
unsigned rewapp__scope_parse(const char *name); /* 0: none of ours */

#endif
