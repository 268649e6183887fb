/* JSON at the door: mistakes in commands are placed, every question has its shape. */
#include "world.h"

#include <stdint.h>
#include <stdio.h>

static const struct {
	const char *text, *message;
} mistakes[] = {
	{ "{\"commands\":[{\"kind\":\"sweep\"},{\"kind\":\"sweep\",\"x\":1}]}",
		"commands[1].x: unknown key" },
	{ "{\"commands\":[{\"kind\":\"sweep\"},{\"kind\":\"sweep\",\"Id\":\"@a\"}]}",
		"commands[1].Id: unknown key" },
	{ "{\"kind\":\"sweep\",\"flags\":0}", "flags: unknown key" },
	{ "{\"commands\":[{\"kind\":\"swept\"}]}", "commands[0].kind: not the word of a command" },
	{ "{\"commands\":[{\"kind\":13}]}", "commands[0].kind: not the word of a command" },
	{ "{\"commands\":[{\"id\":7}]}",
		"commands[0].id: not an id (32 hexadecimal digits, a UUID or @name)" },
	{ "{\"commands\":[{\"id\":\"7\"}]}",
		"commands[0].id: not an id (32 hexadecimal digits, a UUID or @name)" },
	{ "{\"commands\":[{},{},{\"points\":\"many\"}]}", "commands[2].points: not an integer" },
	{ "{\"commands\":[{\"points\":true}]}", "commands[0].points: not an integer" },
	{ "{\"commands\":[{\"points\":\"9223372036854775808\"}]}", "commands[0].points: not an integer" },
	{ "{\"commands\":[{\"amount\":0}]}", "commands[0].amount: 0 is below 1" },
	{ "{\"commands\":[{\"mcc\":2147483648}]}", "commands[0].mcc: out of range" },
	{ "{\"commands\":[{\"currency\":\"EURO\"}]}", "commands[0].currency: not three capital letters" },
	{ "{\"commands\":[{\"status\":\"asleep\"}]}", "commands[0].status: not active, blocked or closed" },
	{ "{\"commands\":[{\"reference\":5}]}", "commands[0].reference: not a string" },
	{ "{\"commands\":[{\"document\":\"{}\"}]}", "commands[0].document: not an object" },
	{ "{\"commands\":[[]]}", "commands[0].command: not an object" },
	{ "{\"commands\":[]}", "commands: 0 are not 1 to 8192" },
	{ "{\"commands\":{}}", "commands: not an array alone in its object" },
	{ "{\"commands\":[{}],\"more\":1}", "commands: not an array alone in its object" },
	{ "[]", "command: not an object" },
};

START_TEST(mistakes_in_commands_are_placed)
{
	rewapp_commands *commands = (rewapp_commands *)&commands;

	ck_assert_int_eq(rewapp_commands_parse(mistakes[_i].text, strlen(mistakes[_i].text), &commands),
		REWAPP_E_ARGUMENT);
	ck_assert_str_eq(rewapp_errmsg(), mistakes[_i].message);
	ck_assert_ptr_null(commands);
}
END_TEST

START_TEST(a_text_that_is_no_json_has_line_and_column)
{
	static const char text[] = "{\"commands\": [\n  {\"kind\": \"sweep\", \"points\": 1.5}]}";
	rewapp_commands *commands;

	ck_assert_int_eq(rewapp_commands_parse(text, sizeof text - 1, &commands), REWAPP_E_JSON);
	ck_assert_str_eq(rewapp_errmsg(), "line 2, column 32: the number is not an integer");
}
END_TEST

