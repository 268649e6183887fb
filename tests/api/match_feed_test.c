/* What a feed tells beside the bank's text, through the public door: ids, town, history and thresholds; that
 * the evidence is whole; and how long money may take to come back. */
#include "world.h"

#include <stdio.h>

static void shops(struct world *world)
{
	world_open(world);
	world_do(world,
		"{\"commands\":["
		"{\"kind\":\"merchant\",\"id\":\"@a\",\"target\":\"@kiosk\",\"document\":{\"name\":"
		"\"Vauquelin\","
		"\"mcc\":[\"5994\"],\"countries\":[\"FR\"],\"creditor_ids\":[\"FR12ZZZ123456\"],"
		"\"usual_amount\":{\"min\":100,\"max\":2000},\"open_days\":[\"mon\",\"tue\"],"
		"\"branches\":[{\"city\":\"LYON\",\"postcode\":\"69002\",\"siret\":\"38012986646850\","
		"\"merchant_ids\":[\"498750012345673\"],\"terminal_ids\":[\"94626038\"]}]}},"
		"{\"kind\":\"merchant\",\"id\":\"@d\",\"target\":\"@plumeau\",\"document\":{\"name\":"
		"\"Vieux Plumeau\"}},"
		"{\"kind\":\"merchant\",\"id\":\"@b\",\"target\":\"@twin\",\"document\":{\"name\":"
		"\"Vauquelin\","
		"\"branches\":[{\"city\":\"LILLE\"}]}},"
		"{\"kind\":\"programme\",\"id\":\"@c\",\"target\":\"@strict\",\"document\":{\"name\":"
		"\"Strict\","
		"\"currency\":\"EUR\",\"matching\":{\"sure\":9970,\"review\":9970},"
		"\"rules\":[{\"id\":\"base\",\"type\":\"percent\",\"basis_points\":200}]}}]}");
}

static struct rewapp_match_query query_of(const char *descriptor)
{
	return (struct rewapp_match_query){ .size = sizeof(struct rewapp_match_query),
		.descriptor = descriptor,
		.amount = -1250,
		.currency = "EUR" };
}

static struct rewapp_match look(struct world *world, const struct rewapp_match_query *query)
{
	struct rewapp_match found = { .size = sizeof found };

	ck_assert_msg(rewapp_match(world->engine, query, &found) == 0, "%s", rewapp_errmsg());
	return found;
}

static void names_kiosk(struct world *world, const struct rewapp_match_query *query, int outcome)
{
	struct rewapp_match found = look(world, query);
	struct rewapp_id kiosk = world_id("kiosk");

	ck_assert_int_eq(found.outcome, outcome);
	ck_assert_int_gt(found.candidate_count, 0);
	ck_assert_mem_eq(&found.candidates[0].merchant, &kiosk, sizeof kiosk);
}

START_TEST(each_id_names_the_shop)
{
	struct rewapp_match_query query = query_of("CB SARL LES QUATRE VENTS");
	struct world world;

	shops(&world);
	ck_assert_int_eq(look(&world, &query).outcome, REWAPP_MATCH_NONE);
	query.merchant_id = "498750012345673";
	names_kiosk(&world, &query, REWAPP_MATCH_SURE);
	query.merchant_id = NULL, query.terminal_id = "94-626038";
	names_kiosk(&world, &query, REWAPP_MATCH_SURE);
	query.terminal_id = NULL, query.siret = "38012986646850";
	names_kiosk(&world, &query, REWAPP_MATCH_SURE);
	query.siret = NULL, query.creditor_id = "fr12zzz123456";
	names_kiosk(&world, &query, REWAPP_MATCH_SURE);
	world_close(&world);
}
END_TEST

