/* The oracle: a naive model of the engine, in plain arrays.
 *
 * It is told each call that the engine has carried out and says what every receipt, balance,
 * statement, total and event must be.  It knows nothing of the engine's inside: it follows
 * the public headers and docs/documents.md. */
#ifndef REWAPP_SIM_ORACLE_H
#define REWAPP_SIM_ORACLE_H

#include "sim/operation.h"

#include <rewapp/rewapp.h>

struct sim_lot {
	int command;                                           /* that earned it */
	int64_t original, remaining, activates_ms, expires_ms; /* 0: never */
};

/* What a hold took from a lot. */
struct sim_share {
	int lot; /* of the wallet */
	int64_t points;
};

enum sim_hold_state {
	SIM_HOLD_OPEN,
	SIM_HOLD_POSTED,
	SIM_HOLD_VOIDED,
	SIM_HOLD_TIMED_OUT
};

struct sim_hold {
	int command;
	enum sim_hold_state state;
	int merchant; /* SIM_NOBODY: any */
	int64_t points, issued_ms, expires_ms;
	struct sim_share *shares;
	int share_count;
	int64_t posted, reversed;
};

/* A line of a statement. */
struct sim_line {
	int code;
	int command;
	int merchant;           /* SIM_NOBODY: not told here */
	int64_t points, posted; /* what the line says, and what it adds to the posted points */
	int64_t recorded_ms, occurred_ms, activates_ms, expires_ms;
};

/* A member's points in one programme. */
struct sim_wallet {
	struct sim_lot *lots;
	struct sim_hold *holds;
	struct sim_line *lines;
	int lot_count, lot_capacity, hold_count, hold_capacity, line_count, line_capacity;
	int64_t debt;
	int64_t debits_posted, credits_posted, debits_pending;
	int64_t closed_ms; /* since when the account is closed; 0: it is open */
};

struct sim_purchase {
	int programme, version, member, merchant, mcc;
	struct sim_programme rules; /* of that version */
	int64_t amount, unpaid, returned, occurred_ms;
	struct sim_ware wares[SIM_WARES_MAX]; /* of its ticket */
	int64_t back[SIM_WARES_MAX];          /* articles of each line that came back */
	int ware_count;
	int64_t windows[SIM_WINDOW_COUNT]; /* that it counts in */
	int64_t rooms[SIM_RULES_MAX];      /* that the caps left to each rule */
	int64_t first[SIM_RULES_MAX];      /* that it gave when it was made */
	int64_t points[SIM_RULES_MAX];     /* that it gives now */
	int64_t earned, clawed_back;
};

/* What is known of a command's id. */
struct sim_past {
	bool known; /* it was answered, and keeps its answer */
	bool told;  /* a receipt of it was seen */
	int call;   /* in which it came */
	struct sim_command command;
	struct rewapp_id id;
	struct rewapp_receipt receipt; /* as the oracle says it; the token as the engine told it */
	struct rewapp_award awards[SIM_RULES_MAX];
	struct sim_purchase *purchase;
	int hold;    /* of the wallet: made, or spent; SIM_NOBODY */
	int wallet;  /* whose hold it is */
	bool spends; /* it is a redemption */
};

struct sim_event {
	int kind, code, command, member; /* SIM_NOBODY: none */
	int64_t points, recorded_ms;
};

struct sim_total {
	int programme;
	struct rewapp_day day;
};

/* What was seen of a purchase: a till's ticket, or a bank's line. */
struct sim_sighting {
	int command, member, programme, merchant;
	int source; /* 0: a till; else the feed, and whether it has ids */
	bool refund;
	int64_t amount, abroad, occurred_ms;
	int bank_id;
	int outcome;         /* enum rewapp_outcome */
	int purchase, other; /* commands; SIM_NOBODY: none */
	bool no_partner;     /* its text names none: who came nearest is not said here */
};

/* A line whose merchant is likely: it waits for a person, or was answered. */
struct sim_waiting {
	int command, programme, candidate;
	int answer; /* the command that ended its waiting; SIM_NOBODY: it waits */
	bool taught;
	int64_t occurred_ms;
};

