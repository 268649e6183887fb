/* Bank lines in doubt through the public functions: pages, what is refused, versions, another engine on the
 * store, an erased member's text. */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	LINES = 12
};

static struct world world;

/* Nothing is ever sure enough, so that every line of the bakery waits. */
static void setup(void)
{
	world_open(&world);
	world_do(&world,
		"{\"kind\":\"programme\",\"id\":\"@p2\",\"target\":\"@cagnotte\",\"document\":{\"name\":"
		"\"Cagnotte\","
		"\"currency\":\"EUR\",\"matching\":{\"sure\":10000,\"review\":5000},"
		"\"rules\":[{\"id\":\"base\",\"type\":\"percent\",\"basis_points\":200}]}}");
}

static void teardown(void)
{
	struct rewapp_verification found = { .size = sizeof found };

	ck_assert_int_eq(rewapp_verify(world.engine, NULL, NULL, &found), 0);
	ck_assert_msg(found.problems == 0, "%s", found.first);
	world_close(&world);
}

static struct rewapp_receipt submit(const struct rewapp_command *command)
{
	struct rewapp_receipt receipt = { .size = sizeof receipt };

	ck_assert_msg(rewapp_submit(world.engine, command, 1, &receipt) == 0, "%s", rewapp_errmsg());
	return receipt;
}

static struct rewapp_receipt bring(const char *name, const char *text, int64_t amount)
{
	struct rewapp_command line = REWAPP_COMMAND_INIT;

	line.kind = REWAPP_KIND_PURCHASE;
	line.id = world_id(name);
	line.member = world_id("ada");
	line.descriptor = text;
	line.amount = amount;
	line.mcc = 5462;
	line.postcode = "75020";
	memcpy(line.currency, "EUR", 4);
	return submit(&line);
}

static struct rewapp_command answer(int kind, const char *name, const char *target)
{
	struct rewapp_command command = REWAPP_COMMAND_INIT;

	command.kind = kind;
	command.id = world_id(name);
	command.target = world_id(target);
	command.reference = "Claire";
	return command;
}

static struct rewapp_command yes(const char *name, const char *target)
{
	struct rewapp_command command = answer(REWAPP_KIND_CONFIRM, name, target);

	command.merchant = world_id("bakery");
	return command;
}

START_TEST(a_line_is_told_as_it_came)
{
	struct rewapp_doubt line = { .size = sizeof line };
	const struct rewapp_id bakery = world_id("bakery"), ada = world_id("ada");
	struct rewapp_id name = world_id("l1");
	size_t count;

	ck_assert_int_eq(bring("l1", "CB FOURNIL MENILMONTANT 4970100000000154", 1250).verdict,
		REWAPP_VERDICT_NEEDS_REVIEW);
	ck_assert_int_eq(rewapp_doubts(world.engine, 0, &line, 1, &count), 0);
	ck_assert_uint_eq(count, 1);
	ck_assert_mem_eq(&line.id, &name, sizeof name);
	ck_assert_mem_eq(&line.member, &ada, sizeof ada);
	ck_assert_mem_eq(&line.merchant, &bakery, sizeof bakery);
	ck_assert_str_eq(line.descriptor, "CB FOURNIL MENILMONTANT XXXXXXXXXXXX0154");
	ck_assert_int_eq(line.amount, 1250);
	ck_assert_str_eq(line.currency, "EUR");
	ck_assert_int_eq(line.mcc, 5462);
	ck_assert_int_eq(line.occurred_ms, WORLD_NOW_MS);
	ck_assert_int_gt(line.catalogue, 0);
	ck_assert_uint_gt(strlen(line.calibration), 0);
	ck_assert_int_eq(line.certainty, line.match.candidates[0].certainty);
	ck_assert_mem_eq(&line.match.candidates[0].merchant, &bakery, sizeof bakery);
}
END_TEST

/* The versions are those of the decision, whatever has changed since. */
START_TEST(versions_stay)
{
	struct rewapp_doubt line = { .size = sizeof line };
	int64_t before;
	size_t count;

	bring("l1", "CB FOURNIL MENILMONTANT", 1250);
	ck_assert_int_eq(rewapp_doubts(world.engine, 0, &line, 1, &count), 0);
	before = line.catalogue;
	world_do(&world,
		"{\"kind\":\"merchant\",\"id\":\"@m3\",\"target\":\"@baker\",\"document\":{\"name\":"
		"\"Fournil\"}}");
	bring("l2", "CB FOURNIL MENILMONTANT", 1250);
	ck_assert_int_eq(rewapp_doubts(world.engine, 0, &line, 1, &count), 0);
	ck_assert_int_eq(line.catalogue, before);
	ck_assert_int_eq(rewapp_doubts(world.engine, line.number, &line, 1, &count), 0);
	ck_assert_int_gt(line.catalogue, before);
}
END_TEST

