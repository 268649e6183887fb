/* Buying and giving back, by programmes and in an order that a seed draws: nothing is ever gained.
 * A failure names its seed; run the program with that seed as its argument to see it again. */
#include "api/world.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	SEEDS = 150,
	PURCHASES = 14,
	LINES = 3,
	TEXT = 16384
};

static uint64_t first_seed = 1;

struct draw {
	uint64_t state;
};

static int64_t draw(struct draw *from, int64_t below)
{
	uint64_t z = from->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (int64_t)((z ^ z >> 31) % (uint64_t)below);
}

#define PICK(from, words) (words)[draw(from, (int64_t)(sizeof(words) / sizeof *(words)))]

static const char *const effects[] = { "\"percent\",\"basis_points\":333", "\"fixed\",\"points\":17",
	"\"per_unit\",\"unit_amount\":250,\"points\":3", "\"bonus\",\"points\":11",
	"\"multiplier\",\"basis_points\":27500", "\"per_item\",\"points\":2,\"on\":{\"categories\":[\"c1\"]}",
	"\"percent\",\"basis_points\":999,\"on\":{\"skus\":[\"s1\",\"s2\"]},\"funder\":\"merchant\"",
	"\"steps\",\"steps\":[{\"from\":100,\"points\":3},{\"from\":2000,\"points\":40}]" };
static const char *const conditions[] = { "{}", "{\"min_amount\":700}", "{\"max_amount\":4000}",
	"{\"any\":[{\"min_amount\":1500},{\"tiers\":[\"gold\"]}]}", "{\"tiers\":[\"silver\",\"gold\"]}",
	"{\"not\":{\"min_amount\":3000}}", "{\"nth_purchase\":{\"every\":2}}",
	"{\"nth_purchase\":{\"at\":[1,3,5]}}", "{\"lines\":{\"skus\":[\"s1\"],\"min_amount\":100}}" };
static const char *const caps[] = { "",
	",\"caps\":[{\"id\":\"m\",\"scope\":\"member\",\"window\":\"month\",\"points\":60}]",
	",\"caps\":[{\"id\":\"d\",\"scope\":\"member\",\"window\":\"sliding\",\"days\":5,\"points\":40}]",
	",\"caps\":[{\"id\":\"p\",\"scope\":\"programme\",\"window\":\"total\",\"points\":150}]",
	",\"caps\":[{\"id\":\"s\",\"scope\":\"merchant\",\"window\":\"week\",\"points\":90}]" };
static const char *const lives[] = { "", ",\"return_window_days\":3", ",\"expiry_days\":9",
	",\"return_window_days\":2,\"expiry_days\":20",
	",\"expiry\":{\"days\":6,\"end_of\":\"day\",\"from\":\"activity\"}" };
static const char *const modes[] = { "\"rule\"", "\"line\"", "\"purchase\"" };
static const char *const downgrades[] = { "period_end", "immediate", "one_step" };
static const char *const periods[] = { "\"month\"", "\"year\"", "\"rolling\",\"days\":10" };
static const char *const bys[] = { "points", "spend", "visits" };
static const char *const goals[] = { "\"visits\",\"target\":2,\"period\":\"week\"",
	"\"visits\",\"target\":3,\"min_amount\":800", "\"merchants\",\"target\":2,\"period\":\"month\"",
	"\"spend\",\"target\":5000", "\"streak\",\"target\":2" };

/* Whether its tiers fall at once: other policies keep one that was held before. */
static bool put_programme(struct world *world, struct draw *from, const char *name)
{
	const char *downgrade = PICK(from, downgrades);
	char text[TEXT];
	int size = snprintf(text, sizeof text,
		"{\"commands\":[{\"kind\":\"programme\",\"id\":\"@put-%s\",\"target\":\"@%s\",\"document\":{"
		"\"name\":\"P\",\"currency\":\"EUR\",\"zone\":\"Europe/Paris\",\"rounding\":{\"scope\":%s}%s"
		",\"tiers\":{\"by\":\"%s\",\"period\":%s,\"downgrade\":\"%s\",\"levels\":[{\"id\":\"silver\","
		"\"from\":3},{\"id\":\"gold\",\"from\":60}]},\"achievements\":[{\"id\":\"a1\",\"points\":70,"
		"\"count\":%s},{\"id\":\"a2\",\"points\":50,\"count\":%s}]%s,\"groups\":[{\"id\":\"b\","
		"\"stack\":\"best\"}],\"rules\":[",
		name, name, PICK(from, modes), PICK(from, lives), PICK(from, bys), PICK(from, periods),
		downgrade, PICK(from, goals), PICK(from, goals), PICK(from, caps));
	int64_t rules = 2 + draw(from, 5);

	for (int64_t i = 0; i < rules; i++)
		size += snprintf(text + size, sizeof text - (size_t)size,
			"%s{\"id\":\"r%d\",\"type\":%s,\"when\":%s%s}", i ? "," : "", (int)i,
			PICK(from, effects), PICK(from, conditions), draw(from, 3) ? "" : ",\"group\":\"b\"");
	snprintf(text + size, sizeof text - (size_t)size, "]}}]}");
	world_do(world, text);
	return strcmp(downgrade, "immediate") == 0;
}

