/* A checkpoint is a signed line under the books: how many commands, the tree's root over them,
 * the chain's head.  Its text is a signed note (C2SP signed-note and tlog-checkpoint), so that
 * other people's tools can keep and countersign it.  Pure, and without the rest of the engine. */
#ifndef REWAPP_EVIDENCE_CHECKPOINT_H
#define REWAPP_EVIDENCE_CHECKPOINT_H

#include "evidence/tree.h"

enum {
	ORIGIN_CAPACITY = 65,
	SIGNER_SEED_BYTES = 32,
	SIGNER_PUBLIC_BYTES = 32,
	SIGNER_ID_BYTES = 4,
	VERIFIER_CAPACITY = 192, /* of a public key's text */
	SIGNATURES_MAX = 8,
	CHECKPOINT_CAPACITY = 2048 /* of a note with all its signatures and a NUL */
};

/* A public key and the name that it signs with: "shop.example/till+1f2e3d4c+AQ…". */
struct verifier {
	char name[ORIGIN_CAPACITY];
	uint8_t id[SIGNER_ID_BYTES]; /* the first bytes of SHA-256 of name, 0x0A, 0x01, public key */
	uint8_t public[SIGNER_PUBLIC_BYTES];
};

struct signer {
	struct verifier verifier;
	uint8_t secret[64];
};

/* 1 to 64 printable characters of ASCII without space or plus. */
bool rewapp__origin_is_good(const char *name);

/* The key that stands for `seed` for ever (Ed25519, RFC 8032).  False: the name is no good. */
bool rewapp__signer_make(struct signer *signer, const char *name, const uint8_t seed[SIGNER_SEED_BYTES]);

/* Public keys as text: NAME+8 hexadecimal digits of the id+base64 of 0x01 and the key. */
void rewapp__verifier_write(const struct verifier *verifier, char out[VERIFIER_CAPACITY]);
bool rewapp__verifier_read(const char *text, size_t length, struct verifier *out);

struct checkpoint {
	char origin[ORIGIN_CAPACITY];
	int64_t size;          /* commands */
	struct tree_hash root; /* over them */
	int64_t time_ms;
	int64_t chain_seq;      /* the newest row of the log */
	struct tree_hash chain; /* its hash */
	bool has_next;          /* the key changes: from now on `next` signs */
	struct verifier next;
};

/* Writes the text that is signed, and a NUL; returns its length. */
size_t rewapp__checkpoint_write(const struct checkpoint *checkpoint, char out[CHECKPOINT_CAPACITY]);

/* Appends the signature of a text, or one more of a note; returns the new length, 0: no room. */
size_t rewapp__checkpoint_sign(char note[CHECKPOINT_CAPACITY], size_t length, const struct signer *signer);

/* Reads a note; false: it is not written as rewapp__checkpoint_write() does.  Signatures are
 * only looked at by rewapp__checkpoint_is_signed(). */
bool rewapp__checkpoint_read(const char *note, size_t length, struct checkpoint *out);

/* Whether the note bears a good signature of that key. */
bool rewapp__checkpoint_is_signed(const char *note, size_t length, const struct verifier *verifier);

#endif
