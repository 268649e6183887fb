/* What a run is made of: operations, and the commands of the engine that they stand for. */
#include "sim/operation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool rewapp__sim_list_add(struct sim_list *list, const struct sim_operation *operation)
{
	if (list->count == list->capacity) {
		size_t capacity = list->capacity ? list->capacity * 2 : 256;
		struct sim_operation *items = realloc(list->items, capacity * sizeof *items);

		if (!items)
			return false;
		list->items = items;
		list->capacity = capacity;
	}
	list->items[list->count++] = *operation;
	return true;
}

void rewapp__sim_list_free(struct sim_list *list)
{
	free(list->items);
	*list = (struct sim_list){ 0 };
}

/* --- ids ------------------------------------------------------------------------------------ */

struct rewapp_id rewapp__sim_id(const char *prefix, int number)
{
	struct rewapp_id id = { { 0 } };
	char name[32];
	int length = snprintf(name, sizeof name, "%s%d", prefix, number);

	if (number != SIM_NOBODY)
		rewapp_id_derive(name, (size_t)length, &id);
	return id;
}

struct rewapp_id rewapp__sim_member_id(int member)
{
	return rewapp__sim_id("member", member);
}

struct rewapp_id rewapp__sim_merchant_id(int merchant)
{
	return rewapp__sim_id("shop", merchant);
}

struct rewapp_id rewapp__sim_programme_id(int programme)
{
	return rewapp__sim_id("programme", programme);
}

/* --- commands ------------------------------------------------------------------------------- */

/* Whether the command is about its member, which it calls its target. */
static bool is_of_member(int kind)
{
	return kind == REWAPP_KIND_MEMBER || kind == REWAPP_KIND_ERASE || kind == REWAPP_KIND_CLOSE_ACCOUNT ||
		kind == REWAPP_KIND_REOPEN_ACCOUNT;
}

/* In which of them the target stands. */
static int target_of(const struct sim_command *command)
{
	if (is_of_member(command->kind))
		return command->member;
	switch (command->kind) {
	case REWAPP_KIND_MERCHANT:
		return command->merchant;
	case REWAPP_KIND_PROGRAMME:
		return command->programme;
	case REWAPP_KIND_TRANSFER:
		return command->taker;
	default:
		return command->target;
	}
}

static bool is_put(int kind)
{
	return kind == REWAPP_KIND_MEMBER || kind == REWAPP_KIND_MERCHANT || kind == REWAPP_KIND_PROGRAMME;
}

/* As the engine sees it: a put has its target and no party besides, a purchase has a currency. */
static struct sim_command as_sent(const struct sim_command *command)
{
	struct sim_command sent = *command;

	if (is_put(command->kind))
		sent.programme = sent.merchant = SIM_NOBODY;
	if (is_of_member(command->kind))
		sent.member = SIM_NOBODY;
	return sent;
}

static const char *party_that_differs(const struct sim_command *a, const struct sim_command *b)
{
	if (a->programme != b->programme)
		return "programme";
	if (a->member != b->member)
		return "member";
	if ((a->by_descriptor ? SIM_NOBODY : a->merchant) != (b->by_descriptor ? SIM_NOBODY : b->merchant))
		return "merchant";
	return NULL;
}

static const char *number_that_differs(const struct sim_command *a, const struct sim_command *b)
{
	if (a->amount != b->amount)
		return "amount";
	if (a->points != b->points)
		return "points";
	if (a->occurred_ms != b->occurred_ms)
		return "occurred_ms";
	if (a->ttl_ms != b->ttl_ms)
		return "ttl_ms";
	if (a->status != b->status)
		return "status";
	return a->mcc != b->mcc ? "mcc" : NULL;
}

static bool has_currency(int kind)
{
	return kind == REWAPP_KIND_PURCHASE || kind == REWAPP_KIND_BANK_LINE;
}

static const char *descriptor_of(const struct sim_command *command)
{
	return command->by_descriptor ? rewapp__sim_descriptor(command->merchant, command->text) : "";
}

