/* What a process that owns its store keeps in memory. */
#include "ledger/kept.h"

#include "base/error.h"
#include "ledger/state.h"

#include <string.h>

void rewapp__kept_init(struct kept *kept, const struct rewapp_env *env)
{
	memset(kept, 0, sizeof *kept);
	kept->env = env;
	rewapp__arena_init(&kept->arena, env);
	kept->arena.block_bytes = 1 << 20;
	rewapp__map_init(&kept->members, &kept->arena);
	rewapp__map_init(&kept->wallets, &kept->arena);
	rewapp__ids_init(&kept->ids, env);
}

static void state_free(const struct kept *kept, struct kept_state *state)
{
	if (state->bytes)
		rewapp__env_allocate(kept->env, state->bytes, 0);
	*state = (struct kept_state){ 0 };
}

void rewapp__kept_finish(struct kept *kept)
{
	for (size_t i = 0; i < kept->wallets.capacity; i++) {
		struct kept_wallet *wallet = kept->wallets.slots[i].value;

		if (wallet) {
			state_free(kept, &wallet->now);
			state_free(kept, &wallet->staged);
		}
	}
	rewapp__ids_finish(&kept->ids);
	rewapp__arena_finish(&kept->arena);
}

/* --- members ---------------------------------------------------------------------------------- */

const struct kept_member *rewapp__kept_member(const struct kept *kept, const struct rewapp_id *id)
{
	const struct kept_member *member = rewapp__map_get(&kept->members, id);

	return member && member->known ? member : NULL;
}

void rewapp__kept_add_member(struct kept *kept, const struct rewapp_id *id, const struct kept_member *member)
{
	struct kept_member *own = rewapp__map_get(&kept->members, id);

	if (!own &&
		(!(own = rewapp__arena_take(&kept->arena, sizeof *own)) ||
			rewapp__map_put(&kept->members, id, own) < 0))
		return;
	*own = *member;
	own->known = true;
}

void rewapp__kept_forget_member(struct kept *kept, const struct rewapp_id *id)
{
	struct kept_member *member = rewapp__map_get(&kept->members, id);

	if (member)
		member->known = false;
}

/* --- wallets ---------------------------------------------------------------------------------- */

static struct kept_wallet *wallet_find(const struct kept *kept, ref member, ref programme)
{
	struct map_key key = rewapp__map_key(member, programme);

	return rewapp__map_get(&kept->wallets, &key);
}

const struct kept_wallet *rewapp__kept_wallet(const struct kept *kept, ref member, ref programme)
{
	return wallet_find(kept, member, programme);
}

static struct kept_wallet *wallet_new(struct kept *kept, ref member, ref programme)
{
	struct kept_wallet *wallet = rewapp__arena_take(&kept->arena, sizeof *wallet);
	struct map_key key = rewapp__map_key(member, programme);

	if (!wallet || rewapp__map_put(&kept->wallets, &key, wallet) < 0)
		return NULL;
	wallet->member = member;
	wallet->programme = programme;
	return wallet;
}

static bool state_copy(const struct kept *kept, struct kept_state *out, const void *bytes, size_t size)
{
	out->bytes = rewapp__env_allocate(kept->env, NULL, size ? size : 1);
	if (!out->bytes)
		return false;
	memcpy(out->bytes, bytes, size);
	out->size = size;
	return true;
}

void rewapp__kept_add_wallet(struct kept *kept, const struct wallet *wallet, const void *state, size_t size)
{
	struct kept_wallet *own = wallet_find(kept, wallet->member, wallet->programme);
	struct kept_state copy = { .base = wallet->base, .due_ms = wallet->due_ms };

	if (own || (state && !state_copy(kept, &copy, state, size)))
		return;
	if (!(own = wallet_new(kept, wallet->member, wallet->programme))) {
		state_free(kept, &copy);
		return;
	}
	own->now = copy;
	own->now.number = wallet->account->number;
	own->stored_base = wallet->base;
	own->stored_due_ms = wallet->due_ms;
}

int rewapp__kept_stage(struct kept *kept, const struct wallet *wallet, const void *state, size_t size)
{
	struct kept_wallet *own = wallet_find(kept, wallet->member, wallet->programme);

	if ((!own && !(own = wallet_new(kept, wallet->member, wallet->programme))) ||
		!state_copy(kept, &own->staged, state, size))
		return rewapp__fail(REWAPP_E_NOMEMORY, "wallet");
	own->staged.due_ms = rewapp__state_due_ms(wallet);
	own->staged.number = wallet->account->number;
	own->next_staged = kept->staged;
	kept->staged = own;
	return 0;
}

static void mark_dirty(struct kept *kept, struct kept_wallet *wallet)
{
	if (wallet->dirty)
		return;
	wallet->dirty = true;
	wallet->next_dirty = kept->dirty;
	kept->dirty = wallet;
	kept->dirty_count++;
}

void rewapp__kept_accept(struct kept *kept, int64_t base)
{
	for (struct kept_wallet *wallet = kept->staged; wallet; wallet = wallet->next_staged) {
		state_free(kept, &wallet->now);
		wallet->now = wallet->staged;
		wallet->now.base = base;
		if (wallet->now.number < 0)
			wallet->now.number = base - wallet->now.number - 1;
		wallet->staged = (struct kept_state){ 0 };
		mark_dirty(kept, wallet);
	}
	kept->staged = NULL;
}

void rewapp__kept_refuse(struct kept *kept)
{
	for (struct kept_wallet *wallet = kept->staged; wallet; wallet = wallet->next_staged)
		state_free(kept, &wallet->staged);
	kept->staged = NULL;
}

void rewapp__kept_written(struct kept_wallet *wallet)
{
	wallet->dirty = false;
	wallet->stored_base = wallet->now.base;
	wallet->stored_due_ms = wallet->now.due_ms;
}
