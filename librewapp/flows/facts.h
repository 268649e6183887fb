/* The memory of a batch's facts: shared by batch.c, which names them, and facts.c, which
 * reads them. */
#ifndef REWAPP_FLOWS_FACTS_H
#define REWAPP_FLOWS_FACTS_H

#include "flows/batch.h"

/* Zeroed memory until the batch ends; NULL marks the batch as failed. */
void *rewapp__facts_take(struct batch *batch, size_t size);

/* Into a map by an id or another key of 16 bytes; a failure marks the batch. */
void rewapp__facts_put(struct batch *batch, struct map *map, const void *key, void *value);

/* Into and out of a map by a number. */
void rewapp__facts_put_number(struct batch *batch, struct map *map, ref number, void *value);
void *rewapp__facts_get_number(const struct map *map, ref number);

#endif
