/* What members, merchants and tills do next, as a seed draws it. */
#include "sim/workload.h"

#include <string.h>

enum {
	WORK_STREAM = 1,
	RECENT = 40, /* commands that a new one is likely to name */
	TRIES = 16
};
static const int64_t DAY_MS = INT64_C(24) * 60 * 60 * 1000;

static int64_t below(struct sim_workload *workload, int64_t limit)
{
	return rewapp__sim_below(&workload->rng, limit);
}

static bool once_in(struct sim_workload *workload, int64_t times)
{
	return rewapp__sim_once_in(&workload->rng, times);
}

/* --- the world ------------------------------------------------------------------------------ */

static void push(struct sim_workload *workload, const struct sim_operation *operation)
{
	workload->queue[workload->queued++] = *operation;
}

static struct sim_command blank(struct sim_workload *workload, int kind)
{
	struct sim_command command;

	memset(&command, 0, sizeof command);
	command.kind = kind;
	command.number = workload->next++;
	command.target = command.taker = command.member = command.merchant = command.programme =
		command.token = SIM_NOBODY;
	return command;
}

static void push_command(
	struct sim_workload *workload, const struct sim_command *command, bool joined, int till)
{
	struct sim_operation operation;

	memset(&operation, 0, sizeof operation);
	operation.act = SIM_ACT_COMMAND;
	operation.joined = joined;
	operation.till = till;
	operation.command = *command;
	push(workload, &operation);
}

/* A run begins with most of its world in one call; who is missing may come later. */
static void push_world(struct sim_workload *workload)
{
	const struct sim_profile *profile = &workload->profile;
	struct sim_command command;

	for (int i = 0; i < profile->programmes; i++) {
		command = blank(workload, REWAPP_KIND_PROGRAMME);
		command.programme = i;
		command.document = rewapp__sim_draw(&workload->rng);
		push_command(workload, &command, i > 0, 0);
	}
	for (int i = 0; i < profile->merchants; i++) {
		command = blank(workload, REWAPP_KIND_MERCHANT);
		command.merchant = i;
		command.document = (uint64_t)below(workload, 5);
		push_command(workload, &command, true, 0);
	}
	for (int i = 0; i < profile->members; i++) {
		command = blank(workload, REWAPP_KIND_MEMBER);
		command.member = i;
		push_command(workload, &command, true, 0);
	}
}

static void draw_profile(struct sim_workload *workload)
{
	static const int weights[] = { 0, 1, 3, 8 };
	static const int64_t amounts[] = { 100, 5000, 5000, 100000, INT64_C(100000000000) };
	struct sim_profile *profile = &workload->profile;
	unsigned faults = workload->faults;

	profile->members = 1 + (int)below(workload, SIM_MEMBERS_MAX - 1);
	profile->merchants = 1 + (int)below(workload, SIM_MERCHANTS_MAX - 1);
	profile->programmes = once_in(workload, 3) ? 2 : 1;
	profile->tills = 1 + (int)below(workload, SIM_TILLS_MAX);
	profile->batch = once_in(workload, 3) ? 1 : 1 + (int)below(workload, SIM_BATCH_MAX - 1);
	for (int kind = REWAPP_KIND_MEMBER; kind < SIM_KINDS; kind++)
		profile->weights[kind] = weights[below(workload, 4)];
	profile->weights[REWAPP_KIND_CLOSE] = once_in(workload, 2);
	profile->weights[REWAPP_KIND_CLOSE_ACCOUNT] = once_in(workload, 2);
	profile->weights[REWAPP_KIND_REOPEN_ACCOUNT] = 3 * profile->weights[REWAPP_KIND_CLOSE_ACCOUNT];
	profile->weights[REWAPP_KIND_ERASE] = once_in(workload, 4);
	profile->weights[REWAPP_KIND_PURCHASE] += 3;
	profile->weights[REWAPP_KIND_MEMBER] = profile->weights[REWAPP_KIND_MEMBER] > 3;
	profile->weights[REWAPP_KIND_MERCHANT] = profile->weights[REWAPP_KIND_MERCHANT] > 3;
	profile->weights[REWAPP_KIND_PROGRAMME] = profile->weights[REWAPP_KIND_PROGRAMME] > 3;
	profile->whole_seconds = once_in(workload, 2);
	profile->normal = once_in(workload, 4);
	profile->most_amount = amounts[below(workload, 5)];
	profile->most_points = amounts[below(workload, 3)] / 10 + 1;
	profile->move_once_in = 1 + (int)below(workload, 4);
	profile->broken_once_in = 40;
	if (faults & (SIM_FAULTS_DISK | SIM_FAULTS_CRASH | SIM_FAULTS_MEMORY))
		profile->fault_once_in = once_in(workload, 4) ? 0 : 2 + (int)below(workload, 30);
	profile->owned = profile->tills == 1 && once_in(workload, 2);
	profile->lies = faults & SIM_FAULTS_CRASH && once_in(workload, 8);
	if (faults & SIM_FAULTS_CALLS) {
		profile->again_once_in = once_in(workload, 3) ? 0 : 3 + (int)below(workload, 30);
		profile->late_once_in = once_in(workload, 3) ? 0 : 3 + (int)below(workload, 30);
	}
	profile->linked_once_in = once_in(workload, 2) ? 0 : 2 + (int)below(workload, 8);
}

