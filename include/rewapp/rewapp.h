/* librewapp, the embeddable cashback engine: everything at once.
 *
 * What stands in these headers is the promise.  A function, struct or constant that is
 * not here is not published, may change without notice, and is hidden by the build. */
#ifndef REWAPP_H
#define REWAPP_H

#include <rewapp/engine.h>
#include <rewapp/errors.h>
#include <rewapp/evaluate.h>
#include <rewapp/events.h>
#include <rewapp/evidence.h>
#include <rewapp/json.h>
#include <rewapp/ledger.h>
#include <rewapp/matching.h>
#include <rewapp/programme.h>
#include <rewapp/qr.h>
#include <rewapp/review.h>
#include <rewapp/settlement.h>
#include <rewapp/submit.h>
#include <rewapp/transactions.h>
#include <rewapp/types.h>
#include <rewapp/version.h>

#endif
