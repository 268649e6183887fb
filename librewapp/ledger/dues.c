/* Wallets that are due before their rows say so: a heap by instant. */
#include "ledger/dues.h"

#include "base/arena.h"
#include "ledger/kept.h"

enum {
	FIRST_CAPACITY = 1024
};

void rewapp__dues_finish(struct dues *dues, const struct rewapp_env *env)
{
	if (dues->heap)
		rewapp__env_allocate(env, dues->heap, 0);
	*dues = (struct dues){ 0 };
}

/* The row does not find it. */
static bool is_early(const struct kept_wallet *wallet)
{
	return wallet->due_ms && (!wallet->stored_due_ms || wallet->due_ms < wallet->stored_due_ms);
}

static bool says_something(const struct due *due)
{
	return due->wallet->awaited_ms == due->due_ms && due->wallet->due_ms == due->due_ms &&
		is_early(due->wallet);
}

static void sink(struct dues *dues, size_t at)
{
	const struct due due = dues->heap[at];

	for (size_t child; (child = 2 * at + 1) < dues->count; at = child) {
		if (child + 1 < dues->count && dues->heap[child + 1].due_ms < dues->heap[child].due_ms)
			child++;
		if (dues->heap[child].due_ms >= due.due_ms)
			break;
		dues->heap[at] = dues->heap[child];
	}
	dues->heap[at] = due;
}

static void forget(const struct due *due)
{
	if (due->wallet->awaited_ms == due->due_ms)
		due->wallet->awaited_ms = 0;
}

static void tidy(struct dues *dues)
{
	size_t count = 0;

	for (size_t i = 0; i < dues->count; i++) {
		if (says_something(&dues->heap[i]))
			dues->heap[count++] = dues->heap[i];
		else
			forget(&dues->heap[i]);
	}
	dues->count = count;
	for (size_t at = count / 2; at-- > 0;)
		sink(dues, at);
}

bool rewapp__dues_reserve(struct dues *dues, const struct rewapp_env *env, size_t count)
{
	size_t capacity = dues->capacity ? dues->capacity : FIRST_CAPACITY;
	struct due *heap;

	if (dues->count + count <= dues->capacity)
		return true;
	tidy(dues);
	while (capacity / 2 < dues->count + count)
		capacity *= 2;
	if (capacity <= dues->capacity)
		return true;
	if (!(heap = rewapp__env_allocate(env, dues->heap, capacity * sizeof *heap)))
		return false;
	dues->heap = heap;
	dues->capacity = capacity;
	return true;
}

void rewapp__dues_add(struct dues *dues, struct kept_wallet *wallet)
{
	size_t at = dues->count, parent;

	if (!is_early(wallet) || wallet->awaited_ms == wallet->due_ms || dues->count == dues->capacity)
		return; /* the last cannot be; were it, the row would say so after the next round */
	dues->count++;
	for (; at > 0 && dues->heap[parent = (at - 1) / 2].due_ms > wallet->due_ms; at = parent)
		dues->heap[at] = dues->heap[parent];
	dues->heap[at] = (struct due){ wallet->due_ms, wallet };
	wallet->awaited_ms = wallet->due_ms;
}

struct kept_wallet *rewapp__dues_take(struct dues *dues, int64_t now_ms)
{
	while (dues->count && dues->heap[0].due_ms <= now_ms) {
		struct due first = dues->heap[0];
		bool says = says_something(&first);

		dues->heap[0] = dues->heap[--dues->count];
		if (dues->count)
			sink(dues, 0);
		forget(&first);
		if (says)
			return first.wallet;
	}
	return NULL;
}
