/* Engines for reading: as many as there are threads, lent to whichever reads next. */
#ifndef REWAPP_SERVER_READERS_H
#define REWAPP_SERVER_READERS_H

#include <pthread.h>
#include <rewapp/engine.h>

enum {
	READERS_MAX = 64
};

struct readers {
	pthread_mutex_t mutex;
	pthread_cond_t given_back;
	rewapp_engine *free[READERS_MAX];
	size_t free_count, count;
};

/* 0 or an engine's code. */
int rewapp__readers_open(struct readers *readers, const struct rewapp_engine_options *options, size_t count);
void rewapp__readers_close(struct readers *readers);

rewapp_engine *rewapp__readers_take(struct readers *readers);
void rewapp__readers_give(struct readers *readers, rewapp_engine *engine);

#endif
