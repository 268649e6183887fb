/* The daemon: libmicrohttpd with epoll and a small pool of threads. */
#include "http/http.h"

#include "http/framing.h"
#include "http/gate.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

bool rewapp__http_is_stopping(const struct http *http)
{
	return atomic_load_explicit(&http->stopping, memory_order_relaxed);
}

static void on_connection(void *argument, struct MHD_Connection *connection, void **socket_context,
	enum MHD_ConnectionNotificationCode code)
{
	struct http *http = argument;

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		const union MHD_ConnectionInfo *info = MHD_get_connection_info(
			connection, MHD_CONNECTION_INFO_CONNECTION_FD);
		struct peer *peer = info ? rewapp__peers_add(&http->peers, info->connect_fd) : NULL;

		rewapp__peer_expect(peer, http->options.request_ms);
		*socket_context = peer;
	} else if (*socket_context) {
		rewapp__peers_remove(&http->peers, *socket_context);
		*socket_context = NULL;
	}
}

static void on_completed(void *argument, struct MHD_Connection *connection, void **context,
	enum MHD_RequestTerminationCode code)
{
	struct http *http = argument;
	struct request *request = *context;

	if (!request)
		return;
	*context = NULL;
	http->options.observe(http->options.app, request, rewapp__monotonic_ns() - request->started_ns);
	/* The next request of this connection: silence first, then its bytes. */
	rewapp__peer_expect(request->peer, (int64_t)http->options.idle_ms + http->options.request_ms);
	rewapp__gate_destroy(request);
	atomic_fetch_sub(&http->active, 1);
}

static enum MHD_Result on_request(void *argument, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *upload, size_t *upload_size, void **context)
{
	struct http *http = argument;
	struct request *request = *context;

	if (!request) {
		request = rewapp__gate_create(http, connection, url);
		if (!request)
			return MHD_NO;
		*context = request;
		atomic_fetch_add(&http->active, 1);
		rewapp__gate_enter(request, method, version);
	} else if (*upload_size) {
		rewapp__gate_body(request, upload, *upload_size);
		*upload_size = 0;
	} else {
		rewapp__gate_handle(request);
	}
	return rewapp__gate_answer(request);
}

static void log_line(void *argument, const char *format, va_list args)
{
	/* The library's own remarks are about single connections: noise. */
}

/* Splits "host:port" and finds the address. */
static struct addrinfo *resolve(const char *listen)
{
	char host[256];
	const char *colon = strrchr(listen, ':');
	size_t length = colon ? (size_t)(colon - listen) : 0;
	struct addrinfo hints = { .ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;

	if (!colon || length >= sizeof host)
		return NULL;
	memcpy(host, listen, length);
	host[length] = '\0';
	if (length > 2 && host[0] == '[' && host[length - 1] == ']') {
		host[length - 1] = '\0';
		memmove(host, host + 1, length - 1);
	}
	if (getaddrinfo(*host ? host : NULL, colon + 1, &hints, &found) != 0)
		return NULL;
	return found;
}

static int open_listener(struct http *http)
{
	struct addrinfo *address = resolve(http->options.listen);
	struct sockaddr_storage bound = { 0 };
	socklen_t size = sizeof bound;
	int yes = 1, fd;

	if (!address)
		return -1;
	fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0) {
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
		if (bind(fd, address->ai_addr, address->ai_addrlen) != 0 || listen(fd, 1024) != 0 ||
			getsockname(fd, (struct sockaddr *)&bound, &size) != 0) {
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(address);
	if (fd >= 0)
		/* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): getsockname() has filled it */
		http->port = ntohs(bound.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&bound)->sin6_port
							       : ((struct sockaddr_in *)&bound)->sin_port);
	return fd;
}

/* What the library gives a request line and its headers: more than we accept of them, so that it is we who
 * refuse, with a problem document.  Beyond it the library refuses in its own words. */
enum {
	CONNECTION_MEMORY = 32 * 1024
};

static struct MHD_Daemon *start_daemon(struct http *http)
{
	const struct http_options *options = &http->options;
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC |
		MHD_USE_ERROR_LOG;
	struct MHD_OptionItem pool[] = { /* A pool of one is no pool: the library wants none then. */
		{ options->threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END,
			(intptr_t)options->threads, NULL },
		{ MHD_OPTION_END, 0, NULL }
	};

	return MHD_start_daemon(flags, http->port, NULL, NULL, on_request, http, MHD_OPTION_EXTERNAL_LOGGER,
		log_line, NULL, MHD_OPTION_LISTEN_SOCKET, http->listener, MHD_OPTION_ARRAY, pool,
		MHD_OPTION_CONNECTION_LIMIT, options->connections_max, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
		options->connections_per_address, MHD_OPTION_CONNECTION_TIMEOUT,
		(options->idle_ms + 999) / 1000, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)CONNECTION_MEMORY, MHD_OPTION_UNESCAPE_CALLBACK, rewapp__framing_unescape, NULL,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, http, MHD_OPTION_NOTIFY_COMPLETED, on_completed,
		http, MHD_OPTION_END);
}

int rewapp__http_start(struct http *http, const struct http_options *options)
{
	http->options = *options;
	atomic_init(&http->stopping, false);
	atomic_init(&http->active, 0);
	http->listener = open_listener(http);
	if (http->listener < 0) {
		fprintf(stderr, "rewapp serve: cannot listen on %s: %s\n", options->listen, strerror(errno));
		return -1;
	}
	if (rewapp__peers_start(&http->peers) != 0) {
		close(http->listener);
		return -1;
	}
	http->daemon = start_daemon(http);
	if (http->daemon)
		return 0;
	fprintf(stderr, "rewapp serve: the HTTP library does not start\n");
	rewapp__peers_stop(&http->peers);
	close(http->listener);
	return -1;
}

void rewapp__http_quiesce(struct http *http, unsigned ms)
{
	int64_t until_ns = rewapp__monotonic_ns() + (int64_t)ms * 1000000;

	atomic_store(&http->stopping, true);
	http->listener = MHD_quiesce_daemon(http->daemon);
	while (atomic_load(&http->active) > 0 && rewapp__monotonic_ns() < until_ns)
		usleep(5000);
}

void rewapp__http_stop(struct http *http)
{
	MHD_stop_daemon(http->daemon);
	if (http->listener >= 0)
		close(http->listener);
	rewapp__peers_stop(&http->peers);
}
