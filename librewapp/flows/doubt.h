/* A doubt: a bank line whose merchant is likely, but not certain enough.  It waits for a person.
 *
 * The command that brought it stays refused for ever; what it told is kept in a row of its own and in the
 * log, the texts under the member's key, so that a person's answer can let it earn as it would have. */
#ifndef REWAPP_FLOWS_DOUBT_H
#define REWAPP_FLOWS_DOUBT_H

#include "flows/batch.h"

/* What the bank's feed told; NULL: nothing. */
enum told {
	TOLD_DESCRIPTOR,
	TOLD_COUNTRY,
	TOLD_CITY,
	TOLD_POSTCODE,
	TOLD_MERCHANT_ID,
	TOLD_TERMINAL_ID,
	TOLD_SIRET,
	TOLD_CREDITOR_ID,
	TOLD_COUNT
};

/* A line as it is kept. */
struct doubt_line {
	int64_t amount, occurred_ms, catalogue; /* catalogue: the newest change that it was decided with */
	int32_t mcc, certainty;
	char currency[4];
	const char *calibration;
	const void *facts; /* what the rules may ask, as earn/ encodes it */
	size_t facts_size;
	const void *told; /* the texts, covered */
	size_t told_size;
	const char *texts[TOLD_COUNT]; /* set by rewapp__doubt_uncover() */
};

struct doubt {
	ref number;          /* of the command that brought the line; 0: there is none */
	struct rewapp_id id; /* of that command: its texts are covered under it */
	struct member *member;
	struct programme_row *programme;
	ref candidate; /* the best merchant then */
	ref answer;    /* the CONFIRM; 0: it waits */
	bool taught;   /* by the answer */
	struct doubt_line line;
};

/* Reads a stored line; borrows its bytes.  0, REWAPP_E_CORRUPT, REWAPP_E_NOMEMORY. */
int rewapp__doubt_read(const void *bytes, size_t size, struct arena *arena, struct doubt_line *out);

/* Fills in the texts; of an erased member's line nobody can read them, and they stay NULL.  0,
 * REWAPP_E_CORRUPT, REWAPP_E_NOMEMORY. */
int rewapp__doubt_uncover(const struct member *member, const struct rewapp_id *id, struct arena *arena,
	struct doubt_line *line);

/* The command of `item`, of a member, is in doubt about `candidate`.  0 or REWAPP_E_NOMEMORY. */
int rewapp__doubt_record(struct batch *batch, const struct item *item, struct member *member,
	const struct programme_row *programme, ref candidate, const struct earn_facts *facts);

/* Wants the doubt about the line that the target of `item` brought, and what its earning needs. */
void rewapp__want_doubt(struct batch *batch, struct item *item);

/* Wants the doubt that the command `answer` has answered. */
void rewapp__want_answered(struct batch *batch, ref answer);

/* As the functions of batch.h: NULL when there is none. */
struct doubt *rewapp__batch_doubt(struct batch *batch, const struct rewapp_id *id);
struct doubt *rewapp__batch_answered(struct batch *batch, ref answer);

/* The sighting of a BANK_LINE; NULL: the line came as a PURCHASE. */
struct sighting *rewapp__doubt_sighting(struct batch *batch, const struct doubt *doubt);

/* The bank says the line otherwise now, by the command `by`: nobody is asked about the old one any more. */
void rewapp__doubt_supersede(struct batch *batch, ref line, ref by);

/* The line is answered by the command `answer`, or (0) waits again. */
void rewapp__doubt_answer(struct batch *batch, struct doubt *doubt, ref answer);

#endif