/* A candidate's name has 63 bytes: a longer one is cut before the character that does not fit. */
START_TEST(a_long_name_is_cut_at_a_character)
{
	static const char name[] = "Quincaillerie Tournesol Xylophone Mirabelle Pamplemousse Zazou\u00e9s";
	struct rewapp_match_query query = query_of("CB QUINCAILLERIE TOURNESOL XYLOPHONE MIRABELLE");
	struct rewapp_match found;
	struct world world;
	char text[300];

	shops(&world);
	snprintf(text, sizeof text,
		"{\"kind\":\"merchant\",\"id\":\"@long\",\"target\":\"@quincaillerie\",\"document\":{"
		"\"name\":\"%s\"}}",
		name);
	world_do(&world, text);
	found = look(&world, &query);
	ck_assert_int_gt(found.candidate_count, 0);
	ck_assert_uint_eq(strlen(found.candidates[0].name), 62);
	ck_assert_mem_eq(found.candidates[0].name, name, 62);
	world_close(&world);
}
END_TEST

/* Two houses of one name: the town that the feed tells, or the member's habit, tells them apart. */
START_TEST(town_and_history_tell_twins_apart)
{
	struct rewapp_match_query query = query_of("CB VAUQUELIN");
	struct rewapp_bought bought[] = { { world_id("kiosk"), 6 }, { world_id("nobody"), 9 } };
	struct world world;

	shops(&world);
	ck_assert_int_ne(look(&world, &query).outcome, REWAPP_MATCH_SURE);
	query.city = "Lyon";
	names_kiosk(&world, &query, REWAPP_MATCH_SURE);
	query.city = NULL, query.postcode = "69002";
	names_kiosk(&world, &query, REWAPP_MATCH_SURE);
	query.postcode = NULL, query.history = bought, query.history_count = 2;
	names_kiosk(&world, &query, REWAPP_MATCH_SURE);
	world_close(&world);
}
END_TEST

START_TEST(thresholds_are_the_askers_or_the_programmes)
{
	struct rewapp_match_query query = query_of("CB VIEUX PLUMEAU ARBORETUM");
	struct rewapp_match found;
	struct world world;

	shops(&world);
	found = look(&world, &query);
	ck_assert_int_eq(found.outcome, REWAPP_MATCH_SURE);
	ck_assert_int_lt(found.candidates[0].certainty, 9970);
	query.sure_bp = found.candidates[0].certainty + 1;
	ck_assert_int_eq(look(&world, &query).outcome, REWAPP_MATCH_REVIEW);
	query.review_bp = query.sure_bp;
	ck_assert_int_eq(look(&world, &query).outcome, REWAPP_MATCH_NONE);
	query.sure_bp = query.review_bp = 0;
	query.programme = world_id("strict");
	ck_assert_int_eq(look(&world, &query).outcome, REWAPP_MATCH_NONE);
	query.review_bp = 9000;
	ck_assert_int_eq(look(&world, &query).outcome, REWAPP_MATCH_REVIEW);
	world_close(&world);
}
END_TEST

/* The weights add up to the score: nothing was left out. */
START_TEST(the_evidence_is_whole)
{
	struct rewapp_match_query query = query_of("CARTE 04/03 VAUQUELIN PARIS");
	struct rewapp_bought bought = { world_id("kiosk"), 3 };
	struct rewapp_match found;
	struct world world;

	shops(&world);
	query.booked_ms = WORLD_NOW_MS;
	query.city = "LYON", query.country = "FR", query.mcc = 5994;
	query.history = &bought, query.history_count = 1;
	found = look(&world, &query);
	ck_assert_str_eq(found.purchase_date, "2026-03-04");
	ck_assert_int_gt(found.candidates[0].evidence_count, 8);
	for (int i = 0; i < found.candidate_count; i++) {
		int32_t sum = -7000; /* where every candidate starts: docs/matching.md */

		for (int j = 0; j < found.candidates[i].evidence_count; j++)
			sum += found.candidates[i].evidence[j].weight;
		ck_assert_int_eq(sum, found.candidates[i].score);
	}
	world_close(&world);
}
END_TEST

static void refused(struct world *world, const struct rewapp_match_query *query, const char *message)
{
	struct rewapp_match found = { .size = sizeof found };

	ck_assert_int_eq(rewapp_match(world->engine, query, &found), REWAPP_E_ARGUMENT);
	ck_assert_str_eq(rewapp_errmsg(), message);
}

