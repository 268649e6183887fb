/* Memory and storage fail at every place: the n-th allocation, or the n-th call of the storage,
 * once or from then on, in each kind of command and in each question (fault.h). */
#include "faults/fault.h"
#include "faults/files.h"
#include "faults/stories.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

enum {
	COPIES_MAX = 11, /* of a command in its batch */
	COMMANDS_MAX = COPIES_MAX * 5,
	TEXT_CAPACITY = COPIES_MAX * FORM_CAPACITY
};

static rewapp_engine *engine; /* whose memory or storage fails */
static rewapp_engine *keeper; /* of the same store, with memory enough */
static char uri[160];
static char tokens[COPIES_MAX][REWAPP_TOKEN_CAPACITY]; /* of the mints of the last batch */
static char older[1024]; /* a checkpoint as JSON has it, signed before the last command */

/* --- commands as text: # is a number that grows, $ the token of the same place --------------------- */

/* `copies` of the form in one batch, with the numbers from `number` on. */
static rewapp_commands *parse(const char *form, int number, int copies)
{
	static char text[TEXT_CAPACITY];
	size_t at = (size_t)snprintf(text, sizeof text, "{\"commands\":[");
	rewapp_commands *commands;

	for (int i = 0; i < copies; i++) {
		text[at] = ',';
		at += i > 0;
		at += fill_in(form, number + i, tokens[i], text + at);
	}
	at += (size_t)snprintf(text + at, sizeof text - at, "]}");
	ck_assert_msg(rewapp_commands_parse(text, at, &commands) == 0, "%s: %s", text, rewapp_errmsg());
	return commands;
}

static int submit(rewapp_engine *to, rewapp_commands *commands, struct rewapp_receipt receipts[COMMANDS_MAX])
{
	ck_assert_uint_le(rewapp_commands_count(commands), COMMANDS_MAX);
	receipts[0].size = sizeof receipts[0];
	return rewapp_submit(to, rewapp_commands_array(commands), rewapp_commands_count(commands), receipts);
}

/* With memory enough: every command is accepted, or waits for a person. */
static void accept(rewapp_engine *to, rewapp_commands *commands)
{
	static struct rewapp_receipt receipts[COMMANDS_MAX];
	int error = submit(to, commands, receipts), minted = 0;

	ck_assert_msg(error == 0, "%s: %s", rewapp_error_name(error), rewapp_errmsg());
	for (size_t i = 0; i < rewapp_commands_count(commands); i++) {
		ck_assert_msg(receipts[i].code == 0 &&
				(receipts[i].verdict == REWAPP_VERDICT_ACCEPTED ||
					receipts[i].verdict == REWAPP_VERDICT_NEEDS_REVIEW),
			"%s %d: %s %s", rewapp_kind_name(receipts[i].kind), (int)i,
			rewapp_verdict_name(receipts[i].verdict), receipts[i].message);
		if (*receipts[i].token && minted < COPIES_MAX)
			memcpy(tokens[minted++], receipts[i].token, sizeof tokens[0]);
	}
}

static void do_text(const char *form, int number, int copies)
{
	rewapp_commands *commands = parse(form, number, copies);

	accept(keeper, commands);
	rewapp_commands_free(commands);
}

/* Signs; what of the answer stands between the quotes goes to `older`. */
static void sign(void)
{
	static const char question[] = "{\"query\":\"sign\"}", before[] = "{\"checkpoint\":\"";
	char *answer;
	size_t length;

	ck_assert_int_eq(rewapp_json_query(keeper, question, sizeof question - 1, &answer, &length), 0);
	ck_assert_int_eq(strncmp(answer, before, sizeof before - 1), 0);
	ck_assert_uint_lt(length, sizeof older);
	length -= sizeof before - 1 + strlen("\"}");
	memcpy(older, answer + sizeof before - 1, length);
	older[length] = '\0';
	rewapp_free(keeper, answer);
}

static void set_up(void)
{
	memset(&memory, 0, sizeof memory);
	make_folder();
	snprintf(uri, sizeof uri, "sqlite:%s/store.db", folder);
	ck_assert_int_eq(open_engine(&keeper, uri), 0);
	for (size_t i = 0; i < sizeof beginning / sizeof *beginning; i++)
		do_text(beginning[i], 0, 1);
	sign();
	do_text(minting, 0, 1);
}

static void tear_down(void)
{
	struct rewapp_verification found = { .size = sizeof found };

	ck_assert_int_eq(rewapp_verify(keeper, NULL, NULL, &found), 0);
	ck_assert_msg(found.problems == 0, "%s", found.first);
	rewapp_engine_close(keeper);
	ck_assert_int_eq(memory.live, 0);
	remove_store("store");
	remove_store("work");
	rmdir(folder);
}

