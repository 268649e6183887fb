/* What purchases share: those that a till tells, those that a bank's line tells, and their returns. */
#ifndef REWAPP_FLOWS_PURCHASE_H
#define REWAPP_FLOWS_PURCHASE_H

#include "flows/batch.h"

/* The merchant that the till named, or that the bank's text names: into item->merchant and item->match. */
void rewapp__purchase_recognise(
	struct batch *batch, struct item *item, const struct programme_row *programme);

/* The limits of versions of the programme that commands before the item in the batch put. */
void rewapp__want_new_limits(struct batch *batch, const struct item *item, struct programme_row *programme,
	const struct earn_facts *facts);

/* Recognises, and asks for what the purchase that the command tells of needs. */
void rewapp__purchase_want(struct batch *batch, struct item *item, struct programme_row *programme);

/* Whether it may earn, and last whether a merchant was recognised. */
enum rewapp_verdict rewapp__purchase_judge(struct batch *batch, const struct item *item,
	const struct member *member, const struct programme_row *programme);

/* What the rules see of it; merchant and category are those that were recognised.  NULL: no memory. */
struct earn_facts *rewapp__purchase_facts(struct batch *batch, const struct item *item);

/* The member buys at item->merchant what `facts` say, and earns; the receipt tells it.  `facts` are the
 * batch's and grow by what the rules also see.  Whether it may is decided before.  0 or an error. */
int rewapp__purchase_make(struct batch *batch, struct item *item, struct member *member,
	struct programme_row *programme, struct earn_facts *facts);

/* Whether `points` fit between the wallet and the accounts of both funders: asked before anything is
 * recorded, so that no command is carried out by half.  0, REWAPP_E_OVERFLOW or REWAPP_E_NOMEMORY. */
int rewapp__purchase_check_room(struct batch *batch, const struct purchase *purchase, int64_t points);

/* Adds what the awards counted to the purchase's limits, or takes it from them where it is below 0. */
void rewapp__purchase_count(
	struct batch *batch, const struct purchase *purchase, const struct awards *awards);

/* Takes `points` back from the member to a funder (0: the programme), as the purchase's rules say when they
 * are not there any more.  0 or an error. */
int rewapp__purchase_take_back(
	struct batch *batch, const struct purchase *purchase, ref funder, int64_t points, int64_t *missing);

#endif
