/* What a process that owns its store keeps in memory. */
#include "ledger/kept.h"

#include "base/error.h"
#include "ledger/state.h"

#include <string.h>

enum {
	DIRTY_FIRST = 1024,
	ROOM_STEP = 16,
	ROOM_SPARE = 31
};

void rewapp__kept_init(struct kept *kept, const struct rewapp_env *env)
{
	memset(kept, 0, sizeof *kept);
	kept->env = env;
	rewapp__arena_init(&kept->arena, env);
	kept->arena.block_bytes = 1 << 20;
	rewapp__map_init_alone(&kept->members, env);
	rewapp__map_init_alone(&kept->wallets, env);
	rewapp__ids_init(&kept->ids, env);
}

void rewapp__kept_finish(struct kept *kept)
{
	rewapp__kept_refuse(kept);
	for (size_t i = 0; i < kept->wallets.capacity; i++) {
		struct kept_wallet *wallet = kept->wallets.slots[i].value;

		if (wallet && wallet->bytes)
			rewapp__env_allocate(kept->env, wallet->bytes, 0);
	}
	if (kept->dirty)
		rewapp__env_allocate(kept->env, kept->dirty, 0);
	rewapp__ids_finish(&kept->ids);
	rewapp__dues_finish(&kept->dues, kept->env);
	rewapp__map_finish(&kept->members);
	rewapp__map_finish(&kept->wallets);
	rewapp__arena_finish(&kept->arena);
}

/* --- members ---------------------------------------------------------------------------------- */

struct kept_member *rewapp__kept_member(const struct kept *kept, const struct rewapp_id *id)
{
	struct kept_member *member = rewapp__map_get(&kept->members, id);

	return member && member->known ? member : NULL;
}

void rewapp__kept_add_member(struct kept *kept, const struct rewapp_id *id, const struct kept_member *member)
{
	struct kept_member *own = rewapp__map_get(&kept->members, id);
	struct kept_wallet *wallet;

	if (!own &&
		(!(own = rewapp__arena_take(&kept->arena, sizeof *own)) ||
			rewapp__map_put(&kept->members, id, own) < 0))
		return;
	wallet = own->wallet;
	*own = *member;
	own->known = true;
	own->wallet = wallet;
}

void rewapp__kept_forget_member(struct kept *kept, const struct rewapp_id *id)
{
	struct kept_member *member = rewapp__map_get(&kept->members, id);

	if (member)
		member->known = false;
}

/* --- wallets ---------------------------------------------------------------------------------- */

struct kept_wallet *rewapp__kept_wallet(const struct kept *kept, ref member, ref programme)
{
	struct map_key key = rewapp__map_key(member, programme);
	struct kept_wallet *wallet = rewapp__map_get(&kept->wallets, &key);

	return wallet && wallet->known ? wallet : NULL;
}

/* A place for a wallet that is not known. */
static struct kept_wallet *wallet_new(struct kept *kept, ref member, ref programme)
{
	struct map_key key = rewapp__map_key(member, programme);
	struct kept_wallet *wallet = rewapp__map_get(&kept->wallets, &key);

	if (wallet)
		return wallet;
	wallet = rewapp__arena_take(&kept->arena, sizeof *wallet);
	if (!wallet || rewapp__map_put(&kept->wallets, &key, wallet) < 0)
		return NULL;
	wallet->member = member;
	wallet->programme = programme;
	return wallet;
}

void rewapp__kept_add_wallet(struct kept *kept, struct wallet *wallet, const void *state, size_t size)
{
	struct kept_wallet *own = rewapp__kept_wallet(kept, wallet->member, wallet->programme);
	uint8_t *bytes;

	if (!own) {
		bytes = state ? rewapp__env_allocate(kept->env, NULL, size ? size : 1) : NULL;
		if ((state && !bytes) || !(own = wallet_new(kept, wallet->member, wallet->programme))) {
			if (bytes)
				rewapp__env_allocate(kept->env, bytes, 0);
			return;
		}
		if (bytes)
			memcpy(bytes, state, size);
		own->bytes = bytes;
		own->size = own->capacity = bytes ? (uint32_t)size : 0;
		own->number = wallet->account->number;
		own->base = own->stored_base = wallet->base;
		own->due_ms = own->stored_due_ms = wallet->due_ms;
		own->known = true;
	}
	wallet->kept = own;
}

