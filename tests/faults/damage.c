/* What is read back is not what was written: rows are gone, bytes cut, turned or empty, numbers others.
 *
 * Of each statement that a question or the decision on a command reads, one thing is damaged at a time.
 * Nobody can know of every damage; what is found has one stable code, nothing is read outside its bytes (the
 * sanitizers look), and the same question to a store that is whole has the same answer as before. */
#include "faults/fault.h"
#include "faults/files.h"
#include "faults/stories.h"
#include "storage/storage.h"

#include <check.h>
#include <string.h>

enum damage {
	ROWS_GONE,
	CELL_EMPTY,
	BYTES_CUT,
	BYTES_TURNED,
	NUMBER_MORE,
	NUMBER_NEGATIVE,
	DAMAGES
};

static struct {
	enum damage damage;
	int at, count; /* the at-th place; 0: none */
	bool done;
	const struct storage_driver *real;
	struct storage_driver driver;
} worm;

static rewapp_engine *keeper;
static bool opening; /* a storage that is opened now has the worm in it */
static char uri[160], token[REWAPP_TOKEN_CAPACITY], older[1024];

/* --- the worm ---------------------------------------------------------------------------------------------
 */

static struct value other_bytes(struct value from, struct arena *arena)
{
	uint32_t size = worm.damage == BYTES_CUT ? from.size / 2 : from.size;
	char *bytes = __real_rewapp__arena_copy(arena, from.bytes, size);

	if (worm.damage == BYTES_TURNED)
		bytes[size / 2] ^= 0x11;
	from.bytes = bytes;
	from.size = size;
	return from;
}

/* Whether the damage may be done to a cell; then it is. */
static bool eats(struct value *cell, struct arena *arena)
{
	bool bytes = (cell->kind == VALUE_TEXT || cell->kind == VALUE_BLOB) && cell->size;
	bool number = cell->kind == VALUE_INT;

	if (worm.damage == CELL_EMPTY                                             ? cell->kind == VALUE_NULL
			: worm.damage == BYTES_CUT || worm.damage == BYTES_TURNED ? !bytes
										  : !number)
		return false;
	if (++worm.count != worm.at)
		return false;
	if (worm.damage == CELL_EMPTY)
		*cell = rewapp__value_null();
	else if (bytes)
		*cell = other_bytes(*cell, arena);
	else
		cell->integer = worm.damage == NUMBER_MORE ? cell->integer + 1 : -cell->integer - 1;
	return worm.done = true;
}

/* The first row and the last: those between are like them. */
static void look_into(struct read *read, struct arena *arena)
{
	size_t rows = read->row_count, columns = read->column_count;

	if (worm.damage == ROWS_GONE && rows && ++worm.count == worm.at) {
		read->row_count = 0;
		worm.done = true;
	}
	if (worm.damage == ROWS_GONE)
		return;
	for (size_t i = 0; i < rows * columns; i++) {
		if (i >= columns && i < (rows - 1) * columns)
			continue;
		/* the driver has made them in the arena, and nobody else sees them */
		if (eats((struct value *)&read->cells[i], arena))
			return;
	}
}

static int wormy_query(
	struct storage *storage, struct read *reads, size_t count, struct arena *arena, bool keep)
{
	int error = worm.real->query(storage, reads, count, arena, keep);

	for (size_t i = 0; error == 0 && worm.at && !worm.done && i < count; i++)
		look_into(&reads[i], arena);
	return error;
}

/* What was decided on damaged rows is not written: a checkpoint, say, that nobody could follow later. */
static int refuse_to_write(struct storage *storage, const struct plan *plan, int64_t *seq_first)
{
	*seq_first = 0;
	worm.real->query(storage, NULL, 0, plan->arena, false);
	return rewapp__fail(REWAPP_E_READONLY, "nothing is written");
}

static void let_worm_in(struct storage *storage)
{
	worm.real = storage->driver;
	worm.driver = *worm.real;
	worm.driver.query = wormy_query;
	worm.driver.apply = refuse_to_write;
	storage->driver = &worm.driver;
}

/* The library's own opening of a storage is led here. */
int __real_rewapp__storage_open(
	struct storage **out, const char *address, const struct storage_options *options);
