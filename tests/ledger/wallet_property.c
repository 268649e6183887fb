/* Random commands against a naive model: plain arrays of lots and holds, one per member.
 *
 * The model predicts the verdict of every receipt and the member's points after it, and the
 * balances that are asked for between; the ledger is verified every few batches.  A mismatch
 * tells seed and step, and the same seed gives the same story: wallet_property SEED. */
#include <rewapp/rewapp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	STORIES = 24,
	STEPS = 1000, /* commands of one story, in a store of its own */
	STEPS_BETWEEN_VERIFIES = 50,
	BATCH_MAX = 6,
	MEMBERS = 3,
	MERCHANTS = 2,
	SHARES_MAX = 256,
	MINUTE_MS = 60 * 1000,
	DAY_MS = 24 * 60 * MINUTE_MS,
	WINDOW_DAYS = 2, /* of the programme: points activate, */
	LIFE_DAYS = 10,  /* and end */
	POINT_COSTS = 10 /* minor units for a point: ten per cent */
};

struct lot {
	int step; /* that opened it */
	int64_t remaining, activates_ms, expires_ms;
	int earned; /* not by hand */
};

struct share {
	int lot;
	int64_t points;
};

enum hold_state {
	OPEN,
	POSTED,
	VOIDED,
	TIMED_OUT
};

struct hold {
	int step;
	enum hold_state state;
	int64_t points, expires_ms;
	struct share shares[SHARES_MAX];
	int share_count;
};

struct model {
	int64_t until_ms; /* of the lots that live from the last activity */
	struct lot lots[STEPS];
	struct hold holds[STEPS];
	int lot_count, hold_count;
	int64_t debt;
};

/* What a step was, for those that name it later. */
struct past {
	struct rewapp_command command;
	struct rewapp_receipt receipt;
	int64_t returned; /* of a purchase */
	int hold;         /* of a hold, or that a post spent */
	int64_t posted, reversed;
	int member;
};

static uint64_t seed, state;
static int64_t clock_ms;
static int now_at; /* the step */
static struct model models[MEMBERS];
static struct past pasts[STEPS];
static int met[REWAPP_VERDICT_TOO_OLD + 1], shortfalls, payments; /* so that nothing is left untold */

static int64_t sandbox_now(void *user)
{
	(void)user;
	return clock_ms;
}

static int64_t draw(int64_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (int64_t)(state >> 11) % below;
}

static void expect(int holds, const char *what)
{
	if (holds)
		return;
	printf("FAILED: seed %llu, step %d: %s (%s)\n", (unsigned long long)seed, now_at, what,
		rewapp_errmsg());
	exit(1);
}

static void expect_equal(const char *what, int64_t expected, int64_t found)
{
	if (expected == found)
		return;
	printf("FAILED: seed %llu, step %d (%s of member %d): %s is %lld, the model says %lld\n",
		(unsigned long long)seed, now_at, rewapp_kind_name(pasts[now_at].command.kind),
		pasts[now_at].member, what, (long long)found, (long long)expected);
	exit(1);
}

/* --- the model ------------------------------------------------------------------------------- */

static int is_dead(const struct lot *lot)
{
	return lot->expires_ms && lot->expires_ms <= clock_ms;
}

static int is_spent_before(const struct lot *a, const struct lot *b)
{
	int64_t x = a->expires_ms ? a->expires_ms : INT64_MAX, y = b->expires_ms ? b->expires_ms : INT64_MAX;

	if (x != y)
		return x < y;
	if (a->activates_ms != b->activates_ms)
		return a->activates_ms < b->activates_ms;
	return a < b;
}

/* Takes from the lots that may be spent, the first to be spent first; `active` 0: pending ones too.
 * `step` restricts it to the lots of that step.  Returns what was not there. */
static int64_t take(struct model *model, int64_t points, int active, int step, struct hold *into)
{
	while (points > 0) {
		struct lot *first = NULL;
		int64_t part;

		for (int i = 0; i < model->lot_count; i++) {
			struct lot *lot = &model->lots[i];

			if (lot->remaining == 0 || is_dead(lot) || (active && lot->activates_ms > clock_ms) ||
				(step >= 0 && lot->step != step))
				continue;
			if (!first || is_spent_before(lot, first))
				first = lot;
		}
		if (!first)
			break;
		part = first->remaining < points ? first->remaining : points;
		first->remaining -= part;
		points -= part;
		if (into) {
			expect(into->share_count < SHARES_MAX, "the model has no room");
			into->shares[into->share_count++] = (struct share){ (int)(first - model->lots),
				part };
		}
	}
	return points;
}

