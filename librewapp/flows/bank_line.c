/* A line of a member's bank: the purchase that it is earns once, however often and by whomever it is told.
 *
 * A line is compared with what was seen of the member's purchases before: the same line again, what the bank
 * had announced, the till's ticket, another feed's line, or, when the money came back, the purchase that it
 * is of. */
#include "base/error.h"
#include "flows/doubt.h"
#include "flows/purchase.h"
#include "flows/returns.h"
#include "flows/sightings.h"

#include <sodium.h>
#include <string.h>

enum {
	FEED_DAYS = 1,     /* between the dates that two feeds give one purchase */
	TILL_DAYS = 5,     /* between a ticket and its line, unless the programme says otherwise */
	PENDING_DAYS = 30, /* in which a bank books what it announced */
	REFUND_DAYS = 400  /* in which a shop gives money back */
};

/* --- what the line says --------------------------------------------------------------------- */

static void add(crypto_generichash_state *state, const void *bytes, uint64_t size)
{
	crypto_generichash_update(state, (const uint8_t *)&size, sizeof size);
	crypto_generichash_update(state, bytes, size);
}

static void add_text(crypto_generichash_state *state, const char *text)
{
	add(state, text ? text : "", text ? strlen(text) : 0);
}

/* Never 0, which means that there is nothing. */
static int64_t end(crypto_generichash_state *state)
{
	uint8_t hash[crypto_generichash_BYTES_MIN];
	int64_t out;

	crypto_generichash_final(state, hash, sizeof hash);
	memcpy(&out, hash, sizeof out);
	return (out & INT64_MAX) | 1;
}

static int64_t feed_of(const struct rewapp_command *line)
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, crypto_generichash_BYTES_MIN);
	add_text(&state, line->feed);
	return (end(&state) >> 2) * 2 + (line->bank_id != NULL);
}

static bool same_feed(int64_t a, int64_t b)
{
	return a >> 1 == b >> 1;
}

static int64_t key_of(const struct rewapp_command *line)
{
	crypto_generichash_state state;

	if (!line->bank_id)
		return 0;
	crypto_generichash_init(&state, NULL, 0, crypto_generichash_BYTES_MIN);
	add(&state, &line->member, sizeof line->member);
	add_text(&state, line->feed);
	add_text(&state, line->bank_id);
	return end(&state);
}

static int64_t content_of(const struct rewapp_command *line)
{
	crypto_generichash_state state;
	uint32_t flags = line->flags & (REWAPP_PENDING | REWAPP_REFUND);

	crypto_generichash_init(&state, NULL, 0, crypto_generichash_BYTES_MIN);
	add_text(&state, line->descriptor);
	add(&state, line->currency, sizeof line->currency);
	add(&state, &line->amount, sizeof line->amount);
	add(&state, &line->occurred_ms, sizeof line->occurred_ms);
	add(&state, &flags, sizeof flags);
	return end(&state);
}

static int64_t letters(const char currency[4])
{
	int64_t out = 0;

	for (int i = 0; i < 3 && currency[0]; i++)
		out = out << 8 | (unsigned char)currency[i];
	return out;
}

static struct sighting read_line(const struct batch *batch, const struct item *item)
{
	const struct rewapp_command *command = item->command;

	return (struct sighting){
		.merchant = item->merchant ? item->merchant->number : 0,
		.source = feed_of(command),
		.refund = (command->flags & REWAPP_REFUND) != 0,
		.amount = command->amount,
		.foreign_amount = command->foreign_amount,
		.foreign_currency = letters(command->foreign_currency),
		.occurred_ms = rewapp__occurred(batch, item),
		.mcc = command->mcc,
		.certainty = item->receipt->certainty,
		.bank_key = key_of(command),
		.content = content_of(command),
		.catalogue = batch->engine->catalogue.seen,
	};
}

/* --- what was seen before --------------------------------------------------------------------- */

struct search {
	const struct sighting *line;
	const struct sighting *seen; /* all of the member's */
	ref programme;
	int64_t till_days;
};

static int64_t distance(const struct sighting *a, const struct sighting *b)
{
	int64_t ms = a->occurred_ms - b->occurred_ms;

	return ms < 0 ? -ms : ms;
}

static bool is_open(const struct sighting *seen)
{
	return seen->outcome != REWAPP_OUTCOME_REPLACED && seen->outcome != REWAPP_OUTCOME_DISMISSED;
}

/* The same line of the same feed, by the bank's own id. */
static bool is_same_line(const struct search *search, const struct sighting *seen)
{
	return search->line->bank_key && seen->bank_key == search->line->bank_key && is_open(seen);
}

