/* What must not come in: amounts at the ends of their range, ids used twice, card numbers,
 * broken texts, broken JSON, broken tokens.  Each has a stable code and a place, and after each
 * the store answers as before. */
#include "api/world.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static struct world world;
static char token[REWAPP_TOKEN_CAPACITY];

static struct rewapp_command command_of(int kind, const char *name)
{
	struct rewapp_command command = REWAPP_COMMAND_INIT;

	command.kind = kind;
	command.id = world_id(name);
	return command;
}

static struct rewapp_command purchase_of(const char *name, const char *member, int64_t amount)
{
	struct rewapp_command command = command_of(REWAPP_KIND_PURCHASE, name);

	command.member = world_id(member);
	command.merchant = world_id("bakery");
	command.amount = amount;
	memcpy(command.currency, "EUR", 4);
	return command;
}

static struct rewapp_command adjust_of(const char *name, const char *member, int64_t points)
{
	struct rewapp_command command = command_of(REWAPP_KIND_ADJUST, name);

	command.member = world_id(member);
	command.points = points;
	command.reference = "by hand";
	return command;
}

static struct rewapp_receipt submit(const struct rewapp_command *command)
{
	struct rewapp_receipt receipt = { .size = sizeof receipt };

	ck_assert_msg(rewapp_submit(world.engine, command, 1, &receipt) == 0, "%s", rewapp_errmsg());
	return receipt;
}

static void setup(void)
{
	struct rewapp_command mint = command_of(REWAPP_KIND_MINT, "mint");

	world_open(&world);
	world_do(&world,
		"{\"kind\":\"purchase\",\"id\":\"@first\",\"member\":\"@ada\",\"merchant\":\"@bakery\","
		"\"amount\":50000,\"currency\":\"EUR\"}");
	mint.member = world_id("ada");
	mint.points = 100;
	memcpy(token, submit(&mint).token, sizeof token);
	ck_assert_uint_eq(strlen(token), 101);
}

static void teardown(void)
{
	struct rewapp_verification found = { .size = sizeof found };

	ck_assert_int_eq(rewapp_verify(world.engine, NULL, NULL, &found), 0);
	ck_assert_msg(found.problems == 0, "%s", found.first);
	world_close(&world);
}

/* The members' points, and how much stands in the ledger. */
static char *state(void)
{
	static const char *const questions[] = { "{\"query\":\"balance\",\"member\":\"@ada\"}",
		"{\"query\":\"balance\",\"member\":\"@grace\"}",
		"{\"query\":\"statement\",\"member\":\"@ada\"}", "{\"query\":\"merchants\"}",
		"{\"query\":\"programmes\"}", "{\"query\":\"members\"}" };
	char *all = calloc(1, 1), *more, *answer;
	size_t length, size = 0;

	for (int i = 0; i < ROWS(questions); i++) {
		ck_assert_int_eq(
			rewapp_json_query(world.engine, questions[i], strlen(questions[i]), &answer, &length),
			0);
		more = realloc(all, size + length + 1);
		ck_assert_ptr_nonnull(more);
		all = more;
		memcpy(all + size, answer, length + 1);
		size += length;
		rewapp_free(world.engine, answer);
	}
	return all;
}

static void expect_state(char *before)
{
	char *after = state();

	ck_assert_str_eq(before, after);
	free(before);
	free(after);
}

static void expect_refused(const struct rewapp_command *command, int code, const char *field)
{
	struct rewapp_receipt receipt = submit(command);

	ck_assert_msg(receipt.code == code, "%s: %s, not %s", field, rewapp_error_name(receipt.code),
		rewapp_error_name(code));
	ck_assert_str_eq(receipt.field, field);
	ck_assert_msg(strncmp(receipt.message, field, strlen(field)) == 0, "%s", receipt.message);
}

static int json(const char *text, size_t length, bool asks)
{
	char *answer = NULL;
	size_t answered;
	int error = asks ? rewapp_json_query(world.engine, text, length, &answer, &answered)
			 : rewapp_json_submit(world.engine, text, length, &answer, &answered);

	ck_assert_int_eq(answer == NULL, error != 0);
	ck_assert_msg(error == 0 || strlen(rewapp_errmsg()) > 0, "%d", error);
	rewapp_free(world.engine, answer);
	return error;
}

/* With all that a command of the kind must have; it need not be accepted. */
static struct rewapp_command complete_of(int kind, const char *name)
{
	struct rewapp_command command = command_of(kind, name);