static const size_t sizes[] = { 1, 5, 12, 50 };

START_TEST(lists_in_pages)
{
	struct rewapp_doubt lines[50];
	struct rewapp_learnt learnt[50];
	int64_t after = 0;
	size_t count, all = 0;

	for (int i = 0; i < LINES; i++) {
		char name[16], text[64];

		snprintf(name, sizeof name, "l%d", i);
		snprintf(text, sizeof text, "CB FOURNIL MENILMONTANT RUE%c", 'A' + i);
		bring(name, text, 100 + i);
	}
	do {
		lines[0].size = sizeof lines[0];
		ck_assert_int_eq(rewapp_doubts(world.engine, after, lines, sizes[_i], &count), 0);
		for (size_t i = 0; i < count; i++, after = lines[i - 1].number)
			ck_assert_int_eq(lines[i].amount, 100 + (int64_t)all++);
	} while (count == sizes[_i]);
	ck_assert_uint_eq(all, LINES);
	for (int i = 0; i < LINES; i++) {
		char name[16], line[16];
		struct rewapp_command command;

		snprintf(name, sizeof name, "c%d", i);
		snprintf(line, sizeof line, "l%d", i);
		command = yes(name, line);
		ck_assert_int_eq(submit(&command).verdict, REWAPP_VERDICT_ACCEPTED);
	}
	all = 0, after = 0;
	do {
		learnt[0].size = sizeof learnt[0];
		ck_assert_int_eq(rewapp_learnt_list(world.engine, NULL, after, learnt, sizes[_i], &count), 0);
		for (size_t i = 0; i < count; i++, after = learnt[i - 1].number, all++)
			ck_assert_int_eq(learnt[i].text[strlen(learnt[i].text) - 1], 'A' + (int)all);
	} while (count == sizes[_i]);
	ck_assert_uint_eq(all, LINES);
}
END_TEST

START_TEST(arguments_that_are_refused)
{
	struct rewapp_doubt line = { .size = sizeof line };
	struct rewapp_learnt learnt = { .size = sizeof learnt };
	struct rewapp_id nobody = world_id("nobody");
	size_t count = 7;

	ck_assert_int_eq(rewapp_doubts(NULL, 0, &line, 1, &count), REWAPP_E_ARGUMENT);
	ck_assert_int_eq(rewapp_doubts(world.engine, 0, NULL, 1, &count), REWAPP_E_ARGUMENT);
	ck_assert_int_eq(rewapp_doubts(world.engine, 0, &line, 1, NULL), REWAPP_E_ARGUMENT);
	ck_assert_int_eq(rewapp_doubts(world.engine, 0, &line, 0, &count), 0);
	ck_assert_uint_eq(count, 0);
	line.size--;
	ck_assert_int_eq(rewapp_doubts(world.engine, 0, &line, 1, &count), REWAPP_E_ABI);
	ck_assert_int_eq(rewapp_learnt_list(NULL, NULL, 0, &learnt, 1, &count), REWAPP_E_ARGUMENT);
	ck_assert_int_eq(rewapp_learnt_list(world.engine, NULL, 0, NULL, 1, &count), REWAPP_E_ARGUMENT);
	ck_assert_int_eq(rewapp_learnt_list(world.engine, NULL, 0, &learnt, 1, NULL), REWAPP_E_ARGUMENT);
	ck_assert_int_eq(rewapp_learnt_list(world.engine, &nobody, 0, &learnt, 1, &count), REWAPP_E_NOTFOUND);
	learnt.size++;
	ck_assert_int_eq(rewapp_learnt_list(world.engine, NULL, 0, &learnt, 1, &count), REWAPP_E_ABI);
}
END_TEST

static void expect_error(const struct rewapp_command *command, int code, const char *field)
{
	struct rewapp_receipt receipt = submit(command);

	ck_assert_int_eq(receipt.code, code);
	ck_assert_str_eq(receipt.field, field);
}

