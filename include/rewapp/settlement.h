/* Settlement: who paid for the points that were spent, and so who owes whom. */
#ifndef REWAPP_SETTLEMENT_H
#define REWAPP_SETTLEMENT_H

#include <rewapp/engine.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One who funds points or takes them: a merchant, or the programme itself.
 *
 * Of the points that it funds, in the period:
 *   closing = opening + issued + restored - redeemed - expired - clawed_back - withdrawn - paid_debts
 * and `closing` is what its lots hold, those on hold included; the closing of a period is the opening of
 * the next one. */
struct rewapp_party {
	struct rewapp_id merchant; /* zero: the programme */
	int64_t opening;
	int64_t issued;      /* awards, and credits by hand (which the programme funds) */
	int64_t redeemed;    /* spent, at whichever merchant */
	int64_t restored;    /* given back by reversals */
	int64_t expired;
	int64_t clawed_back; /* taken back after returns */
	int64_t withdrawn;   /* debited by hand */
	int64_t paid_debts;  /* what paid a member's debt: at once, or when it came back to a wallet that owed */
	int64_t closing;
	int64_t closing_amount; /* money: what the closing is worth at the end of the period */
	int64_t accepted, accepted_amount; /* spent at this merchant less reversals: points, money */
	int64_t owes, is_owed; /* money, to and from the others; is_owed - owes is to be paid out */
};

/* One line of an invoice: `payer` owes `payee` money.  A party's own points spent at its own till
 * make a line from it to itself, so that the lines of a merchant add up to what it accepted. */
struct rewapp_charge {
	struct rewapp_id payer, payee; /* merchants; zero: the programme */
	int32_t code;                  /* enum rewapp_code:
	                                * REDEMPTION: points of the payer were spent at the payee
	                                * REVERSAL: the payer gives back what REDEMPTION charged
	                                * CLAWBACK: a return took the payer's points for the payee's award
	                                * DEBT: a return of spent points; the programme waits for the member
	                                * WRITE_OFF: the same, and the programme bears the loss
	                                * DEBT_PAYMENT: the payer's points, new or given back, paid a debt */
	int32_t reserved;
	int64_t count, points, amount; /* transfers, points, money */
};

/* When outstanding points end, seen from the end of the report. */
enum rewapp_expiring {
	REWAPP_EXPIRING_LAPSED = 0, /* their end has come and is not recorded yet: worth nothing */
	REWAPP_EXPIRING_30_DAYS = 1,
	REWAPP_EXPIRING_90_DAYS = 2,
	REWAPP_EXPIRING_365_DAYS = 3,
	REWAPP_EXPIRING_LATER = 4,
	REWAPP_EXPIRING_NEVER = 5
};
#define REWAPP_EXPIRING_COUNT 6

struct rewapp_settlement {
	size_t size; /* sizeof(struct rewapp_settlement) */
	struct rewapp_id programme;
	char currency[4];
	int32_t final; /* 1: something was recorded after the period, so nothing can be added to it any more */
	int64_t from_ms, until_ms;
	int64_t as_of_ms; /* until_ms, or now when the period is not over */
	int64_t debt;     /* points that members owe, which the programme waits for */
	int64_t expiring[REWAPP_EXPIRING_COUNT]; /* points, by enum rewapp_expiring */
	int64_t expected_breakage; /* points: of those that can expire, the share that has expired so far of all
	                            * points that were spent or expired */
	const struct rewapp_party *parties; /* the programme first, then merchants as they joined */
	size_t party_count;
	const struct rewapp_charge *charges; /* by payer, payee and code */
	size_t charge_count;
};

/* The positions of a programme in the period from `from_ms` until `until_ms` (exclusive), by the time of
 * recording, which never goes back: what a period said once it was `final` it says for ever.
 *
 * Each redemption is split over the funders of the lots that it took; money is rounded down for the whole and
 * the shares add up to it.  A party that would not add up is REWAPP_E_CORRUPT, never a line of the report.
 * Reads the log from its beginning, so the time it takes grows with the store; asked again about a period with
 * the same beginning, it goes on where it ended.  For that the engine keeps 48 bytes for each lot with points, at
 * most 16 MiB: what needs more is read from the beginning each time.
 *
 * out->size is set by the caller; the arrays are the engine's, until its next call.
 * Returns 0, REWAPP_E_ARGUMENT (until_ms is not behind from_ms), REWAPP_E_NOTFOUND (programme), REWAPP_E_ABI,
 * REWAPP_E_OVERFLOW, REWAPP_E_CORRUPT, REWAPP_E_NOMEMORY, storage errors. */
REWAPP_API int rewapp_settlement_read(rewapp_engine *engine, const struct rewapp_id *programme, int64_t from_ms,
	int64_t until_ms, struct rewapp_settlement *out);

#ifdef __cplusplus
}
#endif

#endif
