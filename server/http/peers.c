/* A list of the open connections and the thread that looks at it. */
#include "http/peers.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

enum {
	LOOK_EVERY_MS = 250
};

int64_t rewapp__monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void shut_overdue(struct peers *peers)
{
	int64_t now_ms = rewapp__monotonic_ns() / 1000000;

	for (struct peer *peer = peers->first; peer; peer = peer->next) {
		int64_t deadline_ms = atomic_load_explicit(&peer->deadline_ms, memory_order_relaxed);

		if (deadline_ms == 0 || now_ms < deadline_ms)
			continue;
		/* The daemon sees the end of the stream and closes; the number of the
		 * socket is still ours, because removal takes the same mutex. */
		shutdown(peer->socket, SHUT_RDWR);
		atomic_store_explicit(&peer->deadline_ms, 0, memory_order_relaxed);
		atomic_fetch_add_explicit(&peers->closed, 1, memory_order_relaxed);
	}
}

static void *look(void *argument)
{
	struct peers *peers = argument;

	pthread_mutex_lock(&peers->mutex);
	while (!peers->stopping) {
		struct timespec until;

		shut_overdue(peers);
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += LOOK_EVERY_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
		pthread_cond_timedwait(&peers->stop, &peers->mutex, &until);
	}
	pthread_mutex_unlock(&peers->mutex);
	return NULL;
}

int rewapp__peers_start(struct peers *peers)
{
	pthread_condattr_t attributes;

	peers->first = NULL;
	peers->stopping = false;
	atomic_init(&peers->closed, 0);
	pthread_mutex_init(&peers->mutex, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&peers->stop, &attributes);
	pthread_condattr_destroy(&attributes);
	return pthread_create(&peers->thread, NULL, look, peers) == 0 ? 0 : -1;
}

void rewapp__peers_stop(struct peers *peers)
{
	pthread_mutex_lock(&peers->mutex);
	peers->stopping = true;
	pthread_cond_signal(&peers->stop);
	pthread_mutex_unlock(&peers->mutex);
	pthread_join(peers->thread, NULL);
	pthread_cond_destroy(&peers->stop);
	pthread_mutex_destroy(&peers->mutex);
}

struct peer *rewapp__peers_add(struct peers *peers, int socket)
{
	struct peer *peer = calloc(1, sizeof *peer);

	if (!peer)
		return NULL;
	peer->socket = socket;
	pthread_mutex_lock(&peers->mutex);
	peer->next = peers->first;
	if (peer->next)
		peer->next->previous = peer;
	peers->first = peer;
	pthread_mutex_unlock(&peers->mutex);
	return peer;
}

void rewapp__peers_remove(struct peers *peers, struct peer *peer)
{
	pthread_mutex_lock(&peers->mutex);
	if (peer->previous)
		peer->previous->next = peer->next;
	else
		peers->first = peer->next;
	if (peer->next)
		peer->next->previous = peer->previous;
	pthread_mutex_unlock(&peers->mutex);
	free(peer);
}

void rewapp__peer_expect(struct peer *peer, int64_t ms)
{
	int64_t deadline_ms = ms ? rewapp__monotonic_ns() / 1000000 + ms : 0;

	if (peer)
		atomic_store_explicit(&peer->deadline_ms, deadline_ms, memory_order_relaxed);
}
