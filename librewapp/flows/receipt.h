/* Receipts as they are stored: what is not zero, in few bytes. */
#ifndef REWAPP_FLOWS_RECEIPT_H
#define REWAPP_FLOWS_RECEIPT_H

#include "base/pack.h"
#include "flows/batch.h"

#include <rewapp/submit.h>

/* Appends the stored form: verdict, numbers and awards; not the ids and the instant of recording, which stand
 * in the record itself, nor the token, which is made again from its hold. */
void rewapp__receipt_encode(const struct rewapp_receipt *receipt, struct pack *out);

/* Fills a receipt from it, whose recorded_ms is set already; awards are taken from `arena`.
 * 0, REWAPP_E_CORRUPT or REWAPP_E_NOMEMORY. */
int rewapp__receipt_decode(const void *bytes, size_t size, struct arena *arena, struct rewapp_receipt *out);

/* Fills a receipt from a command's record, whose member was asked for when it was found.  As above. */
int rewapp__receipt_tell(struct batch *batch, const struct record *record, struct rewapp_receipt *out);

#endif
