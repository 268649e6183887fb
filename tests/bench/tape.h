/* The rows that an engine wrote, and SQLite alone writing them again: the yardstick of
 * the ledger.  A tape listens to a store's connection, row by row, in the engine's order. */
#ifndef REWAPP_BENCH_TAPE_H
#define REWAPP_BENCH_TAPE_H

#include <stddef.h>
#include <stdint.h>

struct tape;
struct player;

/* Reads the tables of the store in the file `path`; the connection opened next is listened to. */
struct tape *tape_start(const char *path);

/* Ends a batch: what comes after belongs to the next transaction. */
void tape_mark(struct tape *tape);

/* Notes the connection's settings and stops listening; call it before the engine is closed. */
void tape_stop(struct tape *tape);
void tape_free(struct tape *tape);

size_t tape_rows(const struct tape *tape);

/* Plays a tape into the store `path` through prepared statements, one transaction for
 * each batch, under the settings of the connection that was listened to. */
struct player *player_open(const struct tape *tape, const char *path);
void player_run(struct player *player);
void player_close(struct player *player);

#endif
