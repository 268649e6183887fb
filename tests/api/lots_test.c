/* What stands behind points: when they end and who paid for them, and whose points a redemption spent. */
#include "world.h"

#include <stdbool.h>
#include <stdio.h>

#define DAY_MS INT64_C(86400000)

static void purchase(struct world *world, const char *id, const char *member, const char *merchant)
{
	char text[256];

	snprintf(text, sizeof text,
		"{\"kind\":\"purchase\",\"id\":\"@%s\",\"member\":\"@%s\",\"merchant\":\"@%s\","
		"\"amount\":5000,\"currency\":\"EUR\"}",
		id, member, merchant);
	world_do(world, text);
}

/* Of 50.00 the merchant gives 100 points and the programme 50; they end with the year. */
static void open_shared(struct world *world)
{
	world_open(world);
	world_do(world,
		"{\"kind\":\"programme\",\"id\":\"@p2\",\"target\":\"@cagnotte\",\"document\":{"
		"\"name\":\"Cagnotte\",\"currency\":\"EUR\",\"zone\":\"Europe/Paris\","
		"\"expiry\":{\"end_of\":\"month\",\"months\":1},\"transfers\":{},\"rules\":["
		"{\"id\":\"own\",\"type\":\"percent\",\"basis_points\":100},"
		"{\"id\":\"shop\",\"type\":\"percent\",\"basis_points\":200,\"funder\":\"merchant\"}]}}");
}

static void is_expiry(const struct rewapp_expiry *expiry, int64_t points, int64_t lots, const char *merchant)
{
	struct rewapp_id id = { { 0 } };

	if (merchant)
		id = world_id(merchant);
	ck_assert_int_eq(expiry->points, points);
	ck_assert_int_eq(expiry->lots, lots);
	ck_assert_mem_eq(&expiry->merchant, &id, sizeof id);
}

START_TEST(what_ends_when)
{
	const struct rewapp_id ada = world_id("ada"), nobody = world_id("nobody");
	const struct rewapp_expiry *list;
	struct world world;
	int64_t first_ms, month_ms;
	size_t count;

	open_shared(&world);
	purchase(&world, "a", "ada", "bakery");
	purchase(&world, "b", "grace", "books");
	world_do(&world,
		"{\"kind\":\"adjust\",\"id\":\"@c\",\"member\":\"@ada\",\"points\":7,\"reference\":"
		"\"gift\"}");
	world.now_ms += 31 * DAY_MS;
	purchase(&world, "d", "ada", "bakery");
	ck_assert_int_eq(rewapp_expiries(world.engine, NULL, &ada, &list, &count), 0);
	ck_assert_uint_eq(count, 5);
	is_expiry(&list[0], 50, 1, NULL);
	is_expiry(&list[1], 100, 1, "bakery");
	is_expiry(&list[2], 50, 1, NULL);
	is_expiry(&list[3], 100, 1, "bakery");
	is_expiry(&list[4], 7, 1, NULL);
	ck_assert_int_eq(list[0].expires_ms, list[1].expires_ms);
	ck_assert_int_gt(list[2].expires_ms, list[1].expires_ms);
	ck_assert_int_eq(list[4].expires_ms, 0);
	first_ms = list[0].expires_ms;

	/* A month of all members: it begins with the instant at which they end. */
	ck_assert_int_eq(rewapp_expiries(world.engine, NULL, NULL, &list, &count), 0);
	ck_assert_uint_eq(count, 6);
	is_expiry(&list[0], 100, 2, NULL);
	ck_assert_int_eq(list[0].points + list[1].points + list[2].points, 300);
	month_ms = list[0].expires_ms;
	ck_assert_int_eq(month_ms, first_ms);

	/* What has ended is in none, swept or not. */
	world.now_ms = first_ms;
	ck_assert_int_eq(rewapp_expiries(world.engine, NULL, NULL, &list, &count), 0);
	ck_assert_uint_eq(count, 3);
	world_do(&world, "{\"kind\":\"sweep\",\"id\":\"@s\"}");
	ck_assert_int_eq(rewapp_expiries(world.engine, NULL, NULL, &list, &count), 0);
	ck_assert_uint_eq(count, 3);
	ck_assert_int_eq(rewapp_expiries(world.engine, NULL, &nobody, &list, &count), REWAPP_E_NOTFOUND);
	ck_assert_int_eq(rewapp_expiries(world.engine, &nobody, NULL, &list, &count), REWAPP_E_NOTFOUND);
	world_close(&world);
}
END_TEST

