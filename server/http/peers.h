/* Deadlines of connections.
 *
 * libmicrohttpd closes silent connections; one that sends a byte now and then stays
 * open for ever.  So each connection carries the time by which it must have got on,
 * and a thread shuts down the sockets of those that have not. */
#ifndef REWAPP_HTTP_PEERS_H
#define REWAPP_HTTP_PEERS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct peer {
	int socket;
	_Atomic int64_t deadline_ms; /* monotonic; 0: none */
	struct peer *previous, *next;
};

struct peers {
	pthread_mutex_t mutex;
	pthread_cond_t stop;
	pthread_t thread;
	bool stopping;
	struct peer *first;
	_Atomic int64_t closed; /* for slowness, since the start */
};

int64_t rewapp__monotonic_ns(void);

int rewapp__peers_start(struct peers *peers); /* 0 or -1 */
void rewapp__peers_stop(struct peers *peers);

struct peer *rewapp__peers_add(struct peers *peers, int socket); /* NULL: no memory */
void rewapp__peers_remove(struct peers *peers, struct peer *peer);

/* The peer must get on within `ms` from now; 0: it waits for us. */
void rewapp__peer_expect(struct peer *peer, int64_t ms);

#endif