	switch (kind) {
	case REWAPP_KIND_PURCHASE:
		return purchase_of(name, "ada", 100);
	case REWAPP_KIND_MEMBER:
	case REWAPP_KIND_RETURN:
	case REWAPP_KIND_VOID:
	case REWAPP_KIND_ERASE:
		command.target = world_id("ada");
		break;
	case REWAPP_KIND_POST:
		command.target = world_id("ada");
		command.merchant = world_id("bakery");
		break;
	case REWAPP_KIND_REVERSE:
		command.target = world_id("ada");
		command.points = 1;
		break;
	case REWAPP_KIND_MERCHANT:
		command.target = world_id("books");
		command.document = "{\"name\":\"Librairie\"}";
		break;
	case REWAPP_KIND_PROGRAMME:
		command.target = world_id("cagnotte");
		command.document = "{\"name\":\"Autre\",\"currency\":\"EUR\",\"rules\":[{\"id\":\"base\","
				   "\"type\":\"percent\",\"basis_points\":100}]}";
		break;
	case REWAPP_KIND_TRANSFER:
		command.target = world_id("grace");
		command.member = world_id("ada");
		command.points = 1;
		command.reference = "a gift";
		break;
	case REWAPP_KIND_HOLD:
	case REWAPP_KIND_MINT:
		command.member = world_id("ada");
		command.points = 1;
		break;
	case REWAPP_KIND_REDEEM:
		command.token = token;
		command.merchant = world_id("bakery");
		break;
	case REWAPP_KIND_ADJUST:
		return adjust_of(name, "ada", 1);
	case REWAPP_KIND_CLOSE:
		command.occurred_ms = 1000;
		break;
	case REWAPP_KIND_JOIN:
	case REWAPP_KIND_LIMIT:
	case REWAPP_KIND_LEAVE:
		command.target = world_id("grace");
		command.member = world_id("ada");
		break;
	case REWAPP_KIND_CLOSE_ACCOUNT:
	case REWAPP_KIND_REOPEN_ACCOUNT:
		command.target = world_id("ada");
		command.reference = "by hand";
		break;
	case REWAPP_KIND_VOUCHER:
		command.member = world_id("ada");
		command.offer = "five";
		break;
	case REWAPP_KIND_GIFT_CARD:
		command.target = world_id("card");
		command.merchant = world_id("bakery");
		command.offer = "card";
		command.amount = 500;
		memcpy(command.currency, "EUR", 4);
		break;
	case REWAPP_KIND_BANK_LINE:
		command = purchase_of(name, "ada", 100);
		command.kind = kind;
		memset(&command.merchant, 0, sizeof command.merchant);
		command.descriptor = "CB FOURNIL MENILMONTANT";
		command.feed = "bank";
		break;
	case REWAPP_KIND_CONFIRM:
		command.target = world_id("ada");
		command.merchant = world_id("bakery");
		command.reference = "by hand";
		break;
	case REWAPP_KIND_TAKE_BACK:
		command.target = world_id("ada");
		command.reference = "by hand";
		break;
	default:
		break;
	}
	return command;
}

/* --- numbers ----------------------------------------------------------------------------------------- */

START_TEST(amounts_that_are_none)
{
	static const int64_t amounts[] = { 0, -1, -100, INT64_MIN, INT64_MIN + 1 };
	struct rewapp_command purchase = purchase_of("bad", "ada", amounts[_i]);
	struct rewapp_command hold = command_of(REWAPP_KIND_HOLD, "bad");
	char *before = state();

	expect_refused(&purchase, REWAPP_E_ARGUMENT, "amount");
	hold.member = world_id("ada");
	hold.points = amounts[_i];
	expect_refused(&hold, REWAPP_E_ARGUMENT, "points");
	hold.points = 1;
	hold.ttl_ms = amounts[_i] ? amounts[_i] : REWAPP_HOLD_TTL_MS + 1;
	expect_refused(&hold, REWAPP_E_ARGUMENT, "ttl_ms");
	expect_state(before);
}
END_TEST

/* --- lines and odd fields ------------------------------------------------------------------------------ */

#define LINE(...) \
	{ \
		.size = sizeof(struct rewapp_line), __VA_ARGS__ \
	}
#define LONG_SKU "a23456789b23456789c23456789d23456789e23456789f23456789g2345678901"

/* Of a purchase of 100, or of a return. */
static const struct {
	struct rewapp_line line;
	int kind, code;
	const char *told;
} line_rows[] = {
	{ LINE(.amount = 100, .sku = "A", .quantity = 1), REWAPP_KIND_PURCHASE, 0, NULL },
	{ { .size = 8 }, REWAPP_KIND_PURCHASE, REWAPP_E_ABI, "lines[0].size" },
	{ LINE(.quantity = -1), REWAPP_KIND_PURCHASE, REWAPP_E_ARGUMENT, "lines[0].quantity" },
	{ LINE(.quantity = INT64_C(2147483648)), REWAPP_KIND_PURCHASE, REWAPP_E_ARGUMENT,
		"lines[0].quantity" },
	{ LINE(.amount = -1), REWAPP_KIND_PURCHASE, REWAPP_E_ARGUMENT, "lines[0].amount" },
	{ LINE(.amount = 101), REWAPP_KIND_PURCHASE, REWAPP_E_ARGUMENT, "lines[0].amount" },
	{ LINE(.excluded = -1), REWAPP_KIND_PURCHASE, REWAPP_E_ARGUMENT, "lines[0].excluded" },
	{ LINE(.excluded = 2), REWAPP_KIND_PURCHASE, REWAPP_E_ARGUMENT, "lines[0].excluded" },
	{ LINE(.line = 1), REWAPP_KIND_PURCHASE, REWAPP_E_ARGUMENT, "lines[0].line" },
	{ LINE(.sku = ""), REWAPP_KIND_PURCHASE, REWAPP_E_ARGUMENT, "lines[0].sku" },
	{ LINE(.sku = LONG_SKU), REWAPP_KIND_PURCHASE, REWAPP_E_ARGUMENT, "lines[0].sku" },
	{ LINE(.sku = "\xff"), REWAPP_KIND_PURCHASE, REWAPP_E_ARGUMENT, "lines[0].sku" },
	{ LINE(.sku = "4111 1111 1111 1111"), REWAPP_KIND_PURCHASE, REWAPP_E_CARDNUMBER, "lines[0].sku" },
	{ LINE(.category = ""), REWAPP_KIND_PURCHASE, REWAPP_E_ARGUMENT, "lines[0].category" },
	{ { .size = 8 }, REWAPP_KIND_RETURN, REWAPP_E_ABI, "lines[0].size" },
	{ LINE(.line = 1, .quantity = -1), REWAPP_KIND_RETURN, REWAPP_E_ARGUMENT, "lines[0].quantity" },
	{ LINE(.line = 1, .quantity = INT64_C(2147483648)), REWAPP_KIND_RETURN, REWAPP_E_ARGUMENT,
		"lines[0].quantity" },
	{ LINE(.line = -1), REWAPP_KIND_RETURN, REWAPP_E_ARGUMENT, "lines[0].line" },
	{ LINE(.line = REWAPP_LINES_MAX + 1), REWAPP_KIND_RETURN, REWAPP_E_ARGUMENT, "lines[0].line" },
	{ LINE(.quantity = 1), REWAPP_KIND_RETURN, REWAPP_E_ARGUMENT, "lines[0].line" },
	{ LINE(.line = 1, .sku = "A"), REWAPP_KIND_RETURN, REWAPP_E_ARGUMENT, "lines[0].line" },
	{ LINE(.line = 1, .category = "x"), REWAPP_KIND_RETURN, REWAPP_E_ARGUMENT, "lines[0]: a return" },
	{ LINE(.line = 1, .amount = 1), REWAPP_KIND_RETURN, REWAPP_E_ARGUMENT, "lines[0]: a return" },
	{ LINE(.line = 1, .excluded = 1), REWAPP_KIND_RETURN, REWAPP_E_ARGUMENT, "lines[0]: a return" },
	{ LINE(.sku = "\xff"), REWAPP_KIND_RETURN, REWAPP_E_ARGUMENT, "lines[0].sku" },
};

