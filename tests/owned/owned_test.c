/* An owned store answers as a shared one does, survives a crash at any commit, and changes back.
 *
 * Two engines are told the same random commands.  The owned one writes its wallets in rounds of a few
 * commands, so that slices, rounds and the log's end that is played again meet in every way.  A crash is a
 * copy of its files while it is open: that is what kill -9 leaves. */
#include "flows/owned.h"
#include "run.h"

#include <rewapp/rewapp.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	MEMBERS = 30,
	ROUND = 200,
	SLICE = 2,
	BATCHES = 150,
	BATCH_LARGEST = 24
};

static int64_t now_ms;

static int64_t still(void *user)
{
	(void)user;
	return now_ms;
}

/* Never the same again. */
static int count_up(void *user, void *out, size_t size)
{
	static uint64_t drawn;

	(void)user;
	memset(out, 0x5a, size);
	drawn++;
	memcpy(out, &drawn, size < sizeof drawn ? size : sizeof drawn);
	return 0;
}

static uint64_t state;

static int below(int limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (int)(state % (uint64_t)limit);
}

static struct rewapp_id named(char what, int number)
{
	struct rewapp_id id = { { 0 } };

	id.bytes[0] = (uint8_t)what;
	memcpy(id.bytes + 8, &number, sizeof number);
	return id;
}

/* --- stores ---------------------------------------------------------------------------------- */

static char folder[64];

static const char *path(const char *name, const char *ending)
{
	static char text[4][160];
	static int at;
	char *out = text[at++ % 4];

	snprintf(out, sizeof text[0], "%s/%s%s", folder, name, ending);
	return out;
}

static int open_as(rewapp_engine **out, const char *name, int mode)
{
	struct rewapp_engine_options options = REWAPP_ENGINE_OPTIONS_INIT;
	struct rewapp_env env = REWAPP_ENV_INIT;
	char uri[200];
	int error;

	snprintf(uri, sizeof uri, "sqlite:%s", path(name, ".db"));
	env.now_ms = still;
	env.random = count_up;
	options.storage = uri;
	options.env = &env;
	options.mode = mode;
	options.busy_ms = 1;
	options.durability = REWAPP_DURABILITY_NORMAL;
	error = rewapp_engine_open(out, &options);
	if (!error && (*out)->owned) {
		(*out)->owned->round_commands = ROUND;
		(*out)->owned->slice_min = SLICE;
	}
	return error;
}

static rewapp_engine *open_store(const char *name, int mode)
{
	rewapp_engine *engine;

	if (open_as(&engine, name, mode) < 0)
		ck_abort_msg("%s: %s", name, rewapp_errmsg());
	return engine;
}

static void copy_file(const char *from, const char *to)
{
	FILE *in = fopen(from, "rb"), *out;
	char bytes[65536];
	size_t size;

	unlink(to);
	if (!in)
		return;
	out = fopen(to, "wb");
	ck_assert_ptr_nonnull(out);
	while ((size = fread(bytes, 1, sizeof bytes, in)) > 0)
		ck_assert_uint_eq(fwrite(bytes, 1, size, out), size);
	fclose(in);
	fclose(out);
}

static void remove_store(const char *name)
{
	unlink(path(name, ".db"));
	unlink(path(name, ".db-wal"));
	unlink(path(name, ".db-shm"));
}

