/* The chart of accounts from outside: every account once whatever the page, its counters those of the
 * balance, and all of it adding up to zero. */
#include "world.h"

#include <stdio.h>

enum {
	MEMBERS = 12,
	MOST = 64
};

/* Purchases, holds, a redemption, a debt, a reversal, points given: something stands in every kind of
 * account. */
static void live(struct world *world)
{
	char text[512];

	world_open(world);
	world_do(world,
		"{\"kind\":\"programme\",\"id\":\"@p2\",\"target\":\"@cagnotte\",\"document\":{"
		"\"name\":\"Cagnotte\",\"currency\":\"EUR\",\"expiry_days\":30,\"transfers\":{},\"rules\":["
		"{\"id\":\"own\",\"type\":\"percent\",\"basis_points\":100},"
		"{\"id\":\"shop\",\"type\":\"percent\",\"basis_points\":200,\"funder\":\"merchant\"}]}}");
	for (int i = 0; i < MEMBERS; i++) {
		snprintf(text, sizeof text,
			"{\"commands\":[{\"kind\":\"member\",\"id\":\"@e-%d\",\"target\":\"@m%d\"},"
			"{\"kind\":\"purchase\",\"id\":\"@b-%d\",\"member\":\"@m%d\",\"merchant\":\"@%s\","
			"\"amount\":10000,\"currency\":\"EUR\"},{\"kind\":\"hold\",\"id\":\"@h-%d\","
			"\"member\":"
			"\"@m%d\",\"points\":120}]}",
			i, i, i, i, i & 1 ? "books" : "bakery", i, i);
		world_do(world, text);
	}
	world_do(world,
		"{\"commands\":[{\"kind\":\"post\",\"id\":\"@s\",\"target\":\"@h-0\",\"merchant\":\"@books\"}"
		","
		"{\"kind\":\"reverse\",\"id\":\"@v\",\"target\":\"@s\",\"points\":20},"
		"{\"kind\":\"return\",\"id\":\"@r\",\"target\":\"@b-0\"},"
		"{\"kind\":\"transfer\",\"id\":\"@t\",\"member\":\"@m1\",\"target\":\"@m2\",\"points\":70},"
		"{\"kind\":\"adjust\",\"id\":\"@a\",\"member\":\"@m3\",\"points\":9,\"reference\":\"gift\"}]"
		"}");
	world->now_ms += INT64_C(31) * 86400000;
	world_do(world, "{\"kind\":\"sweep\",\"id\":\"@w\",\"points\":4}");
}

static size_t list_in_pages(struct world *world, size_t page, struct rewapp_account *out)
{
	int64_t after = 0;
	size_t all = 0, count;

	do {
		ck_assert_uint_le(all + page, MOST + 32);
		ck_assert_int_eq(rewapp_account_list(world->engine, NULL, after, out + all, page, &count), 0);
		all += count;
		after = all ? out[all - 1].cursor : 0;
	} while (count == page);
	return all;
}

START_TEST(every_account_once_whatever_the_page)
{
	static struct rewapp_account whole[MOST + 32], pages[MOST + 32];
	struct world world;
	size_t count;

	live(&world);
	count = list_in_pages(&world, MOST, whole);
	ck_assert_uint_gt(count, MEMBERS + 6);
	for (size_t page = 1; page < 9; page++) {
		ck_assert_uint_eq(list_in_pages(&world, page, pages), count);
		ck_assert_mem_eq(pages, whole, count * sizeof *whole);
	}
	for (size_t i = 1; i < count; i++)
		ck_assert_int_gt(whole[i].cursor, whole[i - 1].cursor);
	world_close(&world);
}
END_TEST

static void join(struct world *world, int member, const char *id, int verdict)
{
	struct rewapp_command command = REWAPP_COMMAND_INIT;
	struct rewapp_receipt receipt = { .size = sizeof receipt };
	char name[16];

	snprintf(name, sizeof name, "j%d", member);
	command.kind = REWAPP_KIND_JOIN;
	command.id = world_id(id);
	command.target = world_id("home");
	command.member = world_id(name);
	ck_assert_int_eq(rewapp_submit(world->engine, &command, 1, &receipt), 0);
	ck_assert_int_eq(receipt.verdict, verdict);
}

/* Thirty-two members share a wallet, not one more, until one of them leaves. */
START_TEST(a_household_has_an_end)
{
	enum {
		SHARERS = 32
	};
	struct rewapp_balance before = { .size = sizeof before }, after = { .size = sizeof after };
	const struct rewapp_id home = world_id("home");
	struct world world;
	char text[100];

	world_open(&world);
	world_do(&world, "{\"kind\":\"member\",\"id\":\"@e-home\",\"target\":\"@home\"}");
	for (int i = 0; i <= SHARERS; i++) {
		snprintf(text, sizeof text, "{\"kind\":\"member\",\"id\":\"@e-%d\",\"target\":\"@j%d\"}", i,
			i);
		world_do(&world, text);
	}
	for (int i = 0; i < SHARERS; i++) {
		snprintf(text, sizeof text, "join-%d", i);
		join(&world, i, text, REWAPP_VERDICT_ACCEPTED);
	}
	ck_assert_int_eq(rewapp_balance_get(world.engine, NULL, &home, &before), 0);
	join(&world, SHARERS, "one-more", REWAPP_VERDICT_HOUSEHOLD_FULL);
	ck_assert_int_eq(rewapp_balance_get(world.engine, NULL, &home, &after), 0);
	ck_assert_int_eq(after.version, before.version);
	join(&world, 0, "again", REWAPP_VERDICT_ALREADY_JOINED);
	world_do(&world, "{\"kind\":\"leave\",\"id\":\"@gone\",\"target\":\"@home\",\"member\":\"@j7\"}");
	join(&world, SHARERS, "now", REWAPP_VERDICT_ACCEPTED);
	join(&world, 7, "back", REWAPP_VERDICT_HOUSEHOLD_FULL);
	world_close(&world);
}
END_TEST