START_TEST(lines_that_are_refused)
{
	struct rewapp_command command = complete_of(line_rows[_i].kind, "lined");
	struct rewapp_receipt receipt;
	char *before = line_rows[_i].code ? state() : NULL;

	command.lines = &line_rows[_i].line;
	command.line_count = 1;
	receipt = submit(&command);
	ck_assert_int_eq(receipt.code, line_rows[_i].code);
	if (!line_rows[_i].code)
		return;
	ck_assert_str_eq(receipt.field, "lines");
	ck_assert_msg(strncmp(receipt.message, line_rows[_i].told, strlen(line_rows[_i].told)) == 0, "%s",
		receipt.message);
	expect_state(before);
}
END_TEST

/* Two lines of different sizes cannot be walked through; too many, and none, are not a list. */
START_TEST(lists_of_lines_that_are_refused)
{
	struct rewapp_line lines[2] = { LINE(.amount = 1), LINE(.amount = 1) };
	struct rewapp_command purchase = purchase_of("lined", "ada", 100);
	char *before = state();

	purchase.line_count = 1;
	expect_refused(&purchase, REWAPP_E_ARGUMENT, "lines");
	purchase.lines = lines;
	purchase.line_count = 0;
	expect_refused(&purchase, REWAPP_E_ARGUMENT, "lines");
	purchase.line_count = REWAPP_LINES_MAX + 1;
	expect_refused(&purchase, REWAPP_E_ARGUMENT, "lines");
	purchase.line_count = 2;
	lines[1].size = 8;
	ck_assert_int_eq(submit(&purchase).code, REWAPP_E_ABI);
	lines[1].size = sizeof lines[1];
	lines[1].amount = 100;
	ck_assert_int_eq(submit(&purchase).code, REWAPP_E_ARGUMENT);
	expect_state(before);
}
END_TEST

static void odd_segments(struct rewapp_command *command)
{
	command->segments =
		"a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,"
		"q,r,s,t,u,v,w,x,y,z,a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z";
}

static void odd_country(struct rewapp_command *command)
{
	command->country = "F1";
}

static void long_country(struct rewapp_command *command)
{
	command->country = "FRA";
}

static void odd_referred(struct rewapp_command *command)
{
	command->referred = 2;
}

static void odd_unpaid(struct rewapp_command *command)
{
	command->unpaid = command->amount + 1;
}

static void odd_currency(struct rewapp_command *command)
{
	memcpy(command->currency, "EURO", 4);
}

static void lower_currency(struct rewapp_command *command)
{
	memcpy(command->currency, "eur", 4);
}

static void odd_reserved(struct rewapp_command *command)
{
	command->reserved = 1;
}

static void odd_mcc(struct rewapp_command *command)
{
	command->mcc = 10000;
}

static void odd_foreign(struct rewapp_command *command)
{
	command->foreign_amount = 5;
}

static void odd_line_amount(struct rewapp_command *command)
{
	command->amount = INT64_MAX;
}

static void odd_status(struct rewapp_command *command)
{
	command->status = 99;
}

static const struct {
	int kind;
	void (*spoil)(struct rewapp_command *command);
	const char *field;
} odd_rows[] = {
	{ REWAPP_KIND_PURCHASE, odd_segments, "segments" },
	{ REWAPP_KIND_BANK_LINE, odd_country, "country" },
	{ REWAPP_KIND_BANK_LINE, long_country, "country" },
	{ REWAPP_KIND_PURCHASE, odd_referred, "referred" },
	{ REWAPP_KIND_PURCHASE, odd_unpaid, "unpaid" },
	{ REWAPP_KIND_PURCHASE, odd_currency, "currency" },
	{ REWAPP_KIND_PURCHASE, lower_currency, "currency" },
	{ REWAPP_KIND_PURCHASE, odd_reserved, "reserved" },
	{ REWAPP_KIND_BANK_LINE, odd_mcc, "mcc" },
	{ REWAPP_KIND_BANK_LINE, odd_foreign, "foreign_amount" },
	{ REWAPP_KIND_BANK_LINE, odd_line_amount, "amount" },
	{ REWAPP_KIND_MEMBER, odd_status, "status" },
};