void rewapp__sim_workload_begin(struct sim_workload *workload, uint64_t seed, unsigned faults)
{
	memset(workload, 0, sizeof *workload);
	rewapp__sim_rng_seed(&workload->rng, seed, WORK_STREAM);
	workload->faults = faults;
	draw_profile(workload);
	push_world(workload);
}

/* --- commands ------------------------------------------------------------------------------- */

/* Somebody of the world, now and then one who is not there. */
static int draw_one(struct sim_workload *workload, int there, int most)
{
	return (int)below(workload, once_in(workload, 30) ? most : there);
}

/* A command of the recent past for which `fits`, or SIM_NOBODY. */
static int draw_past(struct sim_workload *workload, const struct sim_oracle *oracle,
	bool (*fits)(const struct sim_past *past))
{
	int span = oracle->past_count < RECENT || once_in(workload, 10) ? oracle->past_count : RECENT;

	for (int tries = 0; tries < TRIES && span > 0; tries++) {
		int number = oracle->past_count - 1 - (int)below(workload, span);

		if (oracle->pasts[number].known && fits(&oracle->pasts[number]))
			return number;
	}
	return once_in(workload, 8) ? workload->next + 1000 : SIM_NOBODY;
}

/* A command of the call that is being drawn, which a later one of it may be about; or SIM_NOBODY. */
static int draw_queued(struct sim_workload *workload, int kind, int other)
{
	int at = workload->queued ? (int)below(workload, workload->queued) : 0;

	for (int i = 0; i < workload->queued; i++) {
		const struct sim_operation *operation = &workload->queue[(at + i) % workload->queued];

		if (operation->act == SIM_ACT_COMMAND &&
			(operation->command.kind == kind || operation->command.kind == other))
			return operation->command.number;
	}
	return SIM_NOBODY;
}

static bool is_purchase(const struct sim_past *past)
{
	return past->purchase != NULL;
}

static bool is_hold(const struct sim_past *past)
{
	return past->hold != SIM_NOBODY && !past->spends;
}

/* Whose digits were seen: sent again, the command has the same. */
static bool is_mint(const struct sim_past *past)
{
	return is_hold(past) && past->told && past->command.kind == REWAPP_KIND_MINT;
}

static bool is_redemption(const struct sim_past *past)
{
	return past->spends;
}

static bool is_any(const struct sim_past *past)
{
	return past->known;
}

static int64_t draw_span(struct sim_workload *workload, int64_t most_ms)
{
	int64_t ms = 1 + below(workload, most_ms);

	return workload->profile.whole_seconds ? (ms + 999) / 1000 * 1000 : ms;
}

/* What happened reaches the engine late: the till was offline.  Its books may be closed by then. */
static void draw_occurred(
	struct sim_workload *workload, const struct sim_clock *clock, struct sim_command *command)
{
	if (once_in(workload, 30))
		command->occurred_ms = clock->now_ms + draw_span(workload, 3 * DAY_MS);
	else
		command->occurred_ms = clock->now_ms -
			draw_span(workload, once_in(workload, 4) ? 400 * DAY_MS : DAY_MS);
	if (workload->profile.whole_seconds)
		command->occurred_ms -= command->occurred_ms % 1000;
	if (once_in(workload, 3))
		command->flags |= REWAPP_OPEN_PERIOD;
}

static enum sim_wording draw_wording(struct sim_workload *workload)
{
	if (once_in(workload, 3))
		return SIM_WORDING_LIKELY;
	return once_in(workload, 12) ? SIM_WORDING_NONE + (int)below(workload, 2) : SIM_WORDING_SURE;
}