static void is_origin(const struct rewapp_origin *origin, const char *command, const char *merchant,
	int64_t points, int64_t reversed)
{
	struct rewapp_id by = world_id(command), payer = { { 0 } };

	if (merchant)
		payer = world_id(merchant);
	ck_assert_mem_eq(&origin->command, &by, sizeof by);
	ck_assert_mem_eq(&origin->merchant, &payer, sizeof payer);
	ck_assert_int_eq(origin->points, points);
	ck_assert_int_eq(origin->reversed, reversed);
}

/* A hold of 260 of which 180 are spent: all of the first purchase, and 30 of the second's. */
START_TEST(whose_points_were_spent)
{
	const struct rewapp_id id = world_id("r"), purchased = world_id("a");
	const struct rewapp_origin *list;
	struct world world;
	cJSON *answer;
	size_t count;

	open_shared(&world);
	purchase(&world, "a", "ada", "bakery");
	world.now_ms += 31 * DAY_MS;
	purchase(&world, "b", "ada", "books");
	world_do(&world,
		"{\"commands\":[{\"kind\":\"hold\",\"id\":\"@h\",\"member\":\"@ada\",\"points\":260},"
		"{\"kind\":\"post\",\"id\":\"@r\",\"target\":\"@h\",\"merchant\":\"@books\",\"points\":180}]"
		"}");
	ck_assert_int_eq(rewapp_trace(world.engine, &id, &list, &count), 0);
	ck_assert_uint_eq(count, 3);
	is_origin(&list[0], "a", NULL, 50, 0);
	is_origin(&list[1], "a", "bakery", 100, 0);
	is_origin(&list[2], "b", NULL, 30, 0);
	ck_assert_int_eq(list[0].earned_ms, WORLD_NOW_MS);

	world_do(&world, "{\"kind\":\"reverse\",\"id\":\"@x\",\"target\":\"@r\",\"points\":40}");
	ck_assert_int_eq(rewapp_trace(world.engine, &id, &list, &count), 0);
	is_origin(&list[0], "a", NULL, 50, 0);
	is_origin(&list[1], "a", "bakery", 100, 10);
	is_origin(&list[2], "b", NULL, 30, 30);
	ck_assert_int_eq(rewapp_trace(world.engine, &purchased, &list, &count), REWAPP_E_NOTFOUND);

	answer = world_ask(&world, "{\"query\":\"trace\",\"id\":\"@r\"}");
	ck_assert_int_eq(cJSON_GetArraySize(cJSON_GetObjectItem(answer, "origins")), 3);
	cJSON_Delete(answer);
	answer = world_ask(&world, "{\"query\":\"expiries\",\"member\":\"@ada\"}");
	ck_assert_int_eq(cJSON_GetArraySize(cJSON_GetObjectItem(answer, "expiries")), 3);
	cJSON_Delete(answer);
	world_close(&world);
}
END_TEST

/* Ada's points, given to Grace: who paid for them and which purchase gave them is still told, of a lot that
 * is used up too, and so is a past balance of either. */
