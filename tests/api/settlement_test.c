/* Settlement: points that one merchant paid for are spent at another, and it adds up to the cent. */
#include "world.h"

#include <stdio.h>

#define DAY_MS INT64_C(86400000)

/* A world of its own: the bakery's points are worth a third of a cent, so that money does not divide. */
static void open_third(struct world *world)
{
	world_open(world);
	world_do(world,
		"{\"commands\":[{\"kind\":\"programme\",\"id\":\"@p2\",\"target\":\"@cagnotte\",\"document\":"
		"{"
		"\"name\":\"Cagnotte\",\"currency\":\"EUR\",\"expiry_days\":365,\"transfers\":{},"
		"\"point_value\":{\"points\":3,\"amount\":1},\"rules\":["
		"{\"id\":\"own\",\"type\":\"percent\",\"basis_points\":100},"
		"{\"id\":\"shop\",\"type\":\"percent\",\"basis_points\":500,\"funder\":\"merchant\"}]}}]}");
}

static void purchase(struct world *world, const char *id, const char *merchant, int amount)
{
	char text[256];

	snprintf(text, sizeof text,
		"{\"kind\":\"purchase\",\"id\":\"@%s\",\"member\":\"@ada\",\"merchant\":\"@%s\",\"amount\":%"
		"d,"
		"\"currency\":\"EUR\"}",
		id, merchant, amount);
	world_do(world, text);
}

static int64_t spend(struct world *world, const char *id, const char *merchant, int held, int points)
{
	cJSON *answer;
	char text[512];
	int64_t amount;

	snprintf(text, sizeof text,
		"{\"commands\":[{\"kind\":\"hold\",\"id\":\"@h%s\",\"member\":\"@ada\",\"points\":%d},"
		"{\"kind\":\"post\",\"id\":\"@%s\",\"target\":\"@h%s\",\"merchant\":\"@%s\",\"points\":%d}]}",
		id, held, id, id, merchant, points);
	answer = world_submit(world, text);
	amount = (int64_t)cJSON_GetObjectItem(
		cJSON_GetArrayItem(cJSON_GetObjectItem(answer, "receipts"), 1), "amount")
			 ->valuedouble;
	cJSON_Delete(answer);
	return amount;
}

static const struct rewapp_party *party_of(const struct rewapp_settlement *settlement, const char *name)
{
	struct rewapp_id id = { { 0 } };

	if (name)
		id = world_id(name);
	for (size_t i = 0; i < settlement->party_count; i++)
		if (memcmp(&settlement->parties[i].merchant, &id, sizeof id) == 0)
			return &settlement->parties[i];
	ck_abort_msg("%s is no party", name ? name : "the programme");
	return NULL;
}

static int64_t charged(
	const struct rewapp_settlement *settlement, const char *payer, const char *payee, int code)
{
	struct rewapp_id from = { { 0 } }, to = { { 0 } };
	int64_t sum = 0;

	if (payer)
		from = world_id(payer);
	if (payee)
		to = world_id(payee);
	for (size_t i = 0; i < settlement->charge_count; i++) {
		const struct rewapp_charge *charge = &settlement->charges[i];

		if (memcmp(&charge->payer, &from, sizeof from) == 0 &&
			memcmp(&charge->payee, &to, sizeof to) == 0 && charge->code == code)
			sum += charge->amount;
	}
	return sum;
}

static struct rewapp_settlement read_period(struct world *world, int64_t from_ms, int64_t until_ms)
{
	struct rewapp_settlement out = { .size = sizeof out };
	int64_t owes = 0, is_owed = 0;

	ck_assert_msg(rewapp_settlement_read(world->engine, NULL, from_ms, until_ms, &out) == 0, "%s",
		rewapp_errmsg());
	for (size_t i = 0; i < out.party_count; i++) {
		const struct rewapp_party *party = &out.parties[i];

		ck_assert_int_eq(party->closing,
			party->opening + party->issued + party->restored - party->redeemed - party->expired -
				party->clawed_back - party->withdrawn - party->paid_debts);
		owes += party->owes;
		is_owed += party->is_owed;
	}
	ck_assert_int_eq(owes, is_owed);
	return out;
}