START_TEST(commands_become_structs)
{
	static const char text[] =
		"{\"commands\":[{\"kind\":\"purchase\",\"id\":\"@t1\",\"member\":\"@ada\",\"merchant\":\"@"
		"books\","
		"\"amount\":\"9223372036854775807\",\"currency\":\"EUR\",\"mcc\":5942,\"terminal\":"
		"\"\\u00e9\","
		"\"occurred_ms\":1},{\"kind\":\"member\",\"target\":\"@ada\",\"status\":\"closed\"}]}";
	const struct rewapp_id id = world_id("t1"), member = world_id("ada");
	struct rewapp_command *list;
	rewapp_commands *commands;

	ck_assert_int_eq(rewapp_commands_parse(text, sizeof text - 1, &commands), 0);
	ck_assert_uint_eq(rewapp_commands_count(commands), 2);
	list = rewapp_commands_array(commands);
	ck_assert_uint_eq(list[0].size, sizeof *list);
	ck_assert_int_eq(list[0].kind, REWAPP_KIND_PURCHASE);
	ck_assert_mem_eq(&list[0].id, &id, sizeof id);
	ck_assert_mem_eq(&list[0].member, &member, sizeof id);
	ck_assert_int_eq(list[0].amount, INT64_MAX);
	ck_assert_str_eq(list[0].currency, "EUR");
	ck_assert_int_eq(list[0].mcc, 5942);
	ck_assert_str_eq(list[0].terminal, "\xc3\xa9");
	ck_assert_ptr_null(list[0].reference);
	ck_assert_int_eq(list[1].status, REWAPP_MEMBER_CLOSED);
	rewapp_commands_free(commands);
}
END_TEST

START_TEST(a_batch_has_a_largest_size)
{
	static char text[16 + 3 * (REWAPP_BATCH_MAX + 1)] = "{\"commands\":[";
	const size_t start = strlen(text);
	rewapp_commands *commands;
	size_t at = start;

	for (int i = 0; i < REWAPP_BATCH_MAX; i++, at += 3)
		memcpy(text + at, "{},", 3);
	memcpy(text + at - 1, "]}", 2);
	ck_assert_int_eq(rewapp_commands_parse(text, at + 1, &commands), 0);
	ck_assert_uint_eq(rewapp_commands_count(commands), REWAPP_BATCH_MAX);
	rewapp_commands_free(commands);
	memcpy(text + at - 1, ",{}]}", 5);
	ck_assert_int_eq(rewapp_commands_parse(text, at + 4, &commands), REWAPP_E_ARGUMENT);
	ck_assert_str_eq(rewapp_errmsg(), "commands: 8193 are not 1 to 8192");
}
END_TEST

/* A world in which every question has something to tell. */
static void live(struct world *world)
{
	world_open(world);
	world_do(world,
		"{\"commands\":[{\"kind\":\"purchase\",\"id\":\"@b1\",\"member\":\"@ada\",\"merchant\":\"@"
		"books\","
		"\"amount\":9000,\"currency\":\"EUR\"},"
		"{\"kind\":\"hold\",\"id\":\"@h1\",\"member\":\"@ada\",\"points\":10}]}");
}

/* The keys of an object, in their order. */
static const char *keys_of(const cJSON *object, char *out, size_t capacity)
{
	const cJSON *item;
	size_t at = 0;

	out[0] = '\0';
	cJSON_ArrayForEach(item, object)
	{
		const int count = snprintf(out + at, capacity - at, "%s%s", at ? " " : "", item->string);

		at += (size_t)count;
		ck_assert_uint_lt(at, capacity);
	}
	return out;
}