START_TEST(commands_that_are_refused)
{
	struct rewapp_command command;
	struct rewapp_doubt line = { .size = sizeof line };
	size_t count;

	bring("l1", "CB FOURNIL MENILMONTANT", 1250);
	command = answer(REWAPP_KIND_CONFIRM, "x", "l1");
	expect_error(&command, REWAPP_E_ARGUMENT, "merchant");
	command = yes("x", "l1");
	command.flags = REWAPP_NOBODY;
	expect_error(&command, REWAPP_E_ARGUMENT, "merchant");
	command = yes("x", "l1");
	command.reference = NULL;
	expect_error(&command, REWAPP_E_ARGUMENT, "reference");
	command = yes("x", "l1");
	command.reference = "card 4970100000000154";
	expect_error(&command, REWAPP_E_CARDNUMBER, "reference");
	command = yes("x", "l1");
	command.amount = 5;
	expect_error(&command, REWAPP_E_ARGUMENT, "amount");
	command = answer(REWAPP_KIND_TAKE_BACK, "x", "l1");
	command.flags = REWAPP_NOBODY;
	expect_error(&command, REWAPP_E_ARGUMENT, "flags");
	command = answer(REWAPP_KIND_TAKE_BACK, "x", "l1");
	ck_assert_int_eq(submit(&command).verdict, REWAPP_VERDICT_NOTHING_LEFT);
	ck_assert_int_eq(rewapp_doubts(world.engine, 0, &line, 1, &count), 0);
	ck_assert_uint_eq(count, 1);
}
END_TEST

/* The member is told what the books keep of the bank's text. */
START_TEST(an_export_tells_the_text)
{
	char *text;
	const struct rewapp_id ada = world_id("ada");

	bring("l1", "CB FOURNIL MENILMONTANT", 1250);
	ck_assert_int_eq(rewapp_member_export(world.engine, &ada, &text), 0);
	ck_assert_ptr_nonnull(strstr(text, "\"descriptor\":\"CB FOURNIL MENILMONTANT\""));
	rewapp_free(world.engine, text);
}
END_TEST

/* What would happen, and nothing has. */
START_TEST(a_quote_changes_nothing)
{
	struct rewapp_command command = yes("x", "l1");
	struct rewapp_receipt receipt = { .size = sizeof receipt };
	struct rewapp_doubt line = { .size = sizeof line };
	size_t count;

	bring("l1", "CB FOURNIL MENILMONTANT", 1250);
	ck_assert_int_eq(rewapp_quote(world.engine, &command, 1, &receipt), 0);
	ck_assert_int_eq(receipt.verdict, REWAPP_VERDICT_ACCEPTED);
	ck_assert_int_eq(receipt.points, 25);
	ck_assert_int_eq(rewapp_doubts(world.engine, 0, &line, 1, &count), 0);
	ck_assert_uint_eq(count, 1);
	ck_assert_int_eq(submit(&command).points, 25);
}
END_TEST

/* What one engine was taught, another one on the store knows by its next call. */
START_TEST(engines_share_what_was_learnt)
{
	char folder[] = "/tmp/rewapp-review-XXXXXX", uri[96], path[64];
	struct world first = { .now_ms = WORLD_NOW_MS }, second = first, kept = world;
	struct rewapp_match match = { .size = sizeof match };
	struct rewapp_match_query query = { .size = sizeof query, .descriptor = "CB FOURNIL DES LILAS" };
	struct rewapp_command command = yes("c1", "l1"), back = answer(REWAPP_KIND_TAKE_BACK, "t1", "c1");

	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/store.db", folder);
	snprintf(uri, sizeof uri, "sqlite:%s", path);
	first.engine = world_engine(&first, uri);
	second.engine = world_engine(&second, uri);
	world_do(&first,
		"{\"commands\":[{\"kind\":\"programme\",\"id\":\"@p\",\"target\":\"@main\",\"document\":{"
		"\"name\":"
		"\"Main\",\"currency\":\"EUR\",\"matching\":{\"sure\":9900,\"review\":500},\"rules\":[{"
		"\"id\":\"base\","
		"\"type\":\"percent\",\"basis_points\":200}]}},{\"kind\":\"merchant\",\"id\":\"@m\","
		"\"target\":"
		"\"@bakery\",\"document\":{\"name\":\"Fournil\"}},{\"kind\":\"member\",\"id\":\"@e\","
		"\"target\":"
		"\"@ada\"}]}");
	world = first;
	ck_assert_int_eq(bring("l1", query.descriptor, 900).verdict, REWAPP_VERDICT_NEEDS_REVIEW);
	ck_assert_int_eq(rewapp_match(second.engine, &query, &match), 0);
	ck_assert_int_eq(match.outcome, REWAPP_MATCH_REVIEW);
	ck_assert_int_eq(submit(&command).verdict, REWAPP_VERDICT_ACCEPTED);
	ck_assert_int_eq(rewapp_match(second.engine, &query, &match), 0);
	ck_assert_int_eq(match.outcome, REWAPP_MATCH_SURE);
	rewapp_engine_close(second.engine); /* one that opens now knows it as well */
	second.engine = world_engine(&second, uri);
	ck_assert_int_eq(rewapp_match(second.engine, &query, &match), 0);
	ck_assert_int_eq(match.outcome, REWAPP_MATCH_SURE);
	ck_assert_int_eq(submit(&back).verdict, REWAPP_VERDICT_ACCEPTED);
	ck_assert_int_eq(rewapp_match(second.engine, &query, &match), 0);
	ck_assert_int_eq(match.outcome, REWAPP_MATCH_REVIEW);
	rewapp_engine_close(first.engine);
	rewapp_engine_close(second.engine);
	world = kept;
	unlink(path);
	rmdir(folder);
}
END_TEST

