/* The oracle: linked commands, which stand or fall together.
 *
 * A chain is tried on the oracle itself, of which a copy is kept: when it falls, the copy is what
 * there is. */
#include "sim/oracle_parts.h"

#include <stdlib.h>
#include <string.h>

/* --- a copy of all that is known --------------------------------------------------------------- */

static void *copy_of(struct sim_oracle *oracle, const void *array, int count, int *capacity, size_t size)
{
	void *out = count ? malloc((size_t)count * size) : NULL;

	*capacity = count;
	if (out)
		memcpy(out, array, (size_t)count * size);
	else if (count)
		oracle->failed = true;
	return out;
}

#define COPY(oracle, array, count, capacity) \
	((array) = copy_of(oracle, array, count, &(capacity), sizeof *(array)))

static void copy_wallet(struct sim_oracle *oracle, struct sim_wallet *wallet)
{
	int capacity;

	COPY(oracle, wallet->lots, wallet->lot_count, wallet->lot_capacity);
	COPY(oracle, wallet->lines, wallet->line_count, wallet->line_capacity);
	COPY(oracle, wallet->holds, wallet->hold_count, wallet->hold_capacity);
	for (int i = 0; i < wallet->hold_count && wallet->holds; i++)
		COPY(oracle, wallet->holds[i].shares, wallet->holds[i].share_count, capacity);
}

static void copy_oracle(struct sim_oracle *out, const struct sim_oracle *from)
{
	int capacity;

	*out = *from;
	for (size_t i = 0; i < sizeof out->wallets / sizeof *out->wallets; i++)
		copy_wallet(out, &out->wallets[i]);
	COPY(out, out->pasts, out->past_count, out->past_capacity);
	for (int i = 0; i < out->past_count && out->pasts; i++)
		COPY(out, out->pasts[i].purchase, out->pasts[i].purchase != NULL, capacity);
	COPY(out, out->events, out->event_count, out->event_capacity);
	COPY(out, out->totals, out->total_count, out->total_capacity);
	COPY(out, out->purchases, out->purchase_count, out->purchase_capacity);
	COPY(out, out->sightings, out->sighting_count, out->sighting_capacity);
	COPY(out, out->waiting, out->waiting_count, out->waiting_capacity);
	COPY(out, out->learnt, out->learnt_count, out->learnt_capacity);
	COPY(out, out->periods, out->period_count, out->period_capacity);
}

/* --- a chain ----------------------------------------------------------------------------------- */

static bool is_linked(const struct sim_turn *turn)
{
	return turn->command->flags & REWAPP_LINKED;
}

static size_t chain_length(const struct sim_turn *turns, size_t count)
{
	size_t length = 1;

	while (length < count && is_linked(&turns[length - 1]))
		length++;
	return length;
}

/* Nothing of the chain is done or kept; who is malformed says so, the others that they are linked. */
static void reject_chain(
	struct sim_oracle *oracle, struct sim_turn *turns, size_t count, const struct sim_turn *culprit)
{
	for (struct sim_turn *turn = turns; turn < turns + count; turn++) {
		if (turn == culprit)
			continue;
		if (rewapp__sim_is_malformed(turn->command)) {
			rewapp__sim_apply(oracle, turn);
			continue;
		}
		rewapp__sim_begin_answer(oracle, turn->command, turn->answer);
		rewapp__sim_reject(turn->answer, REWAPP_E_LINKED, "");
	}
}

static void reject_for(struct sim_oracle *oracle, struct sim_turn *turns, size_t count,
	struct sim_turn *culprit, int code, const char *field)
{
	rewapp__sim_begin_answer(oracle, culprit->command, culprit->answer);
	rewapp__sim_reject(culprit->answer, code, field);
	reject_chain(oracle, turns, count, culprit);
}

static int number_of(const struct sim_turn *turn)
{
	return turn->command->number;
}

/* Who has the id, of `count`; SIM_NOBODY: none of them. */
static int who_is(const struct rewapp_id *id, struct rewapp_id (*id_of)(int number), int count)
{
	for (int i = 0; i < count; i++) {
		struct rewapp_id other = id_of(i);

		if (memcmp(&other, id, sizeof other) == 0)
			return i;
	}
	return SIM_NOBODY;
}