static int64_t sum(const struct model *model, int pending)
{
	int64_t points = 0;

	for (int i = 0; i < model->lot_count; i++)
		if (!is_dead(&model->lots[i]) && (model->lots[i].activates_ms > clock_ms) == pending)
			points += model->lots[i].remaining;
	return points;
}

static int64_t held(const struct model *model)
{
	int64_t points = 0;

	for (int i = 0; i < model->hold_count; i++)
		points += model->holds[i].state == OPEN ? model->holds[i].points : 0;
	return points;
}

/* Gives the points of a hold beyond the first `kept` back. */
static void give_back(struct model *model, const struct hold *hold, int64_t kept)
{
	for (int i = 0; i < hold->share_count; i++) {
		int64_t stays = hold->shares[i].points < kept ? hold->shares[i].points : kept;

		kept -= stays;
		model->lots[hold->shares[i].lot].remaining += hold->shares[i].points - stays;
	}
}

/* Who has points at `at_ms` and owes some pays them at once. */
static void pay(struct model *model, int64_t at_ms)
{
	int64_t now_ms = clock_ms, paid = model->debt;

	clock_ms = at_ms;
	model->debt = take(model, paid, 0, -1, NULL);
	clock_ms = now_ms;
	payments += model->debt < paid;
}

/* The open hold that ended first by now, or NULL. */
static struct hold *first_due(struct model *model)
{
	struct hold *first = NULL;

	for (int i = 0; i < model->hold_count; i++) {
		struct hold *hold = &model->holds[i];

		if (hold->state == OPEN && hold->expires_ms <= clock_ms &&
			(!first || hold->expires_ms < first->expires_ms))
			first = hold;
	}
	return first;
}

/* What time has done; returns the points that expired. */
static int64_t settle(struct model *model)
{
	int64_t expired = 0;

	for (struct hold *hold; (hold = first_due(model));) {
		give_back(model, hold, 0);
		hold->state = TIMED_OUT;
		pay(model, hold->expires_ms);
	}
	for (int i = 0; i < model->lot_count; i++)
		if (is_dead(&model->lots[i])) {
			expired += model->lots[i].remaining;
			model->lots[i].remaining = 0;
		}
	return expired;
}

static void credit(struct model *model, int64_t points, int64_t activates_ms, int64_t expires_ms, int earned)
{
	int64_t to_debt = model->debt < points ? model->debt : points;

	model->debt -= to_debt;
	if (points > to_debt)
		model->lots[model->lot_count++] = (struct lot){ now_at, points - to_debt, activates_ms,
			expires_ms, earned };
}

/* What the receipt must say; `view`: with the member's points. */
struct answer {
	int verdict, view;
	int64_t points, shortfall;
};

static struct answer accepted(int64_t points)
{
	return (struct answer){ REWAPP_VERDICT_ACCEPTED, 1, points, 0 };
}

static struct answer refused(int verdict)
{
	return (struct answer){ verdict, verdict == REWAPP_VERDICT_INSUFFICIENT_POINTS, 0, 0 };
}

/* In every other story points live from the last purchase or redemption: each lot that lives, used up or
 * not, is put off, one by one. */
static int slides(void)
{
	return seed % 2 == 0;
}

static void be_active(struct model *model, int64_t at_ms)
{
	int64_t until_ms = at_ms + (int64_t)LIFE_DAYS * DAY_MS;

	if (!slides() || until_ms <= model->until_ms)
		return;
	model->until_ms = until_ms;
	for (int i = 0; i < model->lot_count; i++)
		if (model->lots[i].earned && !is_dead(&model->lots[i]))
			model->lots[i].expires_ms = until_ms;
}

static struct answer model_purchase(struct model *model, const struct rewapp_command *command)
{
	int64_t at = command->occurred_ms ? command->occurred_ms : clock_ms;
	int64_t points = command->amount / POINT_COSTS;

