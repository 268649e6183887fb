/* What an open engine is made of. */
#ifndef REWAPP_FLOWS_ENGINE_H
#define REWAPP_FLOWS_ENGINE_H

#include "base/arena.h"
#include "flows/catalogue.h"
#include "qr/token.h"
#include "storage/storage.h"

#include <rewapp/engine.h>

struct teller;

struct rewapp_engine {
	struct rewapp_env env; /* complete: no member is NULL but `log` and `user` */
	struct storage *storage;
	struct arena arena; /* the current call's; what it lends lives until the next call */
	struct catalogue catalogue;
	struct qr_keyring keys;
	int64_t newest_ms;   /* the newest instant in the store: the clock's floor */
	struct teller *tale; /* of the settlement that was read last, or NULL; see flows/settlement.c */
	struct owned *owned; /* NULL: the store is shared */
};

/* The clock, never before the newest record. */
int64_t rewapp__engine_now(const struct rewapp_engine *engine);

/* Begins a call: forgets the memory of the last one, and from here to rewapp__engine_end() (or an
 * apply) everything is read from one snapshot, beginning with the store's newest instant and what is
 * new of merchants and programmes.  `writes`: as for rewapp__storage_hold(). */
int rewapp__engine_begin(struct rewapp_engine *engine, bool writes);
void rewapp__engine_end(struct rewapp_engine *engine);

/* Gives back the memory of the last answer, which ends what it lent; the next begin would do it too. */
void rewapp__engine_forget(struct rewapp_engine *engine);

#endif
