/* Two engines on one store know the same at once, and how long a receipt's awards live. */
#include "world.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct pair {
	char folder[64], storage[96];
	struct world first, second;
};

static void pair_open(struct pair *pair)
{
	snprintf(pair->folder, sizeof pair->folder, "rewapp-api-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(pair->folder));
	snprintf(pair->storage, sizeof pair->storage, "sqlite:%s/store.db", pair->folder);
	pair->first.now_ms = pair->second.now_ms = WORLD_NOW_MS;
	pair->first.engine = world_engine(&pair->first, pair->storage);
	pair->second.engine = world_engine(&pair->second, pair->storage);
}

static void pair_close(struct pair *pair)
{
	static const char *const files[] = { "store.db", "store.db-wal", "store.db-shm" };

	world_close(&pair->first);
	world_close(&pair->second);
	for (int i = 0; i < ROWS(files); i++) {
		char path[128];

		snprintf(path, sizeof path, "%s/%s", pair->folder, files[i]);
		unlink(path);
	}
	ck_assert_int_eq(rmdir(pair->folder), 0);
}

#define PROGRAMME(id, basis_points) \
	"{\"kind\":\"programme\",\"id\":\"" id \
	"\",\"target\":\"@cagnotte\",\"document\":{\"name\":\"Cagnotte\"," \
	"\"currency\":\"EUR\",\"rules\":[{\"id\":\"base\",\"type\":\"percent\",\"basis_" \
	"points\":" basis_points "}]}}"
#define MERCHANT(id, name) \
	"{\"kind\":\"merchant\",\"id\":\"" id "\",\"target\":\"@shop\",\"document\":{\"name\":\"" name "\"}" \
	"}"
#define PURCHASE(id) \
	"{\"kind\":\"purchase\",\"id\":\"" id \
	"\",\"member\":\"@ada\",\"merchant\":\"@shop\",\"amount\":10000," \
	"\"currency\":\"EUR\"}"

static double first_points(cJSON *answer)
{
	const cJSON *receipt = cJSON_GetArrayItem(cJSON_GetObjectItem(answer, "receipts"), 0);
	const double points = cJSON_GetObjectItem(receipt, "points")->valuedouble;

	cJSON_Delete(answer);
	return points;
}

/* Programmes: a purchase through the second engine earns by what the first has just put. */
START_TEST(a_programme_counts_at_once_everywhere)
{
	struct pair pair;

	pair_open(&pair);
	world_do(&pair.first, PROGRAMME("@v1", "200"));
	world_do(&pair.second, MERCHANT("@m1", "Librairie Pluie"));
	world_do(&pair.first, "{\"kind\":\"member\",\"id\":\"@e1\",\"target\":\"@ada\"}");
	ck_assert_int_eq((int)first_points(world_submit(&pair.second, PURCHASE("@b1"))), 200);
	world_do(&pair.first, PROGRAMME("@v2", "300"));
	ck_assert_int_eq((int)first_points(world_submit(&pair.second, PURCHASE("@b2"))), 300);
	world_do(&pair.second, PROGRAMME("@v3", "100"));
	ck_assert_int_eq((int)first_points(world_submit(&pair.first, PURCHASE("@b3"))), 100);
	pair_close(&pair);
}
END_TEST

static bool matches(struct world *world, const char *descriptor)
{
	struct rewapp_match_query query = { .size = sizeof query, .descriptor = descriptor };
	struct rewapp_match match = { .size = sizeof match };

	ck_assert_int_eq(rewapp_match(world->engine, &query, &match), 0);
	return match.outcome == REWAPP_MATCH_SURE;
}

START_TEST(a_merchant_is_matched_at_once_everywhere)
{
	static const char pluie[] = "CB LIBRAIRIE PLUIE", fournil[] = "CB FOURNIL MENILMONTANT";
	struct pair pair;

	pair_open(&pair);
	ck_assert(!matches(&pair.second, pluie));
	world_do(&pair.first, MERCHANT("@m1", "Librairie Pluie"));
	ck_assert(matches(&pair.second, pluie));
	ck_assert(!matches(&pair.second, fournil));
	world_do(&pair.first, MERCHANT("@m2", "Fournil Menilmontant"));
	ck_assert(matches(&pair.second, fournil));
	ck_assert(!matches(&pair.second, pluie));
	ck_assert(!matches(&pair.first, pluie));
	pair_close(&pair);
}
END_TEST

/* The points that one till spent are gone at the other. */
START_TEST(a_balance_is_one_everywhere)
{
	const struct rewapp_id ada = world_id("ada");
	struct rewapp_balance balance = { .size = sizeof balance };
	struct pair pair;

	pair_open(&pair);
	world_do(&pair.first, PROGRAMME("@v1", "200"));
	world_do(&pair.first, MERCHANT("@m1", "Librairie Pluie"));
	world_do(&pair.first, "{\"kind\":\"member\",\"id\":\"@e1\",\"target\":\"@ada\"}");
	world_do(&pair.first, PURCHASE("@b1"));
	world_do(&pair.second, "{\"kind\":\"hold\",\"id\":\"@h1\",\"member\":\"@ada\",\"points\":150}");
	ck_assert_int_eq(rewapp_balance_get(pair.first.engine, NULL, &ada, &balance), 0);
	ck_assert_int_eq(balance.available, 50);
	ck_assert_int_eq(balance.held, 150);
	world_do(&pair.first,
		"{\"kind\":\"post\",\"id\":\"@s1\",\"target\":\"@h1\",\"merchant\":\"@shop\",\"points\":"
		"100}");
	ck_assert_int_eq(rewapp_balance_get(pair.second.engine, NULL, &ada, &balance), 0);
	ck_assert_int_eq(balance.available, 100);
	ck_assert_int_eq(balance.held, 0);
	pair_close(&pair);
}
END_TEST

static struct rewapp_command purchase(const char *name, int64_t amount)
{
	struct rewapp_command command = REWAPP_COMMAND_INIT;

	command.kind = REWAPP_KIND_PURCHASE;
	command.id = world_id(name);
	command.member = world_id("ada");
	command.merchant = world_id("books");
	command.amount = amount;
	memcpy(command.currency, "EUR", 4);
	return command;
}

static void check_awards(const struct rewapp_receipt *receipt, int64_t base, int large, int64_t distance)
{
	ck_assert_int_eq(receipt->verdict, REWAPP_VERDICT_ACCEPTED);
	ck_assert_uint_eq(receipt->award_count, 2);
	ck_assert_str_eq(receipt->awards[0].rule, "base");
	ck_assert_int_eq(receipt->awards[0].reason, REWAPP_REASON_AWARDED);
	ck_assert_int_eq(receipt->awards[0].points, base);
	ck_assert_str_eq(receipt->awards[1].rule, "large");
	ck_assert_int_eq(receipt->awards[1].reason, large);
	ck_assert_int_eq(receipt->awards[1].distance, distance);
}

/* All the awards of a batch live side by side until the engine's next call; later they are asked
 * for again by the command's id, and are the same. */
START_TEST(awards_live_until_the_next_call)
{
	struct rewapp_command commands[] = { purchase("b1", 9000), purchase("b2", 10000),
		purchase("b1", 9000) };
	struct rewapp_receipt receipts[3] = { { .size = sizeof *receipts } },
			      again = { .size = sizeof again };
	struct world world;

	world_open(&world);
	ck_assert_int_eq(rewapp_submit(world.engine, commands, 3, receipts), 0);
	check_awards(&receipts[0], 180, REWAPP_REASON_BELOW_MINIMUM, 1000);
	check_awards(&receipts[1], 200, REWAPP_REASON_AWARDED, 0);
	check_awards(&receipts[2], 180, REWAPP_REASON_BELOW_MINIMUM, 1000);
	ck_assert_int_eq(receipts[2].replayed, 1);
	ck_assert_int_eq(rewapp_receipt_get(world.engine, &commands[1].id, &again), 0);
	check_awards(&again, 200, REWAPP_REASON_AWARDED, 0);
	ck_assert_int_eq(rewapp_receipt_get(world.engine, &commands[0].id, &again), 0);
	check_awards(&again, 180, REWAPP_REASON_BELOW_MINIMUM, 1000);
	ck_assert_int_eq(rewapp_submit(world.engine, commands, 1, receipts), 0);
	check_awards(&receipts[0], 180, REWAPP_REASON_BELOW_MINIMUM, 1000);
	world_close(&world);
}
END_TEST

/* A receipt without awards points at none. */
START_TEST(other_receipts_have_no_awards)
{
	struct rewapp_command command = REWAPP_COMMAND_INIT;
	struct rewapp_receipt receipt;
	struct world world;

	world_open(&world);
	memset(&receipt, 0xee, sizeof receipt);
	receipt.size = sizeof receipt;
	command.kind = REWAPP_KIND_SWEEP;
	command.id = world_id("sweep");
	ck_assert_int_eq(rewapp_submit(world.engine, &command, 1, &receipt), 0);
	ck_assert_uint_eq(receipt.award_count, 0);
	ck_assert_str_eq(receipt.token, "");
	ck_assert_str_eq(receipt.field, "");
	world_close(&world);
}
END_TEST

static void add(TCase *all)
{
	tcase_add_test(all, a_programme_counts_at_once_everywhere);
	tcase_add_test(all, a_merchant_is_matched_at_once_everywhere);
	tcase_add_test(all, a_balance_is_one_everywhere);
	tcase_add_test(all, awards_live_until_the_next_call);
	tcase_add_test(all, other_receipts_have_no_awards);
}

int main(void)
{
	return run_suite("api engines", add);
}