	settle(model);
	if (points > 0)
		be_active(model, at);
	credit(model, points, at + (int64_t)WINDOW_DAYS * DAY_MS,
		slides() ? model->until_ms : at + (int64_t)LIFE_DAYS * DAY_MS, 1);
	return accepted(points);
}

static struct answer model_return(struct model *model, const struct rewapp_command *command, int target)
{
	struct past *past = &pasts[target];
	int64_t left = past->command.amount - past->returned,
		amount = command->amount ? command->amount : left;
	struct answer answer;

	if (left == 0 || amount > left)
		return refused(REWAPP_VERDICT_RETURN_EXCEEDS);
	settle(model);
	answer = accepted(left / POINT_COSTS - (left - amount) / POINT_COSTS);
	answer.shortfall = take(model, answer.points, 0, target, NULL);
	answer.shortfall = take(model, answer.shortfall, 0, -1, NULL);
	model->debt += answer.shortfall;
	past->returned += amount;
	return answer;
}

static struct answer model_hold(struct model *model, const struct rewapp_command *command)
{
	struct hold *hold = &model->holds[model->hold_count];
	int64_t ttl_ms = command->ttl_ms ? command->ttl_ms : REWAPP_HOLD_TTL_MS;

	settle(model);
	if (sum(model, 0) < command->points)
		return refused(REWAPP_VERDICT_INSUFFICIENT_POINTS);
	*hold = (struct hold){ now_at, OPEN, command->points, clock_ms + ttl_ms, { { 0, 0 } }, 0 };
	take(model, command->points, 1, -1, hold);
	pasts[now_at].hold = model->hold_count++;
	return accepted(command->points);
}

static int is_open(const struct hold *hold)
{
	return hold->state == OPEN && hold->expires_ms > clock_ms;
}

static struct answer model_post(struct model *model, const struct rewapp_command *command, int target)
{
	struct hold *hold = &model->holds[pasts[target].hold];
	int64_t points = command->points ? command->points : hold->points;

	if (!is_open(hold))
		return refused(hold->state == POSTED    ? REWAPP_VERDICT_SPENT
				: hold->state == VOIDED ? REWAPP_VERDICT_HOLD_CLOSED
							: REWAPP_VERDICT_EXPIRED);
	if (points > hold->points)
		return refused(REWAPP_VERDICT_HOLD_EXCEEDED);
	settle(model);
	give_back(model, hold, points);
	pay(model, clock_ms);
	be_active(model, clock_ms);
	hold->state = POSTED;
	pasts[now_at].hold = pasts[target].hold;
	pasts[now_at].posted = points;
	return accepted(points);
}

static struct answer model_void(struct model *model, int target)
{
	struct hold *hold = &model->holds[pasts[target].hold];

	if (!is_open(hold))
		return refused(REWAPP_VERDICT_HOLD_CLOSED);
	settle(model);
	give_back(model, hold, 0);
	pay(model, clock_ms);
	hold->state = VOIDED;
	return accepted(hold->points);
}

/* Points come back from the last that were taken: lay the spent ones out, and walk back. */
static struct answer model_reverse(struct model *model, const struct rewapp_command *command, int target)
{
	struct past *past = &pasts[target];
	const struct hold *hold = &model->holds[past->hold];
	int64_t left = past->posted - past->reversed, points = command->points ? command->points : left;
	int64_t from = left - points, at = 0;

	if (left == 0 || points > left)
		return refused(REWAPP_VERDICT_REVERSAL_EXCEEDS);
	settle(model);
	for (int i = 0; i < hold->share_count; at += hold->shares[i++].points) {
		int64_t low = at > from ? at : from;
		int64_t high = at + hold->shares[i].points < left ? at + hold->shares[i].points : left;

		model->lots[hold->shares[i].lot].remaining += high > low ? high - low : 0;
	}
	past->reversed += points;
	pay(model, clock_ms);
	settle(model);
	return accepted(points);
}

static struct answer model_adjust(struct model *model, const struct rewapp_command *command)
{
	settle(model);
	if (command->points > 0)
		credit(model, command->points, clock_ms, command->ttl_ms ? clock_ms + command->ttl_ms : 0, 0);
	else if (sum(model, 0) < -command->points)
		return refused(REWAPP_VERDICT_INSUFFICIENT_POINTS);
	else
		take(model, -command->points, 1, -1, NULL);
	return accepted(command->points);
}

