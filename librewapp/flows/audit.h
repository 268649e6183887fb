/* The evidence part of the proof of the whole store: while the log is played, the tree is made
 * again and compared with what is stored and what was signed. */
#ifndef REWAPP_FLOWS_AUDIT_H
#define REWAPP_FLOWS_AUDIT_H

#include "flows/forest.h"

struct audit;

/* `problem` is told what is wrong, in a line.  *out is NULL when the store has no books yet, and that
 * is fine for all three below.  Memory that lasts is taken from `arena`. */
int rewapp__audit_begin(struct rewapp_engine *engine, struct arena *arena,
	void (*problem)(void *user, const char *line), void *user, struct audit **out);
int rewapp__audit_record(
	struct audit *audit, const struct record *record); /* 0, or what kept it from telling */
void rewapp__audit_row(struct audit *audit, int64_t seq, const uint8_t hash[TREE_HASH_BYTES]);
void rewapp__audit_end(struct audit *audit);

#endif