static void begin(void)
{
	snprintf(folder, sizeof folder, "/tmp/rewapp-owned-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	now_ms = INT64_C(1788000000000);
}

static void end(void)
{
	remove_store("shared");
	remove_store("owned");
	remove_store("crashed");
	rmdir(folder);
}

/* --- commands --------------------------------------------------------------------------------- */

static const char programme[] =
	"{\"name\":\"P\",\"currency\":\"EUR\",\"return_window_days\":1,\"expiry_days\":20,\"clawback\":"
	"\"debt\",\"transfers\":{\"max_points\":400},"
	/* one word more than the name is a doubt */
	"\"matching\":{\"sure\":9900,\"review\":5000},\"bank\":{\"till_days\":3},"
	"\"vouchers\":[{\"id\":\"v\",\"points\":50,\"days\":3,\"per_member\":9}],"
	"\"tiers\":{\"by\":\"points\",\"period\":\"month\",\"levels\":[{\"id\":\"gold\",\"from\":500}]},"
	"\"caps\":[{\"id\":\"daily\",\"scope\":\"member\",\"window\":\"day\",\"points\":300}],"
	"\"rules\":[{\"id\":\"r\",\"type\":\"percent\",\"basis_points\":1000},"
	"{\"id\":\"g\",\"type\":\"bonus\",\"points\":7,\"when\":{\"tiers\":[\"gold\"]}}]}";

static int accepted, answered; /* answered: bank lines in doubt */
static int sent;               /* commands so far: their numbers are their ids */
static int limited;            /* spenders of a household who reached their limits */
static unsigned outcomes;      /* of bank lines: a bit for each that came */

static struct rewapp_command command_of(int kind)
{
	struct rewapp_command command = REWAPP_COMMAND_INIT;

	command.kind = kind;
	command.id = named('c', sent++);
	return command;
}

/* The newest line in doubt and the newest answer: what is answered, and taken back, now and then. */
static int doubtful, newest_answer;

/* A few lines of two feeds, so that they are told again, corrected, announced, joined and refunded. */
static void draw_bank_line(struct rewapp_command *command)
{
	static const char *const texts[] = { "CB DROMADAIRE", "CB DROMADAIRE", "CB DROMADAIRE QUAI" };
	static const char *const feeds[] = { "bank", "aggregator" };
	static const char *const ids[] = { "1", "2", "3", "4", "5", "6", "7", "8", NULL, NULL };

	command->amount = 500 * (1 + below(6));
	memcpy(command->currency, "EUR", 4);
	command->descriptor = texts[below(ROWS(texts))];
	command->feed = feeds[below(ROWS(feeds))];
	command->bank_id = ids[below(ROWS(ids))];
	command->occurred_ms = now_ms - INT64_C(86400000) * below(3);
	if (below(3) == 0)
		command->flags |= below(2) ? REWAPP_REFUND : REWAPP_PENDING;
	doubtful = sent - 1;
}

/* Few households of few members, so that limits are met; some of their points are asked for without a name.
 */
static struct rewapp_id household(void)
{
	return named('m', MEMBERS - 1 - below(2));
}

static void draw_household(struct rewapp_command *command)
{
	command->target = household();
	command->member = named('m', below(3));
	if (command->kind == REWAPP_KIND_LEAVE)
		return;
	command->day_limit = below(2) ? 1 + below(60) : 0;
	command->month_limit = below(3) ? 0 : 1 + below(900);
	command->total_limit = below(3) ? 1 + below(200) : 0;
}

static void draw_spender(struct rewapp_command *command)
{
	if (below(2))
		return;
	command->member = household();
	if (below(6))
		command->spender = named('m', below(3));
}

static struct rewapp_command draw(void)
{
	static const int kinds[] = { REWAPP_KIND_PURCHASE, REWAPP_KIND_PURCHASE, REWAPP_KIND_PURCHASE,
		REWAPP_KIND_ADJUST, REWAPP_KIND_ADJUST, REWAPP_KIND_HOLD, REWAPP_KIND_POST, REWAPP_KIND_VOID,
		REWAPP_KIND_RETURN, REWAPP_KIND_REVERSE, REWAPP_KIND_MEMBER, REWAPP_KIND_CONFIRM,
		REWAPP_KIND_TAKE_BACK, REWAPP_KIND_TRANSFER, REWAPP_KIND_BANK_LINE, REWAPP_KIND_BANK_LINE,
		REWAPP_KIND_BANK_LINE, REWAPP_KIND_VOUCHER, REWAPP_KIND_CLOSE_ACCOUNT,
		REWAPP_KIND_REOPEN_ACCOUNT, REWAPP_KIND_JOIN, REWAPP_KIND_JOIN, REWAPP_KIND_LIMIT,
		REWAPP_KIND_LEAVE };
	static const char *const texts[] = { "CB DROMADAIRE QUAI", "CB DROMADAIRE GARE",
		"CB DROMADAIRE PORT" }; /* one that was answered for is known */
	static const int rare[] = { REWAPP_KIND_SWEEP,
		REWAPP_KIND_ERASE }; /* before them all rows are written */
	struct rewapp_command command = command_of(
		below(300) ? kinds[below(ROWS(kinds))] : rare[below(ROWS(rare))]);

	switch (command.kind) {
	case REWAPP_KIND_PURCHASE:
		command.amount = 1 + below(5000);
		memcpy(command.currency, "EUR", 4);
		if (below(6))
			command.merchant = named('s', 0);
		else
			command.descriptor = texts[below(ROWS(texts))], doubtful = sent - 1;
		break;
	case REWAPP_KIND_BANK_LINE:
		draw_bank_line(&command);
		break;
	case REWAPP_KIND_VOUCHER:
		command.offer = "v";
		break;
	case REWAPP_KIND_CONFIRM:
		command.target = named('c', below(8) ? doubtful : below(sent));
		newest_answer = sent - 1;
		command.reference = "somebody";
		if (below(4))
			command.merchant = named('s', 0);
		else
			command.flags = REWAPP_NOBODY;
		return command;
	case REWAPP_KIND_TAKE_BACK:
		command.target = named('c', below(3) ? newest_answer : below(sent));
		command.reference = "somebody";
		return command;
	case REWAPP_KIND_ADJUST:
		command.points = below(3) ? 1 + below(500) : -1 - below(200);
		command.reference = "by hand";
		break;
	case REWAPP_KIND_TRANSFER:
		command.target = named('m', below(MEMBERS));
		command.flags = below(2) ? REWAPP_UP_TO : 0;
		/* fall through */
	case REWAPP_KIND_HOLD:
		command.points = 1 + below(200);
		break;
	case REWAPP_KIND_POST:
		command.merchant = named('s', 0);
		command.target = named('c', below(sent));
		return command;
	case REWAPP_KIND_VOID:
	case REWAPP_KIND_RETURN:
	case REWAPP_KIND_REVERSE:
		command.target = named('c', below(sent));
		return command;
	case REWAPP_KIND_MEMBER:
		command.target = named('m', below(MEMBERS));
		command.status = below(3);
		return command;
	case REWAPP_KIND_CLOSE_ACCOUNT:
		command.flags = below(2) ? REWAPP_FORFEIT : 0;
		/* fall through */
	case REWAPP_KIND_REOPEN_ACCOUNT:
		command.target = named('m', below(MEMBERS / 4));
		command.reference = "as asked";
		return command;
	case REWAPP_KIND_ERASE:
		command.target = named('m', below(10 * MEMBERS));
		return command;
	case REWAPP_KIND_JOIN:
	case REWAPP_KIND_LIMIT:
	case REWAPP_KIND_LEAVE:
		draw_household(&command);
		return command;
	default:
		return command;
	}
	command.member = named('m', below(MEMBERS));
	if (command.kind == REWAPP_KIND_HOLD || command.kind == REWAPP_KIND_VOUCHER ||
		command.kind == REWAPP_KIND_TRANSFER)
		draw_spender(&command);
	return command;
}

static void compare(const struct rewapp_receipt *a, const struct rewapp_receipt *b)
{
	ck_assert_int_eq(a->code, b->code);
	ck_assert_int_eq(a->verdict, b->verdict);
	ck_assert_int_eq(a->replayed, b->replayed);
	ck_assert_int_eq(a->points, b->points);
	ck_assert_int_eq(a->available, b->available);
	ck_assert_int_eq(a->pending, b->pending);
	ck_assert_int_eq(a->held, b->held);
	ck_assert_int_eq(a->debt, b->debt);
	ck_assert_int_eq(a->shortfall, b->shortfall);
	ck_assert_int_eq(a->expires_ms, b->expires_ms);
	ck_assert_int_eq(a->outcome, b->outcome);
	ck_assert_uint_eq(a->award_count, b->award_count);
	ck_assert_str_eq(a->field, b->field);
	ck_assert_str_eq(a->message, b->message);
}

static void submit_both(
	rewapp_engine *a, rewapp_engine *b, const struct rewapp_command *commands, size_t count)
{
	static struct rewapp_receipt first[BATCH_LARGEST + MEMBERS], second[BATCH_LARGEST + MEMBERS];

	first[0].size = second[0].size = sizeof first[0];
	if (rewapp_submit(a, commands, count, first) < 0)
		ck_abort_msg("shared: %s", rewapp_errmsg());
	if (rewapp_submit(b, commands, count, second) < 0)
		ck_abort_msg("owned: %s", rewapp_errmsg());
	for (size_t i = 0; i < count; i++) {
		compare(&first[i], &second[i]);
		accepted += first[i].verdict == REWAPP_VERDICT_ACCEPTED;
		limited += first[i].verdict == REWAPP_VERDICT_HOUSEHOLD_LIMIT;
		outcomes |= 1u << first[i].outcome;
		answered += first[i].verdict == REWAPP_VERDICT_ACCEPTED &&
			first[i].kind == REWAPP_KIND_CONFIRM;
	}
}

static void set_up(rewapp_engine *a, rewapp_engine *b)
{
	struct rewapp_command commands[MEMBERS + 2];
	int count = 0;

	sent = answered = limited = 0;
	outcomes = 0;
	commands[count] = command_of(REWAPP_KIND_PROGRAMME);
	commands[count].target = named('p', 0);
	commands[count++].document = programme;
	commands[count] = command_of(REWAPP_KIND_MERCHANT);
	commands[count].target = named('s', 0);
	commands[count++].document = "{\"name\":\"Dromadaire\"}";
	for (int i = 0; i < MEMBERS; i++) {
		commands[count] = command_of(REWAPP_KIND_MEMBER);
		commands[count++].target = named('m', i);
	}
	submit_both(a, b, commands, (size_t)count);
}

/* A batch, now and then with a command of long ago again. */
static void trade(rewapp_engine *a, rewapp_engine *b)
{
	struct rewapp_command commands[BATCH_LARGEST];
	int count = 1 + below(BATCH_LARGEST);

	for (int i = 0; i < count; i++)
		commands[i] = draw();
	for (int i = 0; i + 1 < count; i++)
		if (below(12) == 0)
			commands[i].flags |= REWAPP_LINKED;
	submit_both(a, b, commands, (size_t)count);
	if (below(4) == 0)
		submit_both(a, b, commands, (size_t)count);
	now_ms += below(8) ? below(3600000) : INT64_C(86400000) * below(9);
}

static void prove(rewapp_engine *engine, const char *what)
{
	struct rewapp_verification verification = { .size = sizeof verification };

	if (rewapp_verify(engine, NULL, NULL, &verification) < 0 || verification.problems)
		ck_abort_msg("%s: %s%s", what, verification.first, rewapp_errmsg());
}

/* Each kind of account has the same sums, which are zero together. */
static void same_sums(rewapp_engine *a, rewapp_engine *b)
{
	struct rewapp_account x[REWAPP_ACCOUNT_KINDS], y[REWAPP_ACCOUNT_KINDS];
	int64_t sum, pending;

	ck_assert_int_eq(rewapp_trial_balance(a, NULL, x, &sum, &pending), 0);
	ck_assert_int_eq(sum | pending, 0);
	ck_assert_int_eq(rewapp_trial_balance(b, NULL, y, &sum, &pending), 0);
	ck_assert_int_eq(sum | pending, 0);
	ck_assert_mem_eq(x, y, sizeof x);
}

static void same_balances(rewapp_engine *a, rewapp_engine *b)
{
	for (int i = 0; i < MEMBERS; i++) {
		struct rewapp_balance x = { .size = sizeof x }, y = { .size = sizeof y };
		const struct rewapp_id member = named('m', i);
		int error = rewapp_balance_get(a, NULL, &member, &x);

		ck_assert_int_eq(rewapp_balance_get(b, NULL, &member, &y), error);
		if (!error)
			ck_assert_mem_eq(&x, &y, sizeof x);
	}
}

/* What kill -9 would leave now is opened, in any mode. */
static void crash(rewapp_engine *shared)
{
	static const int modes[] = { REWAPP_MODE_KEEP, REWAPP_MODE_OWNED, REWAPP_MODE_SHARED };
	int mode = modes[below(ROWS(modes))];
	rewapp_engine *engine;

	remove_store("crashed");
	copy_file(path("owned", ".db"), path("crashed", ".db"));
	copy_file(path("owned", ".db-wal"), path("crashed", ".db-wal"));
	engine = open_store("crashed", mode);
	ck_assert_int_eq(engine->owned != NULL, mode != REWAPP_MODE_SHARED);
	same_balances(shared, engine);
	prove(engine, "crashed");
	rewapp_engine_close(engine);
	engine = open_store("crashed", REWAPP_MODE_SHARED);
	prove(engine, "crashed, then shared");
	same_balances(shared, engine);
	same_sums(shared, engine);
	rewapp_engine_close(engine);
}

START_TEST(owned_answers_as_shared)
{
	rewapp_engine *shared, *owned;

	begin();
	state = UINT64_C(0x9e3779b97f4a7c15) * (uint64_t)(_i + 1);
	shared = open_store("shared", REWAPP_MODE_KEEP);
	owned = open_store("owned", REWAPP_MODE_OWNED);
	ck_assert_ptr_null(shared->owned);
	set_up(shared, owned);
	for (int i = 0; i < BATCHES; i++) {
		trade(shared, owned);
		if (below(6) == 0)
			crash(shared);
		if (below(20) == 0)
			prove(owned, "owned");
		if (below(15) == 0) {
			rewapp_engine_close(owned);
			owned = open_store("owned", below(3) ? REWAPP_MODE_KEEP : REWAPP_MODE_SHARED);
			rewapp_engine_close(owned);
			owned = open_store("owned", REWAPP_MODE_OWNED);
		}
		same_balances(shared, owned);
	}
	ck_assert_int_gt(accepted, sent / 3); /* of commands that do something */
	ck_assert_int_gt(limited, 0);
	ck_assert_int_gt(answered, 0);
	ck_assert_int_gt(__builtin_popcount(outcomes), 4);
	prove(shared, "shared");
	prove(owned, "owned");
	rewapp_engine_close(shared);
	rewapp_engine_close(owned);
	end();
}
END_TEST

/* A close is quoted as it would be carried out, when what was due is recorded in memory alone. */
START_TEST(a_close_is_quoted_as_it_is_done)
{
	struct rewapp_receipt quoted = { .size = sizeof quoted }, done = { .size = sizeof done };
	struct rewapp_command command;
	rewapp_engine *shared, *owned;

	begin();
	shared = open_store("shared", REWAPP_MODE_KEEP);
	owned = open_store("owned", REWAPP_MODE_OWNED);
	set_up(shared, owned);
	rewapp_engine_close(shared);
	command = command_of(REWAPP_KIND_ADJUST);
	command.member = named('m', 0);
	command.points = 5;
	command.ttl_ms = 1000;
	command.reference = "short";
	ck_assert_int_eq(rewapp_submit(owned, &command, 1, &done), 0);
	prove(owned, "with points that end");
	now_ms += 2000;
	command = command_of(REWAPP_KIND_ADJUST); /* what is due is recorded with it */
	command.member = named('m', 0);
	command.points = 7;
	command.reference = "long";
	ck_assert_int_eq(rewapp_submit(owned, &command, 1, &done), 0);
	ck_assert_int_eq(done.available, 7);
	now_ms += REWAPP_PERIOD_SETTLE_MS;
	command = command_of(REWAPP_KIND_CLOSE);
	command.occurred_ms = now_ms - REWAPP_PERIOD_SETTLE_MS;
	ck_assert_int_eq(rewapp_quote(owned, &command, 1, &quoted), 0);
	ck_assert_int_eq(rewapp_submit(owned, &command, 1, &done), 0);
	ck_assert_int_eq(done.verdict, REWAPP_VERDICT_ACCEPTED);
	ck_assert_int_eq(quoted.verdict, done.verdict);
	rewapp_engine_close(owned);
	end();
}
END_TEST

START_TEST(an_owner_is_alone)
{
	rewapp_engine *owner, *other = NULL;

	begin();
	owner = open_store("owned", REWAPP_MODE_OWNED);
	for (int mode = REWAPP_MODE_KEEP; mode <= REWAPP_MODE_OWNED; mode++)
		ck_assert_int_eq(open_as(&other, "owned", mode), REWAPP_E_BUSY);
	ck_assert_ptr_null(other);
	rewapp_engine_close(owner);
	other = open_store("owned", REWAPP_MODE_KEEP);
	ck_assert_ptr_nonnull(other->owned);
	rewapp_engine_close(other);
	other = open_store("owned", REWAPP_MODE_SHARED);
	owner = open_store("owned", REWAPP_MODE_KEEP); /* a second one */
	ck_assert_ptr_null(owner->owned);
	rewapp_engine_close(owner);
	rewapp_engine_close(other);
	end();
}
END_TEST

static void write_by_hand(const char *sql)
{
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(path("owned", ".db"), &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	ck_assert_int_eq(sqlite3_changes(db), 1);
	sqlite3_close(db);
}

/* A disk may lose the log's end and keep what was written back of it: such a store is refused. */
START_TEST(what_reaches_beyond_the_log_is_damage)
{
	static const char *const columns[][2] = {
		{ "UPDATE store SET applied = applied + 1", "UPDATE store SET applied = applied - 1" },
		{ "UPDATE command_run SET next = next + 1", "UPDATE command_run SET next = next - 1" },
	};
	struct rewapp_command enrol = REWAPP_COMMAND_INIT;
	struct rewapp_receipt receipt = { .size = sizeof receipt };
	rewapp_engine *owner;

	begin();
	owner = open_store("owned", REWAPP_MODE_OWNED);
	enrol.kind = REWAPP_KIND_MEMBER;
	enrol.id = named('c', 1);
	enrol.target = named('m', 1);
	ck_assert_int_eq(rewapp_submit(owner, &enrol, 1, &receipt), 0);
	rewapp_engine_close(owner);
	write_by_hand(columns[_i][0]);
	ck_assert_int_eq(open_as(&owner, "owned", REWAPP_MODE_KEEP), REWAPP_E_CORRUPT);
	ck_assert_ptr_nonnull(strstr(rewapp_errmsg(), "but the log ends at"));
	write_by_hand(columns[_i][1]);
	rewapp_engine_close(open_store("owned", REWAPP_MODE_KEEP));
	end();
}
END_TEST

START_TEST(modes_that_are_none)
{
	struct rewapp_engine_options options = REWAPP_ENGINE_OPTIONS_INIT;
	rewapp_engine *engine = NULL;

	options.mode = _i;
	ck_assert_int_eq(rewapp_engine_open(&engine, &options), REWAPP_E_ARGUMENT);
	ck_assert_ptr_null(engine);
}
END_TEST

/* --- ids ---------------------------------------------------------------------------------------- */

/* More than a table holds: each is found, and hardly ever one that was not added.  Each table was ready when
 * the one before it was full. */
START_TEST(ids_are_found)
{
	int64_t numbers[IDS_CANDIDATES_MAX];
	struct ids ids;
	int strangers = 0;

	rewapp__ids_init(&ids, NULL);
	for (int i = 0; i < 200000; i++) {
		const struct rewapp_id id = named('i', i);
		bool ready = ids.next.slots && ids.next_ready == ids.next.capacity;
		size_t tables = ids.table_count;

		ck_assert_int_eq(rewapp__ids_reserve(&ids, 1), 0);
		ck_assert(ids.table_count == tables || tables == 0 || ready);
		rewapp__ids_add(&ids, rewapp__ids_hash(&id), i + 1);
	}
	ck_assert_uint_gt(ids.table_count, 1);
	for (int i = 0; i < 200000; i++) {
		struct rewapp_id id = named('i', i);
		size_t count = rewapp__ids_find(&ids, rewapp__ids_hash(&id), numbers), at = 0;

		while (at < count && numbers[at] != i + 1)
			at++;
		if (at == count)
			ck_abort_msg("id %d is lost", i);
		id = named('j', i);
		strangers += rewapp__ids_find(&ids, rewapp__ids_hash(&id), numbers) > 0;
	}
	ck_assert_int_lt(strangers, 20);
	rewapp__ids_finish(&ids);
}
END_TEST

static void add(TCase *all)
{
	tcase_add_loop_test(all, owned_answers_as_shared, 0, 6);
	tcase_add_test(all, a_close_is_quoted_as_it_is_done);
	tcase_add_test(all, an_owner_is_alone);
	tcase_add_loop_test(all, what_reaches_beyond_the_log_is_damage, 0, 2);
	tcase_add_test(all, ids_are_found);
	tcase_add_loop_test(all, modes_that_are_none, -1, 0);
	tcase_add_loop_test(all, modes_that_are_none, 3, 5);
}

int main(void)
{
	return run_suite("owned store", add);
}