static struct answer model_sweep(void)
{
	struct answer answer = { REWAPP_VERDICT_ACCEPTED, 0, 0, 0 };

	for (int i = 0; i < MEMBERS; i++)
		answer.points += settle(&models[i]);
	return answer;
}

/* --- drawing commands ---------------------------------------------------------------------------- */

static struct rewapp_id named(const char *prefix, int64_t number)
{
	struct rewapp_id id;
	char name[48];

	snprintf(name, sizeof name, "%s-%lld", prefix, (long long)number);
	rewapp_id_derive(name, strlen(name), &id);
	return id;
}

/* A late step of this kind that was accepted, or -1. */
static int late(int kind, int before)
{
	for (int tries = 0; before > 0 && tries < 12; tries++) {
		int64_t back = 1 + draw(before < 60 ? before : 60);
		const struct past *past = &pasts[before - back];

		if (past->command.kind == kind && past->receipt.verdict == REWAPP_VERDICT_ACCEPTED)
			return before - (int)back;
	}
	return -1;
}

static const int kinds[] = { REWAPP_KIND_PURCHASE, REWAPP_KIND_PURCHASE, REWAPP_KIND_PURCHASE,
	REWAPP_KIND_RETURN, REWAPP_KIND_HOLD, REWAPP_KIND_HOLD, REWAPP_KIND_POST, REWAPP_KIND_POST,
	REWAPP_KIND_VOID, REWAPP_KIND_REVERSE, REWAPP_KIND_ADJUST, REWAPP_KIND_SWEEP };

/* The kind of step that a command of this kind names. */
static int kind_named(int kind)
{
	return kind == REWAPP_KIND_RETURN                              ? REWAPP_KIND_PURCHASE
		: kind == REWAPP_KIND_POST || kind == REWAPP_KIND_VOID ? REWAPP_KIND_HOLD
		: kind == REWAPP_KIND_REVERSE                          ? REWAPP_KIND_POST
								       : 0;
}

static void draw_fields(struct rewapp_command *command)
{
	struct rewapp_id merchant = named("merchant", draw(MERCHANTS));

	switch (command->kind) {
	case REWAPP_KIND_PURCHASE:
		command->merchant = merchant;
		command->amount = 1 + draw(5000);
		memcpy(command->currency, "EUR", 4);
		if (draw(4) == 0)
			command->occurred_ms = clock_ms - draw((int64_t)(LIFE_DAYS + 1) * DAY_MS);
		break;
	case REWAPP_KIND_RETURN:
		command->amount = draw(2) ? 1 + draw(3000) : 0;
		break;
	case REWAPP_KIND_HOLD:
		command->points = 1 + draw(400);
		command->ttl_ms = draw(3) ? 0 : 1 + draw(REWAPP_HOLD_TTL_MS);
		break;
	case REWAPP_KIND_POST:
		command->merchant = merchant;
		command->points = draw(2) ? 1 + draw(300) : 0;
		break;
	case REWAPP_KIND_REVERSE:
		command->points = draw(2) ? 1 + draw(100) : 0;
		break;
	case REWAPP_KIND_ADJUST:
		command->points = draw(300) - 150;
		command->points += command->points == 0;
		command->reference = "by hand";
		command->ttl_ms = command->points > 0 && draw(2) ? 1 + draw(5) * DAY_MS : 0;
		break;
	default:
		break;
	}
}

/* Only what stands before the batch is named: its receipts are known. */
static int draw_command(int step, int batch_from)
{
	struct past *past = &pasts[step];
	int kind = kinds[draw(sizeof kinds / sizeof *kinds)], target = -1;

	if (kind_named(kind) && (target = late(kind_named(kind), batch_from)) < 0)
		kind = REWAPP_KIND_PURCHASE;
	memset(past, 0, sizeof *past);
	past->command = (struct rewapp_command)REWAPP_COMMAND_INIT;
	past->command.kind = kind;
	past->command.id = named("step", step);
	past->member = target >= 0 ? pasts[target].member : (int)draw(MEMBERS);
	if (target >= 0)
		past->command.target = pasts[target].command.id;
	else if (kind != REWAPP_KIND_SWEEP)
		past->command.member = named("member", past->member);
	draw_fields(&past->command);
	return target;
}