static void draw_sale(
	struct sim_workload *workload, const struct sim_clock *clock, struct sim_command *command)
{
	command->amount = rewapp__sim_edge(&workload->rng, workload->profile.most_amount);
	command->unpaid = once_in(workload, 6) ? 1 + below(workload, command->amount) : 0;
	command->in_dollars = once_in(workload, 50);
	command->by_descriptor = once_in(workload, 12);
	if (command->by_descriptor)
		command->text = draw_wording(workload);
	if (once_in(workload, 10))
		command->mcc = once_in(workload, 2) ? 5411 : 5812;
	if (once_in(workload, 4))
		draw_occurred(workload, clock, command);
	command->terminal = once_in(workload, 3) ? 1 + (int)below(workload, 3) : 0;
}

static int64_t draw_points(struct sim_workload *workload)
{
	return rewapp__sim_edge(&workload->rng, workload->profile.most_points);
}

/* So many, or as many as there are. */
static void draw_up_to(struct sim_workload *workload, struct sim_command *command)
{
	if (command->points && once_in(workload, 4))
		command->flags |= REWAPP_UP_TO;
}

static void draw_who(struct sim_workload *workload, struct sim_command *command)
{
	const struct sim_profile *profile = &workload->profile;

	command->member = draw_one(workload, profile->members, SIM_MEMBERS_MAX);
	if (profile->programmes > 1 || once_in(workload, 4))
		command->programme = draw_one(workload, profile->programmes, SIM_PROGRAMMES_MAX);
}

/* Now and then the one that this very call puts. */
static int draw_merchant(struct sim_workload *workload)
{
	for (int i = 0; i < workload->queued && once_in(workload, 2); i++)
		if (workload->queue[i].act == SIM_ACT_COMMAND &&
			workload->queue[i].command.kind == REWAPP_KIND_MERCHANT)
			return workload->queue[i].command.merchant;
	return draw_one(workload, workload->profile.merchants, SIM_MERCHANTS_MAX);
}

static int draw_target(struct sim_workload *workload, const struct sim_oracle *oracle, int kind)
{
	int queued = SIM_NOBODY;

	if (once_in(workload, 4))
		queued = kind == REWAPP_KIND_RETURN ? draw_queued(workload, REWAPP_KIND_PURCHASE, 0)
			: kind == REWAPP_KIND_REVERSE
			? draw_queued(workload, REWAPP_KIND_POST, REWAPP_KIND_REDEEM)
			: draw_queued(workload, REWAPP_KIND_HOLD, REWAPP_KIND_MINT);
	if (queued != SIM_NOBODY)
		return queued;
	return draw_past(workload, oracle,
		kind == REWAPP_KIND_RETURN            ? is_purchase
			: kind == REWAPP_KIND_REVERSE ? is_redemption
						      : is_hold);
}

/* --- each kind ------------------------------------------------------------------------------ */

/* Draws the fields of a command; false when there is nothing yet that it could be about. */
typedef bool sim_draw_fields(struct sim_workload *workload, const struct sim_oracle *oracle,
	const struct sim_clock *clock, struct sim_command *command);

static bool draw_member(struct sim_workload *workload, const struct sim_oracle *oracle,
	const struct sim_clock *clock, struct sim_command *command)
{
	command->member = (int)below(workload, SIM_MEMBERS_MAX);
	command->status = once_in(workload, 3) ? 1 + (int)below(workload, 2) : 0;
	return true;
}

static bool draw_shop(struct sim_workload *workload, const struct sim_oracle *oracle,
	const struct sim_clock *clock, struct sim_command *command)
{
	command->merchant = (int)below(workload, SIM_MERCHANTS_MAX);
	command->document = (uint64_t)below(workload, 5);
	return true;
}

static bool draw_programme(struct sim_workload *workload, const struct sim_oracle *oracle,
	const struct sim_clock *clock, struct sim_command *command)
{
	command->programme = draw_one(workload, workload->profile.programmes, SIM_PROGRAMMES_MAX);
	command->document = rewapp__sim_draw(&workload->rng);
	return true;
}

/* Lines of at most the amount; what is left of it stands in no line. */
static void draw_ticket(struct sim_workload *workload, struct sim_command *command)
{
	int64_t left = command->amount;

	if (once_in(workload, 2))
		return;
	command->ware_count = 1 + (int)below(workload, SIM_WARES_MAX);
	for (int i = 0; i < command->ware_count; i++) {
		struct sim_ware *ware = &command->wares[i];

		ware->sku = once_in(workload, 6) ? 0 : 1 + (int)below(workload, SIM_SKUS);
		ware->category = once_in(workload, 3) ? 0 : 1 + (int)below(workload, SIM_CATEGORIES);
		ware->quantity = once_in(workload, 2) ? 1 : 1 + below(workload, 9);
		ware->amount = once_in(workload, 4) ? left : below(workload, left + 1);
		ware->excluded = once_in(workload, 8);
		left -= ware->amount;
	}
}

