/* Answers of the books: keys, checkpoints, codes, proofs. */
#include "api/json_question.h"

#include "base/error.h"

#include <rewapp/rewapp.h>

static int answer_text(rewapp_engine *engine, int error, const char *name, char *text, struct buffer *out)
{
	if (error == 0) {
		rewapp__buffer_puts(out, "{");
		rewapp__write_text(out, name, text);
		rewapp__buffer_puts(out, "}");
	}
	rewapp_free(engine, text);
	return error;
}

static int answer_books(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	char *text;
	int error = rewapp_books_key(engine, &text);

	return answer_text(engine, error, "key", text, out);
}

static int answer_sign(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	char *text;
	int error = rewapp_checkpoint(engine, (uint32_t)rewapp__narrow(question->flags), &text);

	return answer_text(engine, error, "checkpoint", text, out);
}

static int answer_checkpoint(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	char *text;
	int error = rewapp_checkpoint_newest(engine, &text);

	return answer_text(engine, error, "checkpoint", text, out);
}

static int answer_code(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	char code[REWAPP_PROOF_CODE_CAPACITY];
	int error = rewapp_proof_code(engine, &question->id, code);

	if (error < 0)
		return error;
	rewapp__buffer_puts(out, "{");
	rewapp__write_text(out, "code", code);
	rewapp__buffer_puts(out, "}");
	return 0;
}

static int answer_proof(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	char *text;
	int error;

	if (rewapp_id_is_zero(&question->id) == !question->code)
		return rewapp__fail(REWAPP_E_ARGUMENT, "code: a proof has either an id or a code");
	error = question->code ? rewapp_proof_by_code(engine, question->code, &text)
			       : rewapp_proof(engine, &question->id, &text);
	return answer_text(engine, error, "proof", text, out);
}

static int answer_extension(rewapp_engine *engine, const struct question *question, struct buffer *out)
{
	char *text;
	int error = rewapp_extension(engine, question->checkpoint, &text);

	return answer_text(engine, error, "extension", text, out);
}

/* clang-format off */
const struct topic rewapp__topics_evidence[] = {
	{ "books",      "|",                                    answer_books },
	{ "sign",       "|flags",                                   answer_sign },
	{ "checkpoint", "|",                                    answer_checkpoint },
	{ "code",       "id|",                                  answer_code },
	{ "proof",      "|id code",                             answer_proof },
	{ "extension",  "checkpoint|",                          answer_extension },
	{ NULL, NULL, NULL }
};
/* clang-format on */