START_TEST(fields_that_are_refused)
{
	struct rewapp_command command = complete_of(odd_rows[_i].kind, "odd");
	char *before = state();

	odd_rows[_i].spoil(&command);
	expect_refused(&command, REWAPP_E_ARGUMENT, odd_rows[_i].field);
	expect_state(before);
}
END_TEST

/* The largest amount is an amount; two of them do not fit into one wallet. */
START_TEST(a_wallet_overflows)
{
	struct rewapp_command credit = adjust_of("most", "grace", INT64_MAX),
			      again = adjust_of("more", "grace", 1);
	struct rewapp_command life = adjust_of("life", "ada", 1),
			      most = purchase_of("large", "ada", INT64_MAX);
	char *before;

	ck_assert_int_eq(submit(&credit).code, 0);
	before = state();
	ck_assert_int_eq(submit(&again).code, REWAPP_E_OVERFLOW);
	again.points = INT64_MAX;
	again.id = world_id("most-again");
	ck_assert_int_eq(submit(&again).code, REWAPP_E_OVERFLOW);
	life.ttl_ms = INT64_MAX;
	ck_assert_int_eq(submit(&life).code, REWAPP_E_OVERFLOW);
	expect_state(before);
	ck_assert_int_eq(submit(&most).points, INT64_MAX / 50 + 50);
}
END_TEST

/* Members' points fit, their sum does not: the members go on, and who asks for the sum is told. */
START_TEST(a_programme_overflows)
{
	static const struct {
		const char *question;
		int code;
	} rows[] = {
		{ "{\"query\":\"balance\",\"member\":\"@ada\"}", 0 },
		{ "{\"query\":\"totals\",\"from_ms\":0,\"until_ms\":1972622000000}", 0 },
		{ "{\"query\":\"settlement\",\"from_ms\":0,\"until_ms\":1972622000000}", REWAPP_E_OVERFLOW },
		{ "{\"query\":\"expiries\"}", REWAPP_E_OVERFLOW },
	};
	struct rewapp_command first = adjust_of("most", "grace", INT64_MAX),
			      second = adjust_of("more", "ada", INT64_MAX - 1000000);
	struct rewapp_day day;
	size_t count;

	ck_assert_int_eq(submit(&first).code, 0);
	ck_assert_int_eq(submit(&second).code, 0);
	for (int i = 0; i < ROWS(rows); i++)
		ck_assert_msg(json(rows[i].question, strlen(rows[i].question), true) == rows[i].code, "%s",
			rows[i].question);
	ck_assert_int_eq(rewapp_totals(world.engine, NULL, 0, INT64_MAX, &day, 1, &count), 0);
	ck_assert_uint_eq(count, 1);
	ck_assert(day.issued == INT64_MAX);
}
END_TEST

/* --- ids ----------------------------------------------------------------------------------------------- */

START_TEST(an_id_names_one_thing)
{
	static const int kinds[] = { REWAPP_KIND_RETURN, REWAPP_KIND_VOID, REWAPP_KIND_MEMBER,
		REWAPP_KIND_SWEEP };
	struct rewapp_command other = command_of(kinds[_i], "first");
	char *before = state();
	struct rewapp_receipt receipt;

	if (kinds[_i] != REWAPP_KIND_SWEEP)
		other.target = world_id("first");
	receipt = submit(&other);
	ck_assert_int_eq(receipt.code, REWAPP_E_CONFLICT);
	ck_assert_str_ne(receipt.field, "");
	expect_state(before);
}
END_TEST

/* What occurred cannot lie behind the clock, nor before time, nor where the books are closed. */
START_TEST(commands_dated_elsewhere)
{
	static const struct {
		int64_t occurred_ms;
		int code, verdict;
	} rows[] = {
		{ WORLD_NOW_MS + 86400001, 0, REWAPP_VERDICT_TOO_OLD },
		{ INT64_MAX, 0, REWAPP_VERDICT_TOO_OLD },
		{ -1, REWAPP_E_ARGUMENT, 0 },
		{ INT64_MIN, REWAPP_E_ARGUMENT, 0 },
		{ WORLD_NOW_MS - 7200001, 0, REWAPP_VERDICT_PERIOD_CLOSED },
		{ 1, 0, REWAPP_VERDICT_PERIOD_CLOSED },
	};
	static const int kinds[] = { REWAPP_KIND_PURCHASE, REWAPP_KIND_RETURN, REWAPP_KIND_BANK_LINE };
	struct rewapp_command close = command_of(REWAPP_KIND_CLOSE, "close");
	struct rewapp_command sweep = command_of(REWAPP_KIND_SWEEP, "sweep");
	char *before;

	close.occurred_ms = WORLD_NOW_MS - 7200000;
	ck_assert_int_eq(submit(&sweep).verdict, REWAPP_VERDICT_ACCEPTED);
	ck_assert_int_eq(submit(&close).verdict, REWAPP_VERDICT_ACCEPTED);
	before = state();
	for (int i = 0; i < ROWS(rows); i++)
		for (int k = 0; k < ROWS(kinds); k++) {
			struct rewapp_command command = complete_of(kinds[k], "dated");
			struct rewapp_receipt receipt;
			char name[32];

			snprintf(name, sizeof name, "dated-%d-%d", i, k);
			command.id = world_id(name);
			command.occurred_ms = rows[i].occurred_ms;
			if (kinds[k] == REWAPP_KIND_RETURN)
				command.target = world_id("first");
			receipt = submit(&command);
			ck_assert_msg(receipt.code == rows[i].code && receipt.verdict == rows[i].verdict,
				"%s at %lld: %s %s", rewapp_kind_name(kinds[k]),
				(long long)rows[i].occurred_ms, rewapp_error_name(receipt.code),
				rewapp_verdict_name(receipt.verdict));
		}
	expect_state(before);
}
END_TEST

