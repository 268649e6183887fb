/* Problem documents: one shape for every failure, with a stable code to branch on. */
#include "http/problem.h"

#include "base/json.h"
#include "http/request.h"

#include <rewapp/errors.h>
#include <stdarg.h>
#include <stdio.h>

struct problem {
	unsigned status;
	const char *code, *title;
};

static const struct problem problems[] = {
#define ROW(name, status, title) { status, #name, title },
	HTTP_PROBLEM_MAP(ROW)
#undef ROW
};

static void member(struct buffer *out, const char *name, const char *text)
{
	if (!text || !*text)
		return;
	rewapp__buffer_printf(out, ",\"%s\":", name);
	rewapp__json_quote(out, text);
}

static void answer(
	struct request *request, const struct problem *problem, const char *field, const char *detail)
{
	struct buffer out;

	rewapp__buffer_init(&out, NULL, 16384);
	rewapp__buffer_printf(
		&out, "{\"type\":\"urn:rewapp:problem:%s\",\"status\":%u", problem->code, problem->status);
	member(&out, "title", problem->title);
	member(&out, "detail", detail);
	member(&out, "instance", request->path);
	member(&out, "code", problem->code);
	member(&out, "field", field);
	rewapp__buffer_puts(&out, "}");
	if (problem->status == 503)
		rewapp__respond_header(request, "Retry-After", "1");
	if (problem->status == 401)
		rewapp__respond_header(request, "WWW-Authenticate", "Bearer realm=\"rewapp\"");
	rewapp__respond_buffer(request, problem->status, "application/problem+json", &out);
}

void rewapp__problem(struct request *request, enum http_problem problem, const char *format, ...)
{
	char detail[256];
	va_list args;

	va_start(args, format);
	vsnprintf(detail, sizeof detail, format, args);
	va_end(args);
	answer(request, &problems[problem], NULL, detail);
}

unsigned rewapp__problem_status(int code)
{
	switch (code) {
	case REWAPP_E_NOTFOUND:
		return 404;
	case REWAPP_E_CONFLICT:
	case REWAPP_E_LINKED:
		return 409;
	case REWAPP_E_CARDNUMBER:
	case REWAPP_E_OVERFLOW:
		return 422;
	case REWAPP_E_JSON:
	case REWAPP_E_ARGUMENT:
		return 400;
	default:
		return rewapp_error_class_of(code) == REWAPP_CLASS_RETRY ? 503 : 500;
	}
}

void rewapp__problem_engine(struct request *request, int code, const char *field, const char *detail)
{
	struct problem problem = { rewapp__problem_status(code), rewapp_error_name(code),
		rewapp_strerror(code) };

	/* What broke inside is for the log, not for the caller. */
	answer(request, &problem, field, problem.status == 500 ? NULL : detail);
}

void rewapp__problem_command(struct request *request, int code, const char *field, const char *detail)
{
	struct problem problem = { rewapp__problem_status(code), rewapp_error_name(code),
		rewapp_strerror(code) };

	if (problem.status == 400)
		problem.status = 422;
	answer(request, &problem, field, problem.status == 500 ? NULL : detail);
}