START_TEST(shares_add_up)
{
	struct world world;
	struct rewapp_settlement out;
	int64_t worth;

	open_third(&world);
	purchase(&world, "b1", "bakery", 1000); /* 10 of the programme, 50 of the bakery */
	purchase(&world, "k1", "books", 1000);  /* 10 and 50 of the bookshop */
	worth = spend(&world, "s1", "books", 112, 101);
	ck_assert_int_eq(worth, 101 / 3);
	out = read_period(&world, 0, world.now_ms + 1);
	ck_assert_int_eq(charged(&out, NULL, "books", REWAPP_CODE_REDEMPTION) +
			charged(&out, "bakery", "books", REWAPP_CODE_REDEMPTION) +
			charged(&out, "books", "books", REWAPP_CODE_REDEMPTION),
		worth);
	ck_assert_int_eq(party_of(&out, "books")->accepted, 101);
	ck_assert_int_eq(party_of(&out, "books")->accepted_amount, worth);
	ck_assert_int_eq(party_of(&out, "bakery")->redeemed, 50);
	ck_assert_int_eq(party_of(&out, NULL)->redeemed, 20);
	ck_assert_int_eq(party_of(&out, "books")->redeemed, 31);
	ck_assert_int_eq(party_of(&out, "books")->closing, 19);
	ck_assert_int_eq(
		party_of(&out, "bakery")->owes, charged(&out, "bakery", "books", REWAPP_CODE_REDEMPTION));
	ck_assert_int_eq(out.expiring[REWAPP_EXPIRING_365_DAYS], 19);
	world_close(&world);
}
END_TEST

START_TEST(returns_and_reversals)
{
	struct world world;
	struct rewapp_settlement out;

	open_third(&world);
	purchase(&world, "b1", "bakery", 1000);
	purchase(&world, "k1", "books", 1000);
	spend(&world, "s1", "books", 60, 60); /* all that the bakery's purchase gave */
	world_do(&world, "{\"kind\":\"return\",\"id\":\"@r1\",\"target\":\"@b1\"}");
	out = read_period(&world, 0, world.now_ms + 1);
	/* the bakery paid for what was spent; what its return took were the bookshop's points */
	ck_assert_int_eq(charged(&out, "bakery", "books", REWAPP_CODE_REDEMPTION), 17);
	ck_assert_int_gt(charged(&out, "books", "bakery", REWAPP_CODE_CLAWBACK), 0);
	ck_assert_int_eq(party_of(&out, "books")->clawed_back + party_of(&out, NULL)->clawed_back, 60);
	world_do(&world, "{\"kind\":\"reverse\",\"id\":\"@v1\",\"target\":\"@s1\"}");
	out = read_period(&world, 0, world.now_ms + 1);
	ck_assert_int_eq(charged(&out, "books", "bakery", REWAPP_CODE_REVERSAL), 17);
	ck_assert_int_eq(party_of(&out, "books")->accepted, 0);
	ck_assert_int_eq(party_of(&out, "bakery")->closing, 50);
	world_close(&world);
}
END_TEST

START_TEST(debts_are_the_programmes)
{
	struct world world;
	struct rewapp_settlement out;

	open_third(&world);
	purchase(&world, "b1", "bakery", 1000);
	spend(&world, "s1", "books", 60, 60);
	world_do(&world, "{\"kind\":\"return\",\"id\":\"@r1\",\"target\":\"@b1\"}");
	out = read_period(&world, 0, world.now_ms + 1);
	ck_assert_int_eq(out.debt, 60);
	ck_assert_int_eq(charged(&out, NULL, "bakery", REWAPP_CODE_DEBT), 16);
	purchase(&world, "k1", "books", 1000);
	out = read_period(&world, 0, world.now_ms + 1);
	ck_assert_int_eq(out.debt, 0);
	ck_assert_int_eq(charged(&out, "books", NULL, REWAPP_CODE_DEBT_PAYMENT), 16);
	ck_assert_int_eq(party_of(&out, "books")->paid_debts, 50);
	world_close(&world);
}
END_TEST

