/* Memory and storage fail at every place: the n-th allocation, or the n-th call of the storage,
 * once or from then on, in each kind of command and in each question (fault.h). */
#include "faults/fault.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	COPIES_MAX = 11, /* of a command in its batch */
	COMMANDS_MAX = COPIES_MAX * 5,
	FORM_CAPACITY = 2048,
	TEXT_CAPACITY = COPIES_MAX * FORM_CAPACITY
};

static rewapp_engine *engine; /* whose memory or storage fails */
static rewapp_engine *keeper; /* of the same store, with memory enough */
static char folder[96], uri[160];
static char tokens[COPIES_MAX][REWAPP_TOKEN_CAPACITY]; /* of the mints of the last batch */
static char older[1024]; /* a checkpoint as JSON has it, signed before the last command */

/* --- commands as text: # is a number that grows, $ the token of the same place --------------------- */

static size_t fill_in(const char *form, int number, const char *token, char out[FORM_CAPACITY])
{
	size_t at = 0;

	for (; *form && at < FORM_CAPACITY - REWAPP_TOKEN_CAPACITY; form++)
		if (*form == '#')
			at += (size_t)snprintf(out + at, FORM_CAPACITY - at, "%d", number);
		else if (*form == '$')
			at += (size_t)snprintf(out + at, FORM_CAPACITY - at, "%s", token);
		else
			out[at++] = *form;
	out[at] = '\0';
	return at;
}

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

static const char programme[] =
	"{\"kind\":\"programme\",\"id\":\"@put-programme\",\"target\":\"@main\",\"document\":{\"name\":"
	"\"Main\",\"tiers\":{\"by\":\"spend\",\"period\":\"rolling\",\"days\":30,\"levels\":["
	"{\"id\":\"silver\",\"from\":1000},{\"id\":\"gold\",\"from\":90000005}]},"
	"\"transfers\":{},\"referral\":{\"referrer_points\":7,\"points\":3},"
	"\"achievements\":[{\"id\":\"far\",\"count\":\"merchants\",\"target\":9,\"points\":5},{\"id\":"
	"\"one\","
	"\"count\":\"visits\",\"target\":1,\"period\":\"day\",\"points\":5},{\"id\":\"run\",\"count\":"
	"\"streak\",\"target\":2,\"points\":5}],\"gift_cards\":[{\"id\":\"card\",\"min_amount\":1,\"max_"
	"amount\":9999,\"days\":3,\"reload\":true}],"
	"\"vouchers\":[{\"id\":\"five\",\"points\":5,\"days\":3},{\"id\":\"gift\",\"points\":5,"
	"\"days\":3,\"from\":\"campaign\"}],"
	"\"currency\":\"EUR\",\"return_window_days\":0,\"expiry_days\":365,\"caps\":[{\"id\":\"m\",\"scope\":"
	"\"member\",\"window\":\"month\",\"points\":90000000}],\"rules\":[{\"id\":\"base\",\"type\":"
	"\"percent\","
	"\"basis_points\":1000,\"funder\":\"merchant\"}]}}";
/* Nothing is ever sure enough for it. */
static const char careful[] =
	"{\"kind\":\"programme\",\"id\":\"@put-careful\",\"target\":\"@careful\",\"document\":{\"name\":"
	"\"Careful\",\"currency\":\"EUR\",\"matching\":{\"sure\":10000,\"review\":5000},\"rules\":[{\"id\":"
	"\"base\",\"type\":\"percent\",\"basis_points\":1000}]}}";
static const char merchant[] =
	"{\"kind\":\"merchant\",\"id\":\"@put-shop\",\"target\":\"@shop\",\"document\":{\"name\":\"Carrefour "
	"City\",\"aliases\":[\"CRF CITY\"]}}";

