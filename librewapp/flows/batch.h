/* A batch on its way: load, decide, record, apply.
 *
 * Loading is asking until nothing is open: a story wants facts, the answers may want
 * more, and each round of wants is one round trip.  Deciding works on these facts
 * alone, in the order of the commands, each seeing what earlier ones did. */
#ifndef REWAPP_FLOWS_BATCH_H
#define REWAPP_FLOWS_BATCH_H

#include "earn/decide.h"
#include "evidence/cover.h"
#include "flows/engine.h"
#include "flows/fields.h"
#include "flows/undo.h"
#include "ledger/record.h"
#include "ledger/wallet.h"

#include <rewapp/errors.h>
#include <rewapp/submit.h>

struct member {
	ref number; /* 0: there is none of this id */
	struct rewapp_id id;
	int32_t status;
	bool has_key; /* its id and texts are covered with it in the log */
	uint8_t key[COVER_KEY_BYTES];
	struct member_want *wants; /* the programmes whose wallets are asked for */
	struct kept_member *kept;  /* where an owned store has it in memory, or NULL */
};

/* A command that was carried out, earlier or in this batch. */
struct known {
	ref number; /* 0: there is none of this id */
	int32_t kind;
	ref subject; /* the purchase, hold or redemption it made */
	const uint8_t *fingerprint;
	const struct record *record;        /* as stored */
	const struct rewapp_receipt *fresh; /* of a command of this batch instead */
	bool is_target, loaded;             /* what it made is wanted; the answer has come */
};

/* Who brought the member, as far as this purchase is concerned. */
struct referral {
	struct member *by;
	struct wallet *wallet;     /* of `by`; when it was loaded with the purchase NULL */
	int64_t points, by_points; /* that were given; both 0: it does not count */
};

struct purchase {
	ref number;
	struct member *member;
	struct programme_row *programme;
	const struct programme *rules; /* of the version that decided */
	struct wallet *wallet;
	ref merchant;
	const struct earn_facts *facts; /* as its rules see it */
	int32_t version;
	int64_t amount, returned, clawed_back, occurred_ms;
	int32_t mcc;
	const void *awards; /* as stored, with the facts: few purchases of a batch are returned in it */
	size_t awards_size;
	bool undone;   /* there is a row of what was returned */
	int64_t *back; /* articles of each line that came back; NULL: none so far */
	const void *back_stored;
	size_t back_size;
	struct referral *referral; /* NULL: none */
};

struct hold_fact {
	ref number;
	struct hold *hold; /* NULL: the number is none of a hold */
	struct wallet *wallet;
	struct member *member;
	struct programme_row *programme;
	struct rewapp_id id;    /* of the command that made it */
	struct member *spender; /* of a household's wallet; NULL: it is none */
};

struct redemption {
	ref number, hold, merchant;
	ref by;                        /* the member of the household who spent; 0: of no household */
	struct spending_window window; /* that it counted in then */
	int64_t recorded_ms;
	struct rewapp_id merchant_id;
	struct record record; /* of the command that redeemed */
	struct wallet *wallet;
	struct member *member;
	struct programme_row *programme;
	int64_t points, reversed;
	bool undone;              /* there is a row of what was reversed */
	struct lot_share *shares; /* what it took, soonest expiry first */
	size_t share_count;
};

/* What a GIFT_CARD put on a card. */
struct card_load {
	ref number, lot, merchant; /* the command, what it made, who sold it */
	struct member *card;
	struct programme_row *programme;
};

/* One command and what was found for it. */
struct item {
	const struct rewapp_command *command;
	struct rewapp_receipt *receipt;
	struct known *known; /* whether its id was used before */
	uint64_t id_hash;    /* of an owned store: rewapp__ids_hash() */
	ref number, subject;
	uint8_t fingerprint[FINGERPRINT_SIZE];
	bool malformed;              /* answered already: the command itself is not acceptable */
	const struct member *member; /* whom the receipt names */
	struct merchant *merchant;
	struct programme *rules; /* of a PROGRAMME, when they can be read */
	const void *effects;     /* what it did */
	size_t effects_size;
	bool more;              /* of a sweep: there is more to do */
	int64_t swept;          /* by it, of wallets whose rows did not say that they were due */
	bool due;               /* of a CLOSE: something is not recorded yet */
	int match;              /* enum rewapp_verdict: ACCEPTED, or why no merchant was recognised */
	struct qr_claims token; /* what a token says */
	int token_verdict;      /* enum rewapp_verdict of the token by itself */
};

struct batch;
typedef int (*want_done)(struct batch *batch, const struct read *read, void *subject);