/* Points that a reversal gives back pay the debt, and whoever funds them pays the programme. */
START_TEST(points_that_come_back_pay_debts)
{
	struct world world;
	struct rewapp_settlement out;

	open_third(&world);
	purchase(&world, "b1", "bakery", 1000);
	spend(&world, "s1", "books", 60, 60);
	world_do(&world, "{\"kind\":\"return\",\"id\":\"@r1\",\"target\":\"@b1\"}");
	world_do(&world, "{\"kind\":\"reverse\",\"id\":\"@v1\",\"target\":\"@s1\",\"points\":40}");
	out = read_period(&world, 0, world.now_ms + 1);
	ck_assert_int_eq(out.debt, 20);
	ck_assert_int_eq(charged(&out, "bakery", NULL, REWAPP_CODE_DEBT_PAYMENT), 13);
	ck_assert_int_eq(party_of(&out, "bakery")->paid_debts, 40);
	ck_assert_int_eq(party_of(&out, "bakery")->closing, 0);
	world_close(&world);
}
END_TEST

/* A member who is forgotten takes nothing away: what was left is breakage, and whoever funded it is told so.
 */
START_TEST(what_is_left_of_the_forgotten)
{
	struct world world;
	struct rewapp_settlement out;

	open_third(&world);
	purchase(&world, "b1", "bakery", 1000);
	spend(&world, "s1", "books", 30, 30);
	world_do(&world, "{\"kind\":\"erase\",\"id\":\"@e9\",\"target\":\"@ada\"}");
	out = read_period(&world, 0, world.now_ms + 1);
	ck_assert_int_eq(party_of(&out, "bakery")->redeemed + party_of(&out, "bakery")->expired, 50);
	ck_assert_int_eq(party_of(&out, "bakery")->closing, 0);
	ck_assert_int_eq(party_of(&out, "books")->accepted, 30);
	world_close(&world);
}
END_TEST

/* Lives that slide: what a member's activity keeps has not lapsed, and what nobody kept has. */
/* In which # is the programme. */
static const char *const story[] = {
	"{\"kind\":\"purchase\",\"id\":\"@b#\",\"member\":\"@ada\",\"programme\":\"@#\",\"merchant\":\"@"
	"books\","
	"\"amount\":10000,\"currency\":\"EUR\"}",
	"{\"kind\":\"hold\",\"id\":\"@h#\",\"member\":\"@ada\",\"programme\":\"@#\",\"points\":600}",
	"{\"kind\":\"post\",\"id\":\"@p#\",\"target\":\"@h#\",\"merchant\":\"@bakery\",\"points\":600}",
	"{\"kind\":\"reverse\",\"id\":\"@v#\",\"target\":\"@p#\",\"points\":400}", /* lots that were used up
										    */
	"{\"kind\":\"transfer\",\"id\":\"@t#\",\"member\":\"@ada\",\"programme\":\"@#\",\"target\":\"@"
	"grace\","
	"\"points\":50}",
	"{\"kind\":\"return\",\"id\":\"@r#\",\"target\":\"@b#\",\"amount\":9000}", /* a debt */
	"{\"kind\":\"purchase\",\"id\":\"@c#\",\"member\":\"@ada\",\"programme\":\"@#\",\"merchant\":\"@"
	"bakery\","
	"\"amount\":7000,\"currency\":\"EUR\"}",
	"{\"kind\":\"adjust\",\"id\":\"@a#\",\"member\":\"@grace\",\"programme\":\"@#\",\"points\":-7,"
	"\"reference\":\"by hand\"}",
};

static void tell_story(struct world *world, size_t at, const char *programme)
{
	size_t length = 0;
	char text[400];

	for (const char *from = story[at]; *from; from++)
		length += (size_t)snprintf(text + length, sizeof text - length, "%.*s", *from == '#' ? 15 : 1,
			*from == '#' ? programme : from);
	world_do(world, text);
}

static void open_two(struct world *world, const char *const names[2])
{
	char text[600];

	world_open(world);
	for (int i = 0; i < 2; i++) {
		snprintf(text, sizeof text,
			"{\"kind\":\"programme\",\"id\":\"@two-%d\",\"target\":\"@%s\",\"document\":{"
			"\"name\":\"Two\","
			"\"currency\":\"EUR\",\"expiry\":{\"days\":30,\"from\":\"activity\"},\"transfers\":{}"
			",\"rules\":["
			"{\"id\":\"own\",\"type\":\"percent\",\"basis_points\":100},"
			"{\"id\":\"shop\",\"type\":\"percent\",\"basis_points\":500,\"funder\":\"merchant\"}]"
			"}}",
			i, names[i]);
		world_do(world, text);
	}
}