/* --- programmes ---------------------------------------------------------------------------------------- */

#define DOCUMENT(rest) "{\"name\":\"Cagnotte\",\"currency\":\"EUR\"," rest "}"
#define RULE(rest) DOCUMENT("\"rules\":[{\"id\":\"a\"," rest "}]")
#define RULE_WHEN(when) RULE("\"type\":\"fixed\",\"points\":5,\"when\":{" when "}")

static struct rewapp_command programme_of(const char *name, const char *document)
{
	struct rewapp_command command = command_of(REWAPP_KIND_PROGRAMME, name);

	command.target = world_id("cagnotte");
	command.document = document;
	return command;
}

START_TEST(rules_that_are_refused)
{
	static const struct {
		const char *document, *place;
	} rows[] = {
		{ RULE("\"type\":\"fixed\",\"points\":1000000000000001"), "rules[0].points" },
		{ RULE("\"type\":\"fixed\",\"points\":-1"), "rules[0].points" },
		{ RULE("\"type\":\"percent\",\"basis_points\":100000000"), "rules[0].basis_points" },
		{ RULE("\"type\":\"per_unit\",\"unit_amount\":0,\"points\":1"), "rules[0].unit_amount" },
		{ RULE_WHEN("\"nth_purchase\":{\"every\":0}"), "rules[0].when.nth_purchase.every" },
		{ RULE_WHEN("\"min_amount\":9,\"max_amount\":8"), "rules[0].when.max_amount" },
		{ RULE_WHEN("\"hours\":[\"08:00\",\"08:00\"]"), "rules[0].when.hours" },
		{ RULE_WHEN("\"from\":\"2027-01-01\",\"until\":\"2026-01-01\""), "rules[0].when.until" },
		{ RULE_WHEN("\"moon\":\"full\""), "rules[0].when.moon" },
		{ RULE("\"type\":\"sorcery\",\"points\":1"), "rules[0].type" },
		{ RULE("\"type\":\"fixed\",\"points\":1,\"group\":\"none\""), "rules[0].group" },
		{ RULE_WHEN("\"merchants\":[\"\"]"), "rules[0].when.merchants[0]" },
		{ DOCUMENT("\"rules\":[]"), "rules" },
		{ DOCUMENT("\"zone\":\"Mars/Olympus\",\"rules\":[]"), "zone" },
	};
	struct rewapp_command put = programme_of("bad", rows[_i].document);
	char *before = state();
	struct rewapp_receipt receipt = submit(&put);

	ck_assert_msg(receipt.code == REWAPP_E_ARGUMENT, "%s: %s", rows[_i].document,
		rewapp_error_name(receipt.code));
	ck_assert_msg(
		strncmp(receipt.message, rows[_i].place, strlen(rows[_i].place)) == 0, "%s", receipt.message);
	expect_state(before);
}
END_TEST

/* A rule that is none too large by itself: the purchase that takes it past 64 bits is refused, the next is
 * not. */
START_TEST(a_rule_overflows)
{
	struct rewapp_command put = programme_of(
		"big", RULE("\"type\":\"per_unit\",\"unit_amount\":1,\"points\":1000000000"));
	struct rewapp_command large = purchase_of("large", "ada", INT64_MAX),
			      small = purchase_of("small", "ada", 2);
	char *before;

	ck_assert_int_eq(submit(&put).code, 0);
	before = state();
	ck_assert_int_eq(submit(&large).code, REWAPP_E_OVERFLOW);
	expect_state(before);
	ck_assert_int_eq(submit(&small).points, 2000000000);
}
END_TEST

/* What was earned could not be spent in another currency. */
START_TEST(a_programme_keeps_its_currency)
{
	struct rewapp_command put = programme_of("franc",
		"{\"name\":\"Cagnotte\",\"currency\":\"CHF\",\"rules\":[{\"id\":\"base\",\"type\":"
		"\"percent\",\"basis_points\":100}]}");
	char *before = state();
	struct rewapp_receipt receipt = submit(&put);

	ck_assert_int_eq(receipt.code, REWAPP_E_ARGUMENT);
	ck_assert_int_eq(strncmp(receipt.message, "currency:", 9), 0);
	expect_state(before);
}
END_TEST

/* A rule may be put before its merchants are; until then it says that it is for others. */
START_TEST(a_rule_names_nobody)
{
	struct rewapp_command put = programme_of("early", RULE_WHEN("\"merchants\":[\"@nobody\"]"));
	struct rewapp_command purchase = purchase_of("early-purchase", "ada", 100);
	struct rewapp_receipt receipt;

	ck_assert_int_eq(submit(&put).verdict, REWAPP_VERDICT_ACCEPTED);
	receipt = submit(&purchase);
	ck_assert_int_eq(receipt.points, 0);
	ck_assert_uint_eq(receipt.award_count, 1);
	ck_assert_int_eq(receipt.awards[0].reason, REWAPP_REASON_OTHER_MERCHANT);
	purchase.id = world_id("nobodys");
	purchase.merchant = world_id("nobody");
	ck_assert_int_eq(submit(&purchase).verdict, REWAPP_VERDICT_UNKNOWN_MERCHANT);
}
END_TEST

