/* A sighting: what was seen of a purchase, by a bank or by a till; the row of the table, and how the log has
 * it. */
#ifndef REWAPP_LEDGER_SIGHTING_H
#define REWAPP_LEDGER_SIGHTING_H

#include "base/pack.h"
#include "ledger/book.h"

enum {
	SIGHTING_REFS = 6, /* the first columns */
	SIGHTING_COLUMNS = 18
};

/* The columns in the table's order, which is the format of the log, too. */
struct sighting {
	union {
		struct {
			ref number, member, programme, merchant, purchase, other;
			int64_t outcome, source, refund, amount, foreign_amount, foreign_currency,
				occurred_ms, mcc, certainty, bank_key, content, catalogue;
		};
		int64_t columns[SIGHTING_COLUMNS];
	};
	struct sighting *next;
};

/* Numbers are told from that of the command which records it. */
void rewapp__sighting_put(struct pack *out, const struct sighting *sighting, ref command);

/* False when the bytes are damaged. */
bool rewapp__sighting_get(const void *bytes, size_t size, ref command, struct sighting *out);

#endif
