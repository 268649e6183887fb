/* A ticket says what one command did, in lines that a person can read: what a member gets
 * proven.  One content has one text.  Pure, and without the rest of the engine. */
#ifndef REWAPP_EVIDENCE_TICKET_H
#define REWAPP_EVIDENCE_TICKET_H

#include <rewapp/types.h>
#include <stdbool.h>

enum {
	TICKET_WORD = 32,
	TICKET_NAME = 128,
	TICKET_CAPACITY = 1200 /* of any ticket's text, with its NUL */
};

/* NAME, type, what follows the name in the text.  The order is the order of the lines; what is
 * zero or empty has no line.  Ids are 32 hexadecimal digits, numbers are decimal. */
#define TICKET_FIELD_MAP(X) \
	X(kind, WORD)    /* of the command: "purchase" */ \
	X(verdict, WORD) /* the business answer: "ACCEPTED" */ \
	X(command, ID)   /* its id, chosen by who sent it */ \
	X(member, ID)    /* a pseudonym */ \
	X(merchant, ID) \
	X(programme, ID) \
	X(name, NAME)  /* that the command gave the merchant or the programme */ \
	X(amount, INT) /* money, minor units of `currency` */ \
	X(currency, WORD) \
	X(points, INT)    /* earned, held, spent, clawed back, given back, expired */ \
	X(worth, INT)     /* what those points are worth, minor units */ \
	X(available, INT) /* the member's points afterwards */ \
	X(pending, INT) \
	X(held, INT) \
	X(debt, INT) \
	X(occurred_ms, INT) /* UTC milliseconds since 1970 */ \
	X(recorded_ms, INT) \
	X(activates_ms, INT) \
	X(expires_ms, INT)

struct ticket {
#define TICKET_WORD_FIELD(name) char name[TICKET_WORD];
#define TICKET_NAME_FIELD(name) char name[TICKET_NAME];
#define TICKET_ID_FIELD(name) struct rewapp_id name;
#define TICKET_INT_FIELD(name) int64_t name;
#define TICKET_MEMBER(name, type) TICKET_##type##_FIELD(name)
	TICKET_FIELD_MAP(TICKET_MEMBER)
#undef TICKET_MEMBER
#undef TICKET_INT_FIELD
#undef TICKET_ID_FIELD
#undef TICKET_NAME_FIELD
#undef TICKET_WORD_FIELD
};

/* Writes the text and a NUL; returns its length.  Bytes below a space in words and names become
 * '?', so that no line can be smuggled in. */
size_t rewapp__ticket_write(const struct ticket *ticket, char out[TICKET_CAPACITY]);

/* Reads a text, which must be exactly what rewapp__ticket_write() makes of the result; false:
 * it is not, and *out says nothing. */
bool rewapp__ticket_read(const char *text, size_t length, struct ticket *out);

#endif