/* A purchase and what of it has not come back. */
struct bought {
	int64_t left;
	int64_t pieces[LINES]; /* articles of each line */
};

static void buy(struct world *world, struct draw *from, const char *name, int number, struct bought *bought)
{
	static const char *const skus[] = { "s1", "s2", "s3" };
	static const char *const shops[] = { "@tap-shop", "@tap-bakery" };
	char text[TEXT], lines[1024] = "";
	int size = 0;

	*bought = (struct bought){ .left = 1 + draw(from, 50) };
	for (int i = 0; i < LINES; i++) {
		int64_t amount = 1 + draw(from, 2500);

		bought->pieces[i] = 1 + draw(from, 4);
		bought->left += amount;
		size += snprintf(lines + size, sizeof lines - (size_t)size,
			"%s{\"sku\":\"%s\",\"category\":\"c%d\",\"quantity\":%d,\"amount\":%d}", i ? "," : "",
			PICK(from, skus), (int)draw(from, 2) + 1, (int)bought->pieces[i], (int)amount);
	}
	snprintf(text, sizeof text,
		"{\"commands\":[{\"kind\":\"purchase\",\"id\":\"@%s-p%d\",\"member\":\"@m-%s\",\"programme\":"
		"\"@%s\",\"merchant\":\"%s\",\"amount\":%d,\"currency\":\"EUR\",\"lines\":[%s]}]}",
		name, number, name, name, PICK(from, shops), (int)bought->left, lines);
	world_do(world, text);
}

/* Some of it comes back: articles, money or all that is left. */
static void give_back(struct world *world, struct draw *from, const char *name, int number, int step,
	struct bought *bought, bool all)
{
	char text[TEXT], what[128] = "";
	int line = (int)draw(from, LINES);
	int64_t amount = 1 + draw(from, bought->left);

	if (!all && draw(from, 2) && bought->pieces[line]) {
		snprintf(what, sizeof what, ",\"lines\":[{\"line\":%d,\"quantity\":1}]", line + 1);
		bought->pieces[line]--;
	} else if (!all && amount < bought->left) {
		snprintf(what, sizeof what, ",\"amount\":%d", (int)amount);
	}
	snprintf(text, sizeof text,
		"{\"commands\":[{\"kind\":\"return\",\"id\":\"@%s-r%d\",\"target\":\"@%s-p%d\"%s}]}", name,
		step, name, number, what);
	{ /* a return by lines may find that money came back before: then it is refused, and nothing moves */
		char *answer = NULL;
		cJSON *tree;
		const cJSON *receipt, *verdict;

		ck_assert_int_eq(rewapp_json_submit(world->engine, text, strlen(text), &answer, NULL), 0);
		tree = cJSON_Parse(answer);
		receipt = cJSON_GetArrayItem(cJSON_GetObjectItem(tree, "receipts"), 0);
		verdict = cJSON_GetObjectItem(receipt, "verdict");
		ck_assert_msg(cJSON_IsString(verdict), "%s", answer);
		if (strcmp(verdict->valuestring, "ACCEPTED") == 0 && !what[0])
			bought->left = 0;
		else if (strcmp(verdict->valuestring, "RETURN_EXCEEDS") == 0 && !what[0])
			bought->left = 0; /* everything had come back in parts */
		cJSON_Delete(tree);
		rewapp_free(world->engine, answer);
	}
}

/* Spends up to so many points; how many it were. */
static int64_t spend(struct world *world, const char *name, int step, int64_t points)
{
	char text[1024], *answer = NULL;
	const cJSON *receipts, *first;
	int64_t spent = 0;
	cJSON *tree;

	snprintf(text, sizeof text,
		"{\"commands\":[{\"kind\":\"hold\",\"id\":\"@%s-h%d\",\"member\":\"@m-%s\",\"programme\":\"@%"
		"s\","
		"\"points\":%d,\"up_to\":true,\"linked\":true},{\"kind\":\"post\",\"id\":\"@%s-x%d\","
		"\"target\":"
		"\"@%s-h%d\",\"merchant\":\"@tap-shop\"}]}",
		name, step, name, name, (int)points, name, step, name, step);
	ck_assert_int_eq(rewapp_json_submit(world->engine, text, strlen(text), &answer, NULL), 0);
	tree = cJSON_Parse(answer);
	receipts = cJSON_GetObjectItem(tree, "receipts");
	first = cJSON_GetArrayItem(receipts, 1);
	if (strcmp(cJSON_GetObjectItem(first, "verdict")->valuestring, "ACCEPTED") == 0)
		spent = (int64_t)cJSON_GetObjectItem(first, "points")->valuedouble;
	cJSON_Delete(tree);
	rewapp_free(world->engine, answer);
	return spent;
}