static void same_settlements(struct world *world, const char *const names[2])
{
	struct rewapp_settlement first = { .size = sizeof first }, second = { .size = sizeof second };
	const struct rewapp_id ids[2] = { world_id(names[0]), world_id(names[1]) };
	struct rewapp_party parties[8];
	struct rewapp_charge charges[16];

	ck_assert_int_eq(rewapp_settlement_read(world->engine, &ids[0], 0, world->now_ms + 1, &first), 0);
	ck_assert_uint_le(first.party_count, ROWS(parties));
	ck_assert_uint_le(first.charge_count, ROWS(charges));
	ck_assert_uint_gt(first.charge_count, 0);
	memcpy(parties, first.parties, first.party_count * sizeof *parties);
	memcpy(charges, first.charges, first.charge_count * sizeof *charges);
	ck_assert_int_eq(rewapp_settlement_read(world->engine, &ids[1], 0, world->now_ms + 1, &second), 0);
	ck_assert_uint_eq(second.party_count, first.party_count);
	ck_assert_uint_eq(second.charge_count, first.charge_count);
	ck_assert_mem_eq(second.parties, parties, second.party_count * sizeof *parties);
	ck_assert_mem_eq(second.charges, charges, second.charge_count * sizeof *charges);
}

/* The same story in two programmes, step by step: each is settled as if there were no other. */
START_TEST(programmes_are_settled_apart)
{
	static const char *const names[2] = { "one", "two" };
	struct world world;

	open_two(&world, names);
	for (size_t at = 0; at < ROWS(story); at++)
		for (int i = 0; i < 2; i++)
			tell_story(&world, at, names[i]);
	same_settlements(&world, names);
	world.now_ms += 31 * DAY_MS; /* what is left ends with the silence */
	world_do(&world, "{\"kind\":\"sweep\",\"id\":\"@w\"}");
	same_settlements(&world, names);
	world_close(&world);
}
END_TEST

START_TEST(silence_ends_points)
{
	struct rewapp_settlement out = { .size = sizeof out };
	struct rewapp_id slide = world_id("slide");
	struct world world;

	world_open(&world);
	world_do(&world,
		"{\"kind\":\"programme\",\"id\":\"@s\",\"target\":\"@slide\",\"document\":{\"name\":"
		"\"Slide\",\"currency\":"
		"\"EUR\",\"expiry\":{\"days\":30,\"from\":\"activity\"},\"rules\":[{\"id\":\"base\",\"type\":"
		"\"percent\","
		"\"basis_points\":100}]}}");
	for (int i = 0; i < 2; i++) {
		world_do(&world,
			i ? "{\"kind\":\"purchase\",\"id\":\"@l2\",\"member\":\"@ada\",\"programme\":\"@"
			    "slide\","
			    "\"merchant\":\"@books\",\"amount\":1000,\"currency\":\"EUR\"}"
			  : "{\"commands\":[{\"kind\":\"purchase\",\"id\":\"@l0\",\"member\":\"@ada\","
			    "\"programme\":"
			    "\"@slide\",\"merchant\":\"@books\",\"amount\":10000,\"currency\":\"EUR\"},{"
			    "\"kind\":"
			    "\"purchase\",\"id\":\"@l1\",\"member\":\"@grace\",\"programme\":\"@slide\","
			    "\"merchant\":"
			    "\"@books\",\"amount\":20000,\"currency\":\"EUR\"}]}");
		world.now_ms += 20 * DAY_MS;
	}
	ck_assert_int_eq(rewapp_settlement_read(world.engine, &slide, 0, world.now_ms + 1, &out), 0);
	ck_assert_int_eq(party_of(&out, NULL)->issued, 310);
	ck_assert_int_eq(out.expiring[REWAPP_EXPIRING_LAPSED], 200);
	ck_assert_int_eq(out.expiring[REWAPP_EXPIRING_30_DAYS], 110);
	world_close(&world);
}
END_TEST