static bool are_same_wares(const struct sim_command *a, const struct sim_command *b)
{
	if (a->ware_count != b->ware_count)
		return false;
	for (int i = 0; i < a->ware_count; i++) {
		const struct sim_ware *x = &a->wares[i], *y = &b->wares[i];

		if (x->sku != y->sku || x->category != y->category || x->line != y->line ||
			x->excluded != y->excluded || x->quantity != y->quantity || x->amount != y->amount)
			return false;
	}
	return true;
}

/* Fields that commands got later stand behind the older ones. */
static const char *later_that_differs(const struct sim_command *a, const struct sim_command *b)
{
	if (a->unpaid != b->unpaid)
		return "unpaid";
	if (!are_same_wares(a, b))
		return "lines";
	if (a->flags != b->flags)
		return "flags";
	if (a->feed != b->feed)
		return "feed";
	if (a->bank_id != b->bank_id)
		return "bank_id";
	return a->abroad != b->abroad ? "foreign_amount" : NULL;
}

static const char *text_that_differs(const struct sim_command *a, const struct sim_command *b)
{
	if (has_currency(a->kind) != has_currency(b->kind) || a->in_dollars != b->in_dollars)
		return "currency";
	if (strcmp(descriptor_of(a), descriptor_of(b)) != 0)
		return "descriptor";
	if ((a->kind == REWAPP_KIND_REDEEM) != (b->kind == REWAPP_KIND_REDEEM) || a->token != b->token ||
		a->forged != b->forged)
		return "token";
	if (a->terminal != b->terminal)
		return "terminal";
	if (a->reference != b->reference)
		return "reference";
	if (a->document != b->document)
		return "document";
	return NULL;
}

const char *rewapp__sim_command_differs(const struct sim_command *first, const struct sim_command *second)
{
	struct sim_command a = as_sent(first), b = as_sent(second);
	const char *field = target_of(first) != target_of(second) ? "target" : party_that_differs(&a, &b);

	if (!field)
		field = number_that_differs(&a, &b);
	if (!field)
		field = text_that_differs(&a, &b);
	if (!field)
		field = later_that_differs(&a, &b);
	return field || a.kind == b.kind ? field : "kind";
}

static void break_it(enum sim_broken broken, struct sim_texts *texts, struct rewapp_command *out)
{
	switch (broken) {
	case SIM_BROKEN_KIND:
		out->kind = 99;
		break;
	case SIM_BROKEN_FLAGS:
		out->flags |= 1u << 31; /* no flag */
		break;
	case SIM_BROKEN_STATUS:
		out->status = 7;
		break;
	case SIM_BROKEN_CURRENCY:
		memcpy(out->currency, "eur", 4);
		break;
	case SIM_BROKEN_AMOUNT:
		out->amount = -5;
		break;
	case SIM_BROKEN_POINTS:
		out->points = INT64_MIN;
		break;
	case SIM_BROKEN_TTL:
		out->ttl_ms = -1;
		break;
	case SIM_BROKEN_REFERENCE:
		memcpy(texts->reference, "\xff\xfe", 3);
		out->reference = texts->reference;
		break;
	case SIM_BROKEN_CARD:
		memcpy(texts->reference, "card 4111 1111 1111 1111", 25);
		out->reference = texts->reference;
		break;
	case SIM_BROKEN_DOCUMENT:
		memcpy(texts->document, "{\"name\":", 9);
		break;
	default:
		break;
	}
}

/* The digits as the mint told them; a forger changes the last one. */
static void make_token(const struct sim_command *command, const char *token, struct sim_texts *texts)
{
	size_t length = strlen(token);

	if (length == 0 || length >= sizeof texts->token) {
		memcpy(texts->token, "0123456789", 11);
		return;
	}
	memcpy(texts->token, token, length + 1);
	if (command->forged)
		texts->token[length - 1] = texts->token[length - 1] == '7' ? '8' : '7';
}

static void make_texts(const struct sim_command *command, const char *token, struct sim_texts *texts,
	struct rewapp_command *out)
{
	struct sim_programme programme;