static int64_t number_of(const cJSON *object, const char *key)
{
	const cJSON *item = cJSON_GetObjectItem(object, key);

	ck_assert_msg(cJSON_IsNumber(item), "%s", key);
	return (int64_t)item->valuedouble;
}

static void check_nothing_is_left(
	struct world *world, const char *name, uint64_t seed, int64_t spent, bool falls)
{
	const struct rewapp_id programme = world_id(name);
	char member_name[64];
	struct rewapp_id member;
	struct rewapp_balance balance = { .size = sizeof balance };
	const struct rewapp_achievement *list;
	size_t count;
	char question[256];
	cJSON *tier;

	snprintf(member_name, sizeof member_name, "m-%s", name);
	member = world_id(member_name);
	ck_assert_int_eq(rewapp_balance_get(world->engine, &programme, &member, &balance), 0);
	ck_assert_msg(balance.available + balance.pending + balance.held - balance.debt + spent <= 0,
		"seed %llu: gained %lld and spent %lld, owes %lld", (unsigned long long)seed,
		(long long)(balance.available + balance.pending), (long long)spent, (long long)balance.debt);
	ck_assert_int_eq(rewapp_achievements(world->engine, &programme, &member, &list, &count), 0);
	for (size_t i = 0; i < count; i++)
		ck_assert_msg(list[i].counted == 0 && list[i].given == 0, "seed %llu: achievement %s stays",
			(unsigned long long)seed, list[i].id);
	snprintf(question, sizeof question, "{\"query\":\"tier\",\"member\":\"@%s\",\"programme\":\"@%s\"}",
		member_name, name);
	tier = world_ask(world, question);
	ck_assert_msg(number_of(tier, "counted") == 0 && (!falls || number_of(tier, "rank") == 0),
		"seed %llu: a tier stays", (unsigned long long)seed);
	cJSON_Delete(tier);
}

/* Buys and gives back in any order, spends now and then, lets days pass; in the end all is given back. */
static void play(struct world *world, uint64_t seed)
{
	struct draw from = { seed };
	struct bought bought[PURCHASES];
	char name[32], text[256];
	int count = 0, step = 0;
	int64_t spent = 0;
	bool falls;

	snprintf(name, sizeof name, "s%llu", (unsigned long long)seed);
	falls = put_programme(world, &from, name);
	snprintf(text, sizeof text,
		"{\"commands\":[{\"kind\":\"member\",\"id\":\"@enrol-%s\",\"target\":\"@m-%s\"}]}", name,
		name);
	world_do(world, text);
	while (count < PURCHASES) {
		int which = count ? (int)draw(&from, count) : 0;

		step++;
		if (count == 0 || draw(&from, 3) == 0)
			buy(world, &from, name, count, &bought[count]), count++;
		else if (draw(&from, 4) == 0)
			spent += spend(world, name, step, 1 + draw(&from, 60));
		else if (bought[which].left)
			give_back(world, &from, name, which, step, &bought[which], draw(&from, 4) == 0);
		if (draw(&from, 5) == 0)
			world->now_ms += draw(&from, 4 * 86400000) + 1;
	}
	for (int i = 0; i < count; i++) {
		int which = (i * 5 + (int)(seed % PURCHASES)) % PURCHASES;

		if (bought[which].left)
			give_back(world, &from, name, which, ++step, &bought[which], true);
	}
	check_nothing_is_left(world, name, seed, spent, falls);
}

START_TEST(nothing_is_gained_by_giving_everything_back)
{
	struct world world;
	cJSON *proof;

	world_open(&world);
	world_do(&world,
		"{\"commands\":[{\"kind\":\"merchant\",\"id\":\"@put-tap\",\"target\":\"@tap-shop\","
		"\"document\":{"
		"\"name\":\"Tap\"}},{\"kind\":\"merchant\",\"id\":\"@put-tap2\",\"target\":\"@tap-bakery\","
		"\"document\":{\"name\":\"Bake\"}}]}");
	for (uint64_t seed = first_seed; seed < first_seed + (uint64_t)SEEDS; seed++)
		play(&world, seed);
	proof = world_ask(&world, "{\"query\":\"verify\"}");
	ck_assert_int_eq(number_of(proof, "problems"), 0);
	cJSON_Delete(proof);
	world_close(&world);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *suite = suite_create("cycles");
	TCase *all = tcase_create("all");
	SRunner *runner;
	int failed;

	if (argc > 1)
		first_seed = strtoull(argv[1], NULL, 10);
	tcase_set_timeout(all, 300);
	tcase_add_test(all, nothing_is_gained_by_giving_everything_back);
	suite_add_tcase(suite, all);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
