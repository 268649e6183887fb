/* Answers to requests that could not be served: RFC 9457 problem documents. */
#ifndef REWAPP_HTTP_PROBLEM_H
#define REWAPP_HTTP_PROBLEM_H

#include <stddef.h>

struct request;

/* What HTTP itself refuses: NAME, status, title.  The engine's own codes
 * (include/rewapp/errors.h) travel under their names beside these. */
#define HTTP_PROBLEM_MAP(X) \
	X(BAD_REQUEST, 400, "the request is malformed") \
	X(HOST_HEADER, 400, "exactly one Host header is needed") \
	X(IDEMPOTENCY_KEY, 400, "an Idempotency-Key header of 1 to 255 bytes is needed") \
	X(UNAUTHENTICATED, 401, "a valid API key is needed") \
	X(FORBIDDEN, 403, "the API key does not reach this") \
	X(NOT_FOUND, 404, "nothing is here") \
	X(METHOD_NOT_ALLOWED, 405, "the resource does not know this method") \
	X(BODY_TOO_LARGE, 413, "the body is larger than this resource takes") \
	X(URI_TOO_LONG, 414, "the path is too long") \
	X(MEDIA_TYPE, 415, "the body must be application/json") \
	X(HEADERS_TOO_LARGE, 431, "the headers are too large") \
	X(TRANSFER_CODING, 501, "this transfer coding is not understood") \
	X(OVERLOADED, 503, "too many requests are waiting") \
	X(STOPPING, 503, "the server is about to stop")

enum http_problem {
#define HTTP_PROBLEM_ENUM(name, status, title) HTTP_PROBLEM_##name,
	HTTP_PROBLEM_MAP(HTTP_PROBLEM_ENUM)
#undef HTTP_PROBLEM_ENUM
};

/* Answers with one of the table; `format` says what is wrong with this request. */
void rewapp__problem(struct request *request, enum http_problem problem, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Answers with an engine's code.  `field` may be NULL or empty; `detail` is the engine's message. */
void rewapp__problem_engine(struct request *request, int code, const char *field, const char *detail);

/* As above for a command that the engine judged: its values, not its form, are at fault. */
void rewapp__problem_command(struct request *request, int code, const char *field, const char *detail);

/* The HTTP status that stands for an engine's code. */
unsigned rewapp__problem_status(int code);

#endif