static bool draw_purchase(struct sim_workload *workload, const struct sim_oracle *oracle,
	const struct sim_clock *clock, struct sim_command *command)
{
	draw_who(workload, command);
	command->merchant = draw_merchant(workload);
	draw_sale(workload, clock, command);
	draw_ticket(workload, command);
	return true;
}

/* Articles of the purchase's ticket come back; now and then more of them than it has, or others. */
static void draw_articles(
	struct sim_workload *workload, const struct sim_oracle *oracle, struct sim_command *command)
{
	const struct sim_purchase *purchase = command->target >= 0 && command->target < oracle->past_count
		? oracle->pasts[command->target].purchase
		: NULL;

	if (once_in(workload, 3) || ((!purchase || !purchase->ware_count) && !once_in(workload, 20)))
		return;
	command->amount = 0;
	command->ware_count = 1 + (int)below(workload, once_in(workload, 3) ? SIM_WARES_MAX : 1);
	for (int i = 0; i < command->ware_count; i++) {
		struct sim_ware *ware = &command->wares[i];
		bool known = purchase && purchase->ware_count;
		int line = (int)below(workload, known ? purchase->ware_count : SIM_WARES_MAX);

		ware->quantity = 1 +
			below(workload, once_in(workload, 10) || !known ? 9 : purchase->wares[line].quantity);
		ware->sku = known && !once_in(workload, 20) ? purchase->wares[line].sku
							    : 1 + (int)below(workload, SIM_SKUS);
		if (ware->sku == 0 || once_in(workload, 2)) {
			ware->sku = 0;
			ware->line = 1 + line + (once_in(workload, 20) ? 1 : 0);
		}
	}
}

/* Returns are told late as well, or are dated by a clock that is wrong. */
static bool draw_return(struct sim_workload *workload, const struct sim_oracle *oracle,
	const struct sim_clock *clock, struct sim_command *command)
{
	command->target = draw_target(workload, oracle, command->kind);
	command->amount = once_in(workload, 2)
		? rewapp__sim_edge(&workload->rng, workload->profile.most_amount)
		: 0;
	if (once_in(workload, 4))
		draw_occurred(workload, clock, command);
	draw_articles(workload, oracle, command);
	return command->target != SIM_NOBODY;
}

/* --- accounts ------------------------------------------------------------------------------- */

static bool draw_transfer(struct sim_workload *workload, const struct sim_oracle *oracle,
	const struct sim_clock *clock, struct sim_command *command)
{
	draw_who(workload, command);
	command->taker = draw_one(workload, workload->profile.members, SIM_MEMBERS_MAX);
	if (command->taker == command->member) /* nobody gives to himself */
		command->taker = (command->member + 1) % SIM_MEMBERS_MAX;
	command->points = draw_points(workload);
	draw_up_to(workload, command);
	return true;
}

static bool draw_account(struct sim_workload *workload, const struct sim_oracle *oracle,
	const struct sim_clock *clock, struct sim_command *command)
{
	draw_who(workload, command);
	command->reference = 1 + (int)below(workload, 9);
	if (command->kind == REWAPP_KIND_CLOSE_ACCOUNT && !once_in(workload, 3))
		command->flags |= REWAPP_FORFEIT;
	return true;
}

/* Not everybody, or the world is empty soon. */
static bool draw_erase(struct sim_workload *workload, const struct sim_oracle *oracle,
	const struct sim_clock *clock, struct sim_command *command)
{
	command->member = draw_one(workload, workload->profile.members, SIM_MEMBERS_MAX);
	return once_in(workload, 20);
}

/* --- banks ---------------------------------------------------------------------------------- */

/* What was seen lately, of which a line may tell again: its amount, its merchant, its days. */
static void draw_seen(struct sim_workload *workload, const struct sim_oracle *oracle,
	const struct sim_clock *clock, struct sim_command *command)
{
	const struct sim_sighting *seen;

	if (oracle->sighting_count == 0)
		return;
	seen = &oracle->sightings[oracle->sighting_count - 1 -
		below(workload, oracle->sighting_count < RECENT ? oracle->sighting_count : RECENT)];
	if (seen->merchant == SIM_NOBODY)
		return;
	command->member = seen->member;
	command->programme = seen->programme;
	command->merchant = seen->merchant;
	command->abroad = seen->abroad;
	command->amount = once_in(workload, 4) ? 1 + below(workload, seen->amount) : seen->amount;
	if (once_in(workload, 3))
		command->bank_id = seen->bank_id;
	if (!once_in(workload, 4))
		command->occurred_ms = seen->occurred_ms +
			(below(workload, 7) - 3) * DAY_MS * (once_in(workload, 8) ? 10 : 1) / 2;
	if (command->occurred_ms < 0 || once_in(workload, 40))
		command->occurred_ms = clock->now_ms + draw_span(workload, 3 * DAY_MS);
}

