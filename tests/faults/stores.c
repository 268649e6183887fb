/* Memory and storage fail while a store is opened, owned, recovered, signed, tidied and closed.
 *
 * Whatever failed, the store that is opened afterwards has the points that the same commands gave on a
 * shared store where nothing failed, and its log is sound. */
#include "faults/fault.h"
#include "faults/files.h"
#include "flows/owned.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

enum {
	MEMBERS = 5,
	STEPS = 9,
	ROUND = 4, /* commands: several rounds of an owned store */
	ANSWERS_CAPACITY = 8192
};

static rewapp_engine *engine;
static char expected[ANSWERS_CAPACITY]; /* of all members, where nothing failed */
static bool opening;                    /* storage that is opened now fails too */

/* --- the opening of a storage: the linker leads the library's calls here ------------------------------- */

int __real_rewapp__storage_open(struct storage **out, const char *uri, const struct storage_options *options);
int __wrap_rewapp__storage_open(struct storage **out, const char *uri, const struct storage_options *options);

int __wrap_rewapp__storage_open(struct storage **out, const char *uri, const struct storage_options *options)
{
	int error;

	*out = NULL;
	if (opening && storage_fails(false))
		return rewapp__fail(REWAPP_E_STORAGE, "a fault");
	error = __real_rewapp__storage_open(out, uri, options);
	if (opening && error == 0)
		let_storage_fail(*out);
	return error;
}

static int open_store(rewapp_engine **out, const char *name, int mode)
{
	char path[160], uri[176];
	int error;

	path_of(name, "", path);
	snprintf(uri, sizeof uri, "sqlite:%s", path);
	error = open_engine_as(out, uri, mode);
	if (error == 0 && (*out)->owned) {
		(*out)->owned->round_commands = ROUND;
		(*out)->owned->slice_min = 1;
	}
	return error;
}

static rewapp_engine *opened(const char *name, int mode)
{
	rewapp_engine *out;

	ck_assert_msg(open_store(&out, name, mode) == 0, "%s: %s", name, rewapp_errmsg());
	return out;
}

/* --- the same commands everywhere ----------------------------------------------------------------------- */

static int submit_text(rewapp_engine *to, const char *text)
{
	char *answer;
	int error = rewapp_json_submit(to, text, strlen(text), &answer, NULL);

	ck_assert_msg(error < 0 || !strstr(answer, "\"error\""), "%s: %s", text, answer);
	if (error == 0)
		rewapp_free(to, answer);
	return error;
}

static const char beginning[] =
	"{\"commands\":[{\"kind\":\"programme\",\"id\":\"@p\",\"target\":\"@main\",\"document\":{\"name\":"
	"\"Main\",\"currency\":\"EUR\",\"expiry_days\":30,\"caps\":[{\"id\":\"m\",\"scope\":\"member\","
	"\"window\":\"month\",\"points\":9000}],\"tiers\":{\"by\":\"spend\",\"period\":\"rolling\",\"days\":"
	"30,"
	"\"levels\":[{\"id\":\"silver\",\"from\":2000}]},\"rules\":[{\"id\":\"base\",\"type\":\"percent\","
	"\"basis_points\":1000,\"funder\":\"merchant\"}]}},{\"kind\":\"merchant\",\"id\":\"@s\",\"target\":"
	"\"@shop\",\"document\":{\"name\":\"Fournil\"}}]}";

/* A purchase, a hold that stays and one in a chain, a return; a sweep and a new member now and then. */
static int step(rewapp_engine *to, int n)
{
	char text[2048];
	size_t at = 0;

	at += (size_t)snprintf(text + at, sizeof text - at,
		"{\"commands\":[{\"kind\":\"member\",\"id\":\"@m%d\",\"target\":\"@%d\"},"
		"{\"kind\":\"purchase\",\"id\":\"@p%d\",\"member\":\"@%d\",\"merchant\":\"@shop\","
		"\"amount\":%d,\"currency\":\"EUR\"},"
		"{\"kind\":\"hold\",\"id\":\"@h%d\",\"member\":\"@%d\",\"points\":3},"
		"{\"kind\":\"hold\",\"id\":\"@c%d\",\"member\":\"@%d\",\"points\":5,\"linked\":true},"
		"{\"kind\":\"post\",\"id\":\"@d%d\",\"target\":\"@c%d\",\"merchant\":\"@shop\"},",
		n, n % MEMBERS, n, n % MEMBERS, 1000 + 10 * n, n, n % MEMBERS, n, n % MEMBERS, n, n);
	if (n % 3 == 2)
		at += (size_t)snprintf(text + at, sizeof text - at,
			"{\"kind\":\"return\",\"id\":\"@r%d\",\"target\":\"@p%d\"},", n, n - 1);
	if (n % 4 == 3)
		at += (size_t)snprintf(
			text + at, sizeof text - at, "{\"kind\":\"sweep\",\"id\":\"@w%d\"},", n);
	snprintf(text + at, sizeof text - at,
		"{\"kind\":\"adjust\",\"id\":\"@a%d\",\"member\":\"@%d\",\"points\":-1,\"reference\":\"by "
		"hand\"}]}",
		n, n % MEMBERS);
	return submit_text(to, text);
}

