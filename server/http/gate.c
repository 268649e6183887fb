/* Strict at the door: one Host, a known route, a key that reaches it, JSON of a bounded size. */
#include "http/gate.h"

#include "base/text.h"
#include "http/framing.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct request *rewapp__gate_create(struct http *http, struct MHD_Connection *connection, const char *url)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct request *request = calloc(1, sizeof *request);

	if (!request)
		return NULL;
	request->connection = connection;
	request->http = http;
	request->app = http->options.app;
	request->peer = info ? info->socket_context : NULL;
	request->started_ns = rewapp__monotonic_ns();
	request->path = strdup(url);
	rewapp__arena_init(&request->arena, NULL);
	rewapp__buffer_init(&request->body, NULL, 0);
	if (!request->path) {
		free(request);
		return NULL;
	}
	return request;
}

void rewapp__gate_destroy(struct request *request)
{
	if (request->release)
		request->release(request);
	if (request->response)
		MHD_destroy_response(request->response);
	rewapp__buffer_finish(&request->body);
	rewapp__arena_finish(&request->arena);
	free(request->path);
	free(request);
}

static bool check_route(struct request *request, const char *method)
{
	struct buffer allow;

	if (!rewapp__text_is_utf8(request->path, strlen(request->path))) {
		request->path[0] = '\0';
		rewapp__problem(request, HTTP_PROBLEM_BAD_REQUEST, "the path is not UTF-8");
		return false;
	}
	rewapp__buffer_init(&allow, NULL, 256);
	rewapp__router_find(&request->http->options.router, request, method, &allow);
	if (!request->route && allow.size) {
		const char *methods = rewapp__arena_copy(&request->arena, allow.data, allow.size);

		rewapp__respond_header(request, MHD_HTTP_HEADER_ALLOW, methods ? methods : "GET");
		rewapp__problem(
			request, HTTP_PROBLEM_METHOD_NOT_ALLOWED, "allowed: %s", methods ? methods : "GET");
	} else if (!request->route) {
		rewapp__problem(request, HTTP_PROBLEM_NOT_FOUND, "no route has this path");
	}
	rewapp__buffer_finish(&allow);
	return request->route != NULL;
}

static bool check_key(struct request *request)
{
	static const char bearer[] = "Bearer ";
	const struct http_options *options = &request->http->options;
	const char *header = rewapp__request_header(request, MHD_HTTP_HEADER_AUTHORIZATION);

	if (request->route->scopes == SCOPE_PUBLIC)
		return true;
	if (!header || strncasecmp(header, bearer, sizeof bearer - 1) != 0) {
		rewapp__problem(
			request, HTTP_PROBLEM_UNAUTHENTICATED, "send \"Authorization: Bearer\" and a key");
		return false;
	}
	if (!options->authenticate(options->app, header + sizeof bearer - 1, &request->who)) {
		rewapp__problem(request, HTTP_PROBLEM_UNAUTHENTICATED, "the key is unknown or revoked");
		return false;
	}
	if (request->route->scopes & request->who.scope)
		return true;
	rewapp__problem(request, HTTP_PROBLEM_FORBIDDEN, "the scope of the key does not include this route");
	return false;
}

static bool is_json(const char *type)
{
	static const char json[] = "application/json";
	size_t length = sizeof json - 1;

	return type && strncasecmp(type, json, length) == 0 && strchr("; \t", type[length]);
}

/* The announced length, or 0 when there is none (no body, or a chunked one). */
static unsigned long long announced(struct request *request)
{
	const char *length = rewapp__request_header(request, MHD_HTTP_HEADER_CONTENT_LENGTH);

	return length ? strtoull(length, NULL, 10) : 0;
}

static bool has_body(struct request *request)
{
	return announced(request) || rewapp__request_header(request, MHD_HTTP_HEADER_TRANSFER_ENCODING);
}

static bool check_body(struct request *request)
{
	size_t limit = request->route->body_max;

	if (announced(request) > limit) {
		request->at_once = true;
		rewapp__problem(request, HTTP_PROBLEM_BODY_TOO_LARGE, "at most %zu bytes", limit);
		return false;
	}
	request->body.limit = limit;
	if (!has_body(request) || is_json(rewapp__request_header(request, MHD_HTTP_HEADER_CONTENT_TYPE)))
		return true;
	rewapp__problem(request, HTTP_PROBLEM_MEDIA_TYPE, "the Content-Type is missing or another one");
	return false;
}

void rewapp__gate_enter(struct request *request, const char *method, const char *version)
{
	rewapp__peer_expect(request->peer, request->http->options.request_ms);
	if (!rewapp__framing_check(request) || !check_route(request, method) || !check_key(request))
		return;
	check_body(request);
}

void rewapp__gate_body(struct request *request, const char *bytes, size_t count)
{
	if (request->status)
		return; /* refused already; what still comes is thrown away */
	rewapp__buffer_append(&request->body, bytes, count);
	if (!request->body.failed)
		return;
	rewapp__problem(request, HTTP_PROBLEM_BODY_TOO_LARGE, "at most %zu bytes", request->body.limit);
}

void rewapp__gate_handle(struct request *request)
{
	void (*then)(struct request *) = request->then;

	request->complete = true;
	rewapp__peer_expect(request->peer, 0); /* it is our turn now */
	if (request->status)
		return;
	if (then) {
		request->then = NULL;
		then(request);
	} else {
		request->route->handle(request);
	}
}

/* A refused request is answered when its body is over, so that the connection lives on;
 * one whose body is not to be read, at once, which closes it. */
enum MHD_Result rewapp__gate_answer(struct request *request)
{
	enum MHD_Result result;

	if (!request->status || !(request->complete || request->at_once))
		return MHD_YES;
	if (!request->response)
		return MHD_NO;
	rewapp__peer_expect(request->peer, request->http->options.answer_ms);
	result = MHD_queue_response(request->connection, request->status, request->response);
	MHD_destroy_response(request->response);
	request->response = NULL;
	return result;
}