/* A few lines of two feeds, so that they are told again, corrected, announced, joined and refunded. */
static bool draw_bank_line(struct sim_workload *workload, const struct sim_oracle *oracle,
	const struct sim_clock *clock, struct sim_command *command)
{
	draw_who(workload, command);
	command->merchant = draw_merchant(workload);
	draw_sale(workload, clock, command);
	command->unpaid = command->terminal = 0;
	command->by_descriptor = true;
	command->text = draw_wording(workload);
	command->feed = (int)below(workload, 3);
	command->bank_id = once_in(workload, 3) ? 0 : 1 + (int)below(workload, 40);
	command->abroad = once_in(workload, 8) ? 1 + below(workload, 50) : 0;
	if (once_in(workload, 2))
		draw_seen(workload, oracle, clock, command);
	if (once_in(workload, 3))
		command->flags |= once_in(workload, 2) ? REWAPP_REFUND : REWAPP_PENDING;
	return true;
}

static bool waits(const struct sim_past *past)
{
	return past->receipt.verdict == REWAPP_VERDICT_NEEDS_REVIEW;
}

static bool draw_confirm(struct sim_workload *workload, const struct sim_oracle *oracle,
	const struct sim_clock *clock, struct sim_command *command)
{
	command->target = draw_past(workload, oracle, once_in(workload, 20) ? is_any : waits);
	command->reference = 1 + (int)below(workload, 9);
	if (once_in(workload, 3))
		command->flags |= REWAPP_NOBODY;
	else
		command->merchant = draw_merchant(workload);
	return command->target != SIM_NOBODY;
}

static bool sells(const struct sim_past *past)
{
	return past->purchase || past->command.kind == REWAPP_KIND_CONFIRM;
}

static bool draw_take_back(struct sim_workload *workload, const struct sim_oracle *oracle,
	const struct sim_clock *clock, struct sim_command *command)
{
	command->target = draw_past(workload, oracle, sells);
	command->reference = 1 + (int)below(workload, 9);
	return command->target != SIM_NOBODY;
}

/* --- points --------------------------------------------------------------------------------- */

static bool draw_hold(struct sim_workload *workload, const struct sim_oracle *oracle,
	const struct sim_clock *clock, struct sim_command *command)
{
	draw_who(workload, command);
	command->points = draw_points(workload);
	command->merchant = once_in(workload, 3) ? draw_merchant(workload) : SIM_NOBODY;
	command->ttl_ms = once_in(workload, 3) ? draw_span(workload, REWAPP_HOLD_TTL_MS) : 0;
	draw_up_to(workload, command);
	return true;
}

static bool draw_post(struct sim_workload *workload, const struct sim_oracle *oracle,
	const struct sim_clock *clock, struct sim_command *command)
{
	command->target = draw_target(workload, oracle, command->kind);
	command->points = once_in(workload, 2) ? draw_points(workload) : 0;
	command->merchant = draw_merchant(workload);
	draw_up_to(workload, command);
	return command->target != SIM_NOBODY;
}

static bool draw_void(struct sim_workload *workload, const struct sim_oracle *oracle,
	const struct sim_clock *clock, struct sim_command *command)
{
	command->target = draw_target(workload, oracle, command->kind);
	return command->target != SIM_NOBODY;
}

static bool draw_redeem(struct sim_workload *workload, const struct sim_oracle *oracle,
	const struct sim_clock *clock, struct sim_command *command)
{
	command->token = draw_past(workload, oracle, is_mint);
	command->forged = once_in(workload, 20);
	command->merchant = draw_merchant(workload);
	return command->token != SIM_NOBODY;
}

static bool draw_reverse(struct sim_workload *workload, const struct sim_oracle *oracle,
	const struct sim_clock *clock, struct sim_command *command)
{
	command->target = draw_target(workload, oracle, command->kind);
	command->points = once_in(workload, 2) ? draw_points(workload) : 0;
	draw_up_to(workload, command);
	return command->target != SIM_NOBODY;
}

static bool draw_adjust(struct sim_workload *workload, const struct sim_oracle *oracle,
	const struct sim_clock *clock, struct sim_command *command)
{
	draw_who(workload, command);
	command->points = draw_points(workload);
	command->reference = 1 + (int)below(workload, 9);
	if (once_in(workload, 3)) {
		command->points = -command->points;
		draw_up_to(workload, command);
	} else if (once_in(workload, 2)) {
		command->ttl_ms = draw_span(workload, once_in(workload, 3) ? 1000 : 30 * DAY_MS);
	}
	return true;
}

