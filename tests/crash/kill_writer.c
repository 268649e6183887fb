/* A writer is killed with SIGKILL again and again at moments that a seed draws; after each
 * kill the store is opened and asked for everything that had been acknowledged.
 *
 * The writer is a child of this program.  It tells each answer down a pipe, after
 * rewapp_submit() returned: what is in the pipe was acknowledged.  What a command says
 * follows from its number, so that this side can send every one again. */
#include <poll.h>
#include <rewapp/rewapp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	KILLS = 200,
	KILLS_OF_A_STORE = 20, /* then a new one: killed while it is made, too */
	BATCH_LARGEST = 300,
	LIFE_LONGEST_MS = 120,
	NUMBERS_OF_A_WRITER = 1000000,
	MEMBERS = 12
};

/* One answer in the pipe: the whole command can be made again from number and token. */
struct answer {
	uint64_t number;
	char token[REWAPP_TOKEN_CAPACITY]; /* that a redeem was given */
	struct rewapp_receipt receipt;
};

struct answers {
	struct answer *list;
	size_t bytes, capacity; /* of the pipe's stream: the last answer may be cut */
};

static uint64_t seed = 20260312;
static int mode = REWAPP_MODE_SHARED;

static void expect(int holds, const char *what, uint64_t number)
{
	if (holds)
		return;
	printf("FAILED (seed %llu, command %llu): %s: %s\n", (unsigned long long)seed,
		(unsigned long long)number, what, rewapp_errmsg());
	exit(1);
}

/* --- what the numbers stand for ------------------------------------------------------------- */

