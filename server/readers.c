/* A stack of engines: the one used last is warm, so it is lent first. */
#include "readers.h"

int rewapp__readers_open(struct readers *readers, const struct rewapp_engine_options *options, size_t count)
{
	readers->count = readers->free_count = 0;
	pthread_mutex_init(&readers->mutex, NULL);
	pthread_cond_init(&readers->given_back, NULL);
	for (; readers->count < count && readers->count < READERS_MAX; readers->count++) {
		int error = rewapp_engine_open(&readers->free[readers->free_count], options);

		if (error < 0) {
			rewapp__readers_close(readers);
			return error;
		}
		readers->free_count++;
	}
	return 0;
}

void rewapp__readers_close(struct readers *readers)
{
	while (readers->free_count)
		rewapp_engine_close(readers->free[--readers->free_count]);
	pthread_cond_destroy(&readers->given_back);
	pthread_mutex_destroy(&readers->mutex);
}

rewapp_engine *rewapp__readers_take(struct readers *readers)
{
	rewapp_engine *engine;

	pthread_mutex_lock(&readers->mutex);
	while (readers->free_count == 0)
		pthread_cond_wait(&readers->given_back, &readers->mutex);
	engine = readers->free[--readers->free_count];
	pthread_mutex_unlock(&readers->mutex);
	return engine;
}

void rewapp__readers_give(struct readers *readers, rewapp_engine *engine)
{
	pthread_mutex_lock(&readers->mutex);
	readers->free[readers->free_count++] = engine;
	pthread_cond_signal(&readers->given_back);
	pthread_mutex_unlock(&readers->mutex);
}
