/* Two processes do the same thing to one store at the same moment, again and again: they
 * reverse one redemption, post and void one hold, redeem one token, send one command.
 *
 *     races-two-processes [URI [ROUNDS [SEED]]]      URI: an empty store; none: SQLite in a temporary folder
 *
 * Each process is a child with an engine of its own; a barrier in shared memory lets both go at
 * once, and a random pause of some microseconds moves one against the other.  Afterwards every
 * pair of answers must be one that some order of the two could give, every wallet must hold
 * what those answers say, and the proof must add up. */
#include "two.h"

enum {
	ROUNDS_DEFAULT = 40,
	ROUNDS_MAX = 2000,
	RACES_MAX = 17,
	ATTEMPTS_MAX = 200,
	CREDIT = 1000, /* points of every member at the start */
	EARNED = 100,  /* of a purchase of AMOUNT: ten per cent */
	AMOUNT = 1000, /* minor units */
	MONTHLY = 150  /* the most that a member earns */
};

struct answer {
	int error, attempts;
	struct rewapp_receipt receipt;
};

/* What the children and this program share. */
struct table {
	atomic_int arrived;
	char tokens[RACES_MAX][ROUNDS_MAX][REWAPP_TOKEN_CAPACITY];
	struct answer answers[RACES_MAX][ROUNDS_MAX][SIDES];
};

/* What the answers of a round leave in the member's wallet. */
struct wallet {
	int64_t available, held;
};

struct race {
	const char *name;
	/* The commands that make what is raced for: their count. */
	size_t (*prepare)(struct rewapp_command *out, int race, int round);
	void (*act)(struct rewapp_command *out, int race, int round, int side);
	/* Do the two answers fit together?  Then what is in the wallet. */
	int (*judge)(const struct answer *a, const struct answer *b, struct wallet *wallet);
};

static const char programme[] =
	"{\"name\":\"Main\",\"currency\":\"EUR\",\"matching\":{\"sure\":10000,\"review\":1},\"caps\":[{"
	"\"id\":\"month\",\"scope\":"
	"\"member\",\"window\":\"total\",\"points\":150}],\"rules\":[{\"id\":\"base\","
	"\"type\":\"percent\",\"basis_points\":1000}]}";

static struct table *table;
/* --- commands ---------------------------------------------------------------------------- */

static struct rewapp_id named(const char *prefix, int race, int round, int side)
{
	struct rewapp_id id;
	char name[64];

	snprintf(name, sizeof name, "%s-%d-%d-%d", prefix, race, round, side);
	rewapp_id_derive(name, strlen(name), &id);
	return id;
}

static struct rewapp_id member_of(int race, int round)
{
	return named("member", race, round, 0);
}

static struct rewapp_id shop(void)
{
	return named("shop", 0, 0, 0);
}

static struct rewapp_command command(int kind, struct rewapp_id id)
{
	struct rewapp_command out = REWAPP_COMMAND_INIT;

	out.kind = kind;
	out.id = id;
	return out;
}

static struct rewapp_command about(int kind, struct rewapp_id id, struct rewapp_id target)
{
	struct rewapp_command out = command(kind, id);

	out.target = target;
	return out;
}

static struct rewapp_command reserve(int kind, struct rewapp_id id, struct rewapp_id member, int64_t points)
{
	struct rewapp_command out = command(kind, id);

	out.member = member;
	out.points = points;
	return out;
}

static struct rewapp_command buy(struct rewapp_id id, struct rewapp_id member, int64_t amount)
{
	struct rewapp_command out = command(REWAPP_KIND_PURCHASE, id);

	out.member = member;
	out.merchant = shop();
	out.amount = amount;
	memcpy(out.currency, "EUR", 4);
	return out;
}

static struct rewapp_command post(struct rewapp_id id, struct rewapp_id hold)
{
	struct rewapp_command out = about(REWAPP_KIND_POST, id, hold);

	out.merchant = shop();
	return out;
}

/* --- what is raced for ---------------------------------------------------------------------- */

static size_t prepare_nothing(struct rewapp_command *out, int race, int round)
{
	(void)out, (void)race, (void)round;
	return 0;
}

static size_t prepare_hold(struct rewapp_command *out, int race, int round)
{
	out[0] = reserve(REWAPP_KIND_HOLD, named("thing", race, round, 0), member_of(race, round), 10);
	return 1;
}