static uint64_t draw(uint64_t number, uint64_t salt)
{
	uint64_t x = (number + seed) * 0x9e3779b97f4a7c15u + salt * 0xd1b54a32d192ed03u;

	x = (x ^ (x >> 31)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

static struct rewapp_id named(const char *prefix, uint64_t number)
{
	struct rewapp_id id;
	char name[48];

	snprintf(name, sizeof name, "%s-%llu", prefix, (unsigned long long)number);
	rewapp_id_derive(name, strlen(name), &id);
	return id;
}

/* Most batches are small, as a till's are; some are as large as an import's. */
static size_t batch_size(uint64_t first)
{
	return 1 + draw(first, 1) % (draw(first, 2) % 8 ? 8 : BATCH_LARGEST);
}

static int kind_of(uint64_t number, const char *token)
{
	static const int kinds[] = { REWAPP_KIND_PURCHASE, REWAPP_KIND_PURCHASE, REWAPP_KIND_PURCHASE,
		REWAPP_KIND_MINT, REWAPP_KIND_MINT, REWAPP_KIND_REDEEM, REWAPP_KIND_RETURN,
		REWAPP_KIND_ADJUST };
	int kind = kinds[draw(number, 3) % (sizeof kinds / sizeof *kinds)];

	return kind == REWAPP_KIND_REDEEM && !*token ? REWAPP_KIND_ADJUST : kind;
}

/* A purchase not long before `number`; now and then there is none, which is a verdict. */
static uint64_t purchase_before(uint64_t number)
{
	do
		number--;
	while (number % 16 && kind_of(number, "") != REWAPP_KIND_PURCHASE);
	return number;
}

static struct rewapp_command command_of(uint64_t number, const char *token)
{
	struct rewapp_command command = REWAPP_COMMAND_INIT;

	command.kind = kind_of(number, token);
	command.id = named("command", number);
	command.member = named("member", draw(number, 4) % MEMBERS);
	switch (command.kind) {
	case REWAPP_KIND_PURCHASE:
		command.merchant = named("merchant", 0);
		command.amount = 1 + (int64_t)(draw(number, 5) % 50000);
		memcpy(command.currency, "EUR", 4);
		break;
	case REWAPP_KIND_MINT:
		command.points = 1 + (int64_t)(draw(number, 5) % 500);
		break;
	case REWAPP_KIND_REDEEM:
		memset(&command.member, 0, sizeof command.member);
		command.merchant = named("merchant", 0);
		command.token = token;
		break;
	case REWAPP_KIND_RETURN:
		memset(&command.member, 0, sizeof command.member);
		command.target = named("command", purchase_before(number));
		command.amount = draw(number, 6) % 2 ? 1 + (int64_t)(draw(number, 7) % 20000) : 0;
		break;
	default:
		command.points = (int64_t)(draw(number, 5) % 400) - 150;
		command.points += command.points == 0;
		command.reference = "by hand";
	}
	return command;
}

/* --- the writer ------------------------------------------------------------------------------ */

static rewapp_engine *open_store(const char *uri)
{
	struct rewapp_engine_options options = REWAPP_ENGINE_OPTIONS_INIT;
	rewapp_engine *engine;

	options.storage = uri;
	options.durability = REWAPP_DURABILITY_FULL;
	options.mode = mode;
	expect(rewapp_engine_open(&engine, &options) == 0, "the store opens", 0);
	return engine;
}

/* The same ids each time: the first writer that lives long enough makes them. */
static void set_up(rewapp_engine *engine)
{
	struct rewapp_command commands[MEMBERS + 2];
	struct rewapp_receipt receipts[MEMBERS + 2];
	size_t count = 0;

	for (; count < MEMBERS + 2; count++) {
		commands[count] = (struct rewapp_command)REWAPP_COMMAND_INIT;
		commands[count].id = named("set-up", count);
		commands[count].kind = REWAPP_KIND_MEMBER;
		commands[count].target = named("member", count);
	}
	commands[MEMBERS].kind = REWAPP_KIND_MERCHANT;
	commands[MEMBERS].target = named("merchant", 0);
	commands[MEMBERS].document = "{\"name\":\"Carrefour City\"}";
	commands[MEMBERS + 1].kind = REWAPP_KIND_PROGRAMME;
	commands[MEMBERS + 1].target = named("programme", 0);
	commands[MEMBERS + 1].document = "{\"name\":\"Main\",\"currency\":\"EUR\",\"expiry_days\":365,"
					 "\"caps\":[{\"id\":\"month\",\"scope\":"
					 "\"member\",\"window\":\"month\",\"points\":900000}],\"rules\":[{"
					 "\"id\":\"base\",\"type\":\"percent\","
					 "\"basis_points\":200},{\"id\":\"ten\",\"type\":\"per_unit\",\"unit_"
					 "amount\":1000,\"points\":1}]}";
	receipts[0].size = sizeof receipts[0];
	expect(rewapp_submit(engine, commands, count, receipts) == 0, "the set-up is stored", 0);
	for (size_t i = 0; i < count; i++)
		expect(receipts[i].code == 0 && receipts[i].verdict == REWAPP_VERDICT_ACCEPTED,
			receipts[i].message, i);
}

static void tell(int out, const struct answer *answer)
{
	const char *bytes = (const char *)answer;

	for (size_t sent = 0; sent < sizeof *answer;) {
		ssize_t step = write(out, bytes + sent, sizeof *answer - sent);

		if (step <= 0)
			_exit(1);
		sent += (size_t)step;
	}
}

/* Writes until it is killed. */
static void write_on(const char *uri, uint64_t number, int out)
{
	static struct rewapp_command commands[BATCH_LARGEST];
	static struct rewapp_receipt receipts[BATCH_LARGEST];
	struct answer answer = { 0 };
	char token[REWAPP_TOKEN_CAPACITY] = "";
	rewapp_engine *engine = open_store(uri);

	set_up(engine);
	for (;;) {
		size_t count = batch_size(number);

		for (size_t i = 0; i < count; i++)
			commands[i] = command_of(number + i, token);
		receipts[0].size = sizeof receipts[0];
		expect(rewapp_submit(engine, commands, count, receipts) == 0, "a batch is stored", number);
		memcpy(answer.token, token, sizeof token);
		for (size_t i = 0; i < count; i++) {
			answer.number = number + i;
			answer.receipt = receipts[i];
			tell(out, &answer);
			if (*receipts[i].token)
				memcpy(token, receipts[i].token, sizeof token);
		}
		number += count;
	}
}

/* --- the killer ------------------------------------------------------------------------------ */

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int hear(int in, struct answers *answers)
{
	ssize_t step;

	if (answers->bytes == answers->capacity) {
		answers->capacity = answers->capacity ? answers->capacity * 2 : 1 << 20;
		answers->list = realloc(answers->list, answers->capacity);
		expect(answers->list != NULL, "memory for the answers", 0);
	}
	step = read(in, (char *)answers->list + answers->bytes, answers->capacity - answers->bytes);
	answers->bytes += step > 0 ? (size_t)step : 0;
	return step > 0;
}

/* Lets a writer live for `life_ms`, kills it, and returns what it had told. */
static size_t run_and_kill(const char *uri, uint64_t first, int64_t life_ms, struct answers *answers)
{
	int ends[2], status;
	int64_t until;
	pid_t writer;

	expect(pipe(ends) == 0, "a pipe", first);
	fflush(stdout);
	writer = fork();
	expect(writer >= 0, "a process", first);
	if (writer == 0) {
		close(ends[0]);
		write_on(uri, first, ends[1]);
	}
	close(ends[1]);
	until = now_ms() + life_ms;
	for (int64_t left = life_ms; left > 0; left = until - now_ms()) {
		struct pollfd wait = { .fd = ends[0], .events = POLLIN };

		if (poll(&wait, 1, (int)left) > 0 && !hear(ends[0], answers))
			break;
	}
	kill(writer, SIGKILL);
	while (hear(ends[0], answers))
		;
	close(ends[0]);
	expect(waitpid(writer, &status, 0) == writer, "the writer is gone", first);
	expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "the writer ended by the kill", first);
	return answers->bytes / sizeof *answers->list;
}

/* --- the questions afterwards ------------------------------------------------------------------ */

static int same_receipt(const struct rewapp_receipt *a, const struct rewapp_receipt *b)
{
	return a->kind == b->kind && a->code == b->code && a->verdict == b->verdict &&
		memcmp(&a->id, &b->id, sizeof a->id) == 0 &&
		memcmp(&a->member, &b->member, sizeof a->member) == 0 &&
		memcmp(&a->merchant, &b->merchant, sizeof a->merchant) == 0 && a->points == b->points &&
		a->amount == b->amount && a->available == b->available && a->pending == b->pending &&
		a->held == b->held && a->debt == b->debt && a->shortfall == b->shortfall &&
		a->recorded_ms == b->recorded_ms && a->activates_ms == b->activates_ms &&
		a->expires_ms == b->expires_ms && a->award_count == b->award_count &&
		strcmp(a->token, b->token) == 0;
}

static void check_acknowledged(rewapp_engine *engine, const struct answer *answers, size_t count)
{
	static struct rewapp_command commands[BATCH_LARGEST];
	static struct rewapp_receipt receipts[BATCH_LARGEST];

	for (size_t done = 0; done < count;) {
		size_t step = count - done < BATCH_LARGEST ? count - done : BATCH_LARGEST;

		for (size_t i = 0; i < step; i++)
			commands[i] = command_of(answers[done + i].number, answers[done + i].token);
		receipts[0].size = sizeof receipts[0];
		expect(rewapp_submit(engine, commands, step, receipts) == 0, "all is sent again",
			answers[done].number);
		for (size_t i = 0; i < step; i++) {
			const struct answer *first = &answers[done + i];

			expect(first->receipt.code < 0 || receipts[i].replayed == 1,
				"an acknowledged command is there", first->number);
			expect(same_receipt(&first->receipt, &receipts[i]) || first->receipt.code < 0,
				"its receipt is the first one", first->number);
		}
		done += step;
	}
}

/* The batch that the kill met is there as a whole, or not at all. */
static int check_interrupted(rewapp_engine *engine, uint64_t first, size_t answered)
{
	struct rewapp_receipt receipt = { .size = sizeof receipt };
	uint64_t batch = first;
	size_t size, present = 0;

	while (batch + batch_size(batch) <= first + answered)
		batch += batch_size(batch);
	size = batch_size(batch);
	for (size_t i = 0; i < size; i++) {
		struct rewapp_id id = named("command", batch + i);
		int error = rewapp_receipt_get(engine, &id, &receipt);

		expect(error == 0 || error == REWAPP_E_NOTFOUND, "a receipt is there or not", batch + i);
		present += error == 0;
	}
	expect(present == 0 || present == size, "a batch is stored as a whole", batch);
	expect(present == size || batch >= first + answered, "a batch that began to answer is stored", batch);
	return present == size;
}

static void check_ledger(rewapp_engine *engine, uint64_t first)
{
	struct rewapp_verification found = { .size = sizeof found };

	expect(rewapp_verify(engine, NULL, NULL, &found) == 0, "the ledger can be read", first);
	expect(found.problems == 0, found.first, first);
}

/* --- all of it --------------------------------------------------------------------------------- */

static void remove_store(const char *file)
{
	static const char *const endings[] = { "", "-wal", "-shm", "-journal" };
	char path[160];

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		snprintf(path, sizeof path, "%s%s", file, endings[i]);
		unlink(path);
	}
}