START_TEST(periods_carry_their_balances)
{
	struct world world;
	struct rewapp_settlement out;
	int64_t first_ms, second_ms, closing;

	open_third(&world);
	purchase(&world, "b1", "bakery", 1000);
	first_ms = world.now_ms + 1;
	out = read_period(&world, 0, first_ms);
	ck_assert_int_eq(out.final, 0);
	world.now_ms += 10 * DAY_MS;
	second_ms = world.now_ms + 1;
	spend(&world, "s1", "books", 30, 30);
	out = read_period(&world, 0, first_ms);
	ck_assert_int_eq(out.final, 1);
	closing = party_of(&out, "bakery")->closing;
	ck_assert_int_eq(closing, 50);
	ck_assert_uint_eq(out.charge_count, 0);
	out = read_period(&world, first_ms, second_ms);
	ck_assert_int_eq(party_of(&out, "bakery")->opening, closing);
	ck_assert_int_eq(party_of(&out, "books")->accepted, 30);
	out = read_period(&world, second_ms, second_ms + DAY_MS);
	ck_assert_uint_eq(out.charge_count, 0);
	ck_assert_int_eq(party_of(&out, "books")->accepted, 0);
	world_close(&world);
}
END_TEST

START_TEST(what_expired_is_nobodys)
{
	struct world world;
	struct rewapp_settlement out;

	open_third(&world);
	purchase(&world, "b1", "bakery", 1000);
	spend(&world, "s1", "books", 30, 30);
	world.now_ms += 366 * DAY_MS;
	out = read_period(&world, 0, world.now_ms + 1);
	ck_assert_int_eq(out.expiring[REWAPP_EXPIRING_LAPSED], 30); /* not swept yet */
	world_do(&world, "{\"kind\":\"sweep\",\"id\":\"@w\"}");
	purchase(&world, "b2", "bakery", 1000);
	out = read_period(&world, 0, world.now_ms + 1);
	ck_assert_int_eq(party_of(&out, "bakery")->expired + party_of(&out, NULL)->expired, 30);
	ck_assert_int_eq(out.expiring[REWAPP_EXPIRING_LAPSED], 0);
	ck_assert_int_eq(out.expected_breakage, 30); /* half of what ended has expired: half of 60 will */
	world_close(&world);
}
END_TEST

static char *ask_settlement(struct world *world, int64_t from_ms, int64_t until_ms)
{
	char text[128], *answer = NULL;

	snprintf(text, sizeof text, "{\"query\":\"settlement\",\"from_ms\":%lld,\"until_ms\":%lld}",
		(long long)from_ms, (long long)until_ms);
	ck_assert_int_eq(rewapp_json_query(world->engine, text, strlen(text), &answer, NULL), 0);
	return answer;
}

/* What goes on from the kept tale, and what is told from the beginning after another question: one answer. */
static void same_from_the_beginning(struct world *world, int64_t from_ms, int64_t until_ms)
{
	char *kept = ask_settlement(world, from_ms, until_ms), *told;

	rewapp_free(world->engine, ask_settlement(world, from_ms + 1, until_ms + 1));
	told = ask_settlement(world, from_ms, until_ms);
	ck_assert_str_eq(kept, told);
	rewapp_free(world->engine, kept);
	rewapp_free(world->engine, told);
}