/* What the bank announced and now books: the same money, there or here. */
static bool is_announced(const struct search *search, const struct sighting *seen)
{
	const struct sighting *line = search->line;
	bool money = seen->amount == line->amount ||
		(line->foreign_amount && seen->foreign_amount == line->foreign_amount &&
			seen->foreign_currency == line->foreign_currency);

	return seen->outcome == REWAPP_OUTCOME_PENDING && seen->refund == line->refund && money &&
		seen->merchant == line->merchant && same_feed(seen->source, line->source) &&
		distance(seen, line) <= PENDING_DAYS * (int64_t)SIGHTING_DAY_MS;
}

/* Whether a line of this source was found to be of what was seen already. */
static bool is_taken(const struct search *search, const struct sighting *seen)
{
	for (const struct sighting *at = search->seen; at; at = at->next)
		if (at->other == seen->number && at->source == search->line->source &&
			at->outcome == REWAPP_OUTCOME_JOINED)
			return true;
	return false;
}

/* One purchase, or one refund, told by another. */
static bool is_told_before(const struct search *search, const struct sighting *seen)
{
	const struct sighting *line = search->line;
	int64_t days = seen->source ? FEED_DAYS : search->till_days;
	bool settled = seen->outcome == REWAPP_OUTCOME_MATCHED || seen->outcome == REWAPP_OUTCOME_TICKET ||
		seen->outcome == REWAPP_OUTCOME_REFUNDED;

	return settled && seen->source != line->source && seen->refund == line->refund &&
		seen->amount == line->amount && line->merchant && seen->merchant == line->merchant &&
		distance(seen, line) <= days * SIGHTING_DAY_MS && !is_taken(search, seen);
}

static bool is_nearer(const struct search *search, const struct sighting *a, const struct sighting *b)
{
	int64_t from_a = distance(a, search->line), from_b = distance(b, search->line);

	return from_a < from_b || (from_a == from_b && rewapp__sighting_is_older(a, b));
}

/* The nearest in time of those that `is`; of two as near, the first that was recorded. */
static struct sighting *nearest(
	const struct search *search, bool (*is)(const struct search *search, const struct sighting *seen))
{
	const struct sighting *best = NULL;

	for (const struct sighting *seen = search->seen; seen; seen = seen->next)
		if (seen->programme == search->programme && is(search, seen) &&
			(!best || is_nearer(search, seen, best)))
			best = seen;
	return (struct sighting *)best;
}

static struct search search_of(
	struct batch *batch, const struct sighting *line, ref member, const struct programme_row *programme)
{
	const struct sightings *all = rewapp__sightings_of(batch, member);

	return (struct search){ line, all ? all->first : NULL, programme->number,
		programme->rules->till_days ? programme->rules->till_days : TILL_DAYS };
}

struct sighting *rewapp__told_before(
	struct batch *batch, const struct sighting *line, const struct programme_row *programme)
{
	const struct search search = search_of(batch, line, line->member, programme);

	return nearest(&search, is_told_before);
}

/* --- refunds ---------------------------------------------------------------------------------- */

/* What banks gave back of it already. */
static int64_t refunded(const struct search *search, const struct sighting *bought)
{
	int64_t sum = 0;

	for (const struct sighting *at = search->seen; at; at = at->next)
		if (at->outcome == REWAPP_OUTCOME_REFUNDED && at->purchase == bought->purchase)
			sum += at->amount;
	return sum;
}

/* Whatever was given back of it. */
static bool may_be_of(const struct search *search, const struct sighting *seen)
{
	const struct sighting *line = search->line;

	return (seen->outcome == REWAPP_OUTCOME_MATCHED || seen->outcome == REWAPP_OUTCOME_TICKET) &&
		line->merchant && seen->merchant == line->merchant && !seen->refund && seen->purchase &&
		seen->occurred_ms - line->occurred_ms <= SIGHTING_DAY_MS &&
		line->occurred_ms - seen->occurred_ms <= REFUND_DAYS * (int64_t)SIGHTING_DAY_MS &&
		seen->amount >= line->amount;
}

static bool is_bought(const struct search *search, const struct sighting *seen)
{
	return may_be_of(search, seen) && seen->amount - refunded(search, seen) >= search->line->amount;
}

static bool is_bought_whole(const struct search *search, const struct sighting *seen)
{
	return is_bought(search, seen) && seen->amount == search->line->amount;
}

/* What was bought for the same money; else the only purchase that the money may be of. */
static struct sighting *bought(const struct search *search)
{
	struct sighting *best = nearest(search, is_bought_whole);
	size_t count = 0;

	if (best)
		return best;
	for (const struct sighting *seen = search->seen; seen; seen = seen->next)
		count += seen->programme == search->programme && is_bought(search, seen);
	return count == 1 ? nearest(search, is_bought) : NULL;
}