static struct answer model_answer(int step, int target)
{
	const struct rewapp_command *command = &pasts[step].command;
	struct model *model = &models[pasts[step].member];

	now_at = step;
	switch (command->kind) {
	case REWAPP_KIND_PURCHASE:
		return model_purchase(model, command);
	case REWAPP_KIND_RETURN:
		return model_return(model, command, target);
	case REWAPP_KIND_HOLD:
		return model_hold(model, command);
	case REWAPP_KIND_POST:
		return model_post(model, command, target);
	case REWAPP_KIND_VOID:
		return model_void(model, target);
	case REWAPP_KIND_REVERSE:
		return model_reverse(model, command, target);
	case REWAPP_KIND_ADJUST:
		return model_adjust(model, command);
	default:
		return model_sweep();
	}
}

/* --- comparing ------------------------------------------------------------------------------------ */

static void compare(int step, int target)
{
	const struct rewapp_receipt *receipt = &pasts[step].receipt;
	const struct model *model = &models[pasts[step].member];
	struct answer answer = model_answer(step, target);

	met[answer.verdict]++;
	shortfalls += answer.shortfall > 0;
	expect_equal("code", 0, receipt->code);
	expect_equal("verdict", answer.verdict, receipt->verdict);
	expect_equal("points", answer.points, receipt->points);
	expect_equal("shortfall", answer.shortfall, receipt->shortfall);
	expect_equal("available", answer.view ? sum(model, 0) : 0, receipt->available);
	expect_equal("pending", answer.view ? sum(model, 1) : 0, receipt->pending);
	expect_equal("held", answer.view ? held(model) : 0, receipt->held);
	expect_equal("debt", answer.view ? model->debt : 0, receipt->debt);
}

/* Asked between, when time may have passed that nobody has recorded. */
static void compare_balance(rewapp_engine *engine, int member)
{
	static struct model settled;
	struct rewapp_balance balance = { .size = sizeof balance };
	struct rewapp_id id = named("member", member);

	settled = models[member];
	settle(&settled);
	expect(rewapp_balance_get(engine, NULL, &id, &balance) == 0, "a balance");
	expect_equal("balance: available", sum(&settled, 0), balance.available);
	expect_equal("balance: pending", sum(&settled, 1), balance.pending);
	expect_equal("balance: held", held(&settled), balance.held);
	expect_equal("balance: debt", settled.debt, balance.debt);
}

static void verify(rewapp_engine *engine)
{
	struct rewapp_verification found = { .size = sizeof found };

	expect(rewapp_verify(engine, NULL, NULL, &found) == 0, "the ledger can be read");
	expect(found.problems == 0, found.first);
}

/* --- a story ---------------------------------------------------------------------------------------- */

#define PROGRAMME(life) \
	"{\"name\":\"Main\",\"currency\":\"EUR\",\"return_window_days\":2," life \
	",\"rules\":[{\"id\":\"base\",\"type\":\"percent\",\"basis_points\":1000,\"funder\":\"merchant\"}]}"

static void set_up(rewapp_engine *engine)
{
	struct rewapp_command commands[MEMBERS + MERCHANTS + 1];
	struct rewapp_receipt receipts[MEMBERS + MERCHANTS + 1];
	size_t count = 0;

	for (; count < sizeof commands / sizeof *commands; count++) {
		commands[count] = (struct rewapp_command)REWAPP_COMMAND_INIT;
		commands[count].id = named("set-up", (int64_t)count);
		commands[count].kind = count < MEMBERS ? REWAPP_KIND_MEMBER : REWAPP_KIND_MERCHANT;
		commands[count].target = count < MEMBERS ? named("member", (int64_t)count)
							 : named("merchant", (int64_t)count - MEMBERS);
		commands[count].document = count < MEMBERS ? NULL : "{\"name\":\"Shop\"}";
	}
	commands[count - 1].kind = REWAPP_KIND_PROGRAMME;
	commands[count - 1].target = named("programme", 0);
	commands[count - 1].document = slides() ? PROGRAMME("\"expiry\":{\"days\":10,\"from\":\"activity\"}")
						: PROGRAMME("\"expiry_days\":10");
	receipts[0].size = sizeof receipts[0];
	expect(rewapp_submit(engine, commands, count, receipts) == 0, "the set-up");
	for (size_t i = 0; i < count; i++)
		expect(receipts[i].code == 0 && receipts[i].verdict == REWAPP_VERDICT_ACCEPTED,
			receipts[i].message);
}

