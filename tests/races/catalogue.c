/* One process adds merchants and programmes and sells at once; another returns, reverses, posts and
 * reads those very sales while they arrive.  To that one a sale is there or it is not: what
 * came between two of its readings is no damage of the store.
 *
 *     races-catalogue [URI [ROUNDS]]      URI: an empty store; none: SQLite in a temporary folder */
#include "two.h"

enum {
	ROUNDS_DEFAULT = 1000,
	SALE = 6, /* commands */
	CROWD = 40
};

/* What the two share. */
struct news {
	atomic_int coming; /* the round whose sale may be there at any moment */
	atomic_int seen;   /* the last round that the other has seen whole */
};

static struct news *news;

static struct rewapp_id numbered(const char *what, int round)
{
	struct rewapp_id id;
	char name[48];

	snprintf(name, sizeof name, "%s-%d", what, round);
	rewapp_id_derive(name, strlen(name), &id);
	return id;
}

static struct rewapp_command command(int kind, const char *what, int round)
{
	struct rewapp_command out = REWAPP_COMMAND_INIT;

	out.kind = kind;
	out.id = numbered(what, round);
	return out;
}

/* A new merchant and a new programme, and at once a purchase, a hold and a redemption there. */
static void sell(rewapp_engine *engine, int round)
{
	struct rewapp_command commands[SALE];
	struct rewapp_receipt receipts[SALE];
	char merchant[64];

	snprintf(merchant, sizeof merchant, "{\"name\":\"Fournil %d\"}", round);
	commands[0] = command(REWAPP_KIND_MERCHANT, "put-shop", round);
	commands[0].target = numbered("shop", round);
	commands[0].document = merchant;
	commands[1] = command(REWAPP_KIND_PROGRAMME, "put-programme", round);
	commands[1].target = numbered("programme", round);
	commands[1].document = "{\"name\":\"Main\",\"currency\":\"EUR\",\"rules\":[{\"id\":\"base\",\"type\":"
			       "\"percent\",\"basis_points\":1000,\"funder\":\"merchant\"}]}";
	commands[2] = command(REWAPP_KIND_PURCHASE, "purchase", round);
	commands[2].amount = 100000;
	memcpy(commands[2].currency, "EUR", 4);
	commands[3] = command(REWAPP_KIND_HOLD, "spent", round);
	commands[4] = command(REWAPP_KIND_POST, "redemption", round);
	commands[4].target = commands[3].id;
	commands[5] = command(REWAPP_KIND_HOLD, "hold", round);
	for (int i = 2; i < SALE; i++) {
		if (commands[i].kind != REWAPP_KIND_POST) {
			commands[i].member = numbered("member", 0);
			commands[i].programme = commands[1].target;
		}
		if (commands[i].kind == REWAPP_KIND_HOLD)
			commands[i].points = 10;
		else
			commands[i].merchant = commands[0].target;
	}
	accept(engine, commands, SALE, "a sale", receipts);
}

static int run_seller(const char *uri, int rounds)
{
	rewapp_engine *engine = open_store(uri);

	for (int round = 1; round <= rounds; round++) {
		atomic_store(&news->coming, round);
		pause_a_little((uint64_t)round);
		sell(engine, round);
		while (atomic_load(&news->seen) < round)
			sched_yield();
	}
	rewapp_engine_close(engine);
	return 0;
}

/* Whether the command met what it is about; any error ends the test.  It goes at the end of a crowd of
 * commands about nothing: what is to be checked of them keeps the batch from its readings for longer. */
static int meets(rewapp_engine *engine, struct rewapp_command *todo, int round, int attempt)
{
	static struct rewapp_command commands[CROWD];
	static struct rewapp_receipt receipts[CROWD];
	int error;

	for (int i = 0; i < CROWD; i++) {
		commands[i] = *todo;
		commands[i].id = numbered(
			rewapp_kind_name(todo->kind), (round * 10000 + attempt) * CROWD + i);
		if (i < CROWD - 1)
			commands[i].target = numbered("nothing", 0);
	}
	do {
		receipts[0].size = sizeof receipts[0];
		error = rewapp_submit(engine, commands, CROWD, receipts);
	} while (rewapp_error_class_of(error) == REWAPP_CLASS_RETRY);
	expect(error == 0, rewapp_error_name(error), rewapp_kind_name(todo->kind), round);
	expect(receipts[CROWD - 1].code == 0, receipts[CROWD - 1].message, rewapp_kind_name(todo->kind),
		round);
	return receipts[CROWD - 1].verdict == REWAPP_VERDICT_ACCEPTED;
}

