/* Receipts as they are stored: what is not zero, in few bytes. */
#ifndef REWAPP_FLOWS_RECEIPT_H
#define REWAPP_FLOWS_RECEIPT_H

#include "base/arena.h"
#include "base/buffer.h"

#include <rewapp/submit.h>

/* Appends the stored form: verdict, numbers, ids and awards; not the command's id and kind,
 * which stand in columns of their own, nor the token, which is made again from its hold. */
void rewapp__receipt_encode(const struct rewapp_receipt *receipt, struct buffer *out);

/* Fills a receipt from it; awards are taken from `arena`.
 * 0, REWAPP_E_CORRUPT or REWAPP_E_NOMEMORY. */
int rewapp__receipt_decode(const void *bytes, size_t size, struct arena *arena, struct rewapp_receipt *out);

#endif