int __wrap_rewapp__storage_open(
	struct storage **out, const char *address, const struct storage_options *options);

int __wrap_rewapp__storage_open(
	struct storage **out, const char *address, const struct storage_options *options)
{
	int error = __real_rewapp__storage_open(out, address, options);

	if (opening && error == 0)
		let_worm_in(*out);
	return error;
}

/* --- the store
 * ---------------------------------------------------------------------------------------------- */

static char *ask(rewapp_engine *of, const char *text)
{
	char *answer;

	ck_assert_msg(rewapp_json_query(of, text, strlen(text), &answer, NULL) == 0, "%s: %s", text,
		rewapp_errmsg());
	return answer;
}

/* What an answer has between the quotes behind a name. */
static void take_text(const char *answer, const char *name, char *out, size_t capacity)
{
	const char *at = strstr(answer, name);
	size_t length;

	ck_assert_msg(at != NULL, "%s has no %s", answer, name);
	at += strlen(name);
	length = strcspn(at, "\"");
	if (strstr(name, "checkpoint")) /* with its lines' ends, which are escaped; the last of the answer */
		length = strlen(at) - strlen("\"}");
	ck_assert_uint_lt(length, capacity);
	memcpy(out, at, length);
	out[length] = '\0';
}

static char *submit(const char *commands, int number)
{
	char filled[FORM_CAPACITY], text[FORM_CAPACITY + 32], *answer;

	fill_in(commands, number, token, filled);
	snprintf(text, sizeof text, "{\"commands\":[%s]}", filled);
	ck_assert_msg(rewapp_json_submit(keeper, text, strlen(text), &answer, NULL) == 0, "%s: %s", text,
		rewapp_errmsg());
	return answer;
}

static void set_up(void)
{
	char *answer;

	memset(&memory, 0, sizeof memory);
	make_folder();
	snprintf(uri, sizeof uri, "sqlite:%s/store.db", folder);
	ck_assert_int_eq(open_engine(&keeper, uri), 0);
	for (size_t i = 0; i < sizeof beginning / sizeof *beginning; i++)
		rewapp_free(keeper, submit(beginning[i], 0));
	answer = ask(keeper, "{\"query\":\"sign\"}");
	take_text(answer, "{\"checkpoint\":\"", older, sizeof older);
	rewapp_free(keeper, answer);
	answer = submit(minting, 0);
	take_text(answer, "\"token\":\"", token, sizeof token);
	rewapp_free(keeper, answer);
}

/* Nothing was written but by the keeper: the store is whole. */
static void tear_down(void)
{
	struct rewapp_verification found = { .size = sizeof found };

	ck_assert_int_eq(rewapp_verify(keeper, NULL, NULL, &found), 0);
	ck_assert_msg(found.problems == 0, "%s", found.first);
	rewapp_engine_close(keeper);
	ck_assert_int_eq(memory.live, 0);
	remove_store("store");
	rmdir(folder);
}

/* --- one place after the other
 * ------------------------------------------------------------------------------ */

/* What a reader says of what cannot be: damaged; or that it is not there, or is another's. */
static bool is_of_damage(int error)
{
	return error == REWAPP_E_CORRUPT || error == REWAPP_E_NOTFOUND || error == REWAPP_E_ARGUMENT ||
		error == REWAPP_E_OVERFLOW || error == REWAPP_E_CONFLICT;
}

static void release(enum damage damage, int at)
{
	worm.damage = damage;
	worm.at = at;
	worm.count = 0;
	worm.done = false;
}

static bool gnaw(const char *text, enum damage damage, int at)
{
	rewapp_engine *engine;
	char *answer = NULL;
	int error;

	ck_assert_int_eq(open_engine(&engine, uri), 0);
	let_worm_in(engine->storage);
	release(damage, at);
	error = rewapp_json_query(engine, text, strlen(text), &answer, NULL);
	worm.at = 0;
	ck_assert_msg(error == 0 || error == REWAPP_E_READONLY || (worm.done && is_of_damage(error)),
		"%s: damage %d, %d: %s %s", text, damage, at, rewapp_error_name(error), rewapp_errmsg());
	ck_assert_int_eq(answer == NULL, error != 0);
	rewapp_free(engine, answer);
	rewapp_engine_close(engine);
	return worm.done;
}