/* --- every kind of command ----------------------------------------------------------------------- */

/* After the error the id is free, unless the answer was lost behind the commit. */
static void check_failed(rewapp_engine *asked, int number, enum fault fault, int error)
{
	struct rewapp_receipt receipt = { .size = sizeof receipt };
	struct rewapp_id id;
	char name[16];

	snprintf(name, sizeof name, "@x%d", number);
	ck_assert_msg(is_due_to(fault, error), "%d %s", error, rewapp_errmsg());
	ck_assert_int_eq(rewapp_id_parse(name, strlen(name), &id), 0);
	ck_assert_int_eq(rewapp_receipt_get(asked, &id, &receipt),
		error == REWAPP_E_UNCERTAIN ? 0 : REWAPP_E_NOTFOUND);
}

/* One attempt by an engine that has just been opened, so that its memory is all to be had
 * anew; false when the call never came to the allocation that should fail. */
static bool attempt(const struct story *story, int number, int copies, int fails_at, enum fault fault)
{
	static struct rewapp_receipt receipts[COMMANDS_MAX];
	rewapp_commands *commands;
	bool hit;
	int error;

	if (story->before)
		do_text(story->before, number, copies);
	commands = parse(story->command, number, copies);
	ck_assert_msg(open_engine(&engine, uri) == 0, "attempt %d: %s", fails_at, rewapp_errmsg());
	engine->arena.block_bytes = 640 * (size_t)copies; /* many blocks: many places to fail at */
	rewapp__arena_finish(&engine->arena);
	let_storage_fail(engine->storage);
	arm(fault, fails_at);
	error = submit(engine, commands, receipts);
	hit = disarm(fault);
	if (error < 0)
		check_failed(keeper, number, fault, error);
	accept(engine, commands);
	rewapp_commands_free(commands);
	rewapp_engine_close(engine);
	return hit;
}

/* On a copy of the store: with what other attempts left in it the demands would grow in number, and none come
 * behind the last. */
static bool attempt_on_copy(rewapp_commands *commands, int fails_at)
{
	static struct rewapp_receipt receipts[COMMANDS_MAX];
	char path[160], work[176];
	bool hit;
	int error;

	copy_store("store", "work");
	path_of("work", "", path);
	snprintf(work, sizeof work, "sqlite:%s", path);
	ck_assert_int_eq(open_engine(&engine, work), 0);
	arm(DEMAND_ONCE, fails_at);
	error = submit(engine, commands, receipts);
	hit = disarm(DEMAND_ONCE);
	if (error < 0)
		check_failed(engine, 1, DEMAND_ONCE, error);
	accept(engine, commands);
	rewapp_engine_close(engine);
	return hit;
}

START_TEST(test_demand)
{
	const struct story *story = &stories[_i];
	rewapp_commands *commands;
	int n = 1;

	if (story->before)
		do_text(story->before, 1, 1);
	commands = parse(story->command, 1, 1);
	while (n < FAULTS_MAX && attempt_on_copy(commands, n))
		n++;
	ck_assert_int_gt(n, 10);
	ck_assert_int_lt(n, FAULTS_MAX);
	rewapp_commands_free(commands);
}
END_TEST

START_TEST(test_command)
{
	static const int sizes[] = { 1, 4, COPIES_MAX };
	int number = 1, hits = 0;

	if (_i % FAULTS_OF_COMMANDS == DEMAND_ONCE) /* test_demand */
		return;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		int n = 1;

		while (n < FAULTS_MAX &&
			attempt(&stories[_i / FAULTS_OF_COMMANDS], number, sizes[i], n,
				_i % FAULTS_OF_COMMANDS)) {
			number += sizes[i];
			n++;
		}
		number += sizes[i];
		ck_assert_int_lt(n, FAULTS_MAX);
		hits += n - 1;
	}
	ck_assert_int_ge(hits, _i % FAULTS_OF_COMMANDS < STORAGE_ONCE ? 10 : 3);
}
END_TEST

/* --- every question --------------------------------------------------------------------------------- */