/* A return takes back what the purchase gave, whatever the programme has become. */
START_TEST(a_programme_changes_before_the_return)
{
	static const char *const documents[] = { RULE("\"type\":\"percent\",\"basis_points\":1000"),
		RULE_WHEN("\"mcc\":[\"0742\"]"),
		DOCUMENT("\"caps\":[{\"id\":\"c\",\"scope\":\"member\",\"window\":\"total\",\"points\":1}],"
			 "\"rules\":[{\"id\":\"base\",\"type\":\"percent\",\"basis_points\":1000}]") };
	struct rewapp_command put = programme_of("other", documents[_i]);
	struct rewapp_command half = command_of(REWAPP_KIND_RETURN, "half"), rest = half;
	struct rewapp_balance balance = { .size = sizeof balance };
	struct rewapp_id ada = world_id("ada");

	ck_assert_int_eq(submit(&put).code, 0);
	half.target = rest.target = world_id("first");
	half.amount = 25000;
	rest.id = world_id("rest");
	ck_assert_int_eq(submit(&half).verdict, REWAPP_VERDICT_ACCEPTED);
	ck_assert_int_eq(submit(&rest).verdict, REWAPP_VERDICT_ACCEPTED);
	ck_assert_int_eq(rewapp_balance_get(world.engine, NULL, &ada, &balance), 0);
	ck_assert_int_eq(balance.available + balance.held - balance.debt, 0);
	rest.id = world_id("again");
	rest.amount = 1;
	ck_assert_int_eq(submit(&rest).verdict, REWAPP_VERDICT_RETURN_EXCEEDS);
}
END_TEST

/* A purchase's id under every other kind: told, and still the purchase's. */
START_TEST(an_id_of_another_kind)
{
#define KIND(name, value, text) REWAPP_KIND_##name,
	static const int kinds[] = { REWAPP_KIND_MAP(KIND) };
#undef KIND
	struct rewapp_receipt receipt = { .size = sizeof receipt };
	struct rewapp_id first = world_id("first");
	char *before = state();

	for (int i = 0; i < ROWS(kinds); i++) {
		struct rewapp_command command = complete_of(kinds[i], "first");

		if (kinds[i] == REWAPP_KIND_PURCHASE)
			continue;
		receipt = submit(&command);
		ck_assert_msg(receipt.code == REWAPP_E_CONFLICT, "%s: %s", rewapp_kind_name(kinds[i]),
			receipt.code ? rewapp_error_name(receipt.code)
				     : rewapp_verdict_name(receipt.verdict));
		ck_assert_str_ne(receipt.field, "");
	}
	ck_assert_int_eq(rewapp_receipt_get(world.engine, &first, &receipt), 0);
	ck_assert_int_eq(receipt.kind, REWAPP_KIND_PURCHASE);
	expect_state(before);
}
END_TEST

START_TEST(nobody_is_known)
{
	static const struct {
		int kind, verdict;
	} rows[] = {
		{ REWAPP_KIND_RETURN, REWAPP_VERDICT_UNKNOWN_PURCHASE },
		{ REWAPP_KIND_VOID, REWAPP_VERDICT_UNKNOWN_HOLD },
		{ REWAPP_KIND_POST, REWAPP_VERDICT_UNKNOWN_HOLD },
		{ REWAPP_KIND_REVERSE, REWAPP_VERDICT_UNKNOWN_REDEMPTION },
	};
	/* a stranger's id, and ids of things of another sort */
	static const char *const names[] = { "nobody", "ada", "bakery", "e1", "p" };
	struct rewapp_command command = command_of(rows[_i].kind, "bad");
	char *before = state();

	for (int i = 0; i < ROWS(names); i++) {
		char name[16];

		snprintf(name, sizeof name, "bad-%d", i);
		command.id = world_id(name);
		command.target = world_id(names[i]);
		if (command.kind == REWAPP_KIND_POST)
			command.merchant = world_id("bakery");
		ck_assert_int_eq(submit(&command).verdict, rows[_i].verdict);
	}
	expect_state(before);
}
END_TEST

/* --- texts -----------------------------------------------------------------------------------------------
 */

static struct rewapp_command with_text(int field, const char *text)
{
	struct rewapp_command command = purchase_of("bad", "ada", 100);

	switch (field) {
	case 0:
		memset(&command.merchant, 0, sizeof command.merchant);
		command.descriptor = text;
		break;
	case 1:
		command.terminal = text;
		break;
	case 2:
		command.reference = text;
		break;
	case 3:
		command = command_of(REWAPP_KIND_REDEEM, "bad");
		command.merchant = world_id("bakery");
		command.token = text;
		break;
	default:
		command = command_of(REWAPP_KIND_MERCHANT, "bad");
		command.target = world_id("shop");
		command.document = text;
	}
	return command;
}

START_TEST(texts_that_are_refused)
{
	static const char *const fields[] = { "descriptor", "terminal", "reference", "token", "document" };
	static char endless[REWAPP_DOCUMENT_MAX + 2];
	static const struct {
		const char *text;
		int code;
	} rows[] = {
		{ "", REWAPP_E_ARGUMENT },
		{ "caf\xe9", REWAPP_E_ARGUMENT },
		{ "\xc0\xaf", REWAPP_E_ARGUMENT },
		{ "\xed\xa0\x80", REWAPP_E_ARGUMENT },
		{ "half \xe2\x82", REWAPP_E_ARGUMENT },
		{ endless, REWAPP_E_ARGUMENT },
		{ "4970100000000014", REWAPP_E_CARDNUMBER },
		{ "CB 4970 1000 0000 0014 PARIS", REWAPP_E_CARDNUMBER },
		{ "{\"name\":\"4970-1000-0000-0014\"}", REWAPP_E_CARDNUMBER },
	};
	char *before = state();

	memset(endless, 'a', sizeof endless - 1);
	for (int i = 0; i < ROWS(rows); i++) {
		struct rewapp_command command = with_text(_i, rows[i].text);

		if (_i == 0 &&
			rows[i].code == REWAPP_E_CARDNUMBER) /* masked: tests/api/bad_descriptors_test.c */
			continue;
		expect_refused(&command, rows[i].code, fields[_i]);
	}
	expect_state(before);
}
END_TEST

