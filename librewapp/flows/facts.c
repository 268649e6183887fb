/* What a batch reads: accounts, wallets, members, commands and what they made, limits.
 *
 * Each kind of fact is wanted by one function and filled in by the one before it; what an
 * answer makes necessary is wanted in turn. */
#include "flows/facts.h"

#include "base/error.h"
#include "ledger/ledger.sql.h"
#include "programme/programme.sql.h"
#include "purchases/purchases.sql.h"

#include <string.h>

/* --- accounts and wallets ---------------------------------------------------------- */

static struct map_key account_key(ref programme, enum account_kind kind, ref owner)
{
	return rewapp__map_key(programme * 8 + kind, owner);
}

static struct account *account_new(struct batch *batch, ref programme, enum account_kind kind, ref owner)
{
	struct account *account = rewapp__facts_take(batch, sizeof *account);
	struct map_key key = account_key(programme, kind, owner);

	if (!account)
		return NULL;
	*account = (struct account){ .programme = programme, .kind = kind, .owner = owner };
	rewapp__facts_put(batch, &batch->accounts, &key, account);
	return batch->failed ? NULL : account;
}

static int account_done(struct batch *batch, const struct read *read, void *subject)
{
	struct account *account = subject;

	if (read->row_count == 0)
		return 0;
	account->number = rewapp__cell_int(read, 0, 0);
	account->first = (struct counters){
		.debits_pending = rewapp__cell_int(read, 0, 4),
		.debits_posted = rewapp__cell_int(read, 0, 5),
		.credits_pending = rewapp__cell_int(read, 0, 6),
		.credits_posted = rewapp__cell_int(read, 0, 7),
	};
	account->now = account->first;
	account->version = account->version_first = rewapp__cell_int(read, 0, 8);
	account->last = rewapp__cell_int(read, 0, 9);
	return 0;
}

static struct account *want_account(
	struct batch *batch, ref programme, enum account_kind kind, ref owner, want_done done, void *subject)
{
	struct map_key key = account_key(programme, kind, owner);
	struct account *account = rewapp__map_get(&batch->accounts, &key);

	if (account || !(account = account_new(batch, programme, kind, owner)))
		return account;
	rewapp__want(batch, &STMT_LEDGER_ACCOUNT,
		(struct value[]){
			rewapp__value_int(owner), rewapp__value_int(kind), rewapp__value_int(programme) },
		3, done, subject ? subject : account);
	return account;
}

void rewapp__want_account(struct batch *batch, ref programme, enum account_kind kind, ref owner)
{
	if (programme > 0 && owner >= 0)
		want_account(batch, programme, kind, owner, account_done, NULL);
}

struct account *rewapp__batch_account(struct batch *batch, ref programme, enum account_kind kind, ref owner)
{
	struct map_key key = account_key(programme, kind, owner);
	struct account *account = rewapp__map_get(&batch->accounts, &key);

	if (!account && !(account = account_new(batch, programme, kind, owner)))
		return NULL;
	if (account->number == 0)
		account->number = rewapp__ref_new(&batch->plan);
	return account;
}

static struct lot *lot_find(const struct wallet *wallet, ref number)
{
	for (size_t i = 0; i < wallet->lot_count; i++)
		if (wallet->lots[i]->number == number)
			return wallet->lots[i];
	return NULL;
}

/* Columns from `first`: lot's command, funder, original, remaining, activation, expiry. */
static struct lot *lot_add(struct batch *batch, struct wallet *wallet, const struct read *read, size_t row,
	ref number, size_t first)
{
	struct lot *lot = lot_find(wallet, number);

	if (lot || !(lot = rewapp__facts_take(batch, sizeof *lot)))
		return lot;
	*lot = (struct lot){
		.number = number,
		.command = rewapp__cell_int(read, row, first),
		.funder = rewapp__cell_int(read, row, first + 1),
		.original = rewapp__cell_int(read, row, first + 2),
		.remaining = rewapp__cell_int(read, row, first + 3),
		.activates_ms = rewapp__cell_int(read, row, first + 4),
		.expires_ms = rewapp__cell_int(read, row, first + 5),
	};
	lot->stored = lot->remaining;
	if (!rewapp__wallet_add_lot(wallet, lot))
		batch->failed = rewapp__fail(REWAPP_E_NOMEMORY, "lots");
	return batch->failed ? NULL : lot;
}