static const struct {
	const char *question, *keys;
	const char *list, *list_keys; /* the list in the answer, and the keys of its first object */
} shapes[] = {
	{ "{\"query\":\"balance\",\"member\":\"@ada\"}",
		"member as_of_ms available pending held debt next_expiry_ms next_expiry_points "
		"next_activation_ms debits_posted debits_pending credits_posted credits_pending version "
		"closed_ms",
		NULL, NULL },
	{ "{\"query\":\"statement\",\"member\":\"@ada\"}", "entries next", "entries",
		"number code command merchant points previous spender balance recorded_ms occurred_ms activates_ms "
		"expires_ms" },
	{ "{\"query\":\"receipt\",\"id\":\"@b1\"}",
		"kind id verdict replayed programme member merchant points amount available pending held "
		"debt "
		"shortfall recorded_ms activates_ms expires_ms certainty awards",
		"awards", "rule reason text version points distance" },
	{ "{\"query\":\"members\"}", "objects next", "objects", "number id status" },
	{ "{\"query\":\"merchants\"}", "objects next", "objects", "number id name document" },
	{ "{\"query\":\"programmes\"}", "objects next", "objects", "number id version name document" },
	{ "{\"query\":\"member\",\"id\":\"@ada\"}", "number id status", NULL, NULL },
	{ "{\"query\":\"merchant\",\"id\":\"@books\"}", "number id name document", NULL, NULL },
	{ "{\"query\":\"programme\",\"id\":\"@cagnotte\"}", "number id version name document", NULL, NULL },
	{ "{\"query\":\"totals\",\"from_ms\":0,\"until_ms\":\"9007199254740992\"}", "days", "days",
		"day_ms issued spent expired clawed_back" },
	{ "{\"query\":\"match\",\"descriptor\":\"CB LIBRAIRIE PLUIE PARIS\"}",
		"outcome operation merchant_from merchant_to purchase_date city card_suffix candidates",
		"candidates", "merchant name score certainty evidence" },
	{ "{\"query\":\"evaluate\",\"truth\":\"raw\\texpected\\nCB FNAC "
	  "LYON\\tFnac\",\"catalogue\":\"name\\nFnac\"}",
		"precision recall f1 false_credits_per_1000 accept_precision accept_recall lines merchants "
		"expected false_credits operations operations_matched outcomes surfaces calibration",
		"calibration", "from lines right said was" },
	{ "{\"query\":\"inspect\",\"token\":\"123\"}",
		"verdict hold member merchant programme points amount issued_ms expires_ms", NULL, NULL },
	{ "{\"query\":\"accounts\"}", "accounts next", "accounts",
		"cursor owner kind type side bound balance debits_posted debits_pending credits_posted "
		"credits_pending version" },
	{ "{\"query\":\"trial_balance\"}", "lines sum pending", "lines",
		"accounts kind type side bound balance debits_posted debits_pending credits_posted "
		"credits_pending version" },
	{ "{\"query\":\"events\"}", "events next", "events",
		"number kind code command member points recorded_ms" },
	{ "{\"query\":\"verify\"}", "problems first commands transfers accounts lots holds purchases", NULL,
		NULL },
};

START_TEST(every_question_has_its_shape)
{
	struct world world;
	char keys[512];
	cJSON *tree;

	live(&world);
	tree = world_ask(&world, shapes[_i].question);
	ck_assert_str_eq(keys_of(tree, keys, sizeof keys), shapes[_i].keys);
	if (shapes[_i].list) {
		const cJSON *list = cJSON_GetObjectItem(tree, shapes[_i].list);

		ck_assert(cJSON_IsArray(list));
		ck_assert_int_ge(cJSON_GetArraySize(list), 1);
		ck_assert_str_eq(
			keys_of(cJSON_GetArrayItem(list, 0), keys, sizeof keys), shapes[_i].list_keys);
	}
	cJSON_Delete(tree);
	world_close(&world);
}
END_TEST