/* --- asking ----------------------------------------------------------------------------------- */

/* The purchases that the line may take back.  Which of them the money is of is known only when the commands
 * before it have been decided, and the line whose place it takes. */
static void seen_found(struct batch *batch, const struct sightings_want *want)
{
	struct sighting line = read_line(batch, want->item);
	struct search search = search_of(batch, &line, want->member->number, want->programme);
	const struct sighting *same = nearest(&search, is_same_line);

	if (same)
		rewapp__want_purchase(batch, same->purchase);
	for (const struct sighting *seen = search.seen; seen && line.refund; seen = seen->next)
		if (seen->programme == search.programme && may_be_of(&search, seen))
			rewapp__want_purchase(batch, seen->purchase);
}

static void bank_line_want(struct batch *batch, struct item *item)
{
	const struct rewapp_command *command = item->command;
	struct programme_row *programme = rewapp__batch_programme(batch, &command->programme);
	struct member *member;

	rewapp__purchase_want(batch, item, programme);
	if (!programme || !(member = rewapp__map_get(&batch->members, &command->member)))
		return;
	rewapp__want_sightings(batch,
		&(struct sightings_want){ .item = item,
			.member = member,
			.programme = programme,
			.around_ms = rewapp__occurred(batch, item),
			/* another refund of the purchase may be dated a day before it */
			.days = command->flags & REWAPP_REFUND ? REFUND_DAYS + FEED_DAYS : PENDING_DAYS,
			.bank_key = key_of(command),
			.found = seen_found });
}

/* --- deciding --------------------------------------------------------------------------------- */

/* What deciding needs at hand. */
struct telling {
	struct batch *batch;
	struct item *item;
	struct member *member;
	struct programme_row *programme;
	struct sighting line;
	struct search search;
	int match; /* enum rewapp_verdict: ACCEPTED, NEEDS_REVIEW, or why it earns nothing */
};

/* The receipt of a line that moved no points, or has moved them. */
static int answer(struct telling *telling, enum rewapp_outcome outcome)
{
	struct rewapp_receipt *receipt = telling->item->receipt;
	bool waits = outcome == REWAPP_OUTCOME_REVIEW || outcome == REWAPP_OUTCOME_ORPHAN;
	struct wallet *wallet = rewapp__batch_wallet_shut(
		telling->batch, telling->member, telling->programme);

	if (!wallet)
		return telling->batch->failed;
	receipt->outcome = outcome;
	receipt->verdict = waits ? REWAPP_VERDICT_NEEDS_REVIEW : REWAPP_VERDICT_ACCEPTED;
	rewapp__receipt_of_wallet(telling->batch, telling->item, telling->member, telling->programme, wallet);
	return 0;
}

static int keep(struct telling *telling, enum rewapp_outcome outcome, ref purchase, ref other)
{
	telling->line.outcome = outcome;
	telling->line.purchase = purchase;
	telling->line.other = other;
	if (!rewapp__sighting_add(telling->batch, telling->item, &telling->line))
		return telling->batch->failed;
	return answer(telling, outcome);
}

static void replace(struct telling *telling, struct sighting *seen)
{
	if (seen->outcome == REWAPP_OUTCOME_REVIEW)
		rewapp__doubt_supersede(telling->batch, seen->number, telling->item->number);
	rewapp__sighting_change(telling->batch, seen,
		&(struct sighting_fate){
			REWAPP_OUTCOME_REPLACED, seen->merchant, seen->purchase, telling->item->number });
}

/* It earns; `returned` of it has come back already, under the line that it replaces. */
static int earn(struct telling *telling, int64_t returned)
{
	struct rewapp_receipt *receipt = telling->item->receipt;
	ref number = telling->item->number;
	struct purchase *purchase;
	int64_t points;
	struct earn_facts *facts = rewapp__purchase_facts(telling->batch, telling->item);
	int error;

	if (!facts)
		return rewapp__fail(REWAPP_E_NOMEMORY, "bank line");
	if ((error = rewapp__purchase_make(
		     telling->batch, telling->item, telling->member, telling->programme, facts)) < 0)
		return error;
	points = receipt->points;
	if (returned && (purchase = rewapp__batch_purchase(telling->batch, number))) {
		if (returned > purchase->amount)
			returned = purchase->amount;
		if ((error = rewapp__give_back_amount(telling->batch, telling->item, purchase, returned)) < 0)
			return error;
		receipt->points = points - receipt->points;
		receipt->amount = rewapp__points_worth(telling->batch, telling->programme, receipt->points);
	}
	return keep(telling, REWAPP_OUTCOME_MATCHED, number, 0);
}