	if (command->terminal) {
		snprintf(texts->terminal, sizeof texts->terminal, "till-%d", command->terminal);
		out->terminal = texts->terminal;
	}
	if (command->reference) {
		snprintf(texts->reference, sizeof texts->reference, "ticket-%d", command->reference);
		out->reference = texts->reference;
	}
	if (command->kind == REWAPP_KIND_REDEEM) {
		make_token(command, token, texts);
		out->token = texts->token;
	}
	if (command->kind == REWAPP_KIND_PROGRAMME) {
		rewapp__sim_programme_draw(command->document, &programme);
		rewapp__sim_programme_text(&programme, texts->document);
		out->document = texts->document;
	}
	if (command->kind == REWAPP_KIND_MERCHANT) {
		rewapp__sim_merchant_text(command->document, command->merchant, texts->document);
		out->document = texts->document;
	}
}

static void make_bank(const struct sim_command *command, struct sim_texts *texts, struct rewapp_command *out)
{
	if (command->feed) {
		snprintf(texts->feed, sizeof texts->feed, "feed-%d", command->feed);
		out->feed = texts->feed;
	}
	if (command->bank_id) {
		snprintf(texts->bank_id, sizeof texts->bank_id, "line-%d", command->bank_id);
		out->bank_id = texts->bank_id;
	}
}

static void make_lines(const struct sim_command *command, struct sim_texts *texts, struct rewapp_command *out)
{
	for (int i = 0; i < command->ware_count; i++) {
		const struct sim_ware *ware = &command->wares[i];
		struct rewapp_line *line = &texts->lines[i];

		*line = (struct rewapp_line)REWAPP_LINE_INIT;
		snprintf(texts->skus[i], sizeof texts->skus[i], "sku%d", ware->sku % 10);
		snprintf(texts->categories[i], sizeof texts->categories[i], "kind%d", ware->category % 10);
		line->sku = ware->sku ? texts->skus[i] : NULL;
		line->category = ware->category ? texts->categories[i] : NULL;
		line->quantity = ware->quantity;
		line->amount = ware->amount;
		line->excluded = ware->excluded;
		line->line = ware->line;
	}
	out->lines = command->ware_count ? texts->lines : NULL;
	out->line_count = (size_t)command->ware_count;
}

static struct rewapp_id make_target(const struct sim_command *command)
{
	if (is_of_member(command->kind))
		return rewapp__sim_member_id(command->member);
	switch (command->kind) {
	case REWAPP_KIND_TRANSFER:
		return rewapp__sim_member_id(command->taker);
	case REWAPP_KIND_MERCHANT:
		return rewapp__sim_merchant_id(command->merchant);
	case REWAPP_KIND_PROGRAMME:
		return rewapp__sim_programme_id(command->programme);
	default:
		return rewapp__sim_id("c", command->target);
	}
}

void rewapp__sim_command_make(const struct sim_command *command, const char *token, struct sim_texts *texts,
	struct rewapp_command *out)
{
	*out = (struct rewapp_command)REWAPP_COMMAND_INIT;
	out->kind = command->kind;
	out->flags = command->flags;
	out->id = rewapp__sim_id("c", command->number);
	out->target = make_target(command);
	if (!is_put(command->kind)) {
		out->programme = rewapp__sim_programme_id(command->programme);
		if (!is_of_member(command->kind))
			out->member = rewapp__sim_member_id(command->member);
		if (!command->by_descriptor)
			out->merchant = rewapp__sim_merchant_id(command->merchant);
	}
	out->amount = command->amount;
	out->unpaid = command->unpaid;
	out->points = command->points;
	out->occurred_ms = command->occurred_ms;
	out->ttl_ms = command->ttl_ms;
	out->status = command->status;
	out->mcc = command->mcc;
	if (has_currency(command->kind))
		memcpy(out->currency, command->in_dollars ? "USD" : "EUR", 4);
	if (command->by_descriptor)
		out->descriptor = rewapp__sim_descriptor(command->merchant, command->text);
	if (command->abroad)
		memcpy(out->foreign_currency, "GBP", 4);
	out->foreign_amount = command->abroad;
	make_texts(command, token, texts, out);
	make_bank(command, texts, out);
	make_lines(command, texts, out);
	break_it(command->broken, texts, out);
}