static int holds(const char *path, const char *text)
{
	FILE *file = fopen(path, "rb");
	static char bytes[4 << 20];
	size_t size, length = strlen(text);
	int found = 0;

	if (!file)
		return 0;
	size = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	for (size_t i = 0; i + length <= size && !found; i++)
		found = memcmp(bytes + i, text, length) == 0;
	return found;
}

/* The bank's text stands nowhere in the store in clear. */
START_TEST(texts_are_covered)
{
	char folder[] = "/tmp/rewapp-review-XXXXXX", uri[96], path[64], log[64];
	struct world kept = world;
	struct rewapp_doubt line = { .size = sizeof line };
	size_t count;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/store.db", folder);
	snprintf(log, sizeof log, "%s/store.db-wal", folder);
	snprintf(uri, sizeof uri, "sqlite:%s", path);
	world.engine = world_engine(&kept, uri);
	world_do(&world,
		"{\"commands\":[{\"kind\":\"programme\",\"id\":\"@p\",\"target\":\"@main\",\"document\":{"
		"\"name\":"
		"\"Main\",\"currency\":\"EUR\",\"matching\":{\"sure\":10000,\"review\":500},\"rules\":[{"
		"\"id\":\"base\","
		"\"type\":\"percent\",\"basis_points\":200}]}},{\"kind\":\"merchant\",\"id\":\"@m\","
		"\"target\":"
		"\"@bakery\",\"document\":{\"name\":\"Fournil\"}},{\"kind\":\"member\",\"id\":\"@e\","
		"\"target\":"
		"\"@ada\"}]}");
	ck_assert_int_eq(bring("l1", "CB FOURNIL ZANZIBARRA", 900).verdict, REWAPP_VERDICT_NEEDS_REVIEW);
	ck_assert(holds(path, "Fournil") || holds(log, "Fournil"));
	ck_assert(!holds(path, "ZANZIBARRA") && !holds(log, "ZANZIBARRA"));
	world_do(&world, "{\"kind\":\"erase\",\"id\":\"@gone\",\"target\":\"@ada\"}");
	ck_assert_int_eq(rewapp_doubts(world.engine, 0, &line, 1, &count), 0);
	ck_assert_uint_eq(count, 0);
	rewapp_engine_close(world.engine);
	world = kept;
	unlink(path);
	rmdir(folder);
}
END_TEST

static void add(TCase *all)
{
	tcase_add_checked_fixture(all, setup, teardown);
	tcase_add_test(all, a_line_is_told_as_it_came);
	tcase_add_test(all, versions_stay);
	tcase_add_loop_test(all, lists_in_pages, 0, ROWS(sizes));
	tcase_add_test(all, arguments_that_are_refused);
	tcase_add_test(all, commands_that_are_refused);
	tcase_add_test(all, an_export_tells_the_text);
	tcase_add_test(all, a_quote_changes_nothing);
	tcase_add_test(all, engines_share_what_was_learnt);
	tcase_add_test(all, texts_are_covered);
}

int main(void)
{
	return run_suite("review", add);
}
