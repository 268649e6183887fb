/* Writing a proof file; apart from proof.h, because the verifier only reads. */
#ifndef REWAPP_EVIDENCE_PROOF_WRITE_H
#define REWAPP_EVIDENCE_PROOF_WRITE_H

#include "base/buffer.h"
#include "evidence/proof.h"

/* Appends the file's text; a failure shows in the buffer. */
void rewapp__proof_write(struct buffer *out, const struct proof *proof);

#endif
