/* A till's ticket meets the bank's line of the same purchase.
 *
 * Whichever comes first, the purchase earns by the ticket alone: it knows the articles and what they cost,
 * and the member has it in hand. */
#include "flows/ticket.h"

#include "flows/sightings.h"

#include <string.h>

static bool is_kept(const struct item *item, int64_t till_days)
{
	return till_days && !item->command->descriptor;
}

/* A bank's line that may be of the ticket: of no other, and of its days. */
static bool may_be_of(const struct batch *batch, const struct item *item,
	const struct programme_row *programme, int64_t till_days, const struct sighting *line)
{
	int64_t days_ms = till_days * (int64_t)SIGHTING_DAY_MS,
		distance = line->occurred_ms - rewapp__occurred(batch, item);

	return line->source && !line->refund && line->amount == item->command->amount &&
		line->outcome == REWAPP_OUTCOME_MATCHED && item->merchant &&
		line->merchant == item->merchant->number && line->programme == programme->number &&
		distance <= days_ms && distance >= -days_ms;
}

/* The one of the nearest date; of two as near, the first that was recorded. */
static struct sighting *line_of(struct batch *batch, const struct item *item,
	const struct programme_row *programme, const struct member *member)
{
	const struct sightings *all = rewapp__sightings_of(batch, member->number);
	struct sighting *best = NULL;
	int64_t nearest = INT64_MAX;

	for (struct sighting *line = all ? all->first : NULL; line; line = line->next) {
		int64_t distance = line->occurred_ms - rewapp__occurred(batch, item);

		if (distance < 0)
			distance = -distance;
		if (distance > nearest ||
			!may_be_of(batch, item, programme, programme->rules->till_days, line))
			continue;
		if (best && distance == nearest && rewapp__sighting_is_older(best, line))
			continue;
		nearest = distance;
		best = line;
	}
	return best;
}

/* Which of them is nearest is known when the commands before the ticket are decided. */
static void lines_found(struct batch *batch, const struct sightings_want *want)
{
	const struct sightings *all = rewapp__sightings_of(batch, want->member->number);

	for (const struct sighting *line = all ? all->first : NULL; line; line = line->next)
		if (may_be_of(batch, want->item, want->programme, want->days, line))
			rewapp__want_purchase(batch, line->purchase);
}

/* By the programme as it stands, or by a version that a command before the ticket puts: the more. */
static int64_t till_days_of(
	const struct batch *batch, const struct item *item, const struct programme_row *programme)
{
	int64_t days = programme->rules->till_days;

	for (const struct item *earlier = batch->items; batch->rules_count && earlier < item; earlier++)
		if (earlier->rules && earlier->rules->till_days > days &&
			memcmp(&earlier->command->target, &programme->id, sizeof programme->id) == 0)
			days = earlier->rules->till_days;
	return days;
}

void rewapp__ticket_want(struct batch *batch, struct item *item, struct programme_row *programme)
{
	struct member *member = rewapp__map_get(&batch->members, &item->command->member);
	int64_t days = programme ? till_days_of(batch, item, programme) : 0;

	if (!member || !is_kept(item, days))
		return;
	rewapp__want_sightings(batch,
		&(struct sightings_want){ .item = item,
			.member = member,
			.programme = programme,
			.around_ms = rewapp__occurred(batch, item),
			.days = days,
			.found = lines_found });
}

int rewapp__ticket_keep(
	struct batch *batch, struct item *item, struct member *member, struct programme_row *programme)
{
	struct sighting ticket = { .outcome = REWAPP_OUTCOME_TICKET }, *line;
	int error;

	if (!is_kept(item, programme->rules->till_days))
		return 0;
	if ((line = line_of(batch, item, programme, member))) {
		if ((error = rewapp__sighting_undo(batch, item, line, NULL)) < 0)
			return error;
		rewapp__sighting_change(batch, line,
			&(struct sighting_fate){
				REWAPP_OUTCOME_JOINED, line->merchant, item->number, item->number });
	}
	ticket.member = member->number;
	ticket.programme = programme->number;
	ticket.merchant = item->merchant->number;
	ticket.purchase = item->number;
	ticket.amount = item->command->amount;
	ticket.occurred_ms = rewapp__occurred(batch, item);
	ticket.catalogue = batch->engine->catalogue.seen;
	return rewapp__sighting_add(batch, item, &ticket) ? 0 : batch->failed;
}
