/* Settlement: who paid for the points that were spent, and so who owes whom.
 *
 * What happened is told in the order of the log; what comes out are the standing of each party
 * (who funds points, who takes them) and the lines of the invoices between them.  Pure: nothing
 * here reads storage, and the same tale gives the same bytes.
 *
 * Every point is in a lot and every lot has one funder.  When points are spent, their lots say
 * who pays; the money of a redemption is split over the funders so that the shares add up to it
 * to the cent. */
#ifndef REWAPP_SETTLEMENT_SETTLEMENT_H
#define REWAPP_SETTLEMENT_SETTLEMENT_H

#include "base/map.h"
#include "settlement/lots.h"

#include <rewapp/ledger.h>
#include <rewapp/settlement.h>
#include <stdbool.h>

/* What an account is to a settlement. */
enum place {
	PLACE_WALLET = 1, /* of a member, or what a member owes */
	PLACE_FUNDER = 2, /* where points come from: the owner pays for them */
	PLACE_SHOP = 3,   /* where points are spent: the owner is paid for them */
	PLACE_ELSEWHERE = 4
};

struct party {
	int64_t owner; /* number of a merchant; 0: the programme */
	int64_t opening;
	int64_t issued, redeemed, restored, expired, clawed_back, withdrawn, paid_debts; /* of the period */
	int64_t accepted, accepted_amount; /* points spent here, less reversals */
	int64_t owes, is_owed;             /* money, lines of other parties only */
	struct party *next;
};

/* An invoice's line: `payer` owes `payee` so much. */
struct charge {
	struct party *payer, *payee;
	enum rewapp_code code;
	int64_t count, points, amount;
	struct charge *next;
};

struct settled_hold;
struct share;

struct settlement {
	struct arena *arena;
	struct map places, holds;
	struct map activities; /* by member: until when the lots live that slide */
	struct lots lots;
	struct party *parties; /* in the order of their owners */
	struct charge *charges;
	size_t party_count, charge_count;
	bool in_period;
	int64_t value_points, value_amount;
	int64_t debt; /* what members owe */
	int64_t ever_spent, ever_expired;

	struct party *payer, *payee; /* of the transfer that is told; one may be NULL */
	int64_t points, pending;
	int64_t given_ms; /* when the lot ends that the transfer of another member's points opens */
	enum rewapp_code code;
	bool credits;   /* of an adjustment */
	int64_t member; /* whose wallet it credits; 0: none's */
	struct settled_hold *hold;
	struct share *shares; /* what it moved, by funder, in the order of their owners */
	int64_t idle;         /* number of the first lot that was empty at a time, to be forgotten if it
			       * still is; -1: none */
	struct settled_hold *spare_holds;
	struct share *spare_shares;

	int failed; /* REWAPP_E_NOMEMORY, _OVERFLOW, or _CORRUPT when the tale contradicts itself */
};

/* Lots are kept beside the arena, so an end is needed. */
void rewapp__settlement_begin(struct settlement *settlement, struct arena *arena);
void rewapp__settlement_finish(struct settlement *settlement);

/* From here on is the period; what was outstanding becomes the opening. */
void rewapp__settlement_open_period(struct settlement *settlement);

/* So many points are worth so much money from now on. */
void rewapp__settlement_value(struct settlement *settlement, int64_t points, int64_t amount);

/* An account of the programme was opened. */
void rewapp__settlement_account(
	struct settlement *settlement, int64_t number, enum place place, int64_t owner);

bool rewapp__settlement_knows(const struct settlement *settlement, int64_t account);

/* A transfer, and then what belongs to it. */
struct settled_transfer {
	int64_t number, debit, credit, points;
	int64_t pending; /* the hold that it ends */
	enum rewapp_code code;
};
void rewapp__settlement_transfer(struct settlement *settlement, const struct settled_transfer *transfer);
void rewapp__settlement_lot(struct settlement *settlement, int64_t number, int64_t expires_ms);
void rewapp__settlement_origin(struct settlement *settlement, int64_t number, int64_t funder);
void rewapp__settlement_revive(
	struct settlement *settlement, int64_t number, int64_t funder, int64_t expires_ms);
void rewapp__settlement_active(struct settlement *settlement, int64_t member, int64_t until_ms);
void rewapp__settlement_hold(struct settlement *settlement, int64_t number);
void rewapp__settlement_move(struct settlement *settlement, int64_t lot, int64_t points);

/* After the last effect of a command, and after the last command of a batch. */
void rewapp__settlement_end_command(struct settlement *settlement);
void rewapp__settlement_end_batch(struct settlement *settlement);

/* What a party's lots hold, spent by nobody yet. */
int64_t rewapp__settlement_closing(const struct party *party);

/* Adds the lots up and compares; telling may go on afterwards.  0, or REWAPP_E_CORRUPT when a party's lots
 * are not what is outstanding.  `expiring` gets the points by when they end, seen from `now_ms`. */
int rewapp__settlement_check(
	struct settlement *settlement, int64_t now_ms, int64_t expiring[REWAPP_EXPIRING_COUNT]);

/* What of `points` will probably expire, going by the points whose end is known. */
int64_t rewapp__settlement_breakage(const struct settlement *settlement, int64_t points);

/* floor(points x amount / points) of the value that holds now. */
int64_t rewapp__settlement_worth(const struct settlement *settlement, int64_t points);

#endif