static const struct {
	const char *text;
	int code;
	const char *message;
} questions[] = {
	{ "{}", REWAPP_E_ARGUMENT, "query: not a question that is known" },
	{ "[]", REWAPP_E_ARGUMENT, "query: not a question that is known" },
	{ "\"balance\"", REWAPP_E_ARGUMENT, "query: not a question that is known" },
	{ "{\"query\":\"Balance\"}", REWAPP_E_ARGUMENT, "query: not a question that is known" },
	{ "{\"query\":7}", REWAPP_E_ARGUMENT, "query: not a question that is known" },
	{ "{\"query\":\"balance\"}", REWAPP_E_ARGUMENT, "member: missing" },
	{ "{\"query\":\"balance\",\"member\":\"@ada\",\"limit\":3}", REWAPP_E_ARGUMENT,
		"limit: unknown key of balance" },
	{ "{\"query\":\"verify\",\"x\":3}", REWAPP_E_ARGUMENT, "x: unknown key of verify" },
	{ "{\"query\":\"members\",\"limit\":0}", REWAPP_E_ARGUMENT, "limit: 0 is not 1 to 500" },
	{ "{\"query\":\"members\",\"limit\":501}", REWAPP_E_ARGUMENT, "limit: 501 is not 1 to 500" },
	{ "{\"query\":\"members\",\"after\":\"x\"}", REWAPP_E_ARGUMENT, "after: not an integer" },
	{ "{\"query\":\"member\",\"id\":\"ada\"}", REWAPP_E_ARGUMENT, "id: not an id" },
	{ "{\"query\":\"inspect\",\"token\":7}", REWAPP_E_ARGUMENT, "token: not a string" },
	{ "{\"query\":\"totals\",\"from_ms\":1}", REWAPP_E_ARGUMENT, "until_ms: missing" },
	{ "{\"query\":\"settlement\",\"from_ms\":1,\"until_ms\":1}", REWAPP_E_ARGUMENT,
		"until_ms: 1 is not behind from_ms" },
	{ "{\"query\":\"match\",\"descriptor\":\"CB\",\"mcc\":4294973296}", REWAPP_E_ARGUMENT,
		"mcc: 4294973296 is not 0 to 9999" },
	{ "{\"query\":\"match\",\"descriptor\":\"CB\",\"currency\":\"EURO\"}", REWAPP_E_ARGUMENT,
		"currency: not three capital letters" },
	{ "{\"query\":\"evaluate\",\"truth\":\"\",\"catalogue\":\"name\"}", REWAPP_E_ARGUMENT,
		"truth: is empty" },
	{ "{\"query\":\"evaluate\",\"truth\":\"raw\",\"catalogue\":\"name\"}", REWAPP_E_ARGUMENT,
		"truth, line 1: has no column \"expected\"" },
	{ "{\"query\":\"evaluate\",\"truth\":\"raw\\texpected\",\"catalogue\":\"id\"}", REWAPP_E_ARGUMENT,
		"catalogue, line 1: has no column \"name\"" },
	{ "{\"query\":\"evaluate\",\"truth\":\"raw\"}", REWAPP_E_ARGUMENT, "catalogue: missing" },
	{ "{\"query\":\"member\",\"id\":\"@nobody\"}", REWAPP_E_NOTFOUND, "member: none of this id" },
	{ "{\"query\":1.5}", REWAPP_E_JSON, "line 1, column 11: the number is not an integer" },
};

START_TEST(questions_that_are_refused)
{
	struct world world;
	char *answer = (char *)&world;

	world_open(&world);
	ck_assert_int_eq(rewapp_json_query(
				 world.engine, questions[_i].text, strlen(questions[_i].text), &answer, NULL),
		questions[_i].code);
	ck_assert_str_eq(rewapp_errmsg(), questions[_i].message);
	ck_assert_ptr_null(answer);
	world_close(&world);
}
END_TEST

/* The form of a receipt: as much as fits or nothing, and always the size that is needed. */
/* The quote is the receipt, and leaves no trace: asked again, it is the same, and so is what is then sent. */
START_TEST(a_quote_is_the_receipt_to_come)
{
	static const char commands[] =
		"\"commands\":[{\"kind\":\"purchase\",\"id\":\"@q1\",\"member\":\"@ada\",\"merchant\":\"@"
		"bakery\","
		"\"amount\":5000,\"currency\":\"EUR\"},{\"kind\":\"purchase\",\"id\":\"@q2\",\"member\":"
		"\"@nobody\",\"merchant\":\"@bakery\",\"amount\":1,\"currency\":\"EUR\"}]";
	struct world world;
	char text[1024];
	char *quoted[2], *sent;

	world_open(&world);
	snprintf(text, sizeof text, "{\"query\":\"quote\",%s}", commands);
	for (int i = 0; i < 2; i++)
		ck_assert_msg(rewapp_json_query(world.engine, text, strlen(text), &quoted[i], NULL) == 0,
			"%s", rewapp_errmsg());
	snprintf(text, sizeof text, "{%s}", commands);
	ck_assert_int_eq(rewapp_json_submit(world.engine, text, strlen(text), &sent, NULL), 0);
	ck_assert_str_eq(quoted[0], quoted[1]);
	ck_assert_str_eq(quoted[0], sent);
	ck_assert_ptr_nonnull(strstr(sent, "\"points\":100,"));
	ck_assert_ptr_nonnull(strstr(sent, "UNKNOWN_MEMBER"));
	rewapp_free(world.engine, quoted[0]);
	rewapp_free(world.engine, quoted[1]);
	rewapp_free(world.engine, sent);
	world_close(&world);
}
END_TEST

