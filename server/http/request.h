/* One request and its answer, as routes see them. */
#ifndef REWAPP_HTTP_REQUEST_H
#define REWAPP_HTTP_REQUEST_H

#include "base/arena.h"
#include "base/buffer.h"
#include "http/identity.h"
#include "http/problem.h"

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

struct app;
struct http;
struct peer;
struct request;

enum route_flags {
	ROUTE_CHANGES = 1 /* needs an id: an Idempotency-Key header, or one in the body */
};

/* A row of a resource's table: all that is known about a route stands here. */
struct route {
	const char *method;
	const char *path; /* "/v1/members/{id}/balance" */
	unsigned scopes;  /* who may; 0: anybody */
	size_t body_max;  /* bytes; 0: takes no body */
	unsigned flags;   /* enum route_flags */
	void (*handle)(struct request *request);
	const char *doc; /* one line, for the OpenAPI page and --routes */
};

enum {
	REQUEST_PARAMS_MAX = 4,
	REQUEST_HEADERS_MAX = 4
};

struct param {
	const char *text;
	size_t length;
};

struct request {
	struct MHD_Connection *connection;
	struct http *http;
	struct app *app;
	struct peer *peer;
	const struct route *route; /* NULL: none fits */
	size_t route_index;
	char *path;
	struct param params[REQUEST_PARAMS_MAX]; /* the {…} of the template, in order */
	struct identity who;
	struct arena arena; /* dies with the request */
	struct buffer body;
	int64_t started_ns;

	/* Set while the request waits for another thread, which calls rewapp__request_resume(). */
	void (*then)(struct request *request);

	/* What the route keeps for the request, and how it is given back at its end. */
	void *kept;
	void (*release)(struct request *request);

	bool at_once;    /* refused without reading the body: the connection ends */
	bool complete;   /* the body is there */
	unsigned status; /* 0: not answered yet */
	struct MHD_Response *response;
	size_t header_count;
	struct {
		const char *name, *value;
	} headers[REQUEST_HEADERS_MAX];
};

/* A parameter of the path as an id; on failure a problem is answered. */
bool rewapp__request_id(struct request *request, size_t index, const char *name, struct rewapp_id *out);

/* The value of ?name=, or NULL. */
const char *rewapp__request_query(struct request *request, const char *name);

/* ?name= as a number from `min` to `max`, `fallback` when absent; on failure a problem is answered. */
bool rewapp__request_number(
	struct request *request, const char *name, int64_t min, int64_t max, int64_t fallback, int64_t *out);

const char *rewapp__request_header(struct request *request, const char *name);

/* Lays the request aside until rewapp__request_resume(), which any thread may call; then
 * `then` runs on the request's own thread. */
void rewapp__request_suspend(struct request *request, void (*then)(struct request *request));
void rewapp__request_resume(struct request *request);

/* Names and values must live as long as the request. */
void rewapp__respond_header(struct request *request, const char *name, const char *value);

/* Takes the buffer's text; a failed buffer becomes a 500. */
void rewapp__respond_buffer(
	struct request *request, unsigned status, const char *type, struct buffer *buffer);

/* `bytes` live for ever. */
void rewapp__respond_static(
	struct request *request, unsigned status, const char *type, const void *bytes, size_t size);

#endif
