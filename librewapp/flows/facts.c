/* What a batch reads: accounts, wallets, members, commands and what they made, limits.
 *
 * Each kind of fact is wanted by one function and filled in by the one before it; what an
 * answer makes necessary is wanted in turn. */
#include "flows/facts.h"

#include "base/error.h"
#include "flows/doubt.h"
#include "flows/owned.h"
#include "flows/read.h"
#include "flows/sightings.h"
#include "ledger/ledger.sql.h"
#include "ledger/state.h"
#include "programme/programme.sql.h"

#include <string.h>

/* --- accounts --------------------------------------------------------------------------------- */

static struct account *account_new(struct batch *batch, ref programme, enum account_kind kind, ref owner)
{
	struct account *account = rewapp__facts_take(batch, sizeof *account);

	if (account)
		*account = (struct account){ .programme = programme, .kind = kind, .owner = owner };
	return account;
}

static struct map_key account_key(ref programme, enum account_kind kind, ref owner)
{
	return rewapp__map_key(programme * 8 + kind, owner);
}

static struct account *account_put(struct batch *batch, ref programme, enum account_kind kind, ref owner)
{
	struct map_key key = account_key(programme, kind, owner);
	struct account *account = account_new(batch, programme, kind, owner);

	if (account)
		rewapp__facts_put(batch, &batch->accounts, &key, account);
	return batch->failed ? NULL : account;
}

static int account_done(struct batch *batch, const struct read *read, void *subject)
{
	struct account *account = subject;

	if (read->row_count == 0)
		return 0;
	account->number = rewapp__cell_int(read, 0, 0);
	account->opened = true;
	return rewapp__catalogue_keep_account(&batch->engine->catalogue, account);
}

/* What is remembered saves the reading, but not after a conflict: then all is read again. */
static bool account_remembered(struct batch *batch, struct account *account)
{
	const struct account *kept = batch->again
		? NULL
		: rewapp__catalogue_account(
			  &batch->engine->catalogue, account->programme, account->kind, account->owner);

	if (kept)
		*account = *kept;
	return kept;
}

void rewapp__want_account(struct batch *batch, ref programme, enum account_kind kind, ref owner)
{
	struct map_key key = account_key(programme, kind, owner);
	struct account *account;

	if (programme <= 0 || owner < 0 || rewapp__map_get(&batch->accounts, &key) ||
		!(account = account_put(batch, programme, kind, owner)) || account_remembered(batch, account))
		return;
	rewapp__want(batch, &STMT_LEDGER_ACCOUNT,
		(struct value[]){
			rewapp__value_int(owner), rewapp__value_int(kind), rewapp__value_int(programme) },
		3, account_done, account);
}

static struct account *numbered(struct batch *batch, struct account *account)
{
	if (account && account->number == 0)
		account->number = rewapp__ref_new(&batch->plan);
	return account;
}

struct account *rewapp__batch_account(struct batch *batch, ref programme, enum account_kind kind, ref owner)
{
	struct map_key key = account_key(programme, kind, owner);
	struct account *account = rewapp__map_get(&batch->accounts, &key);

	if (!account)
		account = account_put(batch, programme, kind, owner);
	rewapp__undo_keep(&batch->undo, account, sizeof *account);
	return numbered(batch, account);
}

/* --- wallets ---------------------------------------------------------------------------------- */

static struct wallet *wallet_find(const struct batch *batch, ref member, ref programme)
{
	struct map_key key = rewapp__map_key(member, programme);

	return rewapp__map_get(&batch->wallets, &key);
}

static struct wallet *wallet_new(struct batch *batch, ref member, ref programme)
{
	struct wallet *wallet = rewapp__facts_take(batch, sizeof *wallet);
	struct map_key key = rewapp__map_key(member, programme);

	if (!wallet || !(wallet->account = account_new(batch, programme, ACCOUNT_WALLET, member)) ||
		!(wallet->debt = account_new(batch, programme, ACCOUNT_DEBT, member)))
		return NULL;
	wallet->arena = batch->arena;
	wallet->member = member;
	wallet->programme = programme;
	wallet->next = batch->wallet_list;
	batch->wallet_list = wallet;
	rewapp__facts_put(batch, &batch->wallets, &key, wallet);
	return batch->failed ? NULL : wallet;
}

/* The columns from `first`: base, state; null when there is none. */
static int wallet_fill(struct wallet *wallet, const struct read *read, size_t first)
{
	size_t size;
	const void *state = rewapp__cell_blob(read, 0, first + 1, &size);

	return state ? rewapp__state_read(wallet, rewapp__cell_int(read, 0, first), state, size) : 0;
}

static int wallet_done(struct batch *batch, const struct read *read, void *subject)
{
	int error = read->row_count ? wallet_fill(subject, read, 0) : 0;

	if (!error)
		rewapp__owned_keep_wallet(batch, subject, read, 1);
	return error;
}

bool rewapp__account_is_closed(
	const struct batch *batch, const struct member *member, const struct programme_row *programme)
{
	const struct wallet *wallet = wallet_find(batch, member->number, programme->number);

	return wallet && wallet->closed_ms;
}

/* Filled in from memory, if it is there. */
static bool wallet_in_memory(struct batch *batch, struct wallet *wallet)
{
	int found = rewapp__owned_wallet(batch, wallet);

	if (found < 0)
		batch->failed = found;
	return found;
}

/* The programme's side of every wallet, which somebody who only reads has no use for. */
static void want_shared(struct batch *batch, ref programme)
{
	if (batch->count == 0)
		return;
	rewapp__want_account(batch, programme, ACCOUNT_CLEARING, 0);
	rewapp__want_account(batch, programme, ACCOUNT_BREAKAGE, 0);
}