/* What an answer taught. */
struct sim_learnt {
	int command, line, merchant, votes;
	int taken_back; /* SIM_NOBODY: it holds */
};

/* Books that were closed. */
struct sim_period {
	int programme, command;
	int64_t until_ms, recorded_ms;
};

/* What the engine's matcher says of a descriptor before the call: the oracle has none of its own. */
struct sim_match {
	int verdict;
	int merchant; /* SIM_NOBODY */
};

struct sim_oracle {
	struct {
		bool there, erased;
		int status;
	} members[SIM_MEMBERS_MAX];
	struct {
		bool there;
		uint64_t document, before; /* before: when the call began, for descriptors */
	} merchants[SIM_MERCHANTS_MAX];
	struct {
		bool there;
		int version;
		uint64_t document;
		struct sim_programme rules;
		int64_t closed_ms; /* its books are closed until then */
		int64_t due_ms; /* when the call began: the first thing that time does, not recorded; 0: none
				 */
	} programmes[SIM_PROGRAMMES_MAX];
	int member_order[SIM_MEMBERS_MAX], merchant_order[SIM_MERCHANTS_MAX],
		programme_order[SIM_PROGRAMMES_MAX];
	int member_count, merchant_count, programme_count;
	struct sim_wallet wallets[SIM_PROGRAMMES_MAX * SIM_MEMBERS_MAX];
	struct sim_past *pasts;
	struct sim_event *events;
	struct sim_total *totals;
	struct sim_sighting *sightings; /* these three in the order of their recording */
	struct sim_waiting *waiting;
	struct sim_learnt *learnt;
	struct sim_period *periods; /* of all programmes, in the order of their closing */
	int *purchases;             /* the numbers of the commands, in their order */
	int past_count, past_capacity, event_count, event_capacity, total_count, total_capacity,
		purchase_count, purchase_capacity, period_count, period_capacity, sighting_count,
		sighting_capacity, waiting_count, waiting_capacity, learnt_count, learnt_capacity;
	int calls;              /* so far */
	int64_t now_ms;         /* of the call */
	int64_t floor_ms;       /* the newest instant recorded */
	int now;                /* the command that is being carried out */
	struct sim_match match; /* of its descriptor */
	bool failed;            /* memory is exhausted */
	int mistake;            /* for the tests of the simulator: the oracle errs on purpose; 0: never */
};

void rewapp__sim_oracle_begin(struct sim_oracle *oracle);
void rewapp__sim_oracle_end(struct sim_oracle *oracle);

/* What a receipt must be; it is in the past of the command's number afterwards, but for `replayed`
 * and for what leaves the id free. */
struct sim_answer {
	struct rewapp_receipt receipt;
	bool records; /* the call leaves something in the store */
};

/* A command of a call, and its answer. */
struct sim_turn {
	const struct sim_command *command;
	const struct sim_match *match;
	struct sim_answer *answer;
};

/* Carries a call out: linked commands stand or fall together, the others alone. */
void rewapp__sim_oracle_call(struct sim_oracle *oracle, int64_t now_ms, struct sim_turn *turns, size_t count);

/* The past of a number; there is room for it from the first call on. */
struct sim_past *rewapp__sim_past(struct sim_oracle *oracle, int number);

struct sim_wallet *rewapp__sim_wallet(struct sim_oracle *oracle, int programme, int member);

/* What the wallet is worth at an instant, whether or not time has been recorded. */
struct sim_worth {
	int64_t available, pending, held, debt;
	int64_t overdue, paid; /* expired, and given back to pay a debt; both not recorded */
	int64_t next_expiry_ms, next_expiry_points, next_activation_ms;
};
void rewapp__sim_worth(const struct sim_wallet *wallet, int64_t now_ms, struct sim_worth *out);

/* What REDEEM would answer to the token of a mint. */
int rewapp__sim_judge_token(struct sim_oracle *oracle, int mint, int merchant, int64_t now_ms);

/* The programme that SIM_NOBODY means, or one that is named; SIM_NOBODY when there is none. */
int rewapp__sim_programme_meant(const struct sim_oracle *oracle, int programme);

int64_t rewapp__sim_worth_of(const struct sim_programme *rules, int64_t points);

#endif