START_TEST(what_is_malformed_is_refused)
{
	static const char endless[] = "0123456789012345678901234567890123456789012345678901234567890123x";
	struct rewapp_match_query query = query_of("CB VAUQUELIN"), plain = query;
	struct rewapp_bought bought = { world_id("kiosk"), -1 };
	struct world world;

	shops(&world);
	query.country = "fr";
	refused(&world, &query, "country: not two capital letters");
	query = plain, query.city = "";
	refused(&world, &query, "city: not 1 to 64 bytes");
	query = plain, query.merchant_id = endless;
	refused(&world, &query, "merchant_id: not 1 to 64 bytes");
	query = plain, query.postcode = "caf\xe9";
	refused(&world, &query, "postcode: not UTF-8");
	query = plain, query.sure_bp = 10001;
	refused(&world, &query, "sure_bp: 10001 is not 0 to 10000");
	query = plain, query.sure_bp = 8000, query.review_bp = 8001;
	refused(&world, &query, "review_bp: higher than sure_bp");
	query = plain, query.history = &bought, query.history_count = 1;
	refused(&world, &query, "history[0].times: below 0");
	query.history_count = REWAPP_HISTORY_MAX + 1;
	refused(&world, &query, "history: 257 are more than 256");
	query = plain, query.history_count = 1;
	refused(&world, &query, "history: NULL");
	query = plain, query.programme = world_id("nothing");
	refused(&world, &query, "programme: unknown");
	world_close(&world);
}
END_TEST

/* Tells a line of ada's bank at the shop of feathers, whose outcome has to be `outcome`. */
static void tells(
	struct world *world, int bank_id, int64_t occurred_ms, const char *more, const char *outcome)
{
	const cJSON *receipt;
	char text[400], *answer = NULL;
	cJSON *tree;

	snprintf(text, sizeof text,
		"{\"commands\":[{\"kind\":\"bank_line\",\"id\":\"@line-%d\",\"member\":\"@ada\","
		"\"programme\":\"@cagnotte\",\"amount\":1000,\"currency\":\"EUR\",\"descriptor\":"
		"\"CB VIEUX PLUMEAU\",\"feed\":\"bank\",\"bank_id\":\"%d\",\"occurred_ms\":%lld%s}]}",
		bank_id, bank_id, (long long)occurred_ms, more);
	ck_assert_msg(rewapp_json_submit(world->engine, text, strlen(text), &answer, NULL) == 0, "%s",
		rewapp_errmsg());
	tree = cJSON_Parse(answer);
	receipt = cJSON_GetArrayItem(cJSON_GetObjectItem(tree, "receipts"), 0);
	ck_assert_ptr_nonnull(cJSON_GetStringValue(cJSON_GetObjectItem(receipt, "outcome")));
	ck_assert_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(receipt, "outcome")), outcome);
	cJSON_Delete(tree);
	rewapp_free(world->engine, answer);
}

/* Money comes back within 400 days, or is dated up to a day before what it is of; a millisecond more on
 * either side, and a person has to say what it is of. */
START_TEST(money_comes_back_within_400_days)
{
	const int64_t day_ms = INT64_C(86400000), last_ms = WORLD_NOW_MS + 400 * day_ms;
	static const char refund[] = ",\"refund\":true";
	struct world world;

	shops(&world);
	tells(&world, 1, WORLD_NOW_MS, "", "matched");
	world.now_ms = last_ms + day_ms;
	tells(&world, 2, last_ms + 1, refund, "orphan");
	tells(&world, 3, last_ms, refund, "refunded");
	tells(&world, 4, last_ms, "", "matched");
	tells(&world, 5, last_ms - day_ms - 1, refund, "orphan");
	tells(&world, 6, last_ms - day_ms, refund, "refunded");
	world_close(&world);
}
END_TEST

static void add(TCase *all)
{
	tcase_add_test(all, each_id_names_the_shop);
	tcase_add_test(all, a_long_name_is_cut_at_a_character);
	tcase_add_test(all, town_and_history_tell_twins_apart);
	tcase_add_test(all, thresholds_are_the_askers_or_the_programmes);
	tcase_add_test(all, the_evidence_is_whole);
	tcase_add_test(all, what_is_malformed_is_refused);
	tcase_add_test(all, money_comes_back_within_400_days);
}

int main(void)
{
	return run_suite("api match feed", add);
}