static size_t prepare_redemption(struct rewapp_command *out, int race, int round)
{
	out[0] = reserve(REWAPP_KIND_HOLD, named("held", race, round, 0), member_of(race, round), 10);
	out[1] = post(named("thing", race, round, 0), out[0].id);
	return 2;
}

static size_t prepare_token(struct rewapp_command *out, int race, int round)
{
	out[0] = reserve(REWAPP_KIND_MINT, named("thing", race, round, 0), member_of(race, round), 10);
	return 1;
}

static size_t prepare_purchase(struct rewapp_command *out, int race, int round)
{
	out[0] = buy(named("thing", race, round, 0), member_of(race, round), AMOUNT);
	return 1;
}

/* Who shares the member's wallet, up to less than two of what both take. */
static size_t prepare_household(struct rewapp_command *out, int race, int round)
{
	out[0] = about(
		REWAPP_KIND_MEMBER, named("enrol-sharer", race, round, 0), named("sharer", race, round, 0));
	out[1] = about(REWAPP_KIND_JOIN, named("join", race, round, 0), member_of(race, round));
	out[1].member = out[0].target;
	out[1].total_limit = CREDIT * 4 / 10;
	return 2;
}

/* The bank's text names the shop, and nothing is sure enough for the programme. */
static size_t prepare_doubt(struct rewapp_command *out, int race, int round)
{
	out[0] = buy(named("thing", race, round, 0), member_of(race, round), AMOUNT);
	memset(&out[0].merchant, 0, sizeof out[0].merchant);
	out[0].descriptor = "CB FOURNIL DES ARTS";
	return 1;
}

/* --- what both do ----------------------------------------------------------------------------- */

static struct rewapp_id act_id(int race, int round, int side)
{
	return named("act", race, round, side);
}

static struct rewapp_id thing(int race, int round)
{
	return named("thing", race, round, 0);
}

static void act_reverse(struct rewapp_command *out, int race, int round, int side)
{
	*out = about(REWAPP_KIND_REVERSE, act_id(race, round, side), thing(race, round));
}

/* Six of ten: both together would be more than was spent. */
static void act_reverse_part(struct rewapp_command *out, int race, int round, int side)
{
	act_reverse(out, race, round, side);
	out->points = 6;
}

static void act_post(struct rewapp_command *out, int race, int round, int side)
{
	*out = post(act_id(race, round, side), thing(race, round));
}

static void act_void(struct rewapp_command *out, int race, int round, int side)
{
	*out = about(REWAPP_KIND_VOID, act_id(race, round, side), thing(race, round));
}

static void act_post_or_void(struct rewapp_command *out, int race, int round, int side)
{
	(side ? act_void : act_post)(out, race, round, side);
}

static void act_redeem(struct rewapp_command *out, int race, int round, int side)
{
	*out = command(REWAPP_KIND_REDEEM, act_id(race, round, side));
	out->merchant = shop();
	out->token = table->tokens[race][round];
}

static void act_redeem_or_void(struct rewapp_command *out, int race, int round, int side)
{
	(side ? act_void : act_redeem)(out, race, round, side);
}

static void act_return(struct rewapp_command *out, int race, int round, int side)
{
	*out = about(REWAPP_KIND_RETURN, act_id(race, round, side), thing(race, round));
	out->amount = AMOUNT;
}

/* One says that it was the shop, the other that it was not. */
static void act_confirm(struct rewapp_command *out, int race, int round, int side)
{
	*out = about(REWAPP_KIND_CONFIRM, act_id(race, round, side), thing(race, round));
	out->reference = "somebody";
	if (side)
		out->flags = REWAPP_NOBODY;
	else
		out->merchant = shop();
}

static void act_same_purchase(struct rewapp_command *out, int race, int round, int side)
{
	(void)side;
	*out = buy(act_id(race, round, 0), member_of(race, round), AMOUNT);
}

static void act_other_purchase(struct rewapp_command *out, int race, int round, int side)
{
	*out = buy(act_id(race, round, 0), member_of(race, round), AMOUNT + side * 10);
}

/* Two purchases under a limit that has room for one and a half. */
static void act_purchase(struct rewapp_command *out, int race, int round, int side)
{
	*out = buy(act_id(race, round, side), member_of(race, round), AMOUNT);
}

static void act_hold_most(struct rewapp_command *out, int race, int round, int side)
{
	*out = reserve(REWAPP_KIND_HOLD, act_id(race, round, side), member_of(race, round), CREDIT * 6 / 10);
}

