/* What the oracle's files share: the words in which each of them tells what a command does. */
#ifndef REWAPP_SIM_ORACLE_PARTS_H
#define REWAPP_SIM_ORACLE_PARTS_H

#include "sim/oracle.h"

#define SIM_DAY_MS (INT64_C(24) * 60 * 60 * 1000)

/* Room for one more in an array; NULL, and the oracle has failed, when there is no memory. */
void *rewapp__sim_more(struct sim_oracle *oracle, void *array, int count, int *capacity, size_t size);

#define SIM_ADD(oracle, array, count, capacity) \
	(((count) < (capacity) || \
		 ((array) = rewapp__sim_more(oracle, array, count, &(capacity), sizeof *(array)))) \
			? &(array)[(count)++] \
			: NULL)

/* --- who is there --------------------------------------------------------------------------- */

int rewapp__sim_programme_of(const struct sim_oracle *oracle, const struct sim_wallet *wallet);
int rewapp__sim_member_of(const struct sim_oracle *oracle, const struct sim_wallet *wallet);
bool rewapp__sim_has_member(const struct sim_oracle *oracle, int member);
bool rewapp__sim_has_merchant(const struct sim_oracle *oracle, int merchant);

/* The past of a command that others may name; NULL when it is not known. */
struct sim_past *rewapp__sim_known(struct sim_oracle *oracle, int number);

/* --- what is written down: oracle_wallet.c --------------------------------------------------- */

/* Which sum of the day a transfer of this code counts in, and how. */
void rewapp__sim_count_day(struct sim_oracle *oracle, int programme, int code, int64_t points);

/* A line of the statement; it stands in the open period, whenever it occurred. */
struct sim_line *rewapp__sim_add_line(
	struct sim_oracle *oracle, struct sim_wallet *wallet, int code, int64_t points, int64_t occurred_ms);

void rewapp__sim_add_event(struct sim_oracle *oracle, int kind, int code, int member, int64_t points);

/* Which lots may be taken from. */
struct sim_choice {
	bool active_only, pending_only;
	int only, but; /* the command that earned it; SIM_NOBODY: any */
};

/* Takes points, the lot that expires soonest first; returns what was not there. */
int64_t rewapp__sim_take(struct sim_oracle *oracle, struct sim_wallet *wallet, int64_t points,
	const struct sim_choice *choice, struct sim_hold *into);

int64_t rewapp__sim_spendable(const struct sim_wallet *wallet, int64_t now_ms);

void rewapp__sim_end_hold(
	struct sim_wallet *wallet, struct sim_hold *hold, enum sim_hold_state state, int64_t kept);

/* Who has points and owes some pays them at once. */
void rewapp__sim_pay_debt(struct sim_oracle *oracle, struct sim_wallet *wallet, int64_t at_ms);

/* What time has done to a wallet is recorded; returns the points that expired. */
int64_t rewapp__sim_settle(struct sim_oracle *oracle, struct sim_wallet *wallet);

/* The first instant at which time does something to a wallet; 0: never. */
int64_t rewapp__sim_due(const struct sim_wallet *wallet);

/* The same of all wallets of a programme. */
int64_t rewapp__sim_due_in(struct sim_oracle *oracle, int programme);

struct sim_credit {
	int code, merchant;
	int64_t points, occurred_ms, activates_ms, expires_ms;
};

/* Whether the member's account in the programme is closed. */
bool rewapp__sim_is_closed(const struct sim_oracle *oracle, int programme, int member);

/* All open holds end, in the order of their making. */
void rewapp__sim_release_all(struct sim_oracle *oracle, struct sim_wallet *wallet);

/* A debt is paid first; the rest is a lot of its own. */
void rewapp__sim_credit(
	struct sim_oracle *oracle, struct sim_wallet *wallet, const struct sim_credit *credit);

/* --- answers --------------------------------------------------------------------------------- */

void rewapp__sim_refuse(struct sim_answer *answer, int verdict);
void rewapp__sim_tell_wallet(
	struct sim_oracle *oracle, const struct sim_wallet *wallet, struct sim_answer *answer);
void rewapp__sim_accept(struct sim_oracle *oracle, struct sim_wallet *wallet, int code, int64_t points,
	struct sim_answer *answer);

/* --- stories: one for each kind of command ---------------------------------------------------- */

/* A story that finds its command not acceptable says so by a code in the answer, and does nothing. */
typedef void sim_story(
	struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer);