/* A SIRET may pass a card's check, and is one only where a document says so. */
START_TEST(a_siret_is_no_card_number)
{
	static const struct {
		const char *document;
		int code;
	} rows[] = {
		{ "{\"name\":\"Shop\",\"branches\":[{\"siret\":\"38012986646850\"}]}", 0 },
		{ "{\"name\":\"Shop\",\"branches\":[{\"siret\" : \t\"38012986646850\"}]}", 0 },
		{ "{\"name\":\"38012986646850\"}", REWAPP_E_CARDNUMBER },
		{ "{\"name\":\"Shop 38012986646850\"}", REWAPP_E_CARDNUMBER },
		{ "{\"name\":\"Shop\",\"branches\":[{\"city\":\"38012986646850\"}]}", REWAPP_E_CARDNUMBER },
		{ "{\"name\":\"Shop\",\"branches\":[{\"siret\":38012986646850}]}", REWAPP_E_CARDNUMBER },
		{ "{\"name\":\"Shop\",\"branches\":[{\"siret\":\"4970100000000014\"}]}",
			REWAPP_E_CARDNUMBER },
		{ "38012986646850", REWAPP_E_CARDNUMBER },
		{ "\"38012986646850\"", REWAPP_E_CARDNUMBER },
	};
	struct rewapp_command command = command_of(REWAPP_KIND_MERCHANT, "siret");
	char *before = state();

	command.target = world_id("shop");
	command.document = rows[_i].document;
	if (rows[_i].code) {
		expect_refused(&command, rows[_i].code, "document");
		expect_state(before);
		return;
	}
	ck_assert_int_eq(submit(&command).verdict, REWAPP_VERDICT_ACCEPTED);
	free(before);
}
END_TEST

/* --- JSON
 * ---------------------------------------------------------------------------------------------------- */

static const char *const requests[] = {
	"{\"commands\":[{\"kind\":\"purchase\",\"id\":\"@cut\",\"member\":\"@ada\",\"merchant\":\"@bakery\","
	"\"amount\":"
	"100,\"currency\":\"EUR\",\"reference\":\"\\u00e9t\\u00e9 \\\"\\ud83d\\ude00\\\"\"}]}",
	"{\"query\":\"statement\",\"member\":\"@ada\",\"limit\":5}",
};

START_TEST(json_cut_at_every_byte)
{
	char *before = state();

	for (size_t length = 0; length < strlen(requests[_i]); length++) {
		int error = json(requests[_i], length, _i == 1);

		ck_assert_msg(error == REWAPP_E_JSON, "%zu bytes: %s", length, rewapp_error_name(error));
	}
	expect_state(before);
	ck_assert_int_eq(json(requests[_i], strlen(requests[_i]), _i == 1), 0);
}
END_TEST

/* Every byte becomes another: whatever comes of it is an answer, or one of two errors. */
START_TEST(json_with_another_byte)
{
	static const char others[] = { '\0', '\n', '"', '\\', '{', '}', '[', ']', ',', ':', '0', '9', '-',
		'e', '.', '\x7f', '\x80', '\xc3', '\xff' };
	char text[512];
	size_t length = strlen(requests[_i]);

	for (size_t at = 0; at < length; at++)
		for (size_t i = 0; i < sizeof others; i++) {
			int error;

			memcpy(text, requests[_i], length + 1);
			text[at] = others[i];
			error = json(text, length, _i == 1);
			ck_assert_msg(error == 0 || error == REWAPP_E_JSON || error == REWAPP_E_ARGUMENT ||
					error == REWAPP_E_NOTFOUND,
				"%s: %s", text, rewapp_error_name(error));
		}
}
END_TEST

START_TEST(json_of_other_shapes)
{
	static const char *const texts[] = { "", " ", "null", "true", "1", "\"\"", "[]", "[{}]", "{}",
		"{\"commands\":[]}", "{\"commands\":{}}", "{\"commands\":[1]}", "{\"commands\":[null]}",
		"{\"commands\":[[]]}", "{\"kind\":1}", "{\"kind\":\"sweep\",\"kind\":\"sweep\"}",
		"{\"kind\":\"sweep\",\"id\":{}}",
		"{\"kind\":\"sweep\",\"id\":\"@x\",\"points\":9007199254740993}",
		"{\"kind\":\"sweep\",\"id\":\"@x\",\"points\":\"9223372036854775808\"}",
		"{\"kind\":\"sweep\",\"id\":\"@x\",\"points\":1.5}",
		"{\"kind\":\"sweep\",\"id\":\"@x\",\"points\":1e3}",
		"{\"kind\":\"sweep\",\"id\":\"@x\",\"points\":01}",
		"{\"kind\":\"sweep\",\"id\":\"@x\",\"pionts\":1}", "{\"kind\":\"sweep\",\"id\":\"\\u0000\"}",
		"{\"query\":\"nothing\"}", "{\"query\":7}", "{\"kind\":\"sweep\",\"id\":\"@x\"} {}",
		"\xef\xbb\xbf{\"kind\":\"sweep\"", "{'kind':'sweep'}" };
	char *before = state();

	for (int asks = 0; asks < 2; asks++) {
		int error = json(texts[_i], strlen(texts[_i]), asks);

		if (strcmp(texts[_i], "{}") != 0 || asks)
			ck_assert_msg(error == REWAPP_E_JSON || error == REWAPP_E_ARGUMENT, "%s: %s",
				texts[_i], rewapp_error_name(error));
	}
	expect_state(before);
}
END_TEST