static void act_spend_shared(struct rewapp_command *out, int race, int round, int side)
{
	*out = reserve(REWAPP_KIND_HOLD, act_id(race, round, side), member_of(race, round), CREDIT * 3 / 10);
	out->spender = named("sharer", race, round, 0);
}

/* Each enrols the same new member, with an id of its own. */
static void act_enrol(struct rewapp_command *out, int race, int round, int side)
{
	*out = about(REWAPP_KIND_MEMBER, act_id(race, round, side), named("new", race, round, 0));
}

static void act_add_merchant(struct rewapp_command *out, int race, int round, int side)
{
	*out = about(REWAPP_KIND_MERCHANT, act_id(race, round, side), named("new", race, round, 0));
	out->document = side ? "{\"name\":\"Monoprix\"}" : "{\"name\":\"Carrefour\"}";
}

/* Each puts the next version of the programme that all the other races run under. */
static void act_next_version(struct rewapp_command *out, int race, int round, int side)
{
	*out = about(REWAPP_KIND_PROGRAMME, act_id(race, round, side), named("main", 0, 0, 0));
	out->document = programme;
}

/* --- how it may end ------------------------------------------------------------------------------ */

static int is(const struct answer *answer, int verdict)
{
	return answer->receipt.code == 0 && answer->receipt.verdict == verdict;
}

/* One is accepted, the other refused so. */
static int one_of(const struct answer *a, const struct answer *b, int refusal)
{
	return (is(a, REWAPP_VERDICT_ACCEPTED) && is(b, refusal)) ||
		(is(b, REWAPP_VERDICT_ACCEPTED) && is(a, refusal));
}

static int judge_reverse(const struct answer *a, const struct answer *b, struct wallet *wallet)
{
	wallet->available = CREDIT;
	return one_of(a, b, REWAPP_VERDICT_REVERSAL_EXCEEDS);
}

static int judge_reverse_part(const struct answer *a, const struct answer *b, struct wallet *wallet)
{
	wallet->available = CREDIT - 10 + 6;
	return one_of(a, b, REWAPP_VERDICT_REVERSAL_EXCEEDS);
}

static int judge_post(const struct answer *a, const struct answer *b, struct wallet *wallet)
{
	wallet->available = CREDIT - 10;
	return one_of(a, b, REWAPP_VERDICT_SPENT);
}

static int judge_void(const struct answer *a, const struct answer *b, struct wallet *wallet)
{
	wallet->available = CREDIT;
	return one_of(a, b, REWAPP_VERDICT_HOLD_CLOSED);
}

static int judge_post_or_void(const struct answer *a, const struct answer *b, struct wallet *wallet)
{
	wallet->available = CREDIT - (is(a, REWAPP_VERDICT_ACCEPTED) ? 10 : 0);
	return one_of(a, b, REWAPP_VERDICT_HOLD_CLOSED);
}

static int judge_redeem(const struct answer *a, const struct answer *b, struct wallet *wallet)
{
	wallet->available = CREDIT - 10;
	return one_of(a, b, REWAPP_VERDICT_SPENT);
}

static int judge_return(const struct answer *a, const struct answer *b, struct wallet *wallet)
{
	wallet->available = CREDIT;
	return one_of(a, b, REWAPP_VERDICT_RETURN_EXCEEDS);
}

static int judge_confirm(const struct answer *a, const struct answer *b, struct wallet *wallet)
{
	wallet->available = CREDIT + (is(a, REWAPP_VERDICT_ACCEPTED) ? EARNED : 0);
	return one_of(a, b, REWAPP_VERDICT_LINE_ANSWERED);
}

static int judge_same(const struct answer *a, const struct answer *b, struct wallet *wallet)
{
	struct rewapp_receipt first = a->receipt, second = b->receipt;

	wallet->available = CREDIT + EARNED;
	if (first.replayed + second.replayed != 1 || !is(a, REWAPP_VERDICT_ACCEPTED))
		return 0;
	/* But for that, and for where the awards lay, they are one receipt. */
	first.replayed = second.replayed = 0;
	first.awards = second.awards = NULL;
	return memcmp(&first, &second, sizeof first) == 0;
}

static int judge_other(const struct answer *a, const struct answer *b, struct wallet *wallet)
{
	const struct answer *winner = a->receipt.code ? b : a, *loser = a->receipt.code ? a : b;

	wallet->available = CREDIT + winner->receipt.points;
	return is(winner, REWAPP_VERDICT_ACCEPTED) && loser->receipt.code == REWAPP_E_CONFLICT &&
		strcmp(loser->receipt.field, "amount") == 0;
}