struct want {
	struct read read;
	want_done done;
	void *subject;
};

struct batch {
	struct rewapp_engine *engine;
	struct arena *arena;
	struct plan plan;
	struct book book;
	int64_t now_ms;
	struct item *items;
	size_t count;

	struct map members, members_by_number, known, wallets, accounts, purchases, holds, redemptions,
		tallies, doubts, doubts_by_id, answered, loads, sightings;
	struct wallet *wallet_list; /* all, for the end */
	struct tally *tally_list;   /* of whole programmes */

	struct map merchants, programmes; /* what this batch put, before the catalogue */
	struct {
		struct programme_row *only_programme; /* when a batch puts the store's first */
		bool catalogue_changed;
		bool days_rolled; /* by a sweep of this batch */
		ref guarded;      /* programme whose periods may not be closed by somebody else meanwhile */
	} marks;                  /* what commands leave behind for those after them */
	bool recorded;
	bool again;    /* not the first attempt */
	bool careful;  /* what a command changes is kept, so that all of it can be taken back if it fails */
	bool stumbled; /* one failed that had changed something, and nothing was kept: the next attempt is
			  careful */
	bool sweeping; /* it looks for wallets by what their rows say, and writes the rows of all that it has
			*/

	struct undo undo;       /* of the chain that is decided */
	struct effects effects; /* of the command that is decided */
	struct pack row, scratch, receipt;
	ref row_first;

	struct want *wants;
	size_t want_count, want_capacity;
	struct programme **rules; /* parsed by this batch, freed with it */
	size_t rules_count;
	int failed; /* an error that ends the batch */
};

/* --- loading ------------------------------------------------------------------- */

void rewapp__want(struct batch *batch, const struct stmt *stmt, const struct value *args, size_t arg_count,
	want_done done, void *subject);
int rewapp__batch_load(struct batch *batch);

void rewapp__want_known(struct batch *batch, const struct rewapp_id *id);
void rewapp__want_item_known(struct batch *batch, struct item *item);
void rewapp__want_member(struct batch *batch, const struct rewapp_id *id, struct programme_row *programme);
void rewapp__want_earner(struct batch *batch, const struct rewapp_id *id, struct programme_row *programme,
	const struct earn_facts *facts); /* and the limits of the programme */
void rewapp__want_wallet(struct batch *batch, ref member, struct programme_row *programme);
void rewapp__want_account(struct batch *batch, ref programme, enum account_kind kind, ref owner);
void rewapp__want_hold(struct batch *batch, ref number);
void rewapp__want_purchase(struct batch *batch, ref number);
struct member *rewapp__want_member_number(struct batch *batch, ref number);
void rewapp__want_counters(struct batch *batch, struct programme_row *programme,
	const struct programme *rules, const struct earn_facts *facts);

/* Like want_known(), and what the command `id` made: a purchase, a hold, a redemption. */
void rewapp__want_target(struct batch *batch, const struct rewapp_id *id);

/* --- deciding ------------------------------------------------------------------ */

/* What these give may be changed, and is changed back when the chain of the command falls (undo.h). */

/* Facts by name; NULL when there is no such thing. */
struct member *rewapp__batch_member(struct batch *batch, const struct rewapp_id *id);
struct merchant *rewapp__batch_merchant(struct batch *batch, const struct rewapp_id *id);
struct programme_row *rewapp__batch_programme(struct batch *batch, const struct rewapp_id *id);
struct known *rewapp__batch_known(struct batch *batch, const struct rewapp_id *id);

struct purchase *rewapp__batch_purchase(struct batch *batch, ref number);
struct hold_fact *rewapp__batch_hold(struct batch *batch, ref number);
struct redemption *rewapp__batch_redemption(struct batch *batch, ref number);
struct card_load *rewapp__batch_card_load(const struct batch *batch, ref number);

/* What this batch makes is found by those that follow.  0 or REWAPP_E_NOMEMORY. */
int rewapp__batch_add_purchase(struct batch *batch, struct purchase *purchase);
int rewapp__batch_add_hold(struct batch *batch, struct hold_fact *fact);
int rewapp__batch_add_redemption(struct batch *batch, struct redemption *redemption);
int rewapp__batch_add_card_load(struct batch *batch, struct card_load *load);

/* Whether the member's status is `at_most` this bad, as this batch has changed it. */
bool rewapp__member_may(struct batch *batch, const struct member *member, enum rewapp_member_status at_most);

/* Whether the member's account in the programme is closed, as this batch has left it. */
bool rewapp__account_is_closed(
	const struct batch *batch, const struct member *member, const struct programme_row *programme);

