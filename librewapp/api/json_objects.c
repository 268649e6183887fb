/* Answers about members, merchants, programmes, tokens and events, as they are stored. */
#include "api/json_question.h"

#include "base/error.h"

#include <rewapp/rewapp.h>
#include <stdlib.h>

static void write_object(struct buffer *out, int kind, const struct rewapp_object *object)
{
	static const char *const statuses[] = { "active", "blocked", "closed", "erased", "card",
		"card_blocked" };
	enum {
		STATUS_COUNT = sizeof statuses / sizeof *statuses
	};

	rewapp__buffer_puts(out, "{");
	rewapp__write_int(out, "number", object->number);
	rewapp__write_id(out, "id", &object->id);
	if (kind == REWAPP_KIND_MEMBER) {
		rewapp__write_text(out, "status",
			object->status >= 0 && object->status < STATUS_COUNT ? statuses[object->status]
									     : "?");
	} else {
		if (kind == REWAPP_KIND_PROGRAMME)
			rewapp__write_int(out, "version", object->version);
		rewapp__write_text(out, "name", object->name);
		rewapp__write_name(out, "document");
		rewapp__buffer_puts(out, object->document);
	}
	rewapp__buffer_puts(out, "}");
}

static int list(rewapp_engine *engine, int kind, const struct question *question, struct buffer *out)
{
	struct rewapp_object *objects = calloc((size_t)question->limit, sizeof *objects);
	size_t count;
	int error;

	if (!objects)
		return rewapp__fail(REWAPP_E_NOMEMORY, "list");
	error = rewapp_object_list(engine, kind, question->after, objects, (size_t)question->limit, &count);
	rewapp__buffer_puts(out, "{\"objects\":[");
	for (size_t i = 0; error == 0 && i < count; i++) {
		rewapp__buffer_puts(out, i ? "," : "");
		write_object(out, kind, &objects[i]);
	}
	if (error == 0)
		rewapp__write_next(
			out, count, (size_t)question->limit, count ? objects[count - 1].number : 0);
	free(objects);
	return error;
}

static int answer_members(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	return list(engine, REWAPP_KIND_MEMBER, question, out);
}

static int answer_merchants(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	return list(engine, REWAPP_KIND_MERCHANT, question, out);
}

static int answer_programmes(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	return list(engine, REWAPP_KIND_PROGRAMME, question, out);
}

static int one(rewapp_engine *engine, int kind, const struct question *question, struct buffer *out)
{
	struct rewapp_object object;
	int error = rewapp_object_get(engine, kind, &question->id, &object);

	if (error == 0)
		write_object(out, kind, &object);
	return error;
}

static int answer_member(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	return one(engine, REWAPP_KIND_MEMBER, question, out);
}

static int answer_merchant(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	return one(engine, REWAPP_KIND_MERCHANT, question, out);
}

static int answer_programme(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	return one(engine, REWAPP_KIND_PROGRAMME, question, out);
}

static int answer_inspect(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	const struct rewapp_id *merchant = rewapp_id_is_zero(&question->merchant) ? NULL
										  : &question->merchant;
	struct rewapp_qr qr = { .size = sizeof qr };
	int error = rewapp_qr_inspect(engine, question->token, merchant, &qr);

	if (error < 0)
		return error;
	rewapp__buffer_puts(out, "{");
	rewapp__write_text(out, "verdict", rewapp_verdict_name(qr.verdict));
	rewapp__write_id(out, "hold", &qr.hold);
	rewapp__write_id(out, "member", &qr.member);
	rewapp__write_id(out, "merchant", &qr.merchant);
	rewapp__write_id(out, "programme", &qr.programme);
	rewapp__write_int(out, "points", qr.points);
	rewapp__write_int(out, "amount", qr.amount);
	rewapp__write_int(out, "issued_ms", qr.issued_ms);
	rewapp__write_int(out, "expires_ms", qr.expires_ms);
	rewapp__buffer_puts(out, "}");
	return 0;
}

static int answer_events(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	struct rewapp_event *events = calloc((size_t)question->limit, sizeof *events);
	size_t count;
	int error;

	if (!events)
		return rewapp__fail(REWAPP_E_NOMEMORY, "events");
	error = rewapp_events_read(engine, question->after, events, (size_t)question->limit, &count);
	rewapp__buffer_puts(out, "{\"events\":[");
	for (size_t i = 0; error == 0 && i < count; i++) {
		rewapp__begin_object(out);
		rewapp__write_int(out, "number", events[i].number);
		rewapp__write_text(out, "kind", rewapp_kind_name(events[i].kind));
		rewapp__write_text(out, "code", events[i].code ? rewapp_code_name(events[i].code) : NULL);
		rewapp__write_id(out, "command", &events[i].command);
		rewapp__write_id(out, "member", &events[i].member);
		rewapp__write_int(out, "points", events[i].points);
		rewapp__write_int(out, "recorded_ms", events[i].recorded_ms);
		rewapp__buffer_puts(out, "}");
	}
	if (error == 0)
		rewapp__buffer_printf(out, "],\"next\":%lld}",
			(long long)(count ? events[count - 1].number : question->after));
	free(events);
	return error;
}

/* clang-format off */
const struct topic rewapp__topics_objects[] = {
	{ "members",    "|after limit",                         answer_members },
	{ "merchants",  "|after limit",                         answer_merchants },
	{ "programmes", "|after limit",                         answer_programmes },
	{ "member",     "id|",                                  answer_member },
	{ "merchant",   "id|",                                  answer_merchant },
	{ "programme",  "id|",                                  answer_programme },
	{ "inspect",    "token|merchant",                       answer_inspect },
	{ "events",     "|after limit",                         answer_events },
	{ NULL, NULL, NULL }
};
/* clang-format on */