/* `kept`: where it may be in memory. */
static struct wallet *want_wallet(
	struct batch *batch, ref member, struct programme_row *programme, struct kept_wallet *kept)
{
	struct wallet *wallet = wallet_find(batch, member, programme->number);

	if (wallet || !(wallet = wallet_new(batch, member, programme->number)))
		return wallet;
	wallet->kept = kept;
	if (!wallet_in_memory(batch, wallet))
		rewapp__want(batch, &STMT_LEDGER_WALLET,
			(struct value[]){ rewapp__value_int(member), rewapp__value_int(programme->number) },
			2, wallet_done, wallet);
	want_shared(batch, programme->number);
	return wallet;
}

void rewapp__want_wallet(struct batch *batch, ref member, struct programme_row *programme)
{
	if (programme && member > 0 && programme->number > 0)
		want_wallet(batch, member, programme, NULL);
}

/* As this batch has closed it. */
static int64_t closed_up_to(struct batch *batch, ref number)
{
	const struct programme_row *row = rewapp__catalogue_programme_by_number(
		&batch->engine->catalogue, number);

	return row ? rewapp__batch_programme(batch, &row->id)->closed_ms : 0;
}

static bool wallet_open(struct batch *batch, struct wallet *wallet)
{
	int error = rewapp__state_open(wallet);

	if (error)
		batch->failed = error;
	return !error;
}

struct wallet *rewapp__batch_wallet_shut(
	struct batch *batch, struct member *member, struct programme_row *programme)
{
	struct wallet *wallet = wallet_find(batch, member->number, programme->number);

	if (!wallet && !(wallet = wallet_new(batch, member->number, programme->number)))
		return NULL;
	if (!rewapp__wallet_may_stay_shut(wallet, batch->now_ms) && !wallet_open(batch, wallet))
		return NULL;
	rewapp__undo_keep_wallet(&batch->undo, wallet);
	wallet->open_from_ms = closed_up_to(batch, wallet->programme);
	numbered(batch, wallet->account);
	numbered(batch, wallet->debt);
	wallet->clearing = rewapp__batch_account(batch, programme->number, ACCOUNT_CLEARING, 0);
	wallet->breakage = rewapp__batch_account(batch, programme->number, ACCOUNT_BREAKAGE, 0);
	return batch->failed ? NULL : wallet;
}

struct wallet *rewapp__batch_wallet(
	struct batch *batch, struct member *member, struct programme_row *programme)
{
	struct wallet *wallet = rewapp__batch_wallet_shut(batch, member, programme);

	return wallet && wallet_open(batch, wallet) ? wallet : NULL;
}

/* The key of a covered member, from a column; none: nothing is covered, or not any more. */
static void key_fill(struct member *member, const struct read *read, size_t column)
{
	size_t size;
	const void *key = rewapp__cell_blob(read, 0, column, &size);

	member->has_key = key && size == sizeof member->key;
	if (member->has_key)
		memcpy(member->key, key, sizeof member->key);
}

/* --- members ---------------------------------------------------------------------------------- */

struct member_want {
	struct member *member;
	struct programme_row *programme; /* whose wallet is wanted too; NULL: none */
	struct member_want *next;
};

static int member_done(struct batch *batch, const struct read *read, void *subject)
{
	struct member_want *want = subject;
	struct member *member = want->member;
	struct wallet *wallet;
	int error;

	if (read->row_count == 0)
		return 0;
	member->number = rewapp__cell_int(read, 0, 0);
	member->status = (int32_t)rewapp__cell_int(read, 0, 2);
	key_fill(member, read, 3);
	rewapp__owned_keep_member(batch, member);
	if (!want->programme || want->programme->number <= 0 ||
		wallet_find(batch, member->number, want->programme->number))
		return 0;
	if (!(wallet = wallet_new(batch, member->number, want->programme->number)))
		return batch->failed;
	if (wallet_in_memory(batch, wallet))
		return batch->failed;
	if ((error = wallet_fill(wallet, read, 4)) == 0)
		rewapp__owned_keep_wallet(batch, wallet, read, 5);
	return error;
}

static struct member *member_of(struct batch *batch, const struct rewapp_id *id)
{
	struct member *member = rewapp__map_get(&batch->members, id);

	if (member || !(member = rewapp__facts_take(batch, sizeof *member)))
		return member;
	member->id = *id;
	rewapp__facts_put(batch, &batch->members, id, member);
	return member;
}

static bool is_wanted(const struct member *member, const struct programme_row *programme)
{
	for (const struct member_want *want = member->wants; want; want = want->next)
		if (want->programme == programme || !programme)
			return true;
	return false;
}

/* The wallet of a member who is in memory, who remembers it. */
static void want_kept(struct batch *batch, const struct member *member, struct programme_row *programme)
{
	const struct wallet *wallet;

	if (!programme || programme->number <= 0)
		return;
	wallet = want_wallet(batch, member->number, programme, member->kept->wallet);
	if (wallet && wallet->kept)
		member->kept->wallet = wallet->kept;
}