static int judge_limit(const struct answer *a, const struct answer *b, struct wallet *wallet)
{
	wallet->available = CREDIT + MONTHLY;
	return is(a, REWAPP_VERDICT_ACCEPTED) && is(b, REWAPP_VERDICT_ACCEPTED) &&
		a->receipt.points + b->receipt.points == MONTHLY;
}

static int judge_hold_most(const struct answer *a, const struct answer *b, struct wallet *wallet)
{
	wallet->held = CREDIT * 6 / 10;
	wallet->available = CREDIT - wallet->held;
	return one_of(a, b, REWAPP_VERDICT_INSUFFICIENT_POINTS);
}

static int judge_spend_shared(const struct answer *a, const struct answer *b, struct wallet *wallet)
{
	wallet->held = CREDIT * 3 / 10;
	wallet->available = CREDIT - wallet->held;
	return one_of(a, b, REWAPP_VERDICT_HOUSEHOLD_LIMIT);
}

static int judge_both(const struct answer *a, const struct answer *b, struct wallet *wallet)
{
	wallet->available = CREDIT;
	return is(a, REWAPP_VERDICT_ACCEPTED) && is(b, REWAPP_VERDICT_ACCEPTED);
}

/* A token that comes late is SPENT after a redemption, and its hold closed after a void. */
static int judge_redeem_or_void(
	const struct answer *redeem, const struct answer *cancel, struct wallet *wallet)
{
	int redeemed = is(redeem, REWAPP_VERDICT_ACCEPTED);

	wallet->available = CREDIT - (redeemed ? 10 : 0);
	return redeemed ? is(cancel, REWAPP_VERDICT_HOLD_CLOSED)
			: is(cancel, REWAPP_VERDICT_ACCEPTED) && is(redeem, REWAPP_VERDICT_HOLD_CLOSED);
}

/* clang-format off */
static const struct race races[] = {
	{ "a redemption is reversed twice", prepare_redemption, act_reverse, judge_reverse },
	{ "a redemption is reversed twice, in part", prepare_redemption, act_reverse_part, judge_reverse_part },
	{ "a hold is posted twice", prepare_hold, act_post, judge_post },
	{ "a hold is voided twice", prepare_hold, act_void, judge_void },
	{ "a hold is posted and voided", prepare_hold, act_post_or_void, judge_post_or_void },
	{ "a token is redeemed twice", prepare_token, act_redeem, judge_redeem },
	{ "a token is redeemed and its hold voided", prepare_token, act_redeem_or_void, judge_redeem_or_void },
	{ "a purchase is returned twice", prepare_purchase, act_return, judge_return },
	{ "a bank line in doubt is answered twice", prepare_doubt, act_confirm, judge_confirm },
	{ "one command is sent twice", prepare_nothing, act_same_purchase, judge_same },
	{ "one id is sent with two contents", prepare_nothing, act_other_purchase, judge_other },
	{ "two purchases under one limit", prepare_nothing, act_purchase, judge_limit },
	{ "two holds on one balance", prepare_nothing, act_hold_most, judge_hold_most },
	{ "two holds under a limit of a household", prepare_household, act_spend_shared, judge_spend_shared },
	{ "one member is enrolled twice", prepare_nothing, act_enrol, judge_both },
	{ "one merchant is added twice", prepare_nothing, act_add_merchant, judge_both },
	{ "a programme gets two next versions", prepare_nothing, act_next_version, judge_both },
};
/* clang-format on */

enum {
	RACES = sizeof races / sizeof *races,
	BATCH = 8
};

/* --- the two processes ------------------------------------------------------------------------- */

/* Both stand here; the last lets both go. */
static void meet(int meeting)
{
	atomic_fetch_add(&table->arrived, 1);
	while (atomic_load(&table->arrived) < SIDES * (meeting + 1))
		sched_yield();
}

/* What may be sent again is sent again, as the header says. */
static void answer_with(rewapp_engine *engine, const struct rewapp_command *command, struct answer *answer)
{
	do {
		memset(&answer->receipt, 0, sizeof answer->receipt);
		answer->receipt.size = sizeof answer->receipt;
		answer->error = rewapp_submit(engine, command, 1, &answer->receipt);
		answer->attempts++;
	} while (rewapp_error_class_of(answer->error) == REWAPP_CLASS_RETRY &&
		answer->attempts < ATTEMPTS_MAX);
}

