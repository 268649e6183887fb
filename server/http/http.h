/* The HTTP side of the server: sockets, limits, and from bytes to requests.  Knows no route. */
#ifndef REWAPP_HTTP_HTTP_H
#define REWAPP_HTTP_HTTP_H

#include "http/peers.h"
#include "http/router.h"

#include <stdatomic.h>

struct http_options {
	const char *listen; /* "127.0.0.1:8080", "[::1]:8080"; port 0: any free one */
	unsigned threads;
	unsigned connections_max, connections_per_address;
	unsigned request_ms; /* from the first byte of a request to its last */
	unsigned answer_ms;  /* from the answer's first byte to its last */
	unsigned idle_ms;    /* silence between requests */

	struct router router;
	struct app *app;
	/* Who sends "Authorization: Bearer `key`"?  False: nobody we know. */
	bool (*authenticate)(struct app *app, const char *key, struct identity *out);
	/* A request was answered (or its connection was lost: status 0). */
	void (*observe)(struct app *app, const struct request *request, int64_t took_ns);
};

struct http {
	struct http_options options;
	struct MHD_Daemon *daemon;
	struct peers peers;
	atomic_bool stopping;
	atomic_int active; /* requests that are not answered yet */
	int listener;
	uint16_t port;
};

/* Listens and serves until rewapp__http_stop().  0, or -1 with a line on stderr. */
int rewapp__http_start(struct http *http, const struct http_options *options);

/* No new connections; waits up to `ms` for the running requests. */
void rewapp__http_quiesce(struct http *http, unsigned ms);
void rewapp__http_stop(struct http *http);

bool rewapp__http_is_stopping(const struct http *http);

#endif