/* What is the programme's is asked for even when there is no such member: this batch may enrol one. */
void rewapp__want_member(struct batch *batch, const struct rewapp_id *id, struct programme_row *programme)
{
	struct member *member = member_of(batch, id);
	struct member_want *want;

	if (!member || is_wanted(member, programme) || !(want = rewapp__facts_take(batch, sizeof *want)))
		return;
	*want = (struct member_want){ member, programme, member->wants };
	member->wants = want;
	if (rewapp__owned_member(batch, member))
		want_kept(batch, member, programme);
	else
		rewapp__want(batch, &STMT_LEDGER_MEMBER,
			(struct value[]){ rewapp__value_blob(id, sizeof *id),
				rewapp__value_int(
					programme && programme->number > 0 ? programme->number : 0) },
			2, member_done, want);
	if (programme)
		want_shared(batch, programme->number);
}

void rewapp__want_earner(struct batch *batch, const struct rewapp_id *id, struct programme_row *programme,
	const struct earn_facts *facts)
{
	rewapp__want_member(batch, id, programme);
	if (programme && programme->number > 0)
		rewapp__want_counters(batch, programme, programme->rules, facts);
}

static int member_number_done(struct batch *batch, const struct read *read, void *subject)
{
	struct member *member = subject;

	(void)batch;
	if (read->row_count == 0)
		return rewapp__fail(REWAPP_E_CORRUPT, "member %lld is missing", (long long)member->number);
	member->id = rewapp__cell_id(read, 0, 1);
	member->status = (int32_t)rewapp__cell_int(read, 0, 2);
	key_fill(member, read, 3);
	return 0;
}

struct member *rewapp__want_member_number(struct batch *batch, ref number)
{
	struct member *member = rewapp__facts_get_number(&batch->members_by_number, number);

	if (member || !(member = rewapp__facts_take(batch, sizeof *member)))
		return member;
	member->number = number;
	rewapp__facts_put_number(batch, &batch->members_by_number, number, member);
	rewapp__want(batch, &STMT_PROGRAMME_MEMBER_BY_NUMBER, (struct value[]){ rewapp__value_int(number) },
		1, member_number_done, member);
	return member;
}

/* --- records ---------------------------------------------------------------------------------- */

/* The record of the command that made `number`, in the row of the log from column `first` on. */
static int record_in(const struct read *read, size_t first, ref number, struct record *out)
{
	size_t size;
	const void *row = rewapp__cell_blob(read, 0, first + 1, &size);

	if (row && rewapp__record_find(rewapp__cell_int(read, 0, first), row, size, number, out))
		return 0;
	return rewapp__fail(
		REWAPP_E_CORRUPT, "log: the record of %lld is missing or damaged", (long long)number);
}

static void want_log(struct batch *batch, ref number, want_done done, void *subject)
{
	rewapp__want(
		batch, &STMT_LEDGER_LOG, (struct value[]){ rewapp__value_int(number) }, 1, done, subject);
}

/* The first effect of `kind`; of a transfer also the one of this number, if it is not 0.  The
 * reader stands behind it. */
static bool effect_find(struct effect_reader *reader, const struct record *record, enum effect_kind kind,
	ref number, struct effect *out)
{
	rewapp__effects_open(reader, record);
	while (rewapp__effects_next(reader, out))
		if (out->kind == kind && (!number || out->transfer.number == number))
			return true;
	return false;
}

/* --- targets: a purchase ---------------------------------------------------------------------- */

static int purchase_undone_done(struct batch *batch, const struct read *read, void *subject)
{
	struct purchase *purchase = subject;

	(void)batch;
	if (read->row_count == 0)
		return 0;
	purchase->undone = true;
	purchase->returned = rewapp__cell_int(read, 0, 0);
	purchase->clawed_back = rewapp__cell_int(read, 0, 1);
	return 0;
}

/* What has come back of each line: as many numbers as the ticket has lines. */
static int purchase_returned_done(struct batch *batch, const struct read *read, void *subject)
{
	struct purchase *purchase = subject;
	size_t count = purchase->facts->line_count, size;
	const void *bytes = rewapp__cell_blob(read, 0, 0, &size);
	struct unpack from = rewapp__unpack(bytes, bytes ? size : 0);

	if (!bytes)
		return 0;
	if (!(purchase->back = rewapp__arena_array(batch->arena, count, sizeof *purchase->back)))
		return rewapp__fail(REWAPP_E_NOMEMORY, "purchase");
	for (size_t i = 0; i < count; i++) {
		uint64_t articles = rewapp__unpack_uint(&from);

		from.failed |= articles > (uint64_t)purchase->facts->lines[i].quantity;
		purchase->back[i] = from.failed ? 0 : (int64_t)articles;
	}
	purchase->back_stored = bytes;
	purchase->back_size = size;
	if (from.failed || from.at != from.end)
		return rewapp__fail(REWAPP_E_CORRUPT, "what came back of purchase %lld is damaged",
			(long long)purchase->number);
	return 0;
}

static int purchase_want_more(struct batch *batch, struct purchase *purchase)
{
	ref programme = purchase->programme->number;
	int error = rewapp__catalogue_version(&batch->engine->catalogue, batch->engine->storage, batch->arena,
		programme, purchase->version, &purchase->rules);

	if (error < 0)
		return error;
	rewapp__want(batch, &STMT_LEDGER_UNDONE, (struct value[]){ rewapp__value_int(purchase->number) }, 1,
		purchase_undone_done, purchase);
	if (purchase->facts->line_count)
		rewapp__want(batch, &STMT_LEDGER_RETURNED,
			(struct value[]){ rewapp__value_int(purchase->number) }, 1, purchase_returned_done,
			purchase);
	rewapp__want_wallet(batch, purchase->member->number, purchase->programme);
	rewapp__want_account(batch, programme, ACCOUNT_ISSUANCE, 0);
	rewapp__want_account(batch, programme, ACCOUNT_ISSUANCE, purchase->merchant);
	rewapp__want_counters(batch, purchase->programme, purchase->rules, purchase->facts);
	return batch->failed;
}