static int decide_refund(struct telling *telling)
{
	struct sighting *of = bought(&telling->search);
	struct purchase *purchase = of ? rewapp__sighting_purchase(telling->batch, of) : NULL;
	int64_t due;
	int error;

	if (!purchase)
		return keep(telling, REWAPP_OUTCOME_ORPHAN, 0, 0);
	/* The till may have taken it back before the bank tells. */
	due = refunded(&telling->search, of) + telling->line.amount - purchase->returned;
	if (due > purchase->amount - purchase->returned)
		due = purchase->amount - purchase->returned;
	if (due > 0 && (error = rewapp__give_back_amount(telling->batch, telling->item, purchase, due)) < 0)
		return error;
	return keep(telling, REWAPP_OUTCOME_REFUNDED, of->purchase, of->number);
}

/* A merchant is likely: the line waits for a person, whose answer lets it earn. */
static int doubt(struct telling *telling)
{
	struct earn_facts *facts = rewapp__purchase_facts(telling->batch, telling->item);
	int error;

	if (!facts)
		return rewapp__fail(REWAPP_E_NOMEMORY, "bank line");
	if ((error = rewapp__doubt_record(telling->batch, telling->item, telling->member, telling->programme,
		     telling->line.merchant, facts)) < 0)
		return error;
	return keep(telling, REWAPP_OUTCOME_REVIEW, 0, 0);
}

/* A line that was not seen before, or has been taken back. */
static int decide_new(struct telling *telling, int64_t returned)
{
	struct sighting *seen;

	if (telling->item->command->flags & REWAPP_PENDING)
		return keep(telling, REWAPP_OUTCOME_PENDING, 0, 0);
	if ((seen = nearest(&telling->search, is_announced)))
		replace(telling, seen);
	if ((seen = nearest(&telling->search, is_told_before)))
		return keep(telling, REWAPP_OUTCOME_JOINED, seen->purchase, seen->number);
	if (telling->match == REWAPP_VERDICT_NEEDS_REVIEW)
		return telling->line.refund ? keep(telling, REWAPP_OUTCOME_ORPHAN, 0, 0) : doubt(telling);
	return telling->line.refund ? decide_refund(telling) : earn(telling, returned);
}

/* The bank says a line otherwise than before: what it earned is taken back, and the line is new. */
static int decide_again(struct telling *telling, struct sighting *seen)
{
	int64_t returned = 0;
	int error;

	if (seen->content == telling->line.content)
		return answer(telling, REWAPP_OUTCOME_REPEATED);
	if (seen->outcome == REWAPP_OUTCOME_MATCHED &&
		(error = rewapp__sighting_undo(telling->batch, telling->item, seen, &returned)) < 0)
		return error;
	replace(telling, seen);
	if (telling->match == REWAPP_VERDICT_ACCEPTED || telling->match == REWAPP_VERDICT_NEEDS_REVIEW)
		return decide_new(telling, returned);
	return keep(telling, REWAPP_OUTCOME_DISMISSED, 0, seen->number);
}

/* Nothing else speaks against the line than what its text says. */
static bool is_of_text(int verdict)
{
	return verdict == REWAPP_VERDICT_ACCEPTED || verdict == REWAPP_VERDICT_NEEDS_REVIEW ||
		verdict == REWAPP_VERDICT_NO_MATCH || verdict == REWAPP_VERDICT_NOT_A_PURCHASE;
}

static int bank_line_decide(struct batch *batch, struct item *item)
{
	struct member *member = rewapp__batch_member(batch, &item->command->member);
	struct programme_row *programme = rewapp__batch_programme(batch, &item->command->programme);
	struct telling telling = { .batch = batch, .item = item };
	struct sighting *seen;

	if (batch->marks.catalogue_changed && item->match != REWAPP_VERDICT_ACCEPTED)
		rewapp__purchase_recognise(batch, item, programme);
	telling.match = rewapp__purchase_judge(batch, item, member, programme);
	if (item->merchant)
		item->receipt->merchant = item->merchant->id;
	if (!is_of_text(telling.match))
		return rewapp__refuse(item, (enum rewapp_verdict)telling.match);
	telling.member = member;
	telling.programme = programme;
	telling.line = read_line(batch, item);
	telling.line.member = member->number;
	telling.line.programme = programme->number;
	telling.search = search_of(batch, &telling.line, member->number, programme);
	if ((seen = nearest(&telling.search, is_same_line)))
		return decide_again(&telling, seen);
	if (telling.match != REWAPP_VERDICT_ACCEPTED && telling.match != REWAPP_VERDICT_NEEDS_REVIEW)
		return rewapp__refuse(item, (enum rewapp_verdict)telling.match);
	return decide_new(&telling, 0);
}

const struct story rewapp__story_bank_line = { bank_line_want, bank_line_decide };
