/* A member's identity under the member's own key: to destroy the key is to forget the member.
 * Pure. */
#ifndef REWAPP_EVIDENCE_COVER_H
#define REWAPP_EVIDENCE_COVER_H

#include <rewapp/types.h>

enum {
	COVER_KEY_BYTES = 32,

	/* which text of a command */
	COVERED_TERMINAL = 1,
	COVERED_REFERENCE = 2,
	COVERED_TOLD = 3, /* what a bank's feed told, all of it */
	COVERED_CASHIER = 4
};

/* The member's id as the books keep it, or back: the same call does both. */
void rewapp__cover_id(const uint8_t key[COVER_KEY_BYTES], struct rewapp_id *id);

/* A text of the command `command` as the books keep it, or back.  `which` tells apart the texts
 * of one command: none may be covered twice under one name with other contents. */
void rewapp__cover_text(const uint8_t key[COVER_KEY_BYTES], const struct rewapp_id *command, uint8_t which,
	void *bytes, size_t size);

/* The name under which tickets speak of member `number`; only who has the store's `secret` can
 * tell whose it is. */
void rewapp__pseudonym(const uint8_t secret[COVER_KEY_BYTES], int64_t number, struct rewapp_id *out);

#endif
