/* A till's ticket meets the bank's line of the same purchase. */
#ifndef REWAPP_FLOWS_TICKET_H
#define REWAPP_FLOWS_TICKET_H

#include "flows/batch.h"

/* Where the programme keeps tickets for the lines of banks: asks for the lines that came before the ticket.
 */
void rewapp__ticket_want(struct batch *batch, struct item *item, struct programme_row *programme);

/* What a line earned that is of this ticket is taken back, for the ticket knows more; then the ticket is
 * kept, so that a line which comes later finds it.  Before the ticket earns.  0 or a negative code. */
int rewapp__ticket_keep(
	struct batch *batch, struct item *item, struct member *member, struct programme_row *programme);

#endif
