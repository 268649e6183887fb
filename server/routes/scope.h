/* What a key of a merchant or a till may reach: its own merchant's, and nothing else. */
#ifndef REWAPP_ROUTES_SCOPE_H
#define REWAPP_ROUTES_SCOPE_H

#include "routes/submission.h"

/* Makes the commands the key's merchant's (and its terminal's); false, with a problem
 * answered, when one names another.  A platform's commands are left alone. */
bool rewapp__scope_commands(struct submission *submission);

/* Is this the receipt of a command of the key's merchant?  False, with
 * the 404 of one that does not exist, when it is not. */
bool rewapp__scope_receipt(struct request *request, const struct rewapp_id *id, const char *name);

#endif