/* What its rules saw of it, from behind its awards. */
static int purchase_facts(struct batch *batch, struct purchase *purchase, const struct rewapp_id *merchant)
{
	struct earn_facts *facts = rewapp__facts_take(batch, sizeof *facts);
	struct awards awards;
	size_t used;
	int error;

	if (!facts)
		return batch->failed;
	*facts = (struct earn_facts){ .merchant = *merchant,
		.mcc = purchase->mcc,
		.amount = purchase->amount,
		.occurred_ms = purchase->occurred_ms };
	purchase->facts = facts;
	error = rewapp__awards_decode(purchase->awards, purchase->awards_size, &awards, &used);
	if (error == 0)
		error = rewapp__facts_decode((const char *)purchase->awards + used,
			purchase->awards_size - used, batch->arena, facts);
	if (error < 0)
		batch->failed = error;
	return error;
}

/* Who was rewarded with the purchase, and may have to give it back. */
static void referral_found(struct batch *batch, struct effect_reader *reader, struct purchase *purchase)
{
	struct effect effect;

	while (purchase->programme && rewapp__effects_next(reader, &effect)) {
		if (effect.kind != EFFECT_REFERRED ||
			!(purchase->referral = rewapp__facts_take(batch, sizeof *purchase->referral)))
			continue;
		*purchase->referral = (struct referral){
			.by = rewapp__want_member_number(batch, effect.referred.by),
			.points = effect.referred.points,
			.by_points = effect.referred.by_points,
		};
		rewapp__want_wallet(batch, effect.referred.by, purchase->programme);
	}
}

static int purchase_found(struct batch *batch, const struct record *record)
{
	struct catalogue *catalogue = &batch->engine->catalogue;
	struct purchase *purchase = rewapp__facts_take(batch, sizeof *purchase);
	const struct merchant *merchant = rewapp__catalogue_merchant_by_number(catalogue, record->merchant);
	struct effect_reader reader;
	struct effect effect;

	if (!purchase)
		return batch->failed;
	if (!effect_find(&reader, record, EFFECT_PURCHASE, 0, &effect))
		return rewapp__fail(REWAPP_E_CORRUPT, "purchase %lld is damaged", (long long)record->number);
	*purchase = (struct purchase){
		.number = record->number,
		.member = rewapp__want_member_number(batch, record->member),
		.programme = rewapp__catalogue_programme_by_number(catalogue, record->programme),
		.merchant = record->merchant,
		.version = (int32_t)effect.purchase.version,
		.amount = effect.purchase.amount,
		.mcc = (int32_t)effect.purchase.mcc,
		.occurred_ms = effect.purchase.occurred_ms,
		.awards = effect.purchase.awards,
		.awards_size = effect.purchase.awards_size,
	};
	rewapp__facts_put_number(batch, &batch->purchases, purchase->number, purchase);
	referral_found(batch, &reader, purchase);
	if (batch->failed)
		return batch->failed;
	if (!purchase->programme || !merchant)
		return rewapp__fail(REWAPP_E_CORRUPT, "a purchase has no programme or merchant");
	return purchase_facts(batch, purchase, &merchant->id) < 0 ? batch->failed
								  : purchase_want_more(batch, purchase);
}

static int purchase_log_done(struct batch *batch, const struct read *read, void *subject)
{
	const ref *number = subject;
	struct record record;
	int error = record_in(read, 0, *number, &record);

	if (error < 0 || rewapp__facts_get_number(&batch->purchases, *number))
		return error;
	return purchase_found(batch, &record);
}

void rewapp__want_purchase(struct batch *batch, ref number)
{
	ref *subject;

	if (number <= 0 || rewapp__facts_get_number(&batch->purchases, number) ||
		!(subject = rewapp__facts_take(batch, sizeof *subject)))
		return;
	*subject = number;
	want_log(batch, number, purchase_log_done, subject);
}

/* --- targets: a hold -------------------------------------------------------------------------- */

static int hold_state_done(struct batch *batch, const struct read *read, void *subject)
{
	struct hold_fact *fact = subject;

	(void)batch;
	if (read->row_count)
		fact->hold->state = (int)rewapp__cell_int(read, 0, 0);
	return 0;
}

/* By which offer the hold was made, if it is a voucher; and whose it is in a household. */
static int terms_found(struct batch *batch, struct effect_reader *reader, struct hold_fact *fact)
{
	struct hold *hold = fact->hold;
	struct effect effect;

	while (rewapp__effects_next(reader, &effect)) {
		if (effect.kind == EFFECT_SPENT && effect.spent.hold == hold->number)
			fact->spender = rewapp__want_member_number(batch, effect.spent.member);
		if (effect.kind != EFFECT_VOUCHER || effect.voucher.hold != hold->number)
			continue;
		hold->forfeits = effect.voucher.forfeits;
		hold->offer = rewapp__arena_copy(
			batch->arena, effect.voucher.offer, effect.voucher.offer_size);
		if (!hold->offer)
			return rewapp__fail(REWAPP_E_NOMEMORY, "voucher");
	}
	return 0;
}