static void gnaw_all(const char *text)
{
	char *before = ask(keeper, text), *after;
	int found = 0;

	for (int damage = 0; damage < DAMAGES; damage++) {
		int at = 1;

		while (at < FAULTS_MAX && gnaw(text, (enum damage)damage, at))
			at++;
		ck_assert_int_lt(at, FAULTS_MAX);
		found += at - 1;
	}
	ck_assert_int_eq(found > 0, reads_the_store(text));
	after = ask(keeper, text);
	ck_assert_str_eq(before, after);
	rewapp_free(keeper, before);
	rewapp_free(keeper, after);
}

START_TEST(test_question)
{
	char text[FORM_CAPACITY];

	fill_in(questions[_i], 0, strstr(questions[_i], "extension") ? older : token, text);
	gnaw_all(text);
}
END_TEST

/* A quote loads and decides as the submission would, and writes nothing. */
START_TEST(test_command)
{
	const struct story *story = &stories[_i];
	char filled[FORM_CAPACITY], text[FORM_CAPACITY + 64];

	if (story->before) {
		char *answer = submit(story->before, 1);

		if (strstr(answer, "\"token\":\""))
			take_text(answer, "\"token\":\"", token, sizeof token);
		rewapp_free(keeper, answer);
	}
	fill_in(story->command, 1, token, filled);
	snprintf(text, sizeof text, "{\"query\":\"quote\",\"commands\":[%s]}", filled);
	gnaw_all(text);
}
END_TEST

/* --- an owner that was killed
 * -------------------------------------------------------------------------------- */

static void uri_of(const char *name, char out[176])
{
	char path[160];

	path_of(name, "", path);
	snprintf(out, 176, "sqlite:%s", path);
}

/* The end of the log that no row has seen is played again when it is opened: by the next owner, and before a
 * store is shared. */
static const int modes[] = { REWAPP_MODE_KEEP, REWAPP_MODE_OWNED, REWAPP_MODE_SHARED };

static bool wake(int mode, enum damage damage, int at)
{
	char work[176];
	rewapp_engine *engine;
	int error;

	copy_store("crash", "work");
	uri_of("work", work);
	release(damage, at);
	opening = true;
	error = open_engine_as(&engine, work, mode);
	opening = false;
	worm.at = 0;
	ck_assert_msg(error == 0 || error == REWAPP_E_READONLY || error == REWAPP_E_VERSION ||
			(worm.done && is_of_damage(error)),
		"mode %d, damage %d, %d: %s %s", mode, damage, at, rewapp_error_name(error), rewapp_errmsg());
	ck_assert_int_eq(engine == NULL, error != 0);
	rewapp_engine_close(engine);
	return worm.done;
}

START_TEST(test_wake)
{
	rewapp_engine *shared = keeper, *owner;
	int64_t live = memory.live;
	char owned[176];
	int found = 0;

	uri_of("owned", owned);
	ck_assert_int_eq(open_engine_as(&owner, owned, REWAPP_MODE_OWNED), 0);
	keeper = owner;
	for (size_t i = 0; i < sizeof beginning / sizeof *beginning; i++)
		rewapp_free(keeper, submit(beginning[i], 0));
	copy_store("owned", "crash");
	keeper = shared;
	rewapp_engine_close(owner);
	for (int damage = 0; damage < DAMAGES; damage++) {
		int at = 1;

		while (at < FAULTS_MAX && wake(modes[_i], (enum damage)damage, at))
			at++;
		ck_assert_int_lt(at, FAULTS_MAX);
		found += at - 1;
	}
	ck_assert_int_gt(found, 0);
	ck_assert_int_eq(memory.live, live);
	remove_store("owned");
	remove_store("crash");
	remove_store("work");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("damage");
	TCase *tests = tcase_create("what is read back");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 600);
	tcase_add_loop_test(tests, test_question, 0, (int)(sizeof questions / sizeof *questions));
	tcase_add_loop_test(tests, test_command, 0, (int)(sizeof stories / sizeof *stories));
	tcase_add_loop_test(tests, test_wake, 0, (int)(sizeof modes / sizeof *modes));
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