/* Found, or made anew in this batch; NULL when memory is exhausted, or its state is damaged.  Of the first
 * one, lots may be shut: for who settles it, looks what it is worth and credits it. */
struct wallet *rewapp__batch_wallet_shut(
	struct batch *batch, struct member *member, struct programme_row *programme);
struct wallet *rewapp__batch_wallet(
	struct batch *batch, struct member *member, struct programme_row *programme);
struct account *rewapp__batch_account(struct batch *batch, ref programme, enum account_kind kind, ref owner);

/* The sum of a limit, of `wallet`'s member or of the whole programme; NULL as above. */
struct tally *rewapp__batch_tally(struct batch *batch, struct wallet *wallet, const struct counter_key *key);

/* What a limit has used where the purchase counts, and adding to it (below 0: releasing). */
int64_t rewapp__batch_used(struct batch *batch, struct wallet *wallet, const struct counter_key *key);
void rewapp__batch_count(
	struct batch *batch, struct wallet *wallet, const struct counter_key *key, int64_t points);

/* Whether a command of the programme may have occurred when it says: not in the future, nor in a closed
 * period, unless its flag books it in the open one.  ACCEPTED, TOO_OLD or PERIOD_CLOSED. */
enum rewapp_verdict rewapp__period_judge(
	struct batch *batch, const struct item *item, const struct programme_row *programme);

/* The same for an instant that the command itself does not tell; `open`: as with that flag.  What the command
 * does has occurred then. */
enum rewapp_verdict rewapp__period_place(
	struct batch *batch, const struct programme_row *programme, int64_t occurred_ms, bool open);

/* The member's id as the log has it. */
struct rewapp_id rewapp__member_covered(const struct member *member);

/* Sets the receipt's verdict and returns 0, so that a story can end with it. */
int rewapp__refuse(struct item *item, enum rewapp_verdict verdict);

/* What every story that moves points ends with: whose, where, and the wallet afterwards. */
void rewapp__receipt_of_wallet(struct batch *batch, struct item *item, const struct member *member,
	const struct programme_row *programme, const struct wallet *wallet);

/* Rules that a refused batch throws away and a stored one too: the catalogue reads them again. */
void rewapp__batch_keep_rules(struct batch *batch, struct programme *rules);

/* Puts a member, or a card: the first time with a number and a key.  0 or an error. */
int rewapp__member_put(struct batch *batch, struct member *member, int32_t status);

/* Appends to the outbox. */
void rewapp__batch_event(struct batch *batch, enum rewapp_code code, ref member, int64_t points);

/* Records that so much of `number` is given back now; before: what the row says, if there is one. */
void rewapp__batch_undone(
	struct batch *batch, ref number, bool exists, const int64_t before[2], const int64_t after[2]);

/* Points in money of the programme as it is now, rounded down. */
int64_t rewapp__points_worth(struct batch *batch, const struct programme_row *programme, int64_t points);

/* --- the stories ---------------------------------------------------------------- */

/* `want` asks for facts while loading; `decide` sets the receipt and records into the
 * plan.  A negative return fails the command (or the batch when it is the host's fault). */
struct story {
	void (*want)(struct batch *batch, struct item *item);
	int (*decide)(struct batch *batch, struct item *item);
};

extern const struct story rewapp__story_member, rewapp__story_merchant, rewapp__story_programme,
	rewapp__story_purchase, rewapp__story_return, rewapp__story_hold, rewapp__story_mint,
	rewapp__story_post, rewapp__story_void, rewapp__story_redeem, rewapp__story_reverse,
	rewapp__story_adjust, rewapp__story_sweep, rewapp__story_erase, rewapp__story_close,
	rewapp__story_confirm, rewapp__story_take_back, rewapp__story_voucher, rewapp__story_gift_card,
	rewapp__story_bank_line, rewapp__story_close_account, rewapp__story_reopen_account,
	rewapp__story_transfer, rewapp__story_join, rewapp__story_leave, rewapp__story_limit;

/* Carries out a batch: see rewapp_submit(). */
int rewapp__flow_submit(struct rewapp_engine *engine, const struct rewapp_command *commands, size_t count,
	struct rewapp_receipt *receipts);

/* Decides a batch and forgets it: see rewapp_quote(). */
int rewapp__flow_quote(struct rewapp_engine *engine, const struct rewapp_command *commands, size_t count,
	struct rewapp_receipt *receipts);

/* Prepares a batch, for reading only too, of a call that has begun; the end ends the call and frees
 * what is not the arena's. */
int rewapp__batch_begin(struct batch *batch, struct rewapp_engine *engine, size_t count);
void rewapp__batch_end(struct batch *batch);

#endif