/* Random days: every redemption's lines add up to the receipts, whatever else happens. */
START_TEST(any_story_adds_up)
{
	struct world world;
	struct rewapp_settlement out;
	uint64_t seed = 88172645463325252u + (uint64_t)_i;
	int64_t accepted = 0;

	open_third(&world);
	for (int step = 0; step < 120; step++) {
		char text[256], *answer = NULL;
		static const char *const shops[] = { "bakery", "books" };
		const char *shop;
		unsigned what;

		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		what = (unsigned)(seed >> 32) % 16;
		shop = shops[seed & 1];
		world.now_ms += (int64_t)((seed >> 40) % 5) * DAY_MS;
		if (what < 7)
			snprintf(text, sizeof text,
				"{\"kind\":\"purchase\",\"id\":\"@b%d\",\"member\":\"@ada\",\"merchant\":\"@%"
				"s\","
				"\"amount\":%d,\"currency\":\"EUR\"}",
				step, shop, 100 + (int)(seed % 3000));
		else if (what < 11)
			snprintf(text, sizeof text,
				"{\"commands\":[{\"kind\":\"hold\",\"id\":\"@h%d\",\"member\":\"@ada\","
				"\"points\":%d},"
				"{\"kind\":\"post\",\"id\":\"@s%d\",\"target\":\"@h%d\",\"merchant\":\"@%s\"}"
				"]}",
				step, 1 + (int)(seed % 90), step, step, shop);
		else if (what < 13)
			snprintf(text, sizeof text,
				"{\"kind\":\"return\",\"id\":\"@r%d\",\"target\":\"@b%d\"}", step,
				(int)(seed % (unsigned)(step + 1)));
		else if (what < 14)
			snprintf(text, sizeof text,
				"{\"kind\":\"transfer\",\"id\":\"@t%d\",\"member\":\"@%s\",\"target\":\"@%"
				"s\","
				"\"points\":%d,\"up_to\":true}",
				step, seed & 4 ? "ada" : "grace", seed & 4 ? "grace" : "ada",
				1 + (int)(seed % 150));
		else if (what < 15)
			snprintf(text, sizeof text,
				"{\"kind\":\"reverse\",\"id\":\"@v%d\",\"target\":\"@s%d\",\"points\":1}",
				step, (int)(seed % (unsigned)(step + 1)));
		else
			snprintf(text, sizeof text,
				"{\"kind\":\"adjust\",\"id\":\"@a%d\",\"member\":\"@ada\",\"points\":%d,"
				"\"reference\":\"r\"}",
				step, seed & 2 ? 20 : -5);
		ck_assert_int_eq(rewapp_json_submit(world.engine, text, strlen(text), &answer, NULL), 0);
		rewapp_free(world.engine, answer);
		if (step % 8 == 7) {
			same_from_the_beginning(&world, 0, world.now_ms + 1);
			same_from_the_beginning(
				&world, WORLD_NOW_MS + 20 * DAY_MS, world.now_ms + 30 * DAY_MS);
			same_from_the_beginning(&world, WORLD_NOW_MS, WORLD_NOW_MS + 60 * DAY_MS);
		}
		out = read_period(&world, 0, world.now_ms + 1);
	}
	for (size_t i = 0; i < out.charge_count; i++)
		accepted += out.charges[i].code == REWAPP_CODE_REDEMPTION ? out.charges[i].amount
			: out.charges[i].code == REWAPP_CODE_REVERSAL     ? -out.charges[i].amount
									  : 0;
	for (size_t i = 0; i < out.party_count; i++)
		accepted -= out.parties[i].accepted_amount;
	ck_assert_int_eq(accepted, 0);
	ck_assert_uint_gt(out.charge_count, 3);
	world_close(&world);
}
END_TEST

START_TEST(arguments)
{
	struct world world;
	struct rewapp_settlement out = { .size = sizeof out };
	struct rewapp_id nobody = world_id("nobody");

	world_open(&world);
	ck_assert_int_eq(rewapp_settlement_read(NULL, NULL, 0, 1, &out), REWAPP_E_ARGUMENT);
	ck_assert_int_eq(rewapp_settlement_read(world.engine, NULL, 0, 1, NULL), REWAPP_E_ARGUMENT);
	ck_assert_int_eq(rewapp_settlement_read(world.engine, NULL, 1, 1, &out), REWAPP_E_ARGUMENT);
	ck_assert_int_eq(rewapp_settlement_read(world.engine, &nobody, 0, 1, &out), REWAPP_E_NOTFOUND);
	out.size = 1;
	ck_assert_int_eq(rewapp_settlement_read(world.engine, NULL, 0, 1, &out), REWAPP_E_ABI);
	world_close(&world);
}
END_TEST

static void add(TCase *all)
{
	tcase_add_test(all, shares_add_up);
	tcase_add_test(all, returns_and_reversals);
	tcase_add_test(all, debts_are_the_programmes);
	tcase_add_test(all, points_that_come_back_pay_debts);
	tcase_add_test(all, what_is_left_of_the_forgotten);
	tcase_add_test(all, programmes_are_settled_apart);
	tcase_add_test(all, silence_ends_points);
	tcase_add_test(all, periods_carry_their_balances);
	tcase_add_test(all, what_expired_is_nobodys);
	tcase_add_loop_test(all, any_story_adds_up, 0, 8);
	tcase_add_test(all, arguments);
}

int main(void)
{
	return run_suite("api settlement", add);
}