static int hold_found(struct batch *batch, const struct record *record, struct hold_fact *fact)
{
	ref number = fact->number;
	struct effect_reader reader;
	struct effect transfer, terms;
	int error;

	if (!effect_find(&reader, record, EFFECT_TRANSFER, number, &transfer) ||
		!rewapp__effects_next(&reader, &terms) || terms.kind != EFFECT_HOLD)
		return 0; /* a number, but not of a hold */
	if (!(fact->hold = rewapp__facts_take(batch, sizeof *fact->hold)))
		return batch->failed;
	*fact->hold = (struct hold){
		.number = number,
		.command = record->number,
		.merchant = terms.hold.merchant,
		.amount = transfer.transfer.amount,
		.issued_ms = terms.hold.issued_ms,
		.expires_ms = terms.hold.expires_ms,
		.key = terms.hold.key,
	};
	if ((error = terms_found(batch, &reader, fact)) < 0)
		return error;
	fact->id = record->id;
	fact->member = rewapp__want_member_number(batch, record->member);
	fact->programme = rewapp__catalogue_programme_by_number(&batch->engine->catalogue, record->programme);
	if (batch->failed || !fact->programme)
		return batch->failed ? batch->failed
				     : rewapp__fail(REWAPP_E_CORRUPT, "a hold has no programme");
	rewapp__want(batch, &STMT_LEDGER_HOLD_STATE, (struct value[]){ rewapp__value_int(number) }, 1,
		hold_state_done, fact);
	rewapp__want_wallet(batch, record->member, fact->programme);
	return 0;
}

static int hold_log_done(struct batch *batch, const struct read *read, void *subject)
{
	struct hold_fact *fact = subject;
	struct record record;
	int error;

	if (read->row_count == 0)
		return 0;
	if ((error = record_in(read, 0, fact->number, &record)) < 0)
		return error;
	return hold_found(batch, &record, fact);
}

static struct hold_fact *hold_fact_new(struct batch *batch, ref number)
{
	struct hold_fact *fact;

	if (number <= 0 || rewapp__facts_get_number(&batch->holds, number) ||
		!(fact = rewapp__facts_take(batch, sizeof *fact)))
		return NULL;
	fact->number = number;
	rewapp__facts_put_number(batch, &batch->holds, number, fact);
	return batch->failed ? NULL : fact;
}

void rewapp__want_hold(struct batch *batch, ref number)
{
	struct hold_fact *fact = hold_fact_new(batch, number);

	if (fact)
		want_log(batch, number, hold_log_done, fact);
}

/* --- targets: a redemption -------------------------------------------------------------------- */

struct share_want {
	struct redemption *redemption;
	struct lot_share *share;
	ref lot;
};

/* A lot that is used up stands in its wallet no more; its beginning tells what it was. */
static int share_lot_done(struct batch *batch, const struct read *read, void *subject)
{
	struct share_want *want = subject;
	struct wallet *wallet = want->redemption->wallet;
	struct effect_reader reader;
	struct effect transfer, terms, origin;
	struct record record;
	int error;

	if ((error = rewapp__state_open(wallet)) < 0)
		return error;
	if ((want->share->lot = rewapp__wallet_lot(wallet, want->lot)))
		return 0;
	if ((error = record_in(read, 0, want->lot, &record)) < 0)
		return error;
	if (!effect_find(&reader, &record, EFFECT_TRANSFER, want->lot, &transfer) ||
		!rewapp__effects_next(&reader, &terms) || terms.kind != EFFECT_LOT)
		return rewapp__fail(REWAPP_E_CORRUPT, "lot %lld is missing", (long long)want->lot);
	if (!(want->share->lot = rewapp__facts_take(batch, sizeof *want->share->lot)))
		return batch->failed;
	*want->share->lot = (struct lot){
		.number = want->lot,
		.command = record.number,
		.funder = transfer.transfer.debit,
		.original = transfer.transfer.amount,
		.activates_ms = terms.lot.activates_ms,
		.expires_ms = terms.lot.expires_ms,
		.gone = true,
	};
	if (rewapp__effects_next(&reader, &origin) && origin.kind == EFFECT_ORIGIN) {
		want->share->lot->command = origin.origin.command;
		want->share->lot->funder = origin.origin.funder;
	}
	if (!rewapp__wallet_add_lot(wallet, want->share->lot))
		batch->failed = rewapp__fail(REWAPP_E_NOMEMORY, "lots");
	return batch->failed;
}

static void want_share(struct batch *batch, struct redemption *redemption, ref lot, int64_t amount)
{
	struct share_want *want = rewapp__facts_take(batch, sizeof *want);

	if (!want)
		return;
	want->redemption = redemption;
	want->lot = lot;
	want->share = &redemption->shares[redemption->share_count++];
	want->share->amount = amount;
	want_log(batch, lot, share_lot_done, want);
}

/* What the redemption itself gave back of the lot, when it took less than was held: < 0. */
static int64_t given_back(const struct redemption *redemption, ref lot)
{
	struct effect_reader reader;
	struct effect effect;

	if (!effect_find(&reader, &redemption->record, EFFECT_TRANSFER, redemption->number, &effect))
		return 0;
	while (rewapp__effects_next(&reader, &effect) && effect.kind == EFFECT_MOVE)
		if (effect.move.lot == lot)
			return effect.move.amount;
	return 0;
}