sim_story rewapp__sim_put_member, rewapp__sim_put_merchant, rewapp__sim_put_programme; /* oracle_put.c */
sim_story rewapp__sim_do_purchase, rewapp__sim_do_return;                              /* oracle_sale.c */
sim_story rewapp__sim_do_bank_line;                                                    /* oracle_bank.c */
sim_story rewapp__sim_do_confirm, rewapp__sim_do_take_back;                            /* oracle_review.c */
sim_story rewapp__sim_do_hold, rewapp__sim_do_post, rewapp__sim_do_void,
	rewapp__sim_do_redeem; /* oracle_spend.c */
sim_story rewapp__sim_do_reverse;
sim_story rewapp__sim_do_adjust, rewapp__sim_do_sweep, rewapp__sim_do_close; /* oracle_books.c */

/* --- sales: oracle_sale.c ---------------------------------------------------------------------- */

/* What the rules see of a purchase. */
struct sim_sale {
	int programme, member, merchant;
	int mcc; /* 0: that of the merchant's document */
	uint64_t document;
	int64_t amount, unpaid, occurred_ms;
	const struct sim_command *ticket; /* whose lines it has */
};

struct sim_sale rewapp__sim_sale_of(
	const struct sim_oracle *oracle, const struct sim_command *command, int programme, int merchant);

/* When it happened. */
int64_t rewapp__sim_occurred(const struct sim_oracle *oracle, const struct sim_command *command);

/* Why what a till or a bank tells earns nothing; `match` when nothing but its merchant speaks against it. */
int rewapp__sim_sale_verdict(
	struct sim_oracle *oracle, const struct sim_command *command, int programme, int match);

/* The command that is carried out is a purchase, and earns. */
void rewapp__sim_sell(struct sim_oracle *oracle, const struct sim_sale *sale, struct sim_answer *answer);

/* What comes back of a purchase. */
struct sim_back {
	int64_t amount;
	const int64_t *articles; /* of each line, with those that came back before; NULL: no more of them */
};

/* So much of the purchase of command `number` comes back. */
void rewapp__sim_give_back(struct sim_oracle *oracle, int number, const struct sim_back *back, int64_t at_ms,
	struct sim_answer *answer);

/* --- what banks tell: oracle_bank.c, oracle_review.c ------------------------------------------- */

/* A till's ticket is kept where the programme says so; a bank's line of it gives back what it earned. */
void rewapp__sim_keep_ticket(struct sim_oracle *oracle, const struct sim_command *command,
	const struct sim_sale *sale, struct sim_answer *answer);

/* The sighting that a command told; NULL: it told none. */
struct sim_sighting *rewapp__sim_sighting_of(struct sim_oracle *oracle, int number);

/* What another source told of the purchase that a line is; NULL: nothing yet. */
struct sim_sighting *rewapp__sim_told_before(struct sim_oracle *oracle, const struct sim_sighting *line);

/* A line waits for a person; one that the bank says otherwise now does not any more. */
void rewapp__sim_doubt(
	struct sim_oracle *oracle, const struct sim_command *command, int programme, int candidate);
void rewapp__sim_supersede(struct sim_oracle *oracle, int line);

/* Accepted, and no points move: the receipt tells the balance. */
void rewapp__sim_pass(struct sim_oracle *oracle, int programme, int member, struct sim_answer *answer);

sim_story rewapp__sim_do_transfer, rewapp__sim_do_close_account,
	rewapp__sim_do_reopen_account; /* oracle_account.c */
sim_story rewapp__sim_do_erase;

/* --- a command -------------------------------------------------------------------------------- */

/* An answer that says nothing yet. */
void rewapp__sim_begin_answer(
	struct sim_oracle *oracle, const struct sim_command *command, struct sim_answer *answer);

/* The command is not acceptable: the id stays free. */
void rewapp__sim_reject(struct sim_answer *answer, int code, const char *field);

/* Whether the command is refused at sight, before anything is known of it. */
bool rewapp__sim_is_malformed(const struct sim_command *command);

/* The answer is kept under the id, for ever. */
void rewapp__sim_keep(struct sim_oracle *oracle, const struct sim_turn *turn);

/* Carries one command out, as if no other were linked with it: oracle.c. */
void rewapp__sim_apply(struct sim_oracle *oracle, struct sim_turn *turn);

/* A call of turns, some of which stand or fall together: oracle_chain.c. */
void rewapp__sim_apply_all(struct sim_oracle *oracle, struct sim_turn *turns, size_t count);

#endif