static bool draw_sweep(struct sim_workload *workload, const struct sim_oracle *oracle,
	const struct sim_clock *clock, struct sim_command *command)
{
	return true;
}

/* Mostly a time that may be closed; now and then one that has not ended. */
static bool draw_close(struct sim_workload *workload, const struct sim_oracle *oracle,
	const struct sim_clock *clock, struct sim_command *command)
{
	if (workload->profile.programmes > 1 || once_in(workload, 4))
		command->programme = draw_one(workload, workload->profile.programmes, SIM_PROGRAMMES_MAX);
	command->occurred_ms = clock->now_ms - REWAPP_PERIOD_SETTLE_MS -
		draw_span(workload, once_in(workload, 4) ? 30 * DAY_MS : 60000);
	if (once_in(workload, 8))
		command->occurred_ms = clock->now_ms - draw_span(workload, 2 * REWAPP_PERIOD_SETTLE_MS);
	if (workload->profile.whole_seconds)
		command->occurred_ms -= command->occurred_ms % 1000;
	return true;
}

/* What may be drawn, and how. */
static const struct {
	int kind;
	sim_draw_fields *fields;
} kinds[] = {
	{ REWAPP_KIND_MEMBER, draw_member },
	{ REWAPP_KIND_MERCHANT, draw_shop },
	{ REWAPP_KIND_PROGRAMME, draw_programme },
	{ REWAPP_KIND_PURCHASE, draw_purchase },
	{ REWAPP_KIND_RETURN, draw_return },
	{ REWAPP_KIND_HOLD, draw_hold },
	{ REWAPP_KIND_MINT, draw_hold },
	{ REWAPP_KIND_POST, draw_post },
	{ REWAPP_KIND_VOID, draw_void },
	{ REWAPP_KIND_REDEEM, draw_redeem },
	{ REWAPP_KIND_REVERSE, draw_reverse },
	{ REWAPP_KIND_ADJUST, draw_adjust },
	{ REWAPP_KIND_SWEEP, draw_sweep },
	{ REWAPP_KIND_CLOSE, draw_close },
	{ REWAPP_KIND_TRANSFER, draw_transfer },
	{ REWAPP_KIND_CLOSE_ACCOUNT, draw_account },
	{ REWAPP_KIND_REOPEN_ACCOUNT, draw_account },
	{ REWAPP_KIND_ERASE, draw_erase },
	{ REWAPP_KIND_BANK_LINE, draw_bank_line },
	{ REWAPP_KIND_CONFIRM, draw_confirm },
	{ REWAPP_KIND_TAKE_BACK, draw_take_back },
};

enum {
	DRAWN = sizeof kinds / sizeof *kinds
};

static bool draw_fields(struct sim_workload *workload, const struct sim_oracle *oracle,
	const struct sim_clock *clock, struct sim_command *command)
{
	for (int i = 0; i < DRAWN; i++)
		if (kinds[i].kind == command->kind)
			return kinds[i].fields(workload, oracle, clock, command);
	return false;
}

static int draw_kind(struct sim_workload *workload)
{
	int sum = 0, at;

	for (int i = 0; i < DRAWN; i++)
		sum += workload->profile.weights[kinds[i].kind];
	at = (int)below(workload, sum);
	for (int i = 0; i < DRAWN; i++)
		if ((at -= workload->profile.weights[kinds[i].kind]) < 0)
			return kinds[i].kind;
	return REWAPP_KIND_PURCHASE;
}

static bool takes_reference(int kind)
{
	return kind == REWAPP_KIND_PURCHASE || kind == REWAPP_KIND_RETURN || kind == REWAPP_KIND_POST ||
		kind == REWAPP_KIND_REDEEM || kind == REWAPP_KIND_REVERSE || kind == REWAPP_KIND_ADJUST ||
		kind == REWAPP_KIND_TAKE_BACK || kind == REWAPP_KIND_CLOSE || kind == REWAPP_KIND_BANK_LINE ||
		kind == REWAPP_KIND_CONFIRM;
}

static void draw_broken(struct sim_workload *workload, struct sim_command *command)
{
	bool has_document = command->kind == REWAPP_KIND_MERCHANT || command->kind == REWAPP_KIND_PROGRAMME;

	command->broken = (enum sim_broken)(1 + below(workload, SIM_BROKEN_COUNT - 1));
	if ((command->broken == SIM_BROKEN_CARD && !takes_reference(command->kind)) ||
		(command->broken == SIM_BROKEN_DOCUMENT && !has_document))
		command->broken = SIM_BROKEN_FLAGS;
}