/* The hold took the points from its lots when it was opened. */
static int redemption_hold_done(struct batch *batch, const struct read *read, void *subject)
{
	struct redemption *redemption = subject;
	struct effect_reader reader;
	struct effect effect;
	struct record record;
	int error = record_in(read, 0, redemption->hold, &record);

	redemption->wallet = wallet_find(batch, redemption->member->number, redemption->programme->number);
	if (error < 0)
		return error;
	if (!redemption->wallet || !effect_find(&reader, &record, EFFECT_TRANSFER, redemption->hold, &effect))
		return rewapp__fail(REWAPP_E_CORRUPT, "hold %lld is missing", (long long)redemption->hold);
	/* An effect has more bytes than one, so there are enough shares for those that follow. */
	redemption->shares = rewapp__arena_array(
		batch->arena, record.effects_size, sizeof *redemption->shares);
	if (!redemption->shares)
		return rewapp__fail(REWAPP_E_NOMEMORY, "redemption");
	while (rewapp__effects_next(&reader, &effect) && effect.kind != EFFECT_TRANSFER)
		if (effect.kind == EFFECT_SPENT)
			redemption->by = effect.spent.member;
		else if (effect.kind == EFFECT_MOVE)
			want_share(batch, redemption, effect.move.lot,
				effect.move.amount + given_back(redemption, effect.move.lot));
	return batch->failed;
}

static int redemption_undone_done(struct batch *batch, const struct read *read, void *subject)
{
	struct redemption *redemption = subject;

	(void)batch;
	redemption->undone = read->row_count > 0;
	redemption->reversed = rewapp__cell_int(read, 0, 1);
	return 0;
}

/* Where the redemption's record says that it counted. */
static struct spending_window window_of(const struct record *record)
{
	struct spending_window window = { 0 };
	struct effect_reader reader;
	struct effect effect;

	rewapp__effects_open(&reader, record);
	while (rewapp__effects_next(&reader, &effect))
		if (effect.kind == EFFECT_SPENT)
			window = (struct spending_window){ effect.spent.day, effect.spent.month };
	return window;
}

static int redemption_found(struct batch *batch, const struct known *known)
{
	const struct record *record = known->record;
	struct redemption *redemption = rewapp__facts_take(batch, sizeof *redemption);
	const struct merchant *merchant;
	struct effect_reader reader;
	struct effect effect;

	if (!redemption)
		return batch->failed;
	if (!effect_find(&reader, record, EFFECT_TRANSFER, known->subject, &effect))
		return rewapp__fail(
			REWAPP_E_CORRUPT, "redemption %lld is missing", (long long)known->subject);
	redemption->number = known->subject;
	redemption->record = *record;
	redemption->points = effect.transfer.amount;
	redemption->hold = effect.transfer.pending;
	redemption->merchant = record->merchant;
	redemption->recorded_ms = record->recorded_ms;
	redemption->window = window_of(record);
	if ((merchant = rewapp__catalogue_merchant_by_number(&batch->engine->catalogue, record->merchant)))
		redemption->merchant_id = merchant->id;
	redemption->member = rewapp__want_member_number(batch, record->member);
	redemption->programme = rewapp__catalogue_programme_by_number(
		&batch->engine->catalogue, record->programme);
	rewapp__facts_put_number(batch, &batch->redemptions, redemption->number, redemption);
	if (batch->failed || !redemption->programme)
		return batch->failed ? batch->failed
				     : rewapp__fail(REWAPP_E_CORRUPT, "a redemption has no programme");
	rewapp__want_account(batch, record->programme, ACCOUNT_SETTLEMENT, redemption->merchant);
	rewapp__want_wallet(batch, record->member, redemption->programme);
	rewapp__want(batch, &STMT_LEDGER_UNDONE, (struct value[]){ rewapp__value_int(redemption->hold) }, 1,
		redemption_undone_done, redemption);
	want_log(batch, redemption->hold, redemption_hold_done, redemption);
	return 0;
}

/* --- commands --------------------------------------------------------------------------------- */

static int card_load_found(struct batch *batch, const struct known *known)
{
	const struct record *record = known->record;
	struct card_load *load = rewapp__facts_take(batch, sizeof *load);

	if (!load)
		return batch->failed;
	*load = (struct card_load){ record->number, known->subject, record->merchant,
		rewapp__want_member_number(batch, record->member),
		rewapp__catalogue_programme_by_number(&batch->engine->catalogue, record->programme) };
	if (!load->card || !load->programme)
		return batch->failed ? batch->failed
				     : rewapp__fail(REWAPP_E_CORRUPT, "a gift card has no programme");
	rewapp__want_wallet(batch, record->member, load->programme);
	rewapp__want_account(batch, record->programme, ACCOUNT_ISSUANCE, record->merchant);
	return rewapp__batch_add_card_load(batch, load);
}

static int target_found(struct batch *batch, const struct known *known)
{
	struct hold_fact *fact;

	if (known->number && known->kind == REWAPP_KIND_CONFIRM)
		rewapp__want_answered(batch, known->number);
	if (known->number && known->kind == REWAPP_KIND_BANK_LINE)
		rewapp__want_sighting(batch, known->number);
	if (known->number == 0 || known->subject == 0)
		return batch->failed;
	switch (known->kind) {
	case REWAPP_KIND_BANK_LINE:
	case REWAPP_KIND_CONFIRM:
	case REWAPP_KIND_PURCHASE:
		return purchase_found(batch, known->record);
	case REWAPP_KIND_HOLD:
	case REWAPP_KIND_MINT:
	case REWAPP_KIND_VOUCHER:
		fact = hold_fact_new(batch, known->subject);
		return fact ? hold_found(batch, known->record, fact) : batch->failed;
	case REWAPP_KIND_GIFT_CARD:
		return card_load_found(batch, known);
	case REWAPP_KIND_POST:
	case REWAPP_KIND_REDEEM:
		return redemption_found(batch, known);
	default:
		return 0;
	}
}