START_TEST(counters_are_those_of_the_balance)
{
	static struct rewapp_account list[MOST + 32];
	struct rewapp_balance balance = { .size = sizeof balance };
	struct world world;
	size_t count, wallets = 0, debts = 0;

	live(&world);
	count = list_in_pages(&world, MOST, list);
	for (size_t i = 0; i < count; i++) {
		debts += list[i].kind == REWAPP_ACCOUNT_DEBT;
		if (list[i].kind != REWAPP_ACCOUNT_WALLET)
			continue;
		wallets++;
		ck_assert_int_eq(rewapp_balance_get(world.engine, NULL, &list[i].owner, &balance), 0);
		ck_assert_int_eq(list[i].debits_posted, balance.debits_posted);
		ck_assert_int_eq(list[i].debits_pending, balance.debits_pending);
		ck_assert_int_eq(list[i].credits_posted, balance.credits_posted);
		ck_assert_int_eq(list[i].version, balance.version);
		ck_assert_int_eq(list[i].balance, balance.credits_posted - balance.debits_posted);
	}
	ck_assert_uint_eq(wallets, MEMBERS);
	ck_assert_uint_eq(debts, 1);
	world_close(&world);
}
END_TEST

/* The lines are the sums of the list, swept or not, and they add up to zero. */
START_TEST(it_adds_up_to_zero)
{
	static struct rewapp_account list[MOST + 32];
	struct rewapp_account lines[REWAPP_ACCOUNT_KINDS];
	int64_t sums[REWAPP_ACCOUNT_KINDS + 1] = { 0 }, sum = 1, pending = 1;
	struct world world;
	size_t count;

	live(&world);
	count = list_in_pages(&world, MOST, list);
	ck_assert_int_eq(rewapp_trial_balance(world.engine, NULL, lines, &sum, &pending), 0);
	ck_assert_int_eq(sum, 0);
	ck_assert_int_eq(pending, 0);
	for (size_t i = 0; i < count; i++)
		sums[list[i].kind] += list[i].balance;
	for (int kind = 1; kind <= REWAPP_ACCOUNT_KINDS; kind++) {
		ck_assert_int_eq(lines[kind - 1].kind, kind);
		ck_assert_int_eq(lines[kind - 1].balance, sums[kind]);
		ck_assert_int_gt(lines[kind - 1].cursor, 0);
	}
	ck_assert_int_eq(lines[REWAPP_ACCOUNT_SETTLEMENT - 1].balance, 100);
	ck_assert_int_gt(lines[REWAPP_ACCOUNT_CLEARING - 1].credits_pending, 0);
	ck_assert_int_gt(lines[REWAPP_ACCOUNT_BREAKAGE - 1].balance, 0);
	world_close(&world);
}
END_TEST

START_TEST(arguments)
{
	const struct rewapp_id nobody = world_id("nobody");
	struct rewapp_account lines[REWAPP_ACCOUNT_KINDS];
	int64_t sum, pending;
	struct world world;
	size_t count;

	world_open(&world);
	ck_assert_int_eq(rewapp_account_list(NULL, NULL, 0, lines, 1, &count), REWAPP_E_ARGUMENT);
	ck_assert_int_eq(rewapp_account_list(world.engine, NULL, 0, NULL, 1, &count), REWAPP_E_ARGUMENT);
	ck_assert_int_eq(rewapp_account_list(world.engine, NULL, 0, lines, 1, NULL), REWAPP_E_ARGUMENT);
	ck_assert_int_eq(rewapp_account_list(world.engine, NULL, -1, lines, 1, &count), REWAPP_E_ARGUMENT);
	ck_assert_int_eq(rewapp_account_list(world.engine, &nobody, 0, lines, 1, &count), REWAPP_E_NOTFOUND);
	ck_assert_int_eq(rewapp_account_list(world.engine, NULL, 0, lines, 1, &count), 0);
	ck_assert_uint_eq(count, 0);
	ck_assert_int_eq(rewapp_trial_balance(world.engine, NULL, NULL, &sum, &pending), REWAPP_E_ARGUMENT);
	ck_assert_int_eq(rewapp_trial_balance(world.engine, NULL, lines, NULL, &pending), REWAPP_E_ARGUMENT);
	ck_assert_int_eq(rewapp_trial_balance(world.engine, NULL, lines, &sum, NULL), REWAPP_E_ARGUMENT);
	ck_assert_int_eq(
		rewapp_trial_balance(world.engine, &nobody, lines, &sum, &pending), REWAPP_E_NOTFOUND);
	world_close(&world);
}
END_TEST

static void add(TCase *all)
{
	tcase_add_test(all, every_account_once_whatever_the_page);
	tcase_add_test(all, a_household_has_an_end);
	tcase_add_test(all, counters_are_those_of_the_balance);
	tcase_add_test(all, it_adds_up_to_zero);
	tcase_add_test(all, arguments);
}

int main(void)
{
	return run_suite("api accounts", add);
}
