/* Checkpoints and proofs of a store: what <rewapp/evidence.h> promises. */
#ifndef REWAPP_FLOWS_EVIDENCE_H
#define REWAPP_FLOWS_EVIDENCE_H

#include "base/buffer.h"
#include "flows/forest.h"

#include <rewapp/evidence.h>

/* Each appends its text to `out`.  0 or a negative code. */
int rewapp__checkpoint_make(struct rewapp_engine *engine, uint32_t flags, struct buffer *out);
int rewapp__checkpoint_newest(struct rewapp_engine *engine, struct buffer *out);
int rewapp__checkpoint_key(struct rewapp_engine *engine, struct buffer *out);
int rewapp__proof_of(struct rewapp_engine *engine, const struct rewapp_id *command, struct buffer *out);
int rewapp__proof_by_code(struct rewapp_engine *engine, const char *code, struct buffer *out);
int rewapp__extension_make(struct rewapp_engine *engine, const char *older, struct buffer *out);

int rewapp__member_export(struct rewapp_engine *engine, const struct rewapp_id *id, struct buffer *out);

int rewapp__proof_code(
	struct rewapp_engine *engine, const struct rewapp_id *command, char out[PROOF_CODE_CAPACITY]);
int rewapp__books_name(struct rewapp_engine *engine, const char *origin);

#endif