static void steps(rewapp_engine *to, int from, int until)
{
	for (int n = from; n < until; n++)
		ck_assert_msg(step(to, n) == 0, "step %d: %s", n, rewapp_errmsg());
}

static void answers_of(rewapp_engine *of, char out[ANSWERS_CAPACITY])
{
	char question[96], *answer;
	size_t length, at = 0;

	for (int i = 0; i < 2 * MEMBERS; i++) {
		snprintf(question, sizeof question, "{\"query\":\"%s\",\"member\":\"@%d\"}",
			i < MEMBERS ? "balance" : "tier", i % MEMBERS);
		ck_assert_msg(rewapp_json_query(of, question, strlen(question), &answer, &length) == 0,
			"%s: %s", question, rewapp_errmsg());
		ck_assert_uint_lt(at + length, ANSWERS_CAPACITY);
		memcpy(out + at, answer, length + 1);
		at += length;
		rewapp_free(of, answer);
	}
}

/* The store, which nobody has open, is as if nothing had failed. */
static void expect_whole(const char *name, int fails_at)
{
	struct rewapp_verification found = { .size = sizeof found };
	char answers[ANSWERS_CAPACITY];
	rewapp_engine *now = opened(name, REWAPP_MODE_SHARED);

	answers_of(now, answers);
	ck_assert_msg(
		strcmp(answers, expected) == 0, "fault %d:\n%s\ninstead of\n%s", fails_at, answers, expected);
	ck_assert_int_eq(rewapp_verify(now, NULL, NULL, &found), 0);
	ck_assert_msg(found.problems == 0, "fault %d: %s", fails_at, found.first);
	rewapp_engine_close(now);
}

/* "half" is shared and has half of the steps, "whole" has all, "crash" is an owned one that was killed. */
static void set_up(void)
{
	memset(&memory, 0, sizeof memory);
	make_folder();
	engine = opened("half", REWAPP_MODE_SHARED);
	ck_assert_int_eq(submit_text(engine, beginning), 0);
	steps(engine, 0, STEPS / 2);
	copy_store("half", "whole");
	copy_store("half", "owned");
	rewapp_engine_close(engine);
	engine = opened("whole", REWAPP_MODE_SHARED);
	steps(engine, STEPS / 2, STEPS);
	answers_of(engine, expected);
	rewapp_engine_close(engine);
	engine = opened("owned", REWAPP_MODE_OWNED);
	steps(engine, STEPS / 2, STEPS);
	copy_store("owned", "crash");
	rewapp_engine_close(engine);
}

static void tear_down(void)
{
	static const char *const names[] = { "half", "whole", "owned", "crash", "work" };

	ck_assert_int_eq(memory.live, 0);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		remove_store(names[i]);
	rmdir(folder);
}

/* --- an owned store at work ------------------------------------------------------------------------------
 */

/* A step that failed is sent again, by the same engine: memory says what the store says. */
static bool work(int fails_at, enum fault fault, bool closing)
{
	bool hit = false;
	int error;

	copy_store("half", "work");
	engine = opened("work", REWAPP_MODE_OWNED);
	let_storage_fail(engine->storage);
	if (!closing)
		arm(fault, fails_at);
	for (int n = STEPS / 2; n < STEPS; n++) {
		if ((error = step(engine, n)) == 0)
			continue;
		ck_assert_msg(is_due_to(fault, error), "%d: %s", fails_at, rewapp_errmsg());
		hit = disarm(fault);
		ck_assert_msg(step(engine, n) == 0, "%d, again: %s", fails_at, rewapp_errmsg());
	}
	rewapp__arena_finish(&engine->arena); /* so that the end takes memory anew */
	if (closing)
		arm(fault, fails_at);
	else
		hit |= disarm(fault);
	rewapp_engine_close(engine);
	hit |= disarm(fault);
	expect_whole("work", fails_at);
	return hit;
}