static int lots_done(struct batch *batch, const struct read *read, void *subject)
{
	for (size_t row = 0; row < read->row_count; row++)
		if (!lot_add(batch, subject, read, row, rewapp__cell_int(read, row, 0), 1))
			return batch->failed;
	return 0;
}

static struct hold *hold_find(const struct wallet *wallet, ref number)
{
	for (size_t i = 0; i < wallet->hold_count; i++)
		if (wallet->holds[i]->number == number)
			return wallet->holds[i];
	return NULL;
}

static int holds_done(struct batch *batch, const struct read *read, void *subject)
{
	struct wallet *wallet = subject;

	for (size_t row = 0; row < read->row_count; row++) {
		struct hold *hold = rewapp__facts_take(batch, sizeof *hold);

		if (!hold)
			return batch->failed;
		*hold = (struct hold){
			.number = rewapp__cell_int(read, row, 0),
			.command = rewapp__cell_int(read, row, 1),
			.merchant = rewapp__cell_int(read, row, 2),
			.amount = rewapp__cell_int(read, row, 3),
			.issued_ms = rewapp__cell_int(read, row, 4),
			.expires_ms = rewapp__cell_int(read, row, 5),
			.key = rewapp__cell_int(read, row, 6),
			.stored = true,
		};
		if (!rewapp__wallet_add_hold(wallet, hold))
			return batch->failed = rewapp__fail(REWAPP_E_NOMEMORY, "holds");
	}
	return 0;
}

/* Comes after lots and holds of the same wallet, in the order they were asked for. */
static int hold_shares_done(struct batch *batch, const struct read *read, void *subject)
{
	struct wallet *wallet = subject;

	for (size_t row = 0; row < read->row_count; row++) {
		struct hold *hold = hold_find(wallet, rewapp__cell_int(read, row, 0));
		struct lot *lot = lot_add(batch, wallet, read, row, rewapp__cell_int(read, row, 1), 3);

		if (!hold || !lot)
			return batch->failed ? batch->failed
					     : rewapp__fail(REWAPP_E_CORRUPT, "a hold is missing");
		if (!hold->shares &&
			!(hold->shares = rewapp__arena_array(
				  batch->arena, read->row_count, sizeof *hold->shares)))
			return rewapp__fail(REWAPP_E_NOMEMORY, "holds");
		hold->shares[hold->share_count++] = (struct lot_share){ lot, rewapp__cell_int(read, row, 2) };
	}
	return 0;
}

static int wallet_account_done(struct batch *batch, const struct read *read, void *subject)
{
	struct wallet *wallet = subject;
	struct value account;

	account_done(batch, read, wallet->account);
	if (wallet->account->number == 0)
		return 0;
	account = rewapp__value_int(wallet->account->number);
	rewapp__want(batch, &STMT_LEDGER_LOTS, &account, 1, lots_done, wallet);
	rewapp__want(batch, &STMT_LEDGER_HOLDS, &account, 1, holds_done, wallet);
	rewapp__want(batch, &STMT_LEDGER_HOLD_SHARES, &account, 1, hold_shares_done, wallet);
	return 0;
}

static struct wallet *wallet_new(struct batch *batch, ref member, struct programme_row *programme)
{
	struct wallet *wallet = rewapp__facts_take(batch, sizeof *wallet);
	struct map_key key = rewapp__map_key(member, programme->number);

	if (!wallet)
		return NULL;
	wallet->arena = batch->arena;
	wallet->member = member;
	wallet->programme = programme->number;
	wallet->next = batch->wallet_list;
	batch->wallet_list = wallet;
	rewapp__facts_put(batch, &batch->wallets, &key, wallet);
	return batch->failed ? NULL : wallet;
}

/* The programme's side of every wallet. */
static void want_shared(struct batch *batch, ref programme)
{
	rewapp__want_account(batch, programme, ACCOUNT_CLEARING, 0);
	rewapp__want_account(batch, programme, ACCOUNT_BREAKAGE, 0);
}

void rewapp__want_wallet(struct batch *batch, ref member, struct programme_row *programme)
{
	struct map_key key = rewapp__map_key(member, programme ? programme->number : 0);
	struct wallet *wallet;

	if (!programme || member <= 0 || programme->number <= 0 || rewapp__map_get(&batch->wallets, &key) ||
		!(wallet = wallet_new(batch, member, programme)))
		return;
	wallet->account = want_account(
		batch, programme->number, ACCOUNT_WALLET, member, wallet_account_done, wallet);
	wallet->debt = want_account(batch, programme->number, ACCOUNT_DEBT, member, account_done, NULL);
	want_shared(batch, programme->number);
}

