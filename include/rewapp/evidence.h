/* Evidence: signed checkpoints of the books, and proofs that a member or an auditor checks with
 * rewapp-verify and the books' public key alone.  docs/evidence.md has every byte.
 *
 * Texts that come out as `**out` are the caller's, to free with rewapp_free(), and NUL-terminated. */
#ifndef REWAPP_EVIDENCE_H
#define REWAPP_EVIDENCE_H

#include <rewapp/engine.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Names the books ("shop.example/points": 1 to 64 printable ASCII characters without space and
 * plus).  Only before the first checkpoint; a store that was never named has a random name.
 * Returns 0, REWAPP_E_ARGUMENT, REWAPP_E_CONFLICT (a checkpoint bears the old name), storage errors. */
REWAPP_API int rewapp_books_name(rewapp_engine *engine, const char *name);

/* The public key that signs now, as text.  Returns 0 and storage errors. */
REWAPP_API int rewapp_books_key(rewapp_engine *engine, char **out);

enum rewapp_checkpoint_flags {
	REWAPP_CHECKPOINT_NEW_KEY = 1, /* hands over to a new key; signed by the old one and the new one */
	REWAPP_CHECKPOINT_FOLLOW = 2   /* for a timer: signs only behind an earlier checkpoint, since the first one
	                                * fixes the books' name; before it, only the tree takes in what is new */
};

/* Signs a checkpoint over all commands so far; when there is one already, gives that again.  Reads
 * what the log has since the last one, so the time it takes grows with that.  `flags`: 0, or one of
 * enum rewapp_checkpoint_flags.  The text is empty when REWAPP_CHECKPOINT_FOLLOW had nothing to follow.
 * Returns 0, REWAPP_E_ARGUMENT (flags), REWAPP_E_CAPACITY (too many keys), REWAPP_E_CORRUPT, storage errors. */
REWAPP_API int rewapp_checkpoint(rewapp_engine *engine, uint32_t flags, char **out);

/* The newest checkpoint; signs nothing.  Returns 0, REWAPP_E_NOTFOUND, storage errors. */
REWAPP_API int rewapp_checkpoint_newest(rewapp_engine *engine, char **out);

/* The short code for the receipt of `command` ("7Q3F-0M2K-9XWA-T4RB"), by which the member asks for
 * the proof.  One command has one code.  Returns 0, REWAPP_E_NOTFOUND, storage errors. */
#define REWAPP_PROOF_CODE_CAPACITY 20
REWAPP_API int rewapp_proof_code(
	rewapp_engine *engine, const struct rewapp_id *command, char out[REWAPP_PROOF_CODE_CAPACITY]);

/* The proof of a command, by its id or by the code on its receipt (in either case, spaces and dashes
 * anywhere).  When no checkpoint covers the command yet, one is signed.
 * Returns 0, REWAPP_E_ARGUMENT (not a code: a character was mistyped), REWAPP_E_NOTFOUND,
 * REWAPP_E_CORRUPT, storage errors. */
REWAPP_API int rewapp_proof(rewapp_engine *engine, const struct rewapp_id *command, char **out);
REWAPP_API int rewapp_proof_by_code(rewapp_engine *engine, const char *code, char **out);

/* The proof that the newest checkpoint's books begin with those of the checkpoint `older`, which was
 * published earlier.
 * Returns 0, REWAPP_E_ARGUMENT (not a checkpoint, or of other books), REWAPP_E_CORRUPT (these books
 * contradict it: they were cut short or rewritten), storage errors. */
REWAPP_API int rewapp_extension(rewapp_engine *engine, const char *older, char **out);

/* All that the books know of a member, as JSON (articles 15 and 20 of the GDPR): the pseudonym, and of
 * each command about the member its ticket, terminal and reference.  Reads the whole log.
 * Returns 0, REWAPP_E_NOTFOUND, REWAPP_E_CORRUPT, REWAPP_E_CAPACITY (beyond 1 GiB), storage errors. */
REWAPP_API int rewapp_member_export(rewapp_engine *engine, const struct rewapp_id *member, char **out);

#ifdef __cplusplus
}
#endif

#endif