static void set_up(void)
{
	const char *temporary = getenv("TMPDIR");

	memset(&memory, 0, sizeof memory);
	snprintf(folder, sizeof folder, "%.64s/rewapp-faults.XXXXXX", temporary ? temporary : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(uri, sizeof uri, "sqlite:%s/store.db", folder);
	ck_assert_int_eq(open_engine(&keeper, uri), 0);
	do_text(programme, 0, 1);
	do_text(careful, 0, 1);
	do_text(merchant, 0, 1);
	do_text("{\"kind\":\"member\",\"id\":\"@put-ann\",\"target\":\"@ann\"}", 0, 1);
	do_text("{\"kind\":\"purchase\",\"id\":\"@big\",\"member\":\"@ann\",\"programme\":\"@main\","
		"\"merchant\":\"@shop\",\"amount\":90000000,\"currency\":\"EUR\"}",
		0, 1);
	do_text("{\"kind\":\"hold\",\"id\":\"@hold\",\"member\":\"@ann\",\"programme\":\"@main\",\"points\":"
		"50000}",
		0, 1);
	do_text("{\"kind\":\"post\",\"id\":\"@post\",\"target\":\"@hold\",\"merchant\":\"@shop\"}", 0, 1);
	do_text("{\"kind\":\"purchase\",\"id\":\"@doubt\",\"member\":\"@ann\",\"programme\":\"@careful\","
		"\"amount\":700,\"currency\":\"EUR\",\"descriptor\":\"CB CARREFOUR CITY LYON\"},"
		"{\"kind\":\"purchase\",\"id\":\"@asked\",\"member\":\"@ann\",\"programme\":\"@careful\","
		"\"amount\":700,\"currency\":\"EUR\",\"descriptor\":\"CB CARREFOUR CITY LYON\"}",
		0, 1);
	do_text("{\"kind\":\"confirm\",\"id\":\"@answer\",\"target\":\"@asked\",\"nobody\":true,"
		"\"reference\":"
		"\"Claire\"}",
		0, 1);
	sign();
	do_text("{\"kind\":\"mint\",\"id\":\"@mint\",\"member\":\"@ann\",\"programme\":\"@main\",\"points\":"
		"500}",
		0, 1);
}

static void remove_store(void)
{
	static const char *const endings[] = { "", "-wal", "-shm" };
	char path[200];

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		snprintf(path, sizeof path, "%s%s", uri + strlen("sqlite:"), endings[i]);
		unlink(path);
	}
	rmdir(folder);
}

static void tear_down(void)
{
	struct rewapp_verification found = { .size = sizeof found };

	ck_assert_int_eq(rewapp_verify(keeper, NULL, NULL, &found), 0);
	ck_assert_msg(found.problems == 0, "%s", found.first);
	rewapp_engine_close(keeper);
	ck_assert_int_eq(memory.live, 0);
	remove_store();
}

/* --- every kind of command ----------------------------------------------------------------------- */

#define TO_ANN "\"member\":\"@ann\",\"programme\":\"@main\""
#define PURCHASE_OF(who, id, amount) \
	"{\"kind\":\"purchase\",\"id\":\"" id "\"," who ",\"merchant\":\"@shop\",\"amount\":" amount \
	",\"currency\":\"EUR\"}"
#define PURCHASE(id, amount) PURCHASE_OF(TO_ANN, id, amount)

/* A member of each attempt's own: with Ann's lots, that grow in number, the allocations would too, and
 * no attempt come behind the last of them. */
#define TO_NEW "\"member\":\"@new#\",\"programme\":\"@main\""
#define NEW_MEMBER "{\"kind\":\"member\",\"id\":\"@m#\",\"target\":\"@new#\"}"
#define LINE(id, amount) \
	"{\"kind\":\"bank_line\",\"id\":\"" id "\"," TO_NEW ",\"amount\":" amount ",\"currency\":\"EUR\"," \
	"\"descriptor\":\"CARTE 11/03 CARREFOUR CITY PARIS\",\"feed\":\"bank #\",\"bank_id\":\"#\""
#define TO_CHAINED "\"member\":\"@chained#\",\"programme\":\"@main\""
#define OF_CHAINED "\"target\":\"@chained#\",\"programme\":\"@main\""
#define CHAINED \
	"{\"kind\":\"member\",\"id\":\"@m#\",\"target\":\"@chained#\"},{\"kind\":\"adjust\",\"id\":\"@a#" \
	"\"," TO_CHAINED ",\"points\":9,\"reference\":\"a gift\"}"

#define DOUBT \
	"{\"kind\":\"purchase\",\"id\":\"@d#\",\"member\":\"@chained#\",\"programme\":\"@careful\"," \
	"\"amount\":700," \
	"\"currency\":\"EUR\",\"descriptor\":\"CB CARREFOUR CITY PARIS\"}"

#define BROUGHT(id) \
	"{\"kind\":\"purchase\",\"id\":\"" id \
	"\",\"member\":\"@brought#\",\"programme\":\"@main\",\"merchant\":" \
	"\"@shop\",\"amount\":500,\"currency\":\"EUR\",\"referrer\":\"@ann\"}"