struct wallet *rewapp__batch_wallet(
	struct batch *batch, struct member *member, struct programme_row *programme)
{
	struct map_key key = rewapp__map_key(member->number, programme->number);
	struct wallet *wallet = rewapp__map_get(&batch->wallets, &key);

	if (!wallet && !(wallet = wallet_new(batch, member->number, programme)))
		return NULL;
	wallet->account = rewapp__batch_account(batch, programme->number, ACCOUNT_WALLET, member->number);
	wallet->debt = rewapp__batch_account(batch, programme->number, ACCOUNT_DEBT, member->number);
	wallet->clearing = rewapp__batch_account(batch, programme->number, ACCOUNT_CLEARING, 0);
	wallet->breakage = rewapp__batch_account(batch, programme->number, ACCOUNT_BREAKAGE, 0);
	return batch->failed ? NULL : wallet;
}

/* --- members, commands ------------------------------------------------------------- */

struct member_want {
	struct member *member;
	struct programme_row *programme; /* whose wallet is wanted too; NULL: none */
	bool earns;                      /* and the limits at `occurred_ms` */
	int64_t occurred_ms;
};

/* Also for a member who is not there yet: this batch may enrol one, and what is the programme's
 * is there already. */
static void want_around(struct batch *batch, const struct member_want *want)
{
	rewapp__want_wallet(batch, want->member->number, want->programme);
	if (want->programme)
		want_shared(batch, want->programme->number);
	if (want->earns && want->programme && want->programme->number > 0)
		rewapp__want_counters(batch, want->programme, want->programme->rules, want->member->number,
			want->occurred_ms);
}

static int member_done(struct batch *batch, const struct read *read, void *subject)
{
	struct member_want *want = subject;

	if (read->row_count) {
		want->member->number = rewapp__cell_int(read, 0, 0);
		want->member->status = (int32_t)rewapp__cell_int(read, 0, 2);
	}
	want_around(batch, want);
	return 0;
}

/* Two commands may want one member's wallets in two programmes: each asks. */
static void want_member(struct batch *batch, const struct rewapp_id *id, const struct member_want *with)
{
	struct member_want *want = rewapp__facts_take(batch, sizeof *want);
	struct member *member = rewapp__map_get(&batch->members, id);

	if (!want)
		return;
	*want = *with;
	if (!member) {
		if (!(member = rewapp__facts_take(batch, sizeof *member)))
			return;
		member->id = *id;
		rewapp__facts_put(batch, &batch->members, id, member);
	}
	want->member = member;
	rewapp__want(batch, &STMT_PROGRAMME_MEMBER, (struct value[]){ rewapp__value_blob(id, sizeof *id) }, 1,
		member_done, want);
}

void rewapp__want_member(struct batch *batch, const struct rewapp_id *id, struct programme_row *programme)
{
	want_member(batch, id, &(struct member_want){ .programme = programme });
}

void rewapp__want_earner(
	struct batch *batch, const struct rewapp_id *id, struct programme_row *programme, int64_t occurred_ms)
{
	want_member(batch, id,
		&(struct member_want){ .programme = programme, .earns = true, .occurred_ms = occurred_ms });
}

static int member_number_done(struct batch *batch, const struct read *read, void *subject)
{
	struct member *member = subject;
	size_t size;
	const void *id = rewapp__cell_blob(read, 0, 1, &size);

	if (read->row_count == 0 || size != sizeof member->id)
		return rewapp__fail(REWAPP_E_CORRUPT, "member %lld is missing", (long long)member->number);
	memcpy(&member->id, id, sizeof member->id);
	member->status = (int32_t)rewapp__cell_int(read, 0, 2);
	return 0;
}

static struct member *want_member_number(struct batch *batch, ref number)
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