static struct sim_command draw_fresh(
	struct sim_workload *workload, const struct sim_oracle *oracle, const struct sim_clock *clock)
{
	struct sim_command command = blank(workload, draw_kind(workload));

	if (!draw_fields(workload, oracle, clock, &command)) {
		workload->next--;
		command = blank(workload, REWAPP_KIND_PURCHASE);
		draw_fields(workload, oracle, clock, &command);
	}
	if (takes_reference(command.kind) && once_in(workload, 3))
		command.reference = command.number + 1;
	if (once_in(workload, workload->profile.broken_once_in))
		draw_broken(workload, &command);
	return command;
}

/* A command that was sent before, now and then with another value under its id. */
static bool draw_again(
	struct sim_workload *workload, const struct sim_oracle *oracle, struct sim_command *out)
{
	int number = draw_past(workload, oracle, is_any);

	if (number == SIM_NOBODY || number >= oracle->past_count)
		return false;
	*out = oracle->pasts[number].command;
	if (!once_in(workload, 4))
		return true;
	switch (below(workload, 4)) {
	case 0:
		out->kind = draw_kind(workload);
		if (out->kind == oracle->pasts[number].command.kind)
			return true;
		*out = blank(workload, REWAPP_KIND_SWEEP); /* the same id for something else */
		workload->next--;
		out->number = number;
		return true;
	case 1:
		if (out->kind == REWAPP_KIND_PURCHASE)
			out->amount++;
		return true;
	case 2:
		if (out->kind == REWAPP_KIND_HOLD || out->kind == REWAPP_KIND_MINT)
			out->points++;
		if (out->ware_count) /* an article more */
			out->wares[0].quantity++;
		return true;
	default:
		if (once_in(workload, 3))
			out->flags ^= REWAPP_LINKED;
		else if (takes_reference(out->kind))
			out->reference++;
		return true;
	}
}

/* --- calls ---------------------------------------------------------------------------------- */

/* The next command of a call: a new one, one again, or one that was on its way.  False when the
 * one that was drawn goes on its way, or is lost. */
static bool draw_command(struct sim_workload *workload, const struct sim_oracle *oracle,
	const struct sim_clock *clock, struct sim_command *out)
{
	if (once_in(workload, workload->profile.again_once_in) && draw_again(workload, oracle, out))
		return true;
	if (workload->late_count && once_in(workload, 4)) {
		int at = (int)below(workload, workload->late_count);

		*out = workload->late[at];
		workload->late[at] = workload->late[--workload->late_count];
		return true;
	}
	*out = draw_fresh(workload, oracle, clock);
	if (!once_in(workload, workload->profile.late_once_in))
		return true;
	if (workload->late_count < SIM_LATE_MAX && !once_in(workload, 4))
		workload->late[workload->late_count++] = *out;
	return false;
}

/* The call is kept, and may be sent again as it was: its chains are the same chains then. */
static void keep_call(struct sim_workload *workload)
{
	if (workload->sent_count && !once_in(workload, 4))
		return;
	workload->sent_count = 0;
	for (int i = 0; i < workload->queued && workload->sent_count < SIM_BATCH_MAX; i++)
		if (workload->queue[i].act == SIM_ACT_COMMAND)
			workload->sent[workload->sent_count++] = workload->queue[i].command;
}

/* An id that was erased is not given to somebody else here, though the engine would allow it. */
static bool is_gone(const struct sim_workload *workload, const struct sim_oracle *oracle,
	const struct sim_command *command)
{
	if (command->kind != REWAPP_KIND_MEMBER)
		return false;
	for (int i = 0; i < workload->queued; i++)
		if (workload->queue[i].act == SIM_ACT_COMMAND &&
			workload->queue[i].command.kind == REWAPP_KIND_ERASE &&
			workload->queue[i].command.member == command->member)
			return true;
	return oracle->members[command->member].erased;
}

static void push_call(
	struct sim_workload *workload, const struct sim_oracle *oracle, const struct sim_clock *clock)
{
	int count = 1 + (int)below(workload, workload->profile.batch), sent = 0;
	int till = (int)below(workload, workload->profile.tills);
	struct sim_command command;

	if (once_in(workload, workload->profile.again_once_in)) {
		for (int i = 0; i < workload->sent_count; i++)
			if (!is_gone(workload, oracle, &workload->sent[i]))
				push_command(workload, &workload->sent[i], sent++ > 0, till);
		return;
	}
	for (int i = 0; i < count; i++)
		if (draw_command(workload, oracle, clock, &command) && !is_gone(workload, oracle, &command)) {
			if (once_in(workload, workload->profile.linked_once_in) &&
				(i + 1 < count || once_in(workload, 20)))
				command.flags |= REWAPP_LINKED;
			push_command(workload, &command, sent > 0, till);
			sent++;
		}
	keep_call(workload);
}