START_TEST(json_deep_and_large)
{
	enum {
		DEEP = 100000,
		LARGE = 17 * 1024 * 1024
	};
	char *text = malloc(LARGE);
	char *before = state();

	memset(text, '[', LARGE);
	ck_assert_int_eq(json(text, DEEP, false), REWAPP_E_JSON);
	ck_assert_int_eq(json(text, LARGE, false), REWAPP_E_JSON);
	ck_assert_int_eq(json(text, LARGE, true), REWAPP_E_JSON);
	memset(text, ' ', LARGE);
	ck_assert_int_eq(json(text, LARGE, false), REWAPP_E_JSON);
	for (size_t at = 0; at + 5 < DEEP; at += 5)
		memcpy(text + at, "{\"a\":", 5);
	ck_assert_int_eq(json(text, DEEP, false), REWAPP_E_JSON);
	expect_state(before);
	free(text);
}
END_TEST

/* --- tokens
 * ----------------------------------------------------------------------------------------------------- */

static int redeemed(const char *digits, int number)
{
	struct rewapp_command redeem = command_of(REWAPP_KIND_REDEEM, "redeem");
	struct rewapp_receipt receipt;
	char name[16];

	snprintf(name, sizeof name, "redeem-%d", number);
	redeem.id = world_id(name);
	redeem.merchant = world_id("bakery");
	redeem.token = digits;
	receipt = submit(&redeem);
	return receipt.code ? receipt.code : receipt.verdict;
}

static int inspected(const char *digits)
{
	struct rewapp_qr qr = { .size = sizeof qr };

	ck_assert_int_eq(rewapp_qr_inspect(world.engine, digits, NULL, &qr), 0);
	return qr.verdict;
}

START_TEST(a_token_with_another_digit)
{
	char other[REWAPP_TOKEN_CAPACITY];
	char *before = state();

	for (int at = 0; token[at]; at++)
		for (int digit = '0'; digit <= '9'; digit++) {
			if (digit == token[at])
				continue;
			memcpy(other, token, sizeof other);
			other[at] = (char)digit;
			ck_assert_int_eq(inspected(other), REWAPP_VERDICT_FORGED);
			ck_assert_int_eq(redeemed(other, at * 10 + digit - '0'), REWAPP_VERDICT_FORGED);
		}
	expect_state(before);
	ck_assert_int_eq(redeemed(token, 5000), REWAPP_VERDICT_ACCEPTED);
}
END_TEST

/* Cut short, or with digits behind it. */
START_TEST(a_token_of_another_length)
{
	char other[301];
	char *before = state();

	for (int length = 0; length <= 300; length++) {
		if (length == (int)strlen(token))
			continue;
		memset(other, '7', sizeof other);
		memcpy(other, token, (size_t)length < strlen(token) ? (size_t)length : strlen(token));
		other[length] = '\0';
		ck_assert_int_eq(inspected(other), REWAPP_VERDICT_FORGED);
		ck_assert_int_eq(redeemed(other, length), length ? REWAPP_VERDICT_FORGED : REWAPP_E_ARGUMENT);
	}
	expect_state(before);
}
END_TEST

static void add(TCase *all)
{
	tcase_add_checked_fixture(all, setup, teardown);
	tcase_add_loop_test(all, amounts_that_are_none, 0, 5);
	tcase_add_loop_test(all, lines_that_are_refused, 0, ROWS(line_rows));
	tcase_add_test(all, lists_of_lines_that_are_refused);
	tcase_add_loop_test(all, fields_that_are_refused, 0, ROWS(odd_rows));
	tcase_add_test(all, a_wallet_overflows);
	tcase_add_loop_test(all, an_id_names_one_thing, 0, 4);
	tcase_add_test(all, a_programme_overflows);
	tcase_add_test(all, an_id_of_another_kind);
	tcase_add_test(all, commands_dated_elsewhere);
	tcase_add_loop_test(all, rules_that_are_refused, 0, 14);
	tcase_add_test(all, a_rule_overflows);
	tcase_add_test(all, a_programme_keeps_its_currency);
	tcase_add_test(all, a_rule_names_nobody);
	tcase_add_loop_test(all, a_programme_changes_before_the_return, 0, 3);
	tcase_add_loop_test(all, nobody_is_known, 0, 4);
	tcase_add_loop_test(all, texts_that_are_refused, 0, 5);
	tcase_add_loop_test(all, a_siret_is_no_card_number, 0, 9);
	tcase_add_loop_test(all, json_cut_at_every_byte, 0, ROWS(requests));
	tcase_add_loop_test(all, json_with_another_byte, 0, ROWS(requests));
	tcase_add_loop_test(all, json_of_other_shapes, 0, 29);
	tcase_add_test(all, json_deep_and_large);
	tcase_add_test(all, a_token_with_another_digit);
	tcase_add_test(all, a_token_of_another_length);
}

int main(void)
{
	return run_suite("bad input", add);
}