static int known_done(struct batch *batch, const struct read *read, void *subject)
{
	struct known *known = subject;
	const void *fingerprint;
	size_t size;

	(void)batch;
	if (read->row_count == 0)
		return 0;
	fingerprint = rewapp__cell_blob(read, 0, 3, &size);
	if (size != FINGERPRINT_SIZE)
		return rewapp__fail(REWAPP_E_CORRUPT, "a stored fingerprint is damaged");
	known->number = rewapp__cell_int(read, 0, 0);
	known->kind = (int32_t)rewapp__cell_int(read, 0, 1);
	known->subject = rewapp__cell_int(read, 0, 2);
	memcpy(known->fingerprint, fingerprint, size);
	known->receipt = rewapp__cell_blob(read, 0, 4, &known->receipt_size);
	return 0;
}

static struct known *want_known(struct batch *batch, const struct rewapp_id *id, want_done done)
{
	struct known *known = rewapp__map_get(&batch->known, id);

	if (!known) {
		if (!(known = rewapp__facts_take(batch, sizeof *known)))
			return NULL;
		rewapp__facts_put(batch, &batch->known, id, known);
	}
	rewapp__want(batch, &STMT_PURCHASES_COMMAND, (struct value[]){ rewapp__value_blob(id, sizeof *id) },
		1, done, known);
	return known;
}

void rewapp__want_known(struct batch *batch, const struct rewapp_id *id)
{
	if (!rewapp__map_get(&batch->known, id))
		want_known(batch, id, known_done);
}

/* --- targets: purchases, holds, redemptions --------------------------------------------- */

static int purchase_done(struct batch *batch, const struct read *read, void *subject)
{
	struct purchase *purchase = subject;
	struct catalogue *catalogue = &batch->engine->catalogue;
	const struct merchant *merchant;
	int error;

	if (read->row_count == 0)
		return rewapp__fail(
			REWAPP_E_CORRUPT, "purchase %lld is missing", (long long)purchase->number);
	purchase->member = want_member_number(batch, rewapp__cell_int(read, 0, 1));
	purchase->merchant = rewapp__cell_int(read, 0, 2);
	purchase->programme = rewapp__catalogue_programme_by_number(catalogue, rewapp__cell_int(read, 0, 3));
	purchase->version = (int32_t)rewapp__cell_int(read, 0, 4);
	purchase->amount = rewapp__cell_int(read, 0, 5);
	purchase->returned = rewapp__cell_int(read, 0, 6);
	purchase->clawed_back = rewapp__cell_int(read, 0, 7);
	purchase->mcc = (int32_t)rewapp__cell_int(read, 0, 8);
	purchase->occurred_ms = rewapp__cell_int(read, 0, 9);
	purchase->awards = rewapp__cell_blob(read, 0, 10, &purchase->awards_size);
	merchant = rewapp__catalogue_merchant_by_number(catalogue, purchase->merchant);
	if (!purchase->programme || !purchase->member || !merchant)
		return batch->failed
			? batch->failed
			: rewapp__fail(REWAPP_E_CORRUPT, "a purchase has no programme or merchant");
	purchase->merchant_id = merchant->id;
	if ((error = rewapp__catalogue_version(catalogue, batch->engine->storage, batch->arena,
		     purchase->programme->number, purchase->version, &purchase->rules)) < 0)
		return error;
	rewapp__want_wallet(batch, purchase->member->number, purchase->programme);
	rewapp__want_account(batch, purchase->programme->number, ACCOUNT_ISSUANCE, 0);
	rewapp__want_account(batch, purchase->programme->number, ACCOUNT_ISSUANCE, purchase->merchant);
	rewapp__want_counters(
		batch, purchase->programme, purchase->rules, purchase->member->number, purchase->occurred_ms);
	return 0;
}

static void want_purchase(struct batch *batch, ref number)
{
	struct purchase *purchase = rewapp__facts_get_number(&batch->purchases, number);

	if (purchase || !(purchase = rewapp__facts_take(batch, sizeof *purchase)))
		return;
	purchase->number = number;
	rewapp__facts_put_number(batch, &batch->purchases, number, purchase);
	rewapp__want(batch, &STMT_PURCHASES_PURCHASE, (struct value[]){ rewapp__value_int(number) }, 1,
		purchase_done, purchase);
}