/* One attempt, by an engine that has just been opened; false as above. */
static bool ask(const char *text, const char *expected, int fails_at, enum fault fault)
{
	char *answer;
	size_t length;
	bool hit;
	int error;

	ck_assert_int_eq(open_engine(&engine, uri), 0);
	let_storage_fail(engine->storage);
	arm(fault, fails_at);
	error = rewapp_json_query(engine, text, strlen(text), &answer, &length);
	hit = disarm(fault);
	if (error < 0) {
		ck_assert_msg(is_due_to(fault, error) && error != REWAPP_E_UNCERTAIN, "%s: %d %s", text,
			error, rewapp_errmsg());
		ck_assert_ptr_null(answer);
		ck_assert_int_eq(rewapp_json_query(engine, text, strlen(text), &answer, &length), 0);
	}
	ck_assert_str_eq(answer, expected);
	rewapp_free(engine, answer);
	rewapp_engine_close(engine);
	return hit;
}

START_TEST(test_question)
{
	const char *form = questions[_i / FAULTS_OF_QUESTIONS];
	char text[FORM_CAPACITY], *expected;
	size_t length;
	int n = 1;

	fill_in(form, 0, strstr(form, "extension") ? older : tokens[0], text);
	ck_assert_msg(rewapp_json_query(keeper, text, strlen(text), &expected, &length) == 0, "%s: %s", text,
		rewapp_errmsg());
	while (n < FAULTS_MAX && ask(text, expected, n, _i % FAULTS_OF_QUESTIONS))
		n++;
	ck_assert_int_eq(n > 1, reads_the_store(form) || _i % FAULTS_OF_QUESTIONS < STORAGE_ONCE);
	ck_assert_int_lt(n, FAULTS_MAX);
	rewapp_free(keeper, expected);
}
END_TEST

/* --- the doors of text ------------------------------------------------------------------------------- */

/* What was stored must not be told as if it were not. */
static bool submit_text(int number, int fails_at, enum fault fault)
{
	char text[FORM_CAPACITY], *answer;
	size_t length;
	bool hit;
	int error;

	fill_in(PURCHASE("@x#", "100"), number, "", text);
	ck_assert_int_eq(open_engine(&engine, uri), 0);
	let_storage_fail(engine->storage);
	arm(fault, fails_at);
	error = rewapp_json_submit(engine, text, strlen(text), &answer, &length);
	hit = disarm(fault);
	if (error < 0)
		check_failed(keeper, number, fault, error);
	else
		rewapp_free(engine, answer);
	rewapp_engine_close(engine);
	return hit;
}

START_TEST(test_json_submit)
{
	int n = 1;

	while (n < FAULTS_MAX && submit_text(n, n, _i))
		n++;
	ck_assert_int_gt(n, 1);
	ck_assert_int_lt(n, FAULTS_MAX);
}
END_TEST

/* A kind that is new has its story. */
START_TEST(test_every_kind_has_a_story)
{
#define KIND(name, value, text) "\"kind\":\"" text "\"",
	static const char *const kinds[] = { REWAPP_KIND_MAP(KIND) };
#undef KIND

	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		bool told = false;

		for (size_t i = 0; i < sizeof stories / sizeof *stories && !told; i++)
			told = strstr(stories[i].command, kinds[k]) != NULL;
		ck_assert_msg(told, "no story of a command with %s", kinds[k]);
	}
}
END_TEST

START_TEST(test_open)
{
	bool hit = true;

	memset(&memory, 0, sizeof memory);
	for (int n = 1; hit && n < FAULTS_MAX; n++) {
		int error;

		memory_fails(n, _i);
		error = open_engine(&engine, NULL);
		hit = memory.hit;
		ck_assert_msg(error == 0 || error == REWAPP_E_NOMEMORY, "%d: %s", error, rewapp_errmsg());
		ck_assert_int_eq(engine == NULL, error != 0);
		rewapp_engine_close(engine);
		ck_assert_int_eq(memory.live, 0);
	}
	ck_assert(!hit);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("faults");
	TCase *store = tcase_create("a store at work"), *opening = tcase_create("opening");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(store, set_up, tear_down);
	tcase_set_timeout(store, 600); /* an idle machine needs 20 s, a busy one under a sanitizer minutes */
	tcase_add_loop_test(
		store, test_command, 0, FAULTS_OF_COMMANDS * (int)(sizeof stories / sizeof *stories));
	tcase_add_loop_test(store, test_demand, 0, (int)(sizeof stories / sizeof *stories));
	tcase_add_loop_test(
		store, test_question, 0, FAULTS_OF_QUESTIONS * (int)(sizeof questions / sizeof *questions));
	tcase_add_loop_test(store, test_json_submit, 0, FAULTS_OF_COMMANDS);
	tcase_add_test(opening, test_every_kind_has_a_story);
	tcase_set_timeout(opening, 600);
	tcase_add_loop_test(opening, test_open, 0, 2);
	suite_add_tcase(suite, store);
	suite_add_tcase(suite, opening);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