START_TEST(test_owned_commands)
{
	int n = 1;

	while (n < FAULTS_MAX && work(n, _i, false))
		n++;
	ck_assert_int_gt(n, 1);
	ck_assert_int_lt(n, FAULTS_MAX);
}
END_TEST

static int credit(rewapp_engine *to, int member)
{
	char text[160];

	snprintf(text, sizeof text,
		"{\"kind\":\"adjust\",\"id\":\"@credit%d\",\"member\":\"@%d\",\"points\":1,\"reference\":"
		"\"by "
		"hand\"}",
		member, member);
	return submit_text(to, text);
}

static int64_t available(rewapp_engine *of, int member)
{
	struct rewapp_balance balance = { .size = sizeof balance };
	struct rewapp_id id;
	char name[8];

	snprintf(name, sizeof name, "%d", member);
	ck_assert_int_eq(rewapp_id_derive(name, strlen(name), &id), 0);
	ck_assert_msg(rewapp_balance_get(of, NULL, &id, &balance) == 0, "%s", rewapp_errmsg());
	return balance.available;
}

/* Nothing but the wallet of one more member needs memory: what could not be kept is not taken for empty. */
static bool credit_one(int fails_at, enum fault fault)
{
	int64_t before;
	bool hit;
	int error;

	copy_store("half", "work");
	engine = opened("work", REWAPP_MODE_SHARED);
	before = available(engine, 0);
	rewapp_engine_close(engine);
	engine = opened("work", REWAPP_MODE_OWNED);
	let_storage_fail(engine->storage);
	for (int member = 1; member < STEPS / 2; member++)
		ck_assert_msg(credit(engine, member) == 0, "%s", rewapp_errmsg());
	arm(fault, fails_at);
	error = credit(engine, 0);
	hit = disarm(fault);
	ck_assert_msg(error == 0 || is_due_to(fault, error), "%d: %s", fails_at, rewapp_errmsg());
	ck_assert_msg(available(engine, 0) == before + (error == 0 || error == REWAPP_E_UNCERTAIN),
		"fault %d: %lld after %lld", fails_at, (long long)available(engine, 0), (long long)before);
	ck_assert_msg(credit(engine, 0) == 0, "%d, again: %s", fails_at, rewapp_errmsg());
	ck_assert_int_eq(available(engine, 0), before + 1);
	rewapp_engine_close(engine);
	return hit;
}

START_TEST(test_owned_credit)
{
	int n = 1;

	ck_assert_int_gt(STEPS / 2, 1);
	while (n < FAULTS_MAX && credit_one(n, _i))
		n++;
	ck_assert_int_gt(n, 1);
	ck_assert_int_lt(n, FAULTS_MAX);
}
END_TEST

/* What its end could not write is made again from the log. */
START_TEST(test_owned_close)
{
	int n = 1;

	while (n < FAULTS_MAX && work(n, _i, true))
		n++;
	ck_assert_int_gt(n, 1);
	ck_assert_int_lt(n, FAULTS_MAX);
}
END_TEST

/* --- opening -------------------------------------------------------------------------------------------- */

static const struct start {
	const char *image; /* NULL: there is no store yet */
	int mode;
} starts[] = {
	{ NULL, REWAPP_MODE_SHARED },
	{ NULL, REWAPP_MODE_OWNED },
	{ "whole", REWAPP_MODE_KEEP },
	{ "whole", REWAPP_MODE_OWNED },
	{ "crash", REWAPP_MODE_KEEP },
	{ "crash", REWAPP_MODE_OWNED },
	{ "crash", REWAPP_MODE_SHARED },
};

static bool start(const struct start *as, int fails_at, enum fault fault)
{
	int64_t live = memory.live;
	bool hit;
	int error;

	remove_store("work");
	if (as->image)
		copy_store(as->image, "work");
	arm(fault, fails_at);
	opening = true;
	error = open_store(&engine, "work", as->mode);
	opening = false;
	hit = disarm(fault);
	ck_assert_msg(
		error == 0 || is_due_to(fault, error) || (fault == APPLY_CONFLICTS && error == REWAPP_E_BUSY),
		"%d: %s", fails_at, rewapp_errmsg());
	ck_assert_int_eq(engine == NULL, error != 0);
	if (error == 0) /* the first call reads what the opening left for later */
		ck_assert_int_eq(submit_text(engine, beginning), 0);
	rewapp_engine_close(engine);
	ck_assert_int_eq(memory.live, live);
	if (as->image)
		expect_whole("work", fails_at);
	else
		rewapp_engine_close(opened("work", as->mode));
	return hit;
}