#define SALE \
	"\"target\":\"@card#\",\"programme\":\"@main\",\"merchant\":\"@shop\",\"offer\":\"card\"," \
	"\"amount\":500,\"currency\":\"EUR\""

/* clang-format off */
static const struct story { const char *before, *command; } stories[] = {
	{ NULL, "{\"kind\":\"member\",\"id\":\"@x#\",\"target\":\"@member#\"}" },
	{ NULL, "{\"kind\":\"merchant\",\"id\":\"@x#\",\"target\":\"@shop#\",\"document\":{\"name\":\"Shop no #\"}}" },
	{ NULL, "{\"kind\":\"programme\",\"id\":\"@x#\",\"target\":\"@main\",\"document\":{\"name\":\"Main #\","
		"\"currency\":\"EUR\",\"rules\":[{\"id\":\"base\",\"type\":\"percent\",\"basis_points\":1000},"
		"{\"id\":\"fix\",\"type\":\"fixed\",\"points\":3,\"when\":{\"mcc\":[\"5411\"]}}]}}" },
	{ NULL, PURCHASE("@x#", "1234") },
	{ NULL, "{\"kind\":\"purchase\",\"id\":\"@x#\"," TO_ANN ",\"amount\":1234,\"currency\":\"EUR\","
		"\"descriptor\":\"CARTE 11/03 CARREFOUR CITY PARIS\"}" },
	{ NULL, "{\"kind\":\"return\",\"id\":\"@x#\",\"target\":\"@big\",\"amount\":10}" },
	{ NULL, "{\"kind\":\"hold\",\"id\":\"@x#\"," TO_ANN ",\"points\":3}" },
	{ NULL, "{\"kind\":\"mint\",\"id\":\"@x#\"," TO_ANN ",\"points\":3}" },
	{ "{\"kind\":\"hold\",\"id\":\"@h#\"," TO_ANN ",\"points\":5}",
		"{\"kind\":\"post\",\"id\":\"@x#\",\"target\":\"@h#\",\"merchant\":\"@shop\",\"points\":4}" },
	{ "{\"kind\":\"hold\",\"id\":\"@h#\"," TO_ANN ",\"points\":5}",
		"{\"kind\":\"void\",\"id\":\"@x#\",\"target\":\"@h#\"}" },
	{ "{\"kind\":\"mint\",\"id\":\"@h#\"," TO_ANN ",\"points\":5}",
		"{\"kind\":\"redeem\",\"id\":\"@x#\",\"token\":\"$\",\"merchant\":\"@shop\"}" },
	{ CHAINED, "{\"kind\":\"voucher\",\"id\":\"@x#\"," TO_CHAINED ",\"offer\":\"gift\"}" },
	{ "{\"kind\":\"voucher\",\"id\":\"@h#\"," TO_ANN ",\"offer\":\"five\"}",
		"{\"kind\":\"redeem\",\"id\":\"@x#\",\"token\":\"$\",\"merchant\":\"@shop\"}" },
	{ "{\"kind\":\"member\",\"id\":\"@m#\",\"target\":\"@brought#\"}", BROUGHT("@x#") },
	{ "{\"kind\":\"member\",\"id\":\"@m#\",\"target\":\"@brought#\"}," BROUGHT("@b#"),
		"{\"kind\":\"return\",\"id\":\"@x#\",\"target\":\"@b#\"}" },
	{ NULL, "{\"kind\":\"gift_card\",\"id\":\"@x#\"," SALE "}" },
	{ "{\"kind\":\"gift_card\",\"id\":\"@h#\"," SALE "}",
		"{\"kind\":\"void\",\"id\":\"@x#\",\"target\":\"@h#\"}" },
	{ NULL, "{\"kind\":\"reverse\",\"id\":\"@x#\",\"target\":\"@post\",\"points\":1}" },
	{ NULL, "{\"kind\":\"adjust\",\"id\":\"@x#\"," TO_ANN ",\"points\":7,\"reference\":\"by hand\"}" },
	{ NULL, "{\"kind\":\"adjust\",\"id\":\"@x#\"," TO_ANN ",\"points\":-7,\"reference\":\"by hand\"}" },
	{ CHAINED ",{\"kind\":\"hold\",\"id\":\"@h#\"," TO_CHAINED ",\"points\":5}",
		"{\"kind\":\"close_account\",\"id\":\"@x#\"," OF_CHAINED ",\"reference\":\"left\",\"forfeit\":true}" },
	{ CHAINED ",{\"kind\":\"close_account\",\"id\":\"@h#\"," OF_CHAINED ",\"reference\":\"left\","
		"\"forfeit\":true}",
		"{\"kind\":\"reopen_account\",\"id\":\"@x#\"," OF_CHAINED ",\"reference\":\"is back\"}" },
	{ CHAINED, "{\"kind\":\"transfer\",\"id\":\"@x#\"," TO_ANN ",\"target\":\"@chained#\",\"points\":3}" },
	{ NULL, "{\"kind\":\"end_of_day\",\"id\":\"@x#\"}" },
	{ NULL, "{\"kind\":\"sweep\",\"id\":\"@x#\"}" },
	{ NULL, "{\"kind\":\"close\",\"id\":\"@x#\",\"programme\":\"@main\",\"occurred_ms\":1000#}" },
	{ "{\"kind\":\"member\",\"id\":\"@m#\",\"target\":\"@leaves#\"},{\"kind\":\"adjust\",\"id\":\"@a#\","
		"\"member\":\"@leaves#\",\"programme\":\"@main\",\"points\":9,\"reference\":\"a gift\"},"
		"{\"kind\":\"hold\","
		"\"id\":\"@h#\",\"member\":\"@leaves#\",\"programme\":\"@main\",\"points\":5}",
		"{\"kind\":\"erase\",\"id\":\"@x#\",\"target\":\"@leaves#\"}" },
	{ NULL, "{\"kind\":\"purchase\",\"id\":\"@x#\",\"member\":\"@ann\",\"programme\":\"@careful\",\"amount\":700,"
		"\"currency\":\"EUR\",\"descriptor\":\"CB CARREFOUR CITY PARIS\"}" },
	{ CHAINED "," DOUBT,
		"{\"kind\":\"confirm\",\"id\":\"@x#\",\"target\":\"@d#\",\"merchant\":\"@shop\","
		"\"reference\":\"Claire\"},{\"kind\":\"take_back\",\"id\":\"@t#\",\"target\":\"@x#\","
		"\"reference\":\"Claire\"}" },
	{ CHAINED "," PURCHASE_OF(TO_CHAINED, "@y#", "500"),
		"{\"kind\":\"take_back\",\"id\":\"@x#\",\"target\":\"@y#\",\"reference\":\"Claire\"}" },
	{ NEW_MEMBER, LINE("@x#", "1234") "}" },
	{ NEW_MEMBER "," LINE("@h#", "1234") "}", LINE("@x#", "1300") "}" },
	{ NEW_MEMBER "," LINE("@h#", "1234") "}", "{\"kind\":\"bank_line\",\"id\":\"@x#\"," TO_NEW ","
		"\"amount\":1234,\"currency\":\"EUR\","
		"\"descriptor\":\"AVOIR CB CARREFOUR CITY\",\"feed\":\"bank #\",\"refund\":true}" },
	/* a chain: its effects are kept, and what it changes is too */
	{ CHAINED, "{\"kind\":\"hold\",\"id\":\"@x#\"," TO_CHAINED ",\"points\":3,\"up_to\":true,\"linked\":true},"
		"{\"kind\":\"void\",\"id\":\"@v#\",\"target\":\"@x#\",\"linked\":true},"
		PURCHASE_OF(TO_CHAINED, "@z#", "700") },
	/* together, and with a mint that was answered before: its token is made again at the end */
	{ CHAINED, PURCHASE_OF(TO_CHAINED, "@y#", "500") "," PURCHASE_OF(TO_CHAINED, "@z#", "700")
		",{\"kind\":\"return\",\"id\":\"@r#\",\"target\":\"@y#\"},{\"kind\":\"mint\",\"id\":\"@mint\"," TO_ANN
		",\"points\":500},{\"kind\":\"hold\",\"id\":\"@x#\"," TO_CHAINED ",\"points\":1}" },
};
/* clang-format on */