/* A fault of those that the run may meet; some are enabled. */
static enum sim_fault draw_fault(struct sim_workload *workload)
{
	static const enum sim_fault disk[] = { SIM_FAULT_READ, SIM_FAULT_WRITE, SIM_FAULT_SHORT,
		SIM_FAULT_FULL, SIM_FAULT_SYNC };
	enum sim_fault drawn[3];
	int count = 0;

	if (workload->profile.lies && once_in(workload, 3))
		return SIM_FAULT_LOST_SYNC;
	if (workload->faults & SIM_FAULTS_DISK)
		drawn[count++] = disk[below(workload, 5)];
	if (workload->faults & SIM_FAULTS_CRASH)
		drawn[count++] = once_in(workload, 3) ? SIM_FAULT_KILL : SIM_FAULT_POWER;
	if (workload->faults & SIM_FAULTS_MEMORY)
		drawn[count++] = SIM_FAULT_MEMORY;
	return drawn[below(workload, count)];
}

static void push_reopen(struct sim_workload *workload, int till)
{
	struct sim_operation operation;

	memset(&operation, 0, sizeof operation);
	operation.act = SIM_ACT_REOPEN;
	operation.till = till;
	push(workload, &operation);
}

/* Engines that have just begun read and allocate the most; now and then the fault comes while one
 * begins. */
static void push_fault(struct sim_workload *workload)
{
	int till = (int)below(workload, workload->profile.tills);
	struct sim_operation operation;

	memset(&operation, 0, sizeof operation);
	operation.act = SIM_ACT_FAULT;
	operation.fault = draw_fault(workload);
	operation.at = rewapp__sim_edge(&workload->rng,
		operation.fault == SIM_FAULT_SYNC || operation.fault == SIM_FAULT_LOST_SYNC ? 2 : 30);
	operation.for_ever = once_in(workload, 2);
	if (once_in(workload, 3))
		push_reopen(workload, till);
	push(workload, &operation);
	if (once_in(workload, 6))
		push_reopen(workload, till);
}

static void push_clock(struct sim_workload *workload)
{
	struct sim_operation operation;

	memset(&operation, 0, sizeof operation);
	operation.act = SIM_ACT_CLOCK;
	operation.ms = rewapp__sim_clock_move(&workload->rng, workload->profile.whole_seconds);
	if (operation.ms < 0 && !(workload->faults & SIM_FAULTS_CLOCK))
		operation.ms = -operation.ms;
	push(workload, &operation);
}

static void push_cut(struct sim_workload *workload)
{
	struct sim_operation operation;

	memset(&operation, 0, sizeof operation);
	operation.act = SIM_ACT_CUT;
	operation.fault = once_in(workload, 3) ? SIM_FAULT_KILL : SIM_FAULT_POWER;
	push(workload, &operation);
}

static void push_rare(struct sim_workload *workload)
{
	struct sim_operation operation;

	memset(&operation, 0, sizeof operation);
	operation.till = (int)below(workload, workload->profile.tills);
	switch (below(workload, 4)) {
	case 0:
		push_reopen(workload, operation.till);
		return;
	case 1:
		if (workload->faults & SIM_FAULTS_CRASH)
			push_cut(workload);
		return;
	case 2:
		operation.act = SIM_ACT_SKEW;
		operation.ms = rewapp__sim_clock_skew(&workload->rng);
		if (workload->faults & SIM_FAULTS_CLOCK && !workload->profile.whole_seconds)
			break;
		return;
	default:
		operation.act = SIM_ACT_AUDIT;
		break;
	}
	push(workload, &operation);
}

void rewapp__sim_workload_next(struct sim_workload *workload, const struct sim_oracle *oracle,
	const struct sim_clock *clock, struct sim_operation *out)
{
	while (workload->given == workload->queued) {
		workload->given = workload->queued = 0;
		if (once_in(workload, workload->profile.move_once_in))
			push_clock(workload);
		if (once_in(workload, 40))
			push_rare(workload);
		if (!once_in(workload, workload->profile.fault_once_in)) {
			push_call(workload, oracle, clock);
			continue;
		}
		push_fault(workload);
		push_call(workload, oracle, clock);
		if (workload->faults & SIM_FAULTS_CRASH && once_in(workload, 3))
			push_cut(workload);
	}
	*out = workload->queue[workload->given++];
}