START_TEST(whose_points_were_given)
{
	const struct rewapp_id id = world_id("r"), ada = world_id("ada"), grace = world_id("grace");
	struct rewapp_instant at = { .size = sizeof at, .recorded_ms = WORLD_NOW_MS };
	struct rewapp_balance balance = { .size = sizeof balance };
	struct rewapp_verification found = { .size = sizeof found };
	const struct rewapp_origin *list;
	const struct rewapp_expiry *ends;
	struct world world;
	size_t count;

	open_shared(&world);
	purchase(&world, "a", "ada", "bakery");
	world.now_ms += 1000;
	world_do(&world,
		"{\"kind\":\"transfer\",\"id\":\"@t\",\"member\":\"@ada\",\"target\":\"@grace\",\"points\":"
		"130}");
	world.now_ms += 1000;
	ck_assert_int_eq(rewapp_expiries(world.engine, NULL, &grace, &ends, &count), 0);
	ck_assert_uint_eq(count, 2);
	is_expiry(&ends[0], 50, 1, NULL);
	is_expiry(&ends[1], 80, 1, "bakery");
	world_do(&world,
		"{\"commands\":[{\"kind\":\"hold\",\"id\":\"@h\",\"member\":\"@grace\",\"points\":120},"
		"{\"kind\":\"post\",\"id\":\"@r\",\"target\":\"@h\",\"merchant\":\"@books\"}]}");
	ck_assert_int_eq(rewapp_trace(world.engine, &id, &list, &count), 0);
	ck_assert_uint_eq(count, 2);
	is_origin(&list[0], "a", NULL, 50, 0);
	is_origin(&list[1], "a", "bakery", 70, 0);
	ck_assert_int_eq(list[0].earned_ms, WORLD_NOW_MS);
	world_do(&world, "{\"kind\":\"reverse\",\"id\":\"@x\",\"target\":\"@r\"}");
	ck_assert_int_eq(rewapp_expiries(world.engine, NULL, &grace, &ends, &count), 0);
	is_expiry(&ends[0], 50, 1, NULL);
	is_expiry(&ends[1], 80, 1, "bakery");

	ck_assert_int_eq(rewapp_balance_at(world.engine, NULL, &ada, &at, &balance), 0);
	ck_assert_int_eq(balance.available, 150);
	at.recorded_ms += 1000;
	ck_assert_int_eq(rewapp_balance_at(world.engine, NULL, &ada, &at, &balance), 0);
	ck_assert_int_eq(balance.available, 20);
	ck_assert_int_eq(rewapp_balance_at(world.engine, NULL, &grace, &at, &balance), 0);
	ck_assert_int_eq(balance.available, 130);
	ck_assert_int_eq(rewapp_verify(world.engine, NULL, NULL, &found), 0);
	ck_assert_msg(found.problems == 0, "%s", found.first);
	world_close(&world);
}
END_TEST

enum {
	LOTS = 2600,
	WALLETS = 4
};

static int64_t swept(struct world *world, const char *text, bool *more)
{
	cJSON *answer = world_submit(world, text);
	const cJSON *receipt = cJSON_GetArrayItem(cJSON_GetObjectItem(answer, "receipts"), 0);
	int64_t points = (int64_t)cJSON_GetNumberValue(cJSON_GetObjectItem(receipt, "points"));

	*more = cJSON_IsTrue(cJSON_GetObjectItem(receipt, "more"));
	cJSON_Delete(answer);
	return points;
}

/* Nobody can write meanwhile, so one call ends after some thousand lots, though it may take more wallets. */
START_TEST(a_sweep_ends_after_some_thousand_lots)
{
	static struct rewapp_command commands[LOTS];
	static struct rewapp_receipt receipts[LOTS];
	static const char *const members[WALLETS] = { "ada", "grace", "linus", "mary" };
	const struct rewapp_command init = REWAPP_COMMAND_INIT;
	struct world world;
	bool more;

	world_open(&world);
	world_do(&world,
		"{\"commands\":[{\"kind\":\"member\",\"id\":\"@l1\",\"target\":\"@linus\"},"
		"{\"kind\":\"member\",\"id\":\"@l2\",\"target\":\"@mary\"}]}");
	for (int wallet = 0; wallet < WALLETS; wallet++) {
		for (int i = 0; i < LOTS; i++) {
			commands[i] = init;
			commands[i].kind = REWAPP_KIND_ADJUST;
			commands[i].member = world_id(members[wallet]);
			commands[i].points = 1;
			commands[i].reference = "gift";
			commands[i].ttl_ms = DAY_MS;
			ck_assert_int_eq(rewapp_id_new(world.engine, &commands[i].id), 0);
			receipts[i].size = sizeof receipts[i];
		}
		ck_assert_int_eq(rewapp_submit(world.engine, commands, LOTS, receipts), 0);
	}
	world.now_ms += 2 * DAY_MS;
	ck_assert_int_eq(swept(&world, "{\"kind\":\"end_of_day\",\"id\":\"@1\"}", &more), 2 * LOTS);
	ck_assert(more);
	ck_assert_int_eq(swept(&world, "{\"kind\":\"end_of_day\",\"id\":\"@2\"}", &more), 2 * LOTS);
	ck_assert_int_eq(swept(&world, "{\"kind\":\"end_of_day\",\"id\":\"@3\"}", &more), 0);
	ck_assert(!more);
	world_close(&world);
}
END_TEST

static void add(TCase *all)
{
	tcase_add_test(all, what_ends_when);
	tcase_add_test(all, whose_points_were_spent);
	tcase_add_test(all, whose_points_were_given);
	tcase_add_test(all, a_sweep_ends_after_some_thousand_lots);
}

int main(void)
{
	return run_suite("api lots", add);
}