/* After the error the id is free, unless the answer was lost behind the commit. */
static void check_failed(int number, enum fault fault, int error)
{
	struct rewapp_receipt receipt = { .size = sizeof receipt };
	struct rewapp_id id;
	char name[16];

	snprintf(name, sizeof name, "@x%d", number);
	ck_assert_msg(is_due_to(fault, error), "%d %s", error, rewapp_errmsg());
	ck_assert_int_eq(rewapp_id_parse(name, strlen(name), &id), 0);
	ck_assert_int_eq(rewapp_receipt_get(keeper, &id, &receipt),
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
		check_failed(number, fault, error);
	accept(engine, commands);
	rewapp_commands_free(commands);
	rewapp_engine_close(engine);
	return hit;
}

START_TEST(test_command)
{
	static const int sizes[] = { 1, 4, COPIES_MAX };
	int number = 1, hits = 0;

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

static const char *const questions[] = {
	"{\"query\":\"balance\",\"member\":\"@ann\",\"programme\":\"@main\"}",
	"{\"query\":\"tier\",\"member\":\"@ann\",\"programme\":\"@main\"}",
	"{\"query\":\"statement\",\"member\":\"@ann\",\"programme\":\"@main\"}",
	"{\"query\":\"balance\",\"member\":\"@ann\",\"programme\":\"@main\",\"recorded_ms\":1773309600000}",
	"{\"query\":\"statement\",\"member\":\"@ann\",\"programme\":\"@main\",\"occurred_ms\":1773309600000}",
	"{\"query\":\"receipt\",\"id\":\"@big\"}",
	"{\"query\":\"receipt\",\"id\":\"@mint\"}",
	"{\"query\":\"members\"}",
	"{\"query\":\"merchants\"}",
	"{\"query\":\"programmes\"}",
	"{\"query\":\"member\",\"id\":\"@ann\"}",
	"{\"query\":\"merchant\",\"id\":\"@shop\"}",
	"{\"query\":\"programme\",\"id\":\"@main\"}",
	"{\"query\":\"settlement\",\"from_ms\":0,\"until_ms\":1973446400000,\"programme\":\"@main\"}",
	"{\"query\":\"expiries\",\"member\":\"@ann\",\"programme\":\"@main\"}",
	"{\"query\":\"expiries\",\"programme\":\"@main\"}",
	"{\"query\":\"trace\",\"id\":\"@post\"}",
	"{\"query\":\"totals\",\"from_ms\":1773187200000,\"until_ms\":1773446400000,\"programme\":\"@main\"}",
	"{\"query\":\"match\",\"descriptor\":\"CARTE 11/03 CARREFOUR CITY PARIS\"}",
	"{\"query\":\"review\",\"language\":\"fr\"}",
	"{\"query\":\"bank_lines\",\"outcome\":\"matched\"}",
	"{\"query\":\"learnt\",\"merchant\":\"@shop\"}",
	"{\"query\":\"inspect\",\"token\":\"$\",\"merchant\":\"@shop\"}",
	"{\"query\":\"achievements\",\"member\":\"@ann\",\"programme\":\"@main\"}",
	"{\"query\":\"vouchers\",\"member\":\"@ann\",\"programme\":\"@main\"}",
	"{\"query\":\"accounts\",\"programme\":\"@main\",\"limit\":50}",
	"{\"query\":\"trial_balance\",\"programme\":\"@main\"}",
	"{\"query\":\"events\"}",
	"{\"query\":\"verify\"}",
	"{\"query\":\"books\"}",
	"{\"query\":\"code\",\"id\":\"@big\"}",
	"{\"query\":\"proof\",\"id\":\"@big\"}",
	"{\"query\":\"export\",\"member\":\"@ann\"}",
	"{\"query\":\"explain\",\"id\":\"@big\",\"language\":\"fr\"}",
	"{\"query\":\"periods\",\"programme\":\"@main\"}",
	"{\"query\":\"signals\",\"velocity\":1,\"manual_credits\":1}",
	"{\"query\":\"statement\",\"member\":\"@ann\",\"programme\":\"@main\",\"limit\":1}",
	"{\"query\":\"sign\"}",
	"{\"query\":\"checkpoint\"}",
	"{\"query\":\"extension\",\"checkpoint\":\"$\"}",
	"{\"query\":\"replay\",\"programme\":\"@main\",\"document\":{\"name\":\"Other\",\"currency\":\"EUR\","
	"\"rules\":[{\"id\":\"base\",\"type\":"
	"\"percent\",\"basis_points\":500}]}}",
	"{\"query\":\"quote\",\"commands\":[{\"kind\":\"hold\",\"id\":\"@quoted\"," TO_ANN ",\"points\":3}]}",
};

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
	ck_assert_int_gt(n, 1);
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
		check_failed(number, fault, error);
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