/* The record of a command that was asked for. */
static int known_found(struct batch *batch, struct known *known, const struct record *found)
{
	struct record *record = rewapp__facts_take(batch, sizeof *record);
	uint8_t *fingerprint = rewapp__facts_take(batch, FINGERPRINT_SIZE);

	if (!record || !fingerprint)
		return batch->failed;
	*record = *found;
	if (!rewapp__fingerprint_decode(record->fingerprint, record->fingerprint_size, fingerprint))
		return rewapp__fail(REWAPP_E_CORRUPT, "a stored command is damaged");
	known->record = record;
	known->fingerprint = fingerprint;
	known->number = record->number;
	known->kind = record->kind;
	known->subject = record->subject;
	if (record->member)
		rewapp__want_member_number(batch, record->member);
	return known->is_target ? target_found(batch, known) : batch->failed;
}

static int known_done(struct batch *batch, const struct read *read, void *subject)
{
	struct known *known = subject;
	int64_t number = rewapp__cell_int(read, 0, 0);
	struct record record;
	int error;

	known->loaded = true;
	if (read->row_count == 0)
		return 0;
	if ((error = record_in(read, 1, number, &record)) < 0)
		return error;
	if (record.number != number)
		return rewapp__fail(REWAPP_E_CORRUPT, "a stored command is damaged");
	return known_found(batch, known, &record);
}

/* In an owned store the record is looked at, whether it is of this id. */
struct candidate {
	struct known *known;
	struct rewapp_id id;
	int64_t number;
};

static int candidate_done(struct batch *batch, const struct read *read, void *subject)
{
	const struct candidate *candidate = subject;
	struct known *known = candidate->known;
	struct record record;
	int error = record_in(read, 0, candidate->number, &record);

	if (error < 0 || record.number != candidate->number ||
		memcmp(&record.id, &candidate->id, sizeof record.id) != 0)
		return error;
	known->loaded = true;
	return known_found(batch, known, &record);
}

static void want_candidates(
	struct batch *batch, struct known *known, const struct rewapp_id *id, uint64_t hash)
{
	int64_t numbers[IDS_CANDIDATES_MAX];
	size_t count;

	if (batch->failed || (batch->failed = rewapp__owned_ids(batch->engine)) < 0)
		return;
	count = rewapp__ids_find(&batch->engine->owned->kept.ids, hash, numbers);
	for (size_t i = 0; i < count; i++) {
		struct candidate *candidate = rewapp__facts_take(batch, sizeof *candidate);

		if (!candidate)
			return;
		*candidate = (struct candidate){ known, *id, numbers[i] };
		want_log(batch, numbers[i], candidate_done, candidate);
	}
}

/* `hash` of the id, or 0 when it has not been taken yet. */
static struct known *want_known(struct batch *batch, const struct rewapp_id *id, uint64_t hash)
{
	struct known *known = rewapp__map_get(&batch->known, id);

	if (known || !(known = rewapp__facts_take(batch, sizeof *known)))
		return known;
	rewapp__facts_put(batch, &batch->known, id, known);
	if (batch->engine->owned)
		want_candidates(batch, known, id, hash ? hash : rewapp__ids_hash(id));
	if (!batch->engine->owned || batch->engine->owned->has_commands)
		rewapp__want(batch, &STMT_LEDGER_COMMAND,
			(struct value[]){ rewapp__value_blob(id, sizeof *id) }, 1, known_done, known);
	return known;
}

void rewapp__want_known(struct batch *batch, const struct rewapp_id *id)
{
	want_known(batch, id, 0);
}

void rewapp__want_item_known(struct batch *batch, struct item *item)
{
	item->known = want_known(batch, &item->command->id, item->id_hash);
}

void rewapp__want_target(struct batch *batch, const struct rewapp_id *id)
{
	struct known *known = want_known(batch, id, 0);
	int error;

	if (!known || known->is_target)
		return;
	known->is_target = true;
	if (known->loaded && (error = target_found(batch, known)) < 0)
		batch->failed = error;
}

/* --- limits ----------------------------------------------------------------------------------- */

static struct map_key tally_hash(ref programme, const struct counter_key *key)
{
	return rewapp__map_key(programme * INT64_C(1000003) ^ key->cap, key->window_start);
}

/* Keys of the map are hashes: tallies that collide stand in one list. */
static struct tally *tally_find(const struct batch *batch, ref programme, const struct counter_key *key)
{
	struct map_key hash = tally_hash(programme, key);

	for (struct tally *at = rewapp__map_get(&batch->tallies, &hash); at; at = at->same_hash)
		if (at->programme == programme && at->what == key->cap &&
			at->window_start == key->window_start)
			return at;
	return NULL;
}

static struct tally *tally_new(struct batch *batch, ref programme, ref owner, const struct counter_key *key)
{
	struct tally *tally = rewapp__facts_take(batch, sizeof *tally);

	if (tally)
		*tally = (struct tally){ .programme = programme,
			.owner = owner,
			.what = key->cap,
			.window_start = key->window_start,
			.limit = key->limit };
	return tally;
}

static struct tally *tally_put(struct batch *batch, ref programme, const struct counter_key *key)
{
	struct map_key hash = tally_hash(programme, key);
	struct tally *tally = tally_new(batch, programme, 0, key);

	if (!tally)
		return NULL;
	tally->same_hash = rewapp__map_get(&batch->tallies, &hash);
	tally->next = batch->tally_list;
	batch->tally_list = tally;
	rewapp__facts_put(batch, &batch->tallies, &hash, tally);
	return batch->failed ? NULL : tally;
}

static int tally_done(struct batch *batch, const struct read *read, void *subject)
{
	struct tally *tally = subject;

	(void)batch;
	tally->total = rewapp__cell_int(read, 0, 0);
	return 0;
}

