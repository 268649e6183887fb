/* The proof: the whole ledger is added up again, one check after the other. */
#include "base/error.h"
#include "flows/read.h"
#include "ledger/verify.sql.h"

#include <stdio.h>
#include <string.h>

struct proof {
	const struct stmt *stmt;
	const char *what; /* is wrong with the row that is named */
};

/* clang-format off */
static const struct proof proofs[] = {
	{ &STMT_VERIFY_CONSERVATION, "programme %lld: debits do not equal credits" },
	{ &STMT_VERIFY_DEBITS, "account %lld: debits_posted is not the sum of its transfers" },
	{ &STMT_VERIFY_CREDITS, "account %lld: credits_posted is not the sum of its transfers" },
	{ &STMT_VERIFY_PENDING, "account %lld: debits_pending is not the sum of its open holds" },
	{ &STMT_VERIFY_CLEARING, "account %lld: credits_pending is not the sum of its open holds" },
	{ &STMT_VERIFY_VERSIONS, "account %lld: version is not the number of its transfers" },
	{ &STMT_VERIFY_BOUNDS, "account %lld: more went out than came in" },
	{ &STMT_VERIFY_STATEMENTS, "transfer %lld: the statement does not link, or its balance is wrong" },
	{ &STMT_VERIFY_HEADS, "account %lld: the statement does not begin with its newest transfer" },
	{ &STMT_VERIFY_LOTS, "lot %lld: the remainder does not follow from its moves" },
	{ &STMT_VERIFY_LOT_SUMS, "account %lld: the lots do not add up to the balance" },
	{ &STMT_VERIFY_LOT_ORIGINS, "lot %lld: no transfer opened it like this" },
	{ &STMT_VERIFY_HOLDS, "hold %lld: its state does not follow from its transfers" },
	{ &STMT_VERIFY_PURCHASES, "purchase %lld: more was clawed back than was given" },
	{ &STMT_VERIFY_REVERSALS, "hold %lld: more was given back than was spent" },
	{ &STMT_VERIFY_REVERSED, "reversals: their sum differs from their transfers by %lld" },
	{ &STMT_VERIFY_COMMANDS, "transfer %lld: no command caused it" },
};
/* clang-format on */
enum {
	PROOF_COUNT = sizeof proofs / sizeof *proofs
};

static int count_rows(struct rewapp_engine *engine, struct rewapp_verification *out)
{
	struct read read = { .stmt = &STMT_VERIFY_COUNTS };
	int error = rewapp__storage_query(engine->storage, &read, 1, &engine->arena);

	if (error < 0)
		return error;
	out->commands = rewapp__cell_int(&read, 0, 0);
	out->transfers = rewapp__cell_int(&read, 0, 1);
	out->accounts = rewapp__cell_int(&read, 0, 2);
	out->lots = rewapp__cell_int(&read, 0, 3);
	out->holds = rewapp__cell_int(&read, 0, 4);
	out->purchases = rewapp__cell_int(&read, 0, 5);
	return 0;
}

static int prove(struct rewapp_engine *engine, const struct proof *proof, struct rewapp_verification *out)
{
	struct read read = { .stmt = proof->stmt };
	int error = rewapp__storage_query(engine->storage, &read, 1, &engine->arena);
	int64_t found;

	if (error < 0)
		return error;
	found = rewapp__cell_int(&read, 0, 0);
	if (found && !out->problems) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(
			out->first, sizeof out->first, proof->what, (long long)rewapp__cell_int(&read, 0, 1));
#pragma GCC diagnostic pop
	}
	out->problems += found;
	return 0;
}

int rewapp__verify(struct rewapp_engine *engine, void (*progress)(void *user, int64_t done, int64_t total),
	void *user, struct rewapp_verification *out)
{
	int error;

	rewapp__arena_reset(&engine->arena);
	memset(out, 0, sizeof *out);
	out->size = sizeof *out;
	if ((error = count_rows(engine, out)) < 0)
		return error;
	for (int i = 0; i < PROOF_COUNT; i++) {
		if (progress)
			progress(user, i, PROOF_COUNT);
		if ((error = prove(engine, &proofs[i], out)) < 0)
			return error;
	}
	if (progress)
		progress(user, PROOF_COUNT, PROOF_COUNT);
	return 0;
}