static void send(rewapp_engine *engine, int from, int count, int again)
{
	struct rewapp_command commands[BATCH_MAX] = { { 0 } };
	struct rewapp_receipt receipts[BATCH_MAX];

	for (int i = 0; i < count; i++)
		commands[i] = pasts[from + i].command;
	receipts[0].size = sizeof receipts[0];
	now_at = from;
	expect(rewapp_submit(engine, commands, (size_t)count, receipts) == 0, "a batch");
	for (int i = 0; i < count; i++) {
		now_at = from + i;
		expect_equal("replayed", again, receipts[i].replayed);
		if (again)
			expect_equal(
				"available, again", pasts[from + i].receipt.available, receipts[i].available);
		pasts[from + i].receipt = receipts[i];
	}
}

/* Seconds mostly, now and then beyond the life of holds, now and then days. */
static void let_time_pass(void)
{
	static const int64_t spans[] = { 5000, 5000, 5000, 2 * MINUTE_MS, 20 * MINUTE_MS, DAY_MS,
		4 * (int64_t)DAY_MS };

	clock_ms += draw(spans[draw(sizeof spans / sizeof *spans)]);
}

static void tell_story(void)
{
	struct rewapp_env env = REWAPP_ENV_INIT;
	struct rewapp_engine_options options = REWAPP_ENGINE_OPTIONS_INIT;
	rewapp_engine *engine;
	int verified = 0;

	memset(models, 0, sizeof models);
	state = seed * 0x9e3779b97f4a7c15u + 1;
	clock_ms = INT64_C(1773309600000);
	env.now_ms = sandbox_now;
	options.env = &env;
	expect(rewapp_engine_open(&engine, &options) == 0, "a store");
	set_up(engine);
	for (int step = 0; step < STEPS;) {
		int targets[BATCH_MAX], count = 1 + (int)draw(BATCH_MAX);

		count = count < STEPS - step ? count : STEPS - step;
		let_time_pass();
		for (int i = 0; i < count; i++)
			targets[i] = draw_command(step + i, step);
		send(engine, step, count, 0);
		for (int i = 0; i < count; i++)
			compare(step + i, targets[i]);
		if (draw(20) == 0)
			send(engine, step, count, 1);
		let_time_pass();
		compare_balance(engine, (int)draw(MEMBERS));
		step += count;
		if (step - verified >= STEPS_BETWEEN_VERIFIES || step == STEPS) {
			verify(engine);
			verified = step;
		}
	}
	rewapp_engine_close(engine);
}

/* Every refusal that these commands can meet has been met. */
static void expect_all_met(void)
{
	static const int verdicts[] = { REWAPP_VERDICT_ACCEPTED, REWAPP_VERDICT_INSUFFICIENT_POINTS,
		REWAPP_VERDICT_RETURN_EXCEEDS, REWAPP_VERDICT_SPENT, REWAPP_VERDICT_EXPIRED,
		REWAPP_VERDICT_HOLD_CLOSED, REWAPP_VERDICT_HOLD_EXCEEDED, REWAPP_VERDICT_REVERSAL_EXCEEDS };

	for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
		expect(met[verdicts[i]] > 0, rewapp_verdict_name(verdicts[i]));
	expect(shortfalls > 0, "a shortfall");
	expect(payments > 0, "points that came back and paid a debt");
}

int main(int argc, char **argv)
{
	uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	int stories = argc > 1 ? 1 : STORIES;

	for (int i = 0; i < stories; i++) {
		seed = first + (uint64_t)i;
		tell_story();
	}
	if (argc < 2)
		expect_all_met();
	printf("seeds %llu to %llu: %d commands as the model says\n", (unsigned long long)first,
		(unsigned long long)seed, stories * STEPS);
	return 0;
}
