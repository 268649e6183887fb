/* What was seen of a member's purchases: found, added and changed while a batch is decided. */
#ifndef REWAPP_FLOWS_SIGHTINGS_H
#define REWAPP_FLOWS_SIGHTINGS_H

#include "flows/batch.h"
#include "ledger/sighting.h"

enum {
	SIGHTING_DAY_MS = 24 * 60 * 60 * 1000
};

/* Those of a member that are known, and those of this batch; the newest first.  NULL: no memory. */
struct sightings {
	struct sighting *first;
};
struct sightings *rewapp__sightings_of(struct batch *batch, ref member);

/* Which are wanted: of a member in a programme, of some days, and what the bank's key names.  `found`, if it
 * is not NULL, may ask for more; it is called once, when they are known. */
struct sightings_want {
	struct item *item;
	struct member *member;
	struct programme_row *programme;
	int64_t around_ms, days; /* so many days before it and behind it; from 1970 on */
	int64_t bank_key;
	void (*found)(struct batch *batch, const struct sightings_want *want);
};
void rewapp__want_sightings(struct batch *batch, const struct sightings_want *want);

/* The one that a command told, if it told one; and its finding again among those of the member. */
void rewapp__want_sighting(struct batch *batch, ref number);
struct sighting *rewapp__batch_sighting(struct batch *batch, ref member, ref number);

/* Which was recorded first: what the store has comes before what this batch tells. */
bool rewapp__sighting_is_older(const struct sighting *a, const struct sighting *b);

/* Records a new one, of the item's command: *template with its number and of its member.  NULL when memory is
 * exhausted. */
struct sighting *rewapp__sighting_add(
	struct batch *batch, const struct item *item, const struct sighting *template);

/* What may become of one later. */
struct sighting_fate {
	int64_t outcome;
	ref merchant, purchase, other;
};
void rewapp__sighting_change(
	struct batch *batch, struct sighting *sighting, const struct sighting_fate *fate);

/* The purchase that it is or was of; NULL: none, or it was not asked for. */
struct purchase *rewapp__sighting_purchase(struct batch *batch, const struct sighting *sighting);

/* Takes what is left of its purchase back.  *returned, unless NULL: how much had come back before.  0 or a
 * negative code. */
int rewapp__sighting_undo(
	struct batch *batch, struct item *item, const struct sighting *sighting, int64_t *returned);

/* What was seen before of the purchase that `line` is: the nearest, which no line of its source is of yet. */
struct sighting *rewapp__told_before(
	struct batch *batch, const struct sighting *line, const struct programme_row *programme);

/* When it occurred by its command, or now. */
int64_t rewapp__occurred(const struct batch *batch, const struct item *item);

#endif