static int run_side(const char *uri, int rounds, int side)
{
	rewapp_engine *engine = open_store(uri);

	for (int round = 0; round < rounds; round++)
		for (int race = 0; race < RACES; race++) {
			struct answer *answer = &table->answers[race][round][side];
			struct rewapp_command todo;

			races[race].act(&todo, race, round, side);
			meet(round * RACES + race);
			pause_a_little(
				((uint64_t)race * ROUNDS_MAX + (uint64_t)round) * SIDES + (uint64_t)side);
			answer_with(engine, &todo, answer);
			expect(answer->error == 0, rewapp_error_name(answer->error), races[race].name, round);
		}
	rewapp_engine_close(engine);
	return 0;
}

/* --- before and after ---------------------------------------------------------------------------- */

static void set_up(rewapp_engine *engine)
{
	struct rewapp_command commands[2];
	struct rewapp_receipt receipts[2];

	commands[0] = about(REWAPP_KIND_MERCHANT, named("put-shop", 0, 0, 0), shop());
	commands[0].document = "{\"name\":\"Fournil\"}";
	commands[1] = about(REWAPP_KIND_PROGRAMME, named("put-main", 0, 0, 0), named("main", 0, 0, 0));
	commands[1].document = programme;
	accept(engine, commands, 2, "set-up", receipts);
}

static void prepare(rewapp_engine *engine, int race, int round)
{
	struct rewapp_command commands[BATCH];
	struct rewapp_receipt receipts[BATCH];
	struct rewapp_id member = member_of(race, round);
	size_t count;

	commands[0] = about(REWAPP_KIND_MEMBER, named("enrol", race, round, 0), member);
	commands[1] = reserve(REWAPP_KIND_ADJUST, named("credit", race, round, 0), member, CREDIT);
	commands[1].reference = "to start with";
	count = 2 + races[race].prepare(commands + 2, race, round);
	accept(engine, commands, count, races[race].name, receipts);
	memcpy(table->tokens[race][round], receipts[count - 1].token, REWAPP_TOKEN_CAPACITY);
}

static void check_wallet(rewapp_engine *engine, int race, int round, const struct wallet *wallet)
{
	struct rewapp_balance balance = { .size = sizeof balance };
	struct rewapp_id member = member_of(race, round);

	expect(rewapp_balance_get(engine, NULL, &member, &balance) == 0, "the balance", races[race].name,
		round);
	expect(balance.available == wallet->available && balance.held == wallet->held && balance.debt == 0,
		"the wallet holds what the answers say", races[race].name, round);
}

static void check_race(rewapp_engine *engine, int race, int rounds)
{
	int first = 0, retries = 0;

	for (int round = 0; round < rounds; round++) {
		const struct answer *a = &table->answers[race][round][0],
				    *b = &table->answers[race][round][1];
		struct wallet wallet = { 0, 0 };
		int fits = races[race].judge(a, b, &wallet);

		if (!fits)
			printf("answers: %d %s replayed %d, %d %s replayed %d\n", a->receipt.code,
				rewapp_verdict_name(a->receipt.verdict), a->receipt.replayed, b->receipt.code,
				rewapp_verdict_name(b->receipt.verdict), b->receipt.replayed);
		expect(fits, "the two answers fit together", races[race].name, round);
		check_wallet(engine, race, round, &wallet);
		first += is(a, REWAPP_VERDICT_ACCEPTED) && !a->receipt.replayed;
		retries += a->attempts + b->attempts - SIDES;
	}
	printf("%s: %d rounds, the first process was accepted in %d, %d retries\n", races[race].name, rounds,
		first, retries);
}

static void race_on(const char *uri, int rounds)
{
	rewapp_engine *engine = open_store(uri);

	set_up(engine);
	for (int race = 0; race < RACES; race++)
		for (int round = 0; round < rounds; round++)
			prepare(engine, race, round);
	rewapp_engine_close(engine);
	run_both(uri, rounds, run_side);
	engine = open_store(uri);
	for (int race = 0; race < RACES; race++)
		check_race(engine, race, rounds);
	check_proof(engine);
	rewapp_engine_close(engine);
}

int main(int argc, char **argv)
{
	int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : ROUNDS_DEFAULT;

	if (argc > 3)
		seed = strtoull(argv[3], NULL, 10);
	table = share(sizeof *table);
	expect(rounds <= ROUNDS_MAX, "too many rounds", "start", rounds);
	return race_main(argc > 1 ? argv[1] : "", rounds, race_on);
}