static int hold_done(struct batch *batch, const struct read *read, void *subject)
{
	struct hold_fact *fact = subject;
	const void *id;
	size_t size;

	if (read->row_count == 0)
		return 0;
	if (!(fact->hold = rewapp__facts_take(batch, sizeof *fact->hold)))
		return batch->failed;
	*fact->hold = (struct hold){
		.number = rewapp__cell_int(read, 0, 0),
		.command = rewapp__cell_int(read, 0, 1),
		.merchant = rewapp__cell_int(read, 0, 3),
		.amount = rewapp__cell_int(read, 0, 4),
		.posted = rewapp__cell_int(read, 0, 5),
		.state = (int)rewapp__cell_int(read, 0, 6),
		.issued_ms = rewapp__cell_int(read, 0, 7),
		.expires_ms = rewapp__cell_int(read, 0, 8),
		.key = rewapp__cell_int(read, 0, 9),
		.stored = true,
	};
	id = rewapp__cell_blob(read, 0, 12, &size);
	if (size == sizeof fact->id)
		memcpy(&fact->id, id, size);
	fact->member = want_member_number(batch, rewapp__cell_int(read, 0, 10));
	fact->programme = rewapp__catalogue_programme_by_number(
		&batch->engine->catalogue, rewapp__cell_int(read, 0, 11));
	if (!fact->programme || !fact->member)
		return batch->failed ? batch->failed
				     : rewapp__fail(REWAPP_E_CORRUPT, "a hold has no programme");
	rewapp__want_wallet(batch, fact->member->number, fact->programme);
	return 0;
}

void rewapp__want_hold(struct batch *batch, ref number)
{
	struct hold_fact *fact = rewapp__facts_get_number(&batch->holds, number);

	if (number <= 0 || fact || !(fact = rewapp__facts_take(batch, sizeof *fact)))
		return;
	rewapp__facts_put_number(batch, &batch->holds, number, fact);
	rewapp__want(
		batch, &STMT_LEDGER_HOLD, (struct value[]){ rewapp__value_int(number) }, 1, hold_done, fact);
}

/* The columns: lot, amount, then the lot.  Releases have negative amounts: a lot may come twice. */
static int taken_done(struct batch *batch, const struct read *read, void *subject)
{
	struct redemption *redemption = subject;
	struct map_key key = rewapp__map_key(redemption->member->number, redemption->programme->number);

	redemption->wallet = rewapp__map_get(&batch->wallets, &key);
	redemption->shares = rewapp__arena_array(batch->arena, read->row_count, sizeof *redemption->shares);
	if (!redemption->wallet || !redemption->shares)
		return rewapp__fail(REWAPP_E_NOMEMORY, "redemption");
	for (size_t row = 0; row < read->row_count; row++) {
		struct lot *lot = lot_add(
			batch, redemption->wallet, read, row, rewapp__cell_int(read, row, 0), 2);
		size_t at = 0;

		if (!lot)
			return batch->failed;
		while (at < redemption->share_count && redemption->shares[at].lot != lot)
			at++;
		redemption->share_count += at == redemption->share_count;
		redemption->shares[at].lot = lot;
		redemption->shares[at].amount += rewapp__cell_int(read, row, 1);
	}
	return 0;
}

static int redemption_done(struct batch *batch, const struct read *read, void *subject)
{
	struct redemption *redemption = subject;
	ref programme;

	if (read->row_count == 0)
		return rewapp__fail(
			REWAPP_E_CORRUPT, "redemption %lld is missing", (long long)redemption->number);
	programme = rewapp__cell_int(read, 0, 6);
	redemption->points = rewapp__cell_int(read, 0, 3);
	redemption->hold = rewapp__cell_int(read, 0, 4);
	redemption->reversed = rewapp__cell_int(read, 0, 8);
	redemption->member = want_member_number(batch, rewapp__cell_int(read, 0, 5));
	redemption->programme = rewapp__catalogue_programme_by_number(&batch->engine->catalogue, programme);
	if (!redemption->programme || !redemption->member)
		return batch->failed ? batch->failed
				     : rewapp__fail(REWAPP_E_CORRUPT, "a redemption has no programme");
	redemption->merchant = rewapp__cell_int(read, 0, 7);
	rewapp__want_account(batch, programme, ACCOUNT_SETTLEMENT, redemption->merchant);
	rewapp__want_wallet(batch, redemption->member->number, redemption->programme);
	rewapp__want(batch, &STMT_LEDGER_TAKEN,
		(struct value[]){
			rewapp__value_int(redemption->hold), rewapp__value_int(redemption->number) },
		2, taken_done, redemption);
	return 0;
}