int main(int argc, char **argv)
{
	const char *temporary = getenv("TMPDIR");
	char folder[96], file[128], uri[160];
	struct answers answers = { 0 };
	size_t acknowledged = 0, unheard = 0;

	if (argc > 1 && strcmp(argv[1], "owned") == 0)
		mode = REWAPP_MODE_OWNED;
	else if (argc > 1)
		seed = strtoull(argv[1], NULL, 10);
	snprintf(folder, sizeof folder, "%.64s/rewapp-crash.XXXXXX", temporary ? temporary : "/tmp");
	expect(mkdtemp(folder) != NULL, "a folder", 0);
	snprintf(file, sizeof file, "%s/store.db", folder);
	snprintf(uri, sizeof uri, "sqlite:%s", file);
	for (uint64_t kills = 0; kills < KILLS; kills++) {
		uint64_t first = (kills + 1) * NUMBERS_OF_A_WRITER;
		int64_t longest = kills % KILLS_OF_A_STORE ? LIFE_LONGEST_MS : LIFE_LONGEST_MS / 6;
		rewapp_engine *engine;
		size_t count;

		if (kills % KILLS_OF_A_STORE == 0)
			remove_store(file);
		answers.bytes = 0;
		count = run_and_kill(uri, first, 1 + (int64_t)(draw(first, 8) % (uint64_t)longest), &answers);
		engine = open_store(uri);
		check_acknowledged(engine, answers.list, count);
		unheard += (size_t)check_interrupted(engine, first, count);
		check_ledger(engine, first);
		rewapp_engine_close(engine);
		acknowledged += count;
	}
	remove_store(file);
	rmdir(folder);
	free(answers.list);
	printf("seed %llu: %d kills, %zu commands acknowledged, all there; %zu batches stored and not heard "
	       "of\n",
		(unsigned long long)seed, KILLS, acknowledged, unheard);
	return acknowledged > KILLS ? 0 : 1;
}