/* By the world's rules Ada got 350 points and Grace 10; the candidate gives 200 for a first purchase, 250 a
 * day. */
START_TEST(a_candidate_is_played_over_the_purchases)
{
	static const char question[] =
		"{\"query\":\"replay\",\"document\":{\"name\":\"New\",\"currency\":\"EUR\",\"rules\":["
		"{\"id\":\"base\",\"type\":\"fixed\",\"points\":200,\"when\":{\"nth_purchase\":{\"at\":[1]}},"
		"\"caps\":[{\"id\":\"d\",\"scope\":\"programme\",\"window\":\"day\",\"points\":250}]},"
		"{\"id\":\"new\",\"type\":\"fixed\",\"points\":1}]}}";
	struct world world;
	char *answer;

	world_open(&world);
	world_do(&world,
		"{\"commands\":["
		"{\"kind\":\"purchase\",\"id\":\"@a1\",\"member\":\"@ada\",\"merchant\":\"@bakery\","
		"\"amount\":5000,\"currency\":\"EUR\"},"
		"{\"kind\":\"purchase\",\"id\":\"@a2\",\"member\":\"@ada\",\"merchant\":\"@bakery\","
		"\"amount\":10000,\"currency\":\"EUR\"},"
		"{\"kind\":\"purchase\",\"id\":\"@g1\",\"member\":\"@grace\",\"merchant\":\"@books\","
		"\"amount\":500,\"currency\":\"EUR\"}]}");
	ck_assert_msg(rewapp_json_query(world.engine, question, strlen(question), &answer, NULL) == 0, "%s",
		rewapp_errmsg());
	ck_assert_str_eq(answer,
		"{\"purchases\":3,\"amount\":15500,\"before\":360,\"after\":253,\"members\":2,\"winners\":1,"
		"\"losers\":1,\"most_gained\":41,\"most_lost\":148,\"complete\":true,\"rules\":["
		"{\"rule\":\"base\",\"before\":310,\"after\":250,\"awards\":2},"
		"{\"rule\":\"new\",\"before\":0,\"after\":3,\"awards\":3},"
		"{\"rule\":\"large\",\"before\":50,\"after\":0,\"awards\":0}],"
		"\"months\":[{\"month\":\"2026-03\",\"purchases\":3,\"before\":360,\"after\":253}]}");
	rewapp_free(world.engine, answer);
	world_close(&world);
}
END_TEST

static void buy(struct world *world, const char *id, int64_t amount)
{
	char text[256];

	snprintf(text, sizeof text,
		"{\"kind\":\"purchase\",\"id\":\"@%s\",\"member\":\"@ada\",\"merchant\":\"@bakery\","
		"\"amount\":\"%lld\","
		"\"currency\":\"EUR\"}",
		id, (long long)amount);
	world_do(world, text);
}

static void expect_answer(struct world *world, const char *question, const char *expected)
{
	char *answer;

	ck_assert_msg(rewapp_json_query(world->engine, question, strlen(question), &answer, NULL) == 0, "%s",
		rewapp_errmsg());
	ck_assert_str_eq(answer, expected);
	rewapp_free(world->engine, answer);
}

/* 100 for a purchase and no more than 150 in three days: 100, 50 the day after, 100 on the fourth day; and in
 * the month after 100 again. */
