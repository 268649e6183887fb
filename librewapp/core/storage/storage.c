/* The front of storage: finds the driver by its scheme, makes values, reads cells. */
#include "storage/storage.h"

#include "base/error.h"
#include "storage/driver.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#define DRIVER_ENTRY(name) &rewapp__storage_##name,
static const struct storage_driver *const drivers[] = { REWAPP_STORAGE_DRIVERS(DRIVER_ENTRY) };
#undef DRIVER_ENTRY

static bool scheme_is(const char *scheme, const char *uri, size_t length)
{
	return scheme && strlen(scheme) == length && memcmp(scheme, uri, length) == 0;
}

static const struct storage_driver *driver_find(const char *uri, size_t length)
{
	for (size_t i = 0; i < sizeof drivers / sizeof drivers[0]; i++)
		if (scheme_is(drivers[i]->scheme, uri, length) ||
			scheme_is(drivers[i]->scheme_alias, uri, length))
			return drivers[i];
	return NULL;
}

static int scheme_unknown(const char *uri, size_t length)
{
	if (scheme_is("postgres", uri, length) || scheme_is("postgresql", uri, length))
		return rewapp__fail(REWAPP_E_ARGUMENT, "storage uri: built without PostgreSQL");
	if (length > 32)
		length = 32;
	return rewapp__fail(
		REWAPP_E_ARGUMENT, "storage uri: no driver answers to \"%.*s:\"", (int)length, uri);
}

int rewapp__storage_open(struct storage **out, const char *uri, const struct storage_options *options)
{
	static const struct storage_options defaults;
	const struct storage_driver *driver;
	const char *colon;

	*out = NULL;
	if (!uri)
		uri = "sqlite::memory:";
	colon = strchr(uri, ':');
	if (!colon)
		return rewapp__fail(REWAPP_E_ARGUMENT, "storage uri: no scheme; a file is \"sqlite:FILE\"");
	driver = driver_find(uri, (size_t)(colon - uri));
	if (!driver)
		return scheme_unknown(uri, (size_t)(colon - uri));

	/* A URI with "//" is the driver's own notation, scheme and all. */
	return driver->open(
		out, strncmp(colon, "://", 3) == 0 ? uri : colon + 1, options ? options : &defaults);
}

void rewapp__storage_close(struct storage *storage)
{
	if (storage)
		storage->driver->close(storage);
}

int rewapp__storage_tidy(struct storage *storage)
{
	rewapp__storage_release(storage);
	return storage->driver->tidy ? storage->driver->tidy(storage) : 0;
}

int rewapp__storage_migrate(struct storage *storage, const struct stmt *steps, size_t count)
{
	return storage->driver->migrate(storage, steps, count);
}

int rewapp__storage_query(struct storage *storage, struct read *reads, size_t count, struct arena *arena)
{
	for (size_t i = 0; i < count; i++) {
		reads[i].row_count = reads[i].column_count = 0;
		reads[i].cells = NULL;
		if (reads[i].arg_count > STMT_ARGS_MAX)
			return rewapp__fail(REWAPP_E_ARGUMENT, "%s: more than %d arguments",
				reads[i].stmt->name, STMT_ARGS_MAX);
	}
	if (count == 0)
		return REWAPP_E_OK;
	return storage->driver->query(storage, reads, count, arena, storage->held);
}

void rewapp__storage_release(struct storage *storage)
{
	if (storage->held)
		storage->driver->query(storage, NULL, 0, NULL, false);
	storage->held = false;
}

void rewapp__storage_hold(struct storage *storage, bool writes)
{
	rewapp__storage_release(storage);
	storage->held = true;
	storage->writes = writes;
}

int rewapp__storage_apply(struct storage *storage, struct plan *plan, int64_t *seq_first)
{
	*seq_first = 0;
	rewapp__plan_finish(plan);
	if (plan->failed == REWAPP_E_NOMEMORY)
		return rewapp__fail(REWAPP_E_NOMEMORY, "plan: its steps do not fit in memory");
	if (plan->failed)
		return rewapp__fail(plan->failed, "plan: a step has too many arguments or too large a one");
	if (plan->step_count == 0)
		return REWAPP_E_OK;
	storage->held = false;
	return storage->driver->apply(storage, plan, seq_first);
}

int64_t rewapp__storage_now_ms(const struct rewapp_env *env)
{
	struct timespec now;

	if (env && env->now_ms)
		return env->now_ms(env->user);
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int rewapp__storage_newer(int64_t version, size_t known)
{
	return rewapp__fail(
		REWAPP_E_VERSION, "schema: version %" PRId64 ", this library knows %zu", version, known);
}

struct value rewapp__value_null(void)
{
	return (struct value){ .kind = VALUE_NULL };
}

struct value rewapp__value_int(int64_t integer)
{
	return (struct value){ .kind = VALUE_INT, .integer = integer };
}

/* A size past 32 bits stays past every driver's limit, which refuses it. */
static uint32_t size_clamp(size_t size)
{
	return size > UINT32_MAX ? UINT32_MAX : (uint32_t)size;
}

struct value rewapp__value_text(const char *text)
{
	if (!text)
		return rewapp__value_null();
	return (struct value){ .kind = VALUE_TEXT, .size = size_clamp(strlen(text)), .bytes = text };
}

struct value rewapp__value_blob(const void *bytes, size_t size)
{
	/* An empty blob is not a null: it points somewhere. */
	return (struct value){ .kind = VALUE_BLOB, .size = size_clamp(size), .bytes = bytes ? bytes : "" };
}

struct value rewapp__value_seq(int64_t offset)
{
	return (struct value){ .kind = VALUE_SEQ, .integer = offset };
}

static const struct value *cell_at(const struct read *read, size_t row, size_t column)
{
	if (row >= read->row_count || column >= read->column_count)
		return NULL;
	return &read->cells[row * read->column_count + column];
}

int64_t rewapp__cell_int(const struct read *read, size_t row, size_t column)
{
	const struct value *cell = cell_at(read, row, column);

	return cell && cell->kind == VALUE_INT ? cell->integer : 0;
}

const char *rewapp__cell_text(const struct read *read, size_t row, size_t column)
{
	const struct value *cell = cell_at(read, row, column);

	return cell && cell->kind == VALUE_TEXT ? cell->bytes : NULL;
}

const void *rewapp__cell_blob(const struct read *read, size_t row, size_t column, size_t *size)
{
	const struct value *cell = cell_at(read, row, column);

	if (!cell || cell->kind != VALUE_BLOB) {
		*size = 0;
		return NULL;
	}
	*size = cell->size;
	return cell->bytes;
}

bool rewapp__cell_is_null(const struct read *read, size_t row, size_t column)
{
	const struct value *cell = cell_at(read, row, column);

	return !cell || cell->kind == VALUE_NULL;
}
