/* A proof is a small text file: tickets with their way up to a checkpoint, or the way from an
 * older checkpoint to a newer one, and the signed notes.  Reading and checking need no engine:
 * the stand-alone verifier is made of them. */
#ifndef REWAPP_EVIDENCE_PROOF_H
#define REWAPP_EVIDENCE_PROOF_H

#include "evidence/checkpoint.h"
#include "evidence/ticket.h"

enum {
	PROOF_ENTRIES_MAX = 4,
	PROOF_NOTES_MAX = 16,
	PROOF_TRUST_MAX = 32,
	PROOF_BYTES_MAX = 64 * 1024
};

/* NAME, value, English, French.  The verifier's answers. */
#define PROOF_OUTCOME_MAP(X) \
	X(PROVEN, 0, "proven", "prouvé") \
	X(MALFORMED, 1, "this is no proof file, or it was damaged", \
		"ce n'est pas un fichier de preuve, ou il est abîmé") \
	X(UNTRUSTED, 2, "no key that you trust has signed this", \
		"aucune clé à laquelle vous faites confiance n'a signé ceci") \
	X(OTHER_LOG, 3, "the notes are of different books", "les notes viennent de livres différents") \
	X(NOT_INCLUDED, 4, "the ticket is not in the books that were signed", \
		"le ticket ne figure pas dans les livres signés") \
	X(NOT_EXTENDED, 5, "the newer books do not continue the older ones: history was rewritten", \
		"les livres récents ne prolongent pas les anciens : l'histoire a été réécrite")

enum proof_outcome {
#define PROOF_OUTCOME_ENUM(name, value, english, french) PROOF_##name = value,
	PROOF_OUTCOME_MAP(PROOF_OUTCOME_ENUM)
#undef PROOF_OUTCOME_ENUM
};

const char *rewapp__proof_outcome_text(enum proof_outcome outcome, bool french);

/* A command in the tree.  Its leaf is of `digest` and the ticket's text. */
struct proof_entry {
	int64_t leaf;            /* the command's number in the tree, from 0 */
	struct tree_hash digest; /* stands for the whole of what the ledger recorded */
	const char *ticket;      /* borrowed */
	size_t ticket_size;
	struct tree_path path;
};

struct proof_note {
	const char *text; /* borrowed */
	size_t size;
};

struct proof {
	size_t entry_count;                            /* 0: the file joins two checkpoints by `extension` */
	struct proof_entry entries[PROOF_ENTRIES_MAX]; /* first what was asked for, then what explains it */
	struct tree_path extension;
	size_t note_count;
	struct proof_note notes[PROOF_NOTES_MAX]; /* changes of key, oldest first; the older checkpoint; the
						     checkpoint */
};

/* Reads a file; what *out points at stays in `text`.  False: malformed. */
bool rewapp__proof_read(const char *text, size_t length, struct proof *out);

/* Follows the changes of key from `trusted`, checks signatures, tree and, of a file that joins two
 * checkpoints, that the newer continues the older.  *checkpoint and, unless NULL, *older are set
 * when they could be read. */
enum proof_outcome rewapp__proof_check(const struct proof *proof, const struct verifier *trusted,
	size_t trusted_count, struct checkpoint *checkpoint, struct checkpoint *older);

#endif