START_TEST(a_candidate_has_windows_that_slide)
{
#define SLIDING \
	"\"document\":{\"name\":\"New\",\"currency\":\"EUR\",\"rules\":[{\"id\":\"base\",\"type\":" \
	"\"fixed\",\"points\":" \
	"100,\"caps\":[{\"id\":\"three\",\"scope\":\"member\",\"window\":\"sliding\",\"days\":3,\"points\":" \
	"150},{\"id\":" \
	"\"card\",\"scope\":\"card\",\"window\":\"day\",\"points\":900}]}]}}"
	static const int64_t days[] = { 0, 1, 3, 30 };
	struct world world;
	char id[8];

	world_open(&world);
	for (int i = 0; i < ROWS(days); i++) {
		world.now_ms = WORLD_NOW_MS + days[i] * INT64_C(86400000);
		snprintf(id, sizeof id, "p%d", i);
		buy(&world, id, 1000);
	}
	expect_answer(&world, "{\"query\":\"replay\"," SLIDING,
		"{\"purchases\":4,\"amount\":4000,\"before\":80,\"after\":350,\"members\":1,\"winners\":1,"
		"\"losers\":0,"
		"\"most_gained\":270,\"most_lost\":0,\"complete\":true,\"rules\":[{\"rule\":\"base\","
		"\"before\":80,"
		"\"after\":350,\"awards\":4}],\"months\":[{\"month\":\"2026-03\",\"purchases\":3,\"before\":"
		"60,\"after\":"
		"250},{\"month\":\"2026-04\",\"purchases\":1,\"before\":20,\"after\":100}]}");
	expect_answer(&world, "{\"query\":\"replay\",\"limit\":2," SLIDING,
		"{\"purchases\":2,\"amount\":2000,\"before\":40,\"after\":150,\"members\":1,\"winners\":1,"
		"\"losers\":0,"
		"\"most_gained\":110,\"most_lost\":0,\"complete\":false,\"rules\":[{\"rule\":\"base\","
		"\"before\":40,"
		"\"after\":150,\"awards\":2}],\"months\":[{\"month\":\"2026-03\",\"purchases\":2,\"before\":"
		"40,\"after\":"
		"150}]}");
	world_close(&world);
}
END_TEST

/* Two purchases that a store can hold, and whose sum it cannot say. */
START_TEST(a_candidate_over_more_than_64_bits)
{
	static const char question[] = "{\"query\":\"replay\"," SLIDING;
	struct world world;
	char *answer;

	world_open(&world);
	buy(&world, "p1", INT64_C(5000000000000000000));
	buy(&world, "p2", INT64_C(5000000000000000000));
	ck_assert_int_eq(rewapp_json_query(world.engine, question, strlen(question), &answer, NULL),
		REWAPP_E_OVERFLOW);
	ck_assert_ptr_null(answer);
	world_close(&world);
}
END_TEST

START_TEST(a_receipt_is_formatted_into_a_buffer)
{
	struct rewapp_receipt receipt = { .size = sizeof receipt, .kind = REWAPP_KIND_SWEEP };
	char text[4096] = "untouched";
	size_t need = 0;
	cJSON *tree;

	ck_assert_int_eq(rewapp_receipt_format(&receipt, NULL, 0, &need), REWAPP_E_CAPACITY);
	ck_assert_uint_gt(need, 2);
	ck_assert_int_eq(rewapp_receipt_format(&receipt, text, need, &need), REWAPP_E_CAPACITY);
	ck_assert_str_eq(text, "untouched");
	ck_assert_int_eq(rewapp_receipt_format(&receipt, text, need + 1, &need), 0);
	ck_assert_uint_eq(strlen(text), need);
	tree = cJSON_Parse(text);
	ck_assert_str_eq(cJSON_GetObjectItem(tree, "kind")->valuestring, "sweep");
	cJSON_Delete(tree);
}
END_TEST

static void add(TCase *all)
{
	tcase_add_loop_test(all, mistakes_in_commands_are_placed, 0, ROWS(mistakes));
	tcase_add_test(all, a_text_that_is_no_json_has_line_and_column);
	tcase_add_test(all, commands_become_structs);
	tcase_add_test(all, a_batch_has_a_largest_size);
	tcase_add_loop_test(all, every_question_has_its_shape, 0, ROWS(shapes));
	tcase_add_loop_test(all, questions_that_are_refused, 0, ROWS(questions));
	tcase_add_test(all, a_quote_is_the_receipt_to_come);
	tcase_add_test(all, a_candidate_is_played_over_the_purchases);
	tcase_add_test(all, a_candidate_has_windows_that_slide);
	tcase_add_test(all, a_candidate_over_more_than_64_bits);
	tcase_add_test(all, a_receipt_is_formatted_into_a_buffer);
}

int main(void)
{
	return run_suite("api json", add);
}