/* The receipt of the refused command tells a balance without the chain, and names nobody whom it made. */
static void tell_without_chain(struct sim_oracle *oracle, struct sim_answer *answer)
{
	struct rewapp_receipt *receipt = &answer->receipt;
	int member = who_is(&receipt->member, rewapp__sim_member_id, SIM_MEMBERS_MAX);
	int programme = who_is(&receipt->programme, rewapp__sim_programme_id, SIM_PROGRAMMES_MAX);
	int merchant = who_is(&receipt->merchant, rewapp__sim_merchant_id, SIM_MERCHANTS_MAX);
	struct rewapp_id nobody = { { 0 } };

	if (!rewapp__sim_has_merchant(oracle, merchant))
		receipt->merchant = nobody;
	if (rewapp__sim_has_member(oracle, member) && programme != SIM_NOBODY &&
		oracle->programmes[programme].there) {
		rewapp__sim_tell_wallet(oracle, rewapp__sim_wallet(oracle, programme, member), answer);
		return;
	}
	receipt->available = receipt->pending = receipt->held = receipt->debt = 0;
	receipt->member = receipt->programme = nobody;
}

static void refuse_chain(
	struct sim_oracle *oracle, struct sim_turn *turns, size_t count, const struct sim_turn *culprit)
{
	for (struct sim_turn *turn = turns; turn < turns + count; turn++) {
		if (turn == culprit) {
			rewapp__sim_past(oracle, number_of(turn));
			tell_without_chain(oracle, turn->answer);
		} else {
			rewapp__sim_begin_answer(oracle, turn->command, turn->answer);
			turn->answer->receipt.verdict = REWAPP_VERDICT_LINKED_FAILED;
		}
		if (!oracle->failed)
			rewapp__sim_keep(oracle, turn);
	}
}

/* What the chain did has not happened. */
static void undo(struct sim_oracle *oracle, struct sim_oracle *before)
{
	before->failed = before->failed || oracle->failed;
	rewapp__sim_oracle_end(oracle);
	*oracle = *before;
}

/* All ids are new. */
static void try_chain(struct sim_oracle *oracle, struct sim_turn *turns, size_t count)
{
	struct sim_oracle before;

	copy_oracle(&before, oracle);
	for (struct sim_turn *turn = turns; turn < turns + count; turn++) {
		const struct sim_past *past = rewapp__sim_past(oracle, number_of(turn));

		if (past && past->known) { /* twice in this chain */
			undo(oracle, &before);
			reject_for(oracle, turns, count, turn, REWAPP_E_CONFLICT, "id");
			return;
		}
		rewapp__sim_apply(oracle, turn);
		if (turn->answer->receipt.code < 0) {
			undo(oracle, &before);
			reject_chain(oracle, turns, count, turn);
			return;
		}
		if (turn->answer->receipt.verdict != REWAPP_VERDICT_ACCEPTED) {
			undo(oracle, &before);
			refuse_chain(oracle, turns, count, turn);
			return;
		}
	}
	rewapp__sim_oracle_end(&before);
}

/* Some ids were used before: all of them, and each is answered as it was; or it is another chain. */
static void repeat_chain(struct sim_oracle *oracle, struct sim_turn *turns, size_t count, size_t known)
{
	for (struct sim_turn *turn = turns; turn < turns + count; turn++) {
		const struct sim_past *past = rewapp__sim_known(oracle, number_of(turn));
		const char *field;

		if (known == count) {
			rewapp__sim_apply(oracle, turn);
			continue;
		}
		if (!past)
			continue;
		field = rewapp__sim_command_differs(&past->command, turn->command);
		reject_for(oracle, turns, count, turn, REWAPP_E_CONFLICT, field ? field : "id");
		return;
	}
}

static void apply_chain(struct sim_oracle *oracle, struct sim_turn *turns, size_t count)
{
	size_t known = 0;

	for (struct sim_turn *turn = turns; turn < turns + count; turn++) {
		if (rewapp__sim_is_malformed(turn->command)) {
			rewapp__sim_apply(oracle, turn);
			reject_chain(oracle, turns, count, turn);
			return;
		}
		known += rewapp__sim_known(oracle, number_of(turn)) != NULL;
	}
	if (is_linked(&turns[count - 1]))
		reject_for(oracle, turns, count, &turns[count - 1], REWAPP_E_ARGUMENT, "flags");
	else if (known)
		repeat_chain(oracle, turns, count, known);
	else
		try_chain(oracle, turns, count);
}

void rewapp__sim_apply_all(struct sim_oracle *oracle, struct sim_turn *turns, size_t count)
{
	for (size_t at = 0, length; at < count; at += length) {
		length = chain_length(turns + at, count - at);
		if (is_linked(&turns[at]))
			apply_chain(oracle, turns + at, length);
		else
			rewapp__sim_apply(oracle, &turns[at]);
	}
}
