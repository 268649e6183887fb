/* What was seen of a member's purchases: found, added and changed while a batch is decided. */
#include "flows/sightings.h"

#include "base/error.h"
#include "flows/facts.h"
#include "flows/returns.h"
#include "ledger/sighting.sql.h"

int64_t rewapp__occurred(const struct batch *batch, const struct item *item)
{
	return item->command->occurred_ms ? item->command->occurred_ms : batch->now_ms;
}

/* --- finding -------------------------------------------------------------------------------- */

struct sightings *rewapp__sightings_of(struct batch *batch, ref member)
{
	struct sightings *all = rewapp__facts_get_number(&batch->sightings, member);

	if (all || !(all = rewapp__facts_take(batch, sizeof *all)))
		return all;
	rewapp__facts_put_number(batch, &batch->sightings, member, all);
	return batch->failed ? NULL : all;
}

static struct sighting *find(const struct sightings *all, ref number)
{
	struct sighting *at = all->first;

	while (at && at->number != number)
		at = at->next;
	return at;
}

static bool read_one(struct batch *batch, const struct read *read, size_t row)
{
	struct sightings *all = rewapp__sightings_of(batch, rewapp__cell_int(read, row, 1));
	struct sighting *sighting;

	if (!all)
		return false;
	if (find(all, rewapp__cell_int(read, row, 0)))
		return true;
	if (!(sighting = rewapp__facts_take(batch, sizeof *sighting)))
		return false;
	for (size_t i = 0; i < SIGHTING_COLUMNS; i++)
		sighting->columns[i] = rewapp__cell_int(read, row, i);
	sighting->next = all->first;
	all->first = sighting;
	return true;
}

static int near_done(struct batch *batch, const struct read *read, void *subject)
{
	const struct sightings_want *want = subject;

	for (size_t row = 0; row < read->row_count; row++)
		if (!read_one(batch, read, row))
			return batch->failed;
	if (want->found)
		want->found(batch, want);
	return batch->failed;
}

void rewapp__want_sightings(struct batch *batch, const struct sightings_want *want)
{
	struct sightings_want *kept = rewapp__facts_take(batch, sizeof *kept);
	int64_t span_ms = want->days * SIGHTING_DAY_MS;

	if (!kept || !want->programme || want->programme->number <= 0)
		return;
	*kept = *want;
	rewapp__want(batch, &STMT_SIGHTING_NEAR,
		(struct value[]){ rewapp__value_blob(&want->member->id, sizeof want->member->id),
			rewapp__value_int(want->programme->number),
			rewapp__value_int(want->around_ms - span_ms),
			rewapp__value_int(want->around_ms > INT64_MAX - span_ms ? INT64_MAX
										: want->around_ms + span_ms),
			rewapp__value_int(want->bank_key),
			rewapp__value_int(want->member->number > 0 ? want->member->number : 0) },
		6, near_done, kept);
}

/* Its member's wallet, too: whoever settles an orphan is told the balance. */
static int one_done(struct batch *batch, const struct read *read, void *subject)
{
	struct programme_row *programme;

	(void)subject;
	if (read->row_count == 0)
		return 0;
	programme = rewapp__catalogue_programme_by_number(
		&batch->engine->catalogue, rewapp__cell_int(read, 0, 2));
	if (programme)
		rewapp__want_wallet(batch, rewapp__cell_int(read, 0, 1), programme);
	return read_one(batch, read, 0) ? 0 : batch->failed;
}

void rewapp__want_sighting(struct batch *batch, ref number)
{
	rewapp__want(
		batch, &STMT_SIGHTING_ONE, (struct value[]){ rewapp__value_int(number) }, 1, one_done, NULL);
}

struct sighting *rewapp__batch_sighting(struct batch *batch, ref member, ref number)
{
	const struct sightings *all = rewapp__sightings_of(batch, member);

	return all ? find(all, number) : NULL;
}

bool rewapp__sighting_is_older(const struct sighting *a, const struct sighting *b)
{
	if ((a->number < 0) != (b->number < 0))
		return b->number < 0;
	return a->number < 0 ? a->number > b->number : a->number < b->number;
}

/* --- recording ------------------------------------------------------------------------------ */

static void tell(struct batch *batch, const struct sighting *sighting)
{
	struct pack bytes;

	rewapp__pack_init(&bytes, batch->arena);
	rewapp__sighting_put(&bytes, sighting, batch->effects.command);
	if (bytes.failed)
		batch->failed = rewapp__fail(REWAPP_E_NOMEMORY, "sighting");
	rewapp__effects_add(&batch->effects,
		&(struct effect){ .kind = EFFECT_SIGHTING, .sighting = { bytes.data, bytes.size } });
}

struct sighting *rewapp__sighting_add(
	struct batch *batch, const struct item *item, const struct sighting *template)
{
	struct sightings *all = rewapp__sightings_of(batch, template->member);
	struct sighting *sighting = rewapp__facts_take(batch, sizeof *sighting);
	struct value row[SIGHTING_COLUMNS];

	if (!sighting || !all)
		return NULL;
	*sighting = *template;
	sighting->number = item->number;
	rewapp__undo_keep(&batch->undo, all, sizeof *all);
	sighting->next = all->first;
	all->first = sighting;
	for (size_t i = 0; i < SIGHTING_COLUMNS; i++)
		row[i] = i < SIGHTING_REFS ? rewapp__ref_value(sighting->columns[i])
					   : rewapp__value_int(sighting->columns[i]);
	rewapp__plan_add(&batch->plan, &STMT_SIGHTING_INSERT, TOUCHES_ONE, row, SIGHTING_COLUMNS);
	tell(batch, sighting);
	return sighting;
}

void rewapp__sighting_change(struct batch *batch, struct sighting *sighting, const struct sighting_fate *fate)
{
	rewapp__undo_keep(&batch->undo, sighting, sizeof *sighting);
	rewapp__plan_add(&batch->plan, &STMT_SIGHTING_UPDATE, TOUCHES_ONE,
		(struct value[]){ rewapp__ref_value(sighting->number), rewapp__ref_value(fate->merchant),
			rewapp__ref_value(fate->purchase), rewapp__ref_value(fate->other),
			rewapp__value_int(fate->outcome), rewapp__ref_value(sighting->purchase),
			rewapp__ref_value(sighting->other), rewapp__value_int(sighting->outcome) },
		8);
	sighting->merchant = fate->merchant;
	sighting->purchase = fate->purchase;
	sighting->other = fate->other;
	sighting->outcome = fate->outcome;
	tell(batch, sighting);
}

/* --- its purchase --------------------------------------------------------------------------- */

struct purchase *rewapp__sighting_purchase(struct batch *batch, const struct sighting *sighting)
{
	return sighting->purchase ? rewapp__batch_purchase(batch, sighting->purchase) : NULL;
}

int rewapp__sighting_undo(
	struct batch *batch, struct item *item, const struct sighting *sighting, int64_t *returned)
{
	struct purchase *purchase = rewapp__sighting_purchase(batch, sighting);

	if (returned)
		*returned = purchase ? purchase->returned : 0;
	if (!purchase || purchase->returned == purchase->amount)
		return 0;
	return rewapp__give_back_amount(batch, item, purchase, purchase->amount - purchase->returned);
}
