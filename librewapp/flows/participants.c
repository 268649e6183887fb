/* Members, merchants and programmes are put: who takes part, and by which rules. */
#include "base/error.h"
#include "flows/batch.h"
#include "programme/merchant.h"
#include "programme/programme.sql.h"

#include <sodium.h>
#include <string.h>

/* --- a member ---------------------------------------------------------------------- */

static void member_want(struct batch *batch, struct item *item)
{
	rewapp__want_member(batch, &item->command->target, NULL);
}

struct rewapp_id rewapp__member_covered(const struct member *member)
{
	struct rewapp_id id = member->id;

	if (member->has_key)
		rewapp__cover_id(member->key, &id);
	return id;
}

static int enrol(struct batch *batch, struct member *member)
{
	const struct rewapp_env *env = &batch->engine->env;

	if (env->random(env->user, member->key, sizeof member->key) < 0)
		return rewapp__fail(REWAPP_E_STORAGE, "the host has no randomness");
	member->has_key = true;
	member->number = rewapp__ref_new(&batch->plan);
	return 0;
}

int rewapp__member_put(struct batch *batch, struct member *member, int32_t status)
{
	bool known = member->number != 0;
	int error;

	rewapp__undo_keep(&batch->undo, member, sizeof *member);
	if (!known && (error = enrol(batch, member)) < 0)
		return error;
	member->status = status;
	rewapp__plan_add(&batch->plan, known ? &STMT_PROGRAMME_MEMBER_UPDATE : &STMT_PROGRAMME_MEMBER_INSERT,
		TOUCHES_ONE,
		(struct value[]){
			rewapp__ref_value(member->number),
			rewapp__value_blob(&member->id, sizeof member->id),
			rewapp__value_int(member->status),
			rewapp__value_blob(member->key, sizeof member->key),
		},
		known ? 3 : 4);
	rewapp__effects_add(&batch->effects,
		&(struct effect){ .kind = EFFECT_MEMBER,
			.member = { member->number, member->status, rewapp__member_covered(member) } });
	return 0;
}

/* A card stays one: it is blocked, or it is not. */
static int32_t status_of(const struct member *member, int32_t wanted)
{
	if (!member->number || member->status < REWAPP_MEMBER_CARD)
		return wanted;
	return wanted == REWAPP_MEMBER_ACTIVE ? REWAPP_MEMBER_CARD : REWAPP_MEMBER_CARD_BLOCKED;
}

static int member_decide(struct batch *batch, struct item *item)
{
	struct member *member = rewapp__map_get(&batch->members, &item->command->target);
	int error = rewapp__member_put(batch, member, status_of(member, item->command->status));

	if (error < 0)
		return error;
	item->receipt->verdict = REWAPP_VERDICT_ACCEPTED;
	item->member = member;
	item->receipt->member = member->id;
	rewapp__batch_event(batch, 0, member->number, 0);
	return 0;
}

const struct story rewapp__story_member = { member_want, member_decide };

/* The text stands in a table; the log vouches for it. */
static void record_document(
	struct batch *batch, ref number, int32_t version, const char *name, const char *text)
{
	struct effect effect = { .kind = EFFECT_DOCUMENT,
		.document = {
			.number = number, .version = version, .name = name, .name_size = strlen(name) } };

	crypto_generichash(effect.document.hash, sizeof effect.document.hash, (const uint8_t *)text,
		strlen(text), NULL, 0);
	rewapp__effects_add(&batch->effects, &effect);
}

/* --- a merchant -------------------------------------------------------------------- */