START_TEST(test_start)
{
	int n = 1;

	while (n < FAULTS_MAX && start(&starts[_i / FAULTS_OF_COMMANDS], n, _i % FAULTS_OF_COMMANDS))
		n++;
	ck_assert_int_gt(n, _i % FAULTS_OF_COMMANDS < FAULTS_OF_QUESTIONS);
	ck_assert_int_lt(n, FAULTS_MAX);
}
END_TEST

/* --- calls that are no commands ---------------------------------------------------------------------------
 */

static int call_tidy(rewapp_engine *of)
{
	return rewapp_engine_tidy(of);
}

static int call_acknowledge(rewapp_engine *of)
{
	int64_t position = 0;
	int error = rewapp_events_acknowledge(of, "till", 3);

	if (error < 0 || (error = rewapp_events_position(of, "till", &position)) < 0)
		return error;
	ck_assert_int_eq(position, 3);
	return 0;
}

static int call_name(rewapp_engine *of)
{
	return rewapp_books_name(of, "example.org/books");
}

static int call_key(rewapp_engine *of)
{
	char *key = NULL;
	int error = rewapp_books_key(of, &key);

	rewapp_free(of, key);
	return error;
}

static int sign(rewapp_engine *of, uint32_t flags)
{
	char *note = NULL, *newest = NULL;
	int error = rewapp_checkpoint(of, flags, &note);

	if (error == 0 && (error = rewapp_checkpoint_newest(of, &newest)) == 0)
		ck_assert_str_eq(note, newest);
	rewapp_free(of, note);
	rewapp_free(of, newest);
	return error;
}

static int call_sign(rewapp_engine *of)
{
	return sign(of, 0);
}

static int call_new_key(rewapp_engine *of)
{
	return sign(of, REWAPP_CHECKPOINT_NEW_KEY);
}

static const struct {
	int (*call)(rewapp_engine *of);
	bool loads_again; /* when another writer was faster */
} calls[] = {
	{ call_tidy, true },
	{ call_acknowledge, false },
	{ call_name, false },
	{ call_key, true },
	{ call_sign, true },
	{ call_new_key, true },
};

static bool call(int which, int fails_at, enum fault fault)
{
	bool hit;
	int error;

	copy_store("whole", "work");
	engine = opened("work", REWAPP_MODE_KEEP);
	if (fault == APPLY_CONFLICTS) /* a conflict about a row that is there */
		ck_assert_int_eq(call_key(engine), 0);
	let_storage_fail(engine->storage);
	arm(fault, fails_at);
	error = calls[which].call(engine);
	hit = disarm(fault);
	if (error < 0) {
		ck_assert_msg(is_due_to(fault, error) ||
				(fault == APPLY_CONFLICTS && error == REWAPP_E_CONFLICT &&
					!calls[which].loads_again),
			"call %d, fault %d: %s %s", which, fails_at, rewapp_error_name(error),
			rewapp_errmsg());
		ck_assert_msg(calls[which].call(engine) == 0, "call %d, again: %s", which, rewapp_errmsg());
	}
	rewapp_engine_close(engine);
	expect_whole("work", fails_at);
	return hit;
}

START_TEST(test_call)
{
	int n = 1;

	while (n < FAULTS_MAX && call(_i / FAULTS_OF_COMMANDS, n, _i % FAULTS_OF_COMMANDS))
		n++;
	ck_assert_int_lt(n, FAULTS_MAX);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("faults of stores");
	TCase *tests = tcase_create("stores");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 600);
	tcase_add_loop_test(tests, test_owned_commands, 0, FAULTS_OF_COMMANDS);
	tcase_add_loop_test(tests, test_owned_credit, 0, FAULTS_OF_COMMANDS);
	tcase_add_loop_test(tests, test_owned_close, 0, FAULTS_OF_QUESTIONS);
	tcase_add_loop_test(tests, test_start, 0, FAULTS_OF_COMMANDS * (int)(sizeof starts / sizeof *starts));
	tcase_add_loop_test(tests, test_call, 0, FAULTS_OF_COMMANDS * (int)(sizeof calls / sizeof *calls));
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