/* Room for every staged wallet in the list of those that are dirty. */
static bool dirty_reserve(struct kept *kept)
{
	size_t capacity = kept->dirty_capacity ? kept->dirty_capacity : DIRTY_FIRST;
	struct kept_dirty *dirty;

	while (capacity < kept->dirty_count + kept->staged_count + 1)
		capacity *= 2;
	if (capacity == kept->dirty_capacity)
		return true;
	if (!(dirty = rewapp__env_allocate(kept->env, kept->dirty, capacity * sizeof *dirty)))
		return false;
	kept->dirty = dirty;
	kept->dirty_capacity = capacity;
	return true;
}

/* Where the state will be kept: as it grows lot by lot, it gets more room than it needs. */
static bool room_reserve(const struct kept *kept, struct kept_staged *staged)
{
	if (staged->wallet->bytes && staged->size <= staged->wallet->capacity)
		return true;
	staged->capacity = (staged->size + ROOM_SPARE) / ROOM_STEP * ROOM_STEP;
	staged->room = rewapp__env_allocate(kept->env, NULL, staged->capacity);
	return staged->room;
}

static int no_memory(void)
{
	return rewapp__fail(REWAPP_E_NOMEMORY, "wallet");
}

int rewapp__kept_stage(
	struct kept *kept, struct arena *arena, const struct wallet *wallet, const void *state, size_t size)
{
	struct kept_wallet *own = wallet->kept;
	struct kept_staged *staged = rewapp__arena_take(arena, sizeof *staged + size);

	if (!own)
		own = rewapp__kept_wallet(kept, wallet->member, wallet->programme);
	if (!staged || size > UINT32_MAX / 2 || !dirty_reserve(kept) ||
		!rewapp__dues_reserve(&kept->dues, kept->env, kept->staged_count + 1))
		return no_memory();
	if (!own) {
		if (!(own = wallet_new(kept, wallet->member, wallet->programme)))
			return no_memory();
		own->stored_base = wallet->base;
		own->stored_due_ms = wallet->due_ms;
		own->known = !wallet->stored; /* then it is known that there is none */
	}
	*staged = (struct kept_staged){ .wallet = own,
		.bytes = (uint8_t *)(staged + 1),
		.size = (uint32_t)size,
		.number = wallet->account->number,
		.due_ms = rewapp__state_due_ms(wallet) };
	memcpy(staged->bytes, state, size);
	if (!room_reserve(kept, staged))
		return no_memory();
	own->staged = staged;
	staged->next = kept->staged;
	kept->staged = staged;
	kept->staged_count++;
	return 0;
}

static void accept_one(struct kept *kept, const struct kept_staged *staged, int64_t base)
{
	struct kept_wallet *wallet = staged->wallet;

	wallet->staged = NULL;
	if (staged->room) {
		if (wallet->bytes)
			rewapp__env_allocate(kept->env, wallet->bytes, 0);
		wallet->bytes = staged->room;
		wallet->capacity = staged->capacity;
	}
	memcpy(wallet->bytes, staged->bytes, staged->size);
	wallet->size = staged->size;
	wallet->due_ms = staged->due_ms;
	wallet->base = base;
	wallet->number = staged->number < 0 ? base - staged->number - 1 : staged->number;
	wallet->known = true;
	rewapp__dues_add(&kept->dues, wallet);
	if (wallet->dirty)
		return;
	wallet->dirty = true;
	kept->dirty[kept->dirty_count++] = (struct kept_dirty){ wallet->number, wallet };
}

void rewapp__kept_accept(struct kept *kept, int64_t base)
{
	for (const struct kept_staged *staged = kept->staged; staged; staged = staged->next)
		accept_one(kept, staged, base);
	kept->staged = NULL;
	kept->staged_count = 0;
}

void rewapp__kept_refuse(struct kept *kept)
{
	for (const struct kept_staged *staged = kept->staged; staged; staged = staged->next) {
		staged->wallet->staged = NULL;
		if (staged->room)
			rewapp__env_allocate(kept->env, staged->room, 0);
	}
	kept->staged = NULL;
	kept->staged_count = 0;
}

void rewapp__kept_written(struct kept_wallet *wallet)
{
	wallet->dirty = false;
	rewapp__kept_written_early(wallet);
}

void rewapp__kept_written_early(struct kept_wallet *wallet)
{
	wallet->stored_base = wallet->base;
	wallet->stored_due_ms = wallet->due_ms;
}