static int merchant_decide(struct batch *batch, struct item *item)
{
	const struct rewapp_command *command = item->command;
	struct merchant *known = rewapp__batch_merchant(batch, &command->target);
	struct merchant *merchant = rewapp__arena_take(batch->arena, sizeof *merchant);
	struct merchant_document document;
	int error = rewapp__merchant_parse(
		command->document, strlen(command->document), batch->arena, &document);

	if (error < 0)
		return error;
	if (!merchant)
		return rewapp__fail(REWAPP_E_NOMEMORY, "merchant");
	merchant->number = known ? known->number : rewapp__ref_new(&batch->plan);
	merchant->id = command->target;
	merchant->mcc = document.mcc_count ? document.mcc[0] : 0;
	rewapp__undo_keep_key(&batch->undo, &batch->merchants, &command->target);
	if ((error = rewapp__map_put(&batch->merchants, &command->target, merchant)) < 0)
		return error;
	rewapp__plan_add(&batch->plan,
		known ? &STMT_PROGRAMME_MERCHANT_UPDATE : &STMT_PROGRAMME_MERCHANT_INSERT, TOUCHES_ONE,
		(struct value[]){
			rewapp__ref_value(merchant->number),
			rewapp__value_blob(&merchant->id, sizeof merchant->id),
			rewapp__ref_value(item->number),
			rewapp__value_text(document.name),
			rewapp__value_text(command->document),
		},
		5);
	batch->marks.catalogue_changed = true;
	record_document(batch, merchant->number, 0, document.name, command->document);
	item->receipt->verdict = REWAPP_VERDICT_ACCEPTED;
	item->receipt->merchant = merchant->id;
	rewapp__batch_event(batch, 0, 0, 0);
	return 0;
}

const struct story rewapp__story_merchant = { NULL, merchant_decide };

/* --- a programme ------------------------------------------------------------------- */

static void programme_record(
	struct batch *batch, const struct programme_row *row, int32_t before, const char *document)
{
	if (before == 0)
		rewapp__plan_add(&batch->plan, &STMT_PROGRAMME_INSERT, TOUCHES_ONE,
			(struct value[]){ rewapp__ref_value(row->number),
				rewapp__value_blob(&row->id, sizeof row->id) },
			2);
	else
		rewapp__plan_add(&batch->plan, &STMT_PROGRAMME_NEXT, TOUCHES_ONE,
			(struct value[]){ rewapp__ref_value(row->number), rewapp__value_int(row->version),
				rewapp__value_int(before) },
			3);
	rewapp__plan_add(&batch->plan, &STMT_PROGRAMME_VERSION_INSERT, TOUCHES_ONE,
		(struct value[]){ rewapp__ref_value(row->number), rewapp__value_int(row->version),
			rewapp__value_text(row->rules->name), rewapp__value_text(document) },
		4);
}

static int programme_rules(struct batch *batch, struct item *item)
{
	const char *document = item->command->document;
	int error;

	if (item->rules)
		return 0;
	error = rewapp__programme_parse(&item->rules, document, strlen(document), &batch->engine->env);
	if (error < 0)
		item->rules = NULL;
	else
		rewapp__batch_keep_rules(batch, item->rules);
	return error;
}

/* Read before anything is decided: what its limits have left is wanted by the purchases behind it.
 * What is wrong with the document is told by the decision. */
static void programme_want(struct batch *batch, struct item *item)
{
	programme_rules(batch, item);
}

static int programme_decide(struct batch *batch, struct item *item)
{
	const struct rewapp_command *command = item->command;
	struct programme_row *known = rewapp__batch_programme(batch, &command->target);
	struct programme_row *row = rewapp__arena_take(batch->arena, sizeof *row);
	struct programme *rules;
	int error;

	if (!row)
		return rewapp__fail(REWAPP_E_NOMEMORY, "programme");
	if ((error = programme_rules(batch, item)) < 0)
		return error;
	rules = item->rules;
	if (known && strcmp(known->rules->currency, rules->currency) != 0)
		return rewapp__fail(REWAPP_E_ARGUMENT, "currency: a programme cannot change its currency");
	*row = (struct programme_row){
		.number = known ? known->number : rewapp__ref_new(&batch->plan),
		.id = command->target,
		.version = known ? known->version + 1 : 1,
		.rules = rules,
		.closed_ms = known ? known->closed_ms : 0,
	};
	rewapp__undo_keep_key(&batch->undo, &batch->programmes, &command->target);
	if ((error = rewapp__map_put(&batch->programmes, &command->target, row)) < 0)
		return error;
	batch->marks.only_programme = row;
	programme_record(batch, row, known ? known->version : 0, command->document);
	batch->marks.catalogue_changed = true;
	record_document(batch, row->number, row->version, row->rules->name, command->document);
	item->receipt->verdict = REWAPP_VERDICT_ACCEPTED;
	item->receipt->programme = row->id;
	rewapp__batch_event(batch, 0, 0, 0);
	return 0;
}

const struct story rewapp__story_programme = { programme_want, programme_decide };