static int meets_return(rewapp_engine *engine, int round, int attempt)
{
	struct rewapp_command todo = REWAPP_COMMAND_INIT;

	todo.kind = REWAPP_KIND_RETURN;
	todo.target = numbered("purchase", round);
	todo.amount = 10;
	return meets(engine, &todo, round, attempt);
}

static int meets_reversal(rewapp_engine *engine, int round, int attempt)
{
	struct rewapp_command todo = REWAPP_COMMAND_INIT;

	todo.kind = REWAPP_KIND_REVERSE;
	todo.target = numbered("redemption", round);
	todo.points = 1;
	return meets(engine, &todo, round, attempt);
}

static int meets_void(rewapp_engine *engine, int round, int attempt)
{
	struct rewapp_command todo = REWAPP_COMMAND_INIT;

	todo.kind = REWAPP_KIND_VOID;
	todo.target = numbered("hold", round);
	return meets(engine, &todo, round, attempt);
}

static int found(int error, const char *where, int round)
{
	expect(error == 0 || error == REWAPP_E_NOTFOUND, rewapp_error_name(error), where, round);
	return error == 0;
}

static int meets_receipt(rewapp_engine *engine, int round, int attempt)
{
	struct rewapp_receipt receipt = { .size = sizeof receipt };
	struct rewapp_id id = numbered("purchase", round);

	(void)attempt;
	return found(rewapp_receipt_get(engine, &id, &receipt), "the receipt", round);
}

static int meets_statement(rewapp_engine *engine, int round, int attempt)
{
	struct rewapp_entry entries[4];
	struct rewapp_id programme = numbered("programme", round), member = numbered("member", 0);
	size_t count = 0;

	(void)attempt;
	return found(rewapp_statement(engine, &programme, &member, 0, entries, 4, &count), "the statement",
		       round) &&
		count > 0;
}

static int meets_balance(rewapp_engine *engine, int round, int attempt)
{
	struct rewapp_balance balance = { .size = sizeof balance };
	struct rewapp_id programme = numbered("programme", round), member = numbered("member", 0);

	(void)attempt;
	return found(rewapp_balance_get(engine, &programme, &member, &balance), "the balance", round) &&
		balance.available > 0;
}

static int (*const meetings[])(rewapp_engine *engine, int round, int attempt) = { meets_return,
	meets_reversal, meets_void, meets_receipt, meets_statement, meets_balance };

enum {
	MEETINGS = sizeof meetings / sizeof *meetings
};

/* Of each round one way of looking, again and again until it meets the sale. */
static int run_other(const char *uri, int rounds)
{
	rewapp_engine *engine = open_store(uri);

	for (int round = 1; round <= rounds; round++) {
		while (atomic_load(&news->coming) < round)
			sched_yield();
		for (int attempt = 0; !meetings[round % MEETINGS](engine, round, attempt); attempt++)
			;
		atomic_store(&news->seen, round);
	}
	rewapp_engine_close(engine);
	return 0;
}

static int run_side(const char *uri, int rounds, int side)
{
	return side ? run_other(uri, rounds) : run_seller(uri, rounds);
}

static void race_on(const char *uri, int rounds)
{
	struct rewapp_command enrol = command(REWAPP_KIND_MEMBER, "enrol", 0);
	struct rewapp_receipt receipt;
	rewapp_engine *engine = open_store(uri);

	enrol.target = numbered("member", 0);
	accept(engine, &enrol, 1, "set-up", &receipt);
	rewapp_engine_close(engine);
	run_both(uri, rounds, run_side);
	engine = open_store(uri);
	check_proof(engine);
	rewapp_engine_close(engine);
	printf("%d merchants and programmes met as they came\n", rounds);
}

int main(int argc, char **argv)
{
	int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : ROUNDS_DEFAULT;

	news = share(sizeof *news);
	return race_main(argc > 1 ? argv[1] : "", rounds, race_on);
}
