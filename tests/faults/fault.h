/* The n-th allocation fails, or the n-th call of the storage: once, or from then on; or the n-th
 * demand on an arena (demands.h).
 *
 * Of memory only what goes through env->allocate is counted; SQLite and cJSON have malloc().  An
 * error must be the fault's and have stored nothing, or REWAPP_E_UNCERTAIN and have stored all. */
#ifndef TESTS_FAULTS_FAULT_H
#define TESTS_FAULTS_FAULT_H

#include "base/error.h"
#include "demands.h"
#include "flows/engine.h"

#include <rewapp/rewapp.h>
#include <stdbool.h>
#include <stdlib.h>

enum {
	FAULTS_MAX = 20000 /* more allocations and demands than any single call makes */
};

struct memory {
	int fails_at; /* 0: never */
	int count;
	bool for_ever, hit;
	int64_t live;
};

/* What fails, at the n-th allocation or call. */
enum fault {
	MEMORY_ONCE,
	MEMORY_FOR_EVER,
	DEMAND_ONCE,
	STORAGE_ONCE,
	STORAGE_FOR_EVER,
	FAULTS_OF_QUESTIONS,
	APPLY_CONFLICTS = FAULTS_OF_QUESTIONS, /* another writer was faster: once */
	APPLY_IS_UNCERTAIN,                    /* it is written, and the answer is lost */
	FAULTS_OF_COMMANDS
};

static struct memory memory;

static inline void *allocate(void *user, void *pointer, size_t size)
{
	struct memory *m = user;
	void *out;

	if (size == 0) {
		m->live -= pointer != NULL;
		free(pointer);
		return NULL;
	}
	m->count++;
	if (m->fails_at && (m->count == m->fails_at || (m->for_ever && m->count > m->fails_at))) {
		m->hit = true;
		return NULL;
	}
	out = realloc(pointer, size);
	m->live += !pointer && out;
	return out;
}

static inline int64_t clock_ms(void *user)
{
	(void)user;
	return INT64_C(1773309600000); /* 2026-03-12T10:00:00Z */
}

static inline void memory_fails(int at, bool for_ever)
{
	memory.fails_at = at;
	memory.count = 0;
	memory.for_ever = for_ever;
	memory.hit = false;
}

static inline int open_engine_as(rewapp_engine **out, const char *storage, int mode)
{
	struct rewapp_env env = REWAPP_ENV_INIT;
	struct rewapp_engine_options options = REWAPP_ENGINE_OPTIONS_INIT;

	env.user = &memory;
	env.allocate = allocate;
	env.now_ms = clock_ms;
	options.env = &env;
	options.storage = storage;
	options.durability = REWAPP_DURABILITY_NORMAL;
	options.mode = mode;
	return rewapp_engine_open(out, &options);
}

static inline int open_engine(rewapp_engine **out, const char *storage)
{
	return open_engine_as(out, storage, REWAPP_MODE_KEEP);
}

/* --- a storage that fails ------------------------------------------------------------------------- */

static struct {
	const struct storage_driver *real;
	struct storage_driver driver; /* as the real one, with what fails */
	enum fault fault;
	int fails_at, count;
	bool hit;
} failing;

static bool storage_fails(bool applies)
{
	if (failing.fault >= FAULTS_OF_QUESTIONS && !applies)
		return false;
	failing.count++;
	if (!failing.fails_at || failing.count < failing.fails_at ||
		(failing.count > failing.fails_at && failing.fault != STORAGE_FOR_EVER))
		return false;
	failing.hit = true;
	return true;
}

/* As a driver's own failure: the snapshot ends, and nothing is written. */
static int fail_with(struct storage *storage, struct arena *arena, int error)
{
	failing.real->query(storage, NULL, 0, arena, false);
	return rewapp__fail(error, "a fault");
}

static int failing_query(
	struct storage *storage, struct read *reads, size_t count, struct arena *arena, bool keep)
{
	if (count && storage_fails(false))
		return fail_with(storage, arena, REWAPP_E_STORAGE);
	return failing.real->query(storage, reads, count, arena, keep);
}

static int failing_apply(struct storage *storage, const struct plan *plan, int64_t *seq_first)
{
	int error;

	if (!storage_fails(true))
		return failing.real->apply(storage, plan, seq_first);
	if (failing.fault == APPLY_IS_UNCERTAIN) {
		error = failing.real->apply(storage, plan, seq_first);
		return error ? error : rewapp__fail(REWAPP_E_UNCERTAIN, "a fault");
	}
	*seq_first = 0;
	return fail_with(storage, plan->arena,
		failing.fault == APPLY_CONFLICTS ? REWAPP_E_CONFLICT : REWAPP_E_STORAGE);
}

static int failing_migrate(struct storage *storage, const struct stmt *steps, size_t count)
{
	return storage_fails(false) ? rewapp__fail(REWAPP_E_STORAGE, "a fault")
				    : failing.real->migrate(storage, steps, count);
}

static int failing_tidy(struct storage *storage)
{
	return storage_fails(false) ? rewapp__fail(REWAPP_E_STORAGE, "a fault") : failing.real->tidy(storage);
}

static inline void let_storage_fail(struct storage *storage)
{
	failing.real = storage->driver;
	failing.driver = *failing.real;
	failing.driver.migrate = failing_migrate;
	failing.driver.query = failing_query;
	failing.driver.apply = failing_apply;
	failing.driver.tidy = failing_tidy;
	storage->driver = &failing.driver;
}

/* The n-th of what can fail does, from now on; 0: nothing fails any more. */
static inline void arm(enum fault fault, int n)
{
	bool memory_is_meant = fault == MEMORY_ONCE || fault == MEMORY_FOR_EVER;

	memory_fails(memory_is_meant ? n : 0, fault == MEMORY_FOR_EVER);
	demand_fails_at(fault == DEMAND_ONCE ? n : 0);
	failing.fault = fault;
	failing.fails_at = memory_is_meant || fault == DEMAND_ONCE ? 0 : n;
	failing.count = 0;
	failing.hit = false;
}

/* What is healed; true when the fault came. */
static inline bool disarm(enum fault fault)
{
	bool hit = memory.hit || demands.hit || failing.hit;

	arm(fault, 0);
	return hit;
}

static inline bool is_due_to(enum fault fault, int error)
{
	switch (fault) {
	case MEMORY_ONCE:
	case MEMORY_FOR_EVER:
	case DEMAND_ONCE:
		return error == REWAPP_E_NOMEMORY || error == REWAPP_E_UNCERTAIN;
	case APPLY_CONFLICTS:
		return false; /* the engine loads again */
	case APPLY_IS_UNCERTAIN:
		return error == REWAPP_E_UNCERTAIN;
	default:
		return error == REWAPP_E_STORAGE || error == REWAPP_E_UNCERTAIN;
	}
}

#endif