/* Found, or made and asked for. */
static void want_tally(struct batch *batch, ref programme, const struct counter_key *key)
{
	struct tally *tally = tally_find(batch, programme, key);

	if (tally || !(tally = tally_put(batch, programme, key)))
		return;
	rewapp__want(batch, &STMT_LEDGER_TALLY,
		(struct value[]){ rewapp__value_int(programme), rewapp__value_int(0),
			rewapp__value_int(key->cap), rewapp__value_int(key->window_start) },
		4, tally_done, tally);
}

/* --- sliding windows ------------------------------------------------------------------------ */

/* What guards the days or hours of a window that many members share: whoever adds to one of them has read
 * them all, and nobody else has added to any since.  Its total counts the additions. */
static struct counter_key guard_of(const struct counter_key *key)
{
	struct counter_key guard = *key;

	guard.window_start = INT64_MIN;
	guard.span = 0;
	return guard;
}

struct window_want {
	ref programme;
	struct counter_key key;
};

static int window_done(struct batch *batch, const struct read *read, void *subject)
{
	const struct window_want *want = subject;

	for (size_t row = 0; row < read->row_count; row++) {
		struct counter_key key = want->key;
		struct tally *tally;

		key.window_start = rewapp__cell_int(read, row, 0);
		if (!(tally = tally_find(batch, want->programme, &key)) &&
			!(tally = tally_put(batch, want->programme, &key)))
			return batch->failed;
		tally->total = rewapp__cell_int(read, row, 1);
	}
	return 0;
}

static void want_window(struct batch *batch, ref programme, const struct counter_key *key)
{
	struct tally *last = tally_find(batch, programme, key);
	struct counter_key guard = guard_of(key);
	struct window_want *want;

	if ((last && last->around) || (!last && !(last = tally_put(batch, programme, key))) ||
		!(want = rewapp__facts_take(batch, sizeof *want)))
		return;
	last->around = true;
	*want = (struct window_want){ programme, *key };
	want_tally(batch, programme, &guard);
	rewapp__want(batch, &STMT_LEDGER_TALLIES,
		(struct value[]){ rewapp__value_int(programme), rewapp__value_int(key->cap),
			rewapp__value_int(key->window_start - key->span + 1),
			rewapp__value_int(key->window_start + key->span - 1) },
		4, window_done, want);
}

/* What the windows around the purchase have used. */
static int64_t window_used(
	const struct batch *batch, const struct wallet *wallet, const struct counter_key *key)
{
	const struct tally *tally = key->scope == CAP_MEMBER ? wallet->tallies : batch->tally_list;
	int64_t sums[2 * CAP_SPAN_MAX - 1] = { 0 }, first = key->window_start - key->span + 1;

	for (; tally; tally = tally->next)
		if (tally->what == key->cap && tally->programme == wallet->programme &&
			tally->window_start >= first && tally->window_start < first + 2 * key->span - 1)
			sums[tally->window_start - first] = tally->total + tally->added;
	return rewapp__earn_window_used(sums, key->span);
}

int64_t rewapp__batch_used(struct batch *batch, struct wallet *wallet, const struct counter_key *key)
{
	const struct tally *tally = key->span ? NULL : rewapp__batch_tally(batch, wallet, key);

	if (key->span)
		return window_used(batch, wallet, key);
	return tally ? tally->total + tally->added : key->limit;
}

void rewapp__batch_count(
	struct batch *batch, struct wallet *wallet, const struct counter_key *key, int64_t points)
{
	struct counter_key guarding = guard_of(key);
	struct tally *tally = rewapp__batch_tally(batch, wallet, key), *guard;

	if (!tally)
		return;
	rewapp__book_tally(&batch->book, tally, points);
	if (points <= 0)
		return;
	tally->limit = key->limit; /* this batch may have put a version with another one */
	if (!key->span || key->scope == CAP_MEMBER ||
		!(guard = rewapp__batch_tally(batch, wallet, &guarding)))
		return;
	rewapp__book_tally(&batch->book, guard, 1);
	guard->limit = guard->total + guard->added;
}

/* A member's own come with the wallet. */
void rewapp__want_counters(struct batch *batch, struct programme_row *programme,
	const struct programme *rules, const struct earn_facts *facts)
{
	struct counter_key keys[EARN_COUNTERS_MAX];
	size_t count = rewapp__earn_counters(rules, facts, keys);

	for (size_t i = 0; i < count; i++) {
		if (keys[i].scope == CAP_MEMBER || !keys[i].cap)
			continue;
		if (keys[i].span)
			want_window(batch, programme->number, &keys[i]);
		else
			want_tally(batch, programme->number, &keys[i]);
	}
}

static struct tally *tally_of(struct batch *batch, struct wallet *wallet, const struct counter_key *key)
{
	struct tally *tally;

	if (key->scope != CAP_MEMBER) {
		tally = tally_find(batch, wallet->programme, key);
		return tally ? tally : tally_put(batch, wallet->programme, key);
	}
	for (tally = wallet->tallies; tally; tally = tally->next)
		if (tally->what == key->cap && tally->window_start == key->window_start)
			return tally;
	if ((tally = tally_new(batch, wallet->programme, wallet->member, key)))
		rewapp__wallet_add_tally(wallet, tally);
	return tally;
}

struct tally *rewapp__batch_tally(struct batch *batch, struct wallet *wallet, const struct counter_key *key)
{
	struct tally *tally = tally_of(batch, wallet, key);

	rewapp__undo_keep(&batch->undo, tally, sizeof *tally);
	return tally;
}