static void want_redemption(struct batch *batch, ref number)
{
	struct redemption *redemption = rewapp__facts_get_number(&batch->redemptions, number);

	if (redemption || !(redemption = rewapp__facts_take(batch, sizeof *redemption)))
		return;
	redemption->number = number;
	rewapp__facts_put_number(batch, &batch->redemptions, number, redemption);
	rewapp__want(batch, &STMT_LEDGER_REDEMPTION, (struct value[]){ rewapp__value_int(number) }, 1,
		redemption_done, redemption);
}

static int target_done(struct batch *batch, const struct read *read, void *subject)
{
	struct known *known = subject;
	int error = known_done(batch, read, known);

	if (error < 0 || known->number == 0)
		return error;
	switch (known->kind) {
	case REWAPP_KIND_PURCHASE:
		if (known->subject)
			want_purchase(batch, known->subject);
		break;
	case REWAPP_KIND_HOLD:
	case REWAPP_KIND_MINT:
		rewapp__want_hold(batch, known->subject);
		break;
	case REWAPP_KIND_POST:
	case REWAPP_KIND_REDEEM:
		if (known->subject)
			want_redemption(batch, known->subject);
		break;
	default:
		break;
	}
	return 0;
}

void rewapp__want_target(struct batch *batch, const struct rewapp_id *id)
{
	want_known(batch, id, target_done);
}

/* --- counters ------------------------------------------------------------------------- */

struct counter_id {
	int64_t programme, member, cap, window_start;
};

static struct map_key counter_hash(const struct counter_id *id)
{
	return rewapp__map_key(
		id->programme * INT64_C(1000003) ^ id->cap, id->member * INT64_C(1000033) ^ id->window_start);
}

/* Keys of the map are hashes: counters that collide stand in one list. */
static struct counter *counter_find(const struct batch *batch, const struct counter_id *id)
{
	struct map_key key = counter_hash(id);

	for (struct counter *at = rewapp__map_get(&batch->counters, &key); at; at = at->same_hash)
		if (at->programme == id->programme && at->member == id->member && at->key.cap == id->cap &&
			at->key.window_start == id->window_start)
			return at;
	return NULL;
}

static struct counter *counter_new(
	struct batch *batch, const struct counter_id *id, const struct counter_key *of)
{
	struct map_key key = counter_hash(id);
	struct counter *counter = rewapp__facts_take(batch, sizeof *counter);

	if (!counter)
		return NULL;
	counter->key = *of;
	counter->programme = id->programme;
	counter->member = id->member;
	counter->same_hash = rewapp__map_get(&batch->counters, &key);
	counter->next = batch->counter_list;
	batch->counter_list = counter;
	rewapp__facts_put(batch, &batch->counters, &key, counter);
	return batch->failed ? NULL : counter;
}

static int counter_done(struct batch *batch, const struct read *read, void *subject)
{
	struct counter *counter = subject;

	(void)batch;
	if (read->row_count)
		counter->used = rewapp__cell_int(read, 0, 0);
	return 0;
}

static struct counter_id counter_id(ref programme, ref member, const struct counter_key *key)
{
	return (struct counter_id){ programme, key->scope == CAP_MEMBER ? member : 0, key->cap,
		key->window_start };
}

void rewapp__want_counters(struct batch *batch, struct programme_row *programme,
	const struct programme *rules, ref member, int64_t occurred_ms)
{
	struct counter_key keys[EARN_COUNTERS_MAX];
	size_t count = rewapp__earn_counters(rules, occurred_ms, keys);

	for (size_t i = 0; i < count; i++) {
		struct counter_id id = counter_id(programme->number, member, &keys[i]);
		struct counter *counter = counter_find(batch, &id);

		if (counter || !(counter = counter_new(batch, &id, &keys[i])))
			continue;
		rewapp__want(batch, &STMT_PURCHASES_COUNTER,
			(struct value[]){ rewapp__value_int(id.programme), rewapp__value_int(id.member),
				rewapp__value_int(id.cap), rewapp__value_int(id.window_start) },
			4, counter_done, counter);
	}
}

struct counter *rewapp__batch_counter(
	struct batch *batch, ref programme, ref member, const struct counter_key *key)
{
	struct counter_id id = counter_id(programme, member, key);
	struct counter *counter = counter_find(batch, &id);

	return counter ? counter : counter_new(batch, &id, key);
}
