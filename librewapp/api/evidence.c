/* <rewapp/evidence.h>: checkpoints, proofs and their codes. */
#include "flows/evidence.h"
#include "api/check.h"
#include "evidence/proof.h"

#include <rewapp/evidence.h>

_Static_assert((int)REWAPP_PROOF_CODE_CAPACITY == (int)PROOF_CODE_CAPACITY, "a code has one length");

enum {
	EXPORT_BYTES_MAX = 1 << 30
};

/* What was written becomes the caller's. */
static int give(struct buffer *buffer, int error, char **out)
{
	if (error == 0 && !(*out = rewapp__buffer_release(buffer, NULL)))
		error = rewapp__fail(REWAPP_E_NOMEMORY, "evidence");
	rewapp__buffer_finish(buffer);
	return error;
}

static int begin(rewapp_engine *engine, char **out, struct buffer *buffer)
{
	int error;

	if ((error = rewapp__check_pointer(out, "out")) < 0)
		return error;
	*out = NULL;
	if ((error = rewapp__check_pointer(engine, "engine")) < 0)
		return error;
	rewapp__buffer_init(buffer, &engine->env, PROOF_BYTES_MAX);
	return 0;
}

int rewapp_books_name(rewapp_engine *engine, const char *name)
{
	int error;

	if ((error = rewapp__check_pointer(engine, "engine")) < 0 ||
		(error = rewapp__check_pointer(name, "name")) < 0)
		return error;
	return rewapp__books_name(engine, name);
}

int rewapp_books_key(rewapp_engine *engine, char **out)
{
	struct buffer buffer;
	int error = begin(engine, out, &buffer);

	return error < 0 ? error : give(&buffer, rewapp__checkpoint_key(engine, &buffer), out);
}

int rewapp_checkpoint(rewapp_engine *engine, uint32_t flags, char **out)
{
	struct buffer buffer;
	int error = begin(engine, out, &buffer);

	if (error < 0)
		return error;
	if (flags > REWAPP_CHECKPOINT_FOLLOW)
		return rewapp__fail(REWAPP_E_ARGUMENT, "flags: %u is not one of them", (unsigned)flags);
	return give(&buffer, rewapp__checkpoint_make(engine, flags, &buffer), out);
}

int rewapp_checkpoint_newest(rewapp_engine *engine, char **out)
{
	struct buffer buffer;
	int error = begin(engine, out, &buffer);

	return error < 0 ? error : give(&buffer, rewapp__checkpoint_newest(engine, &buffer), out);
}

int rewapp_proof_code(
	rewapp_engine *engine, const struct rewapp_id *command, char out[REWAPP_PROOF_CODE_CAPACITY])
{
	int error;

	if ((error = rewapp__check_pointer(engine, "engine")) < 0 ||
		(error = rewapp__check_pointer(command, "command")) < 0 ||
		(error = rewapp__check_pointer(out, "out")) < 0)
		return error;
	return rewapp__proof_code(engine, command, out);
}

int rewapp_proof(rewapp_engine *engine, const struct rewapp_id *command, char **out)
{
	struct buffer buffer;
	int error = begin(engine, out, &buffer);

	if (error < 0 || (error = rewapp__check_pointer(command, "command")) < 0)
		return error;
	return give(&buffer, rewapp__proof_of(engine, command, &buffer), out);
}

int rewapp_proof_by_code(rewapp_engine *engine, const char *code, char **out)
{
	struct buffer buffer;
	int error = begin(engine, out, &buffer);

	if (error < 0 || (error = rewapp__check_pointer(code, "code")) < 0)
		return error;
	return give(&buffer, rewapp__proof_by_code(engine, code, &buffer), out);
}

int rewapp_member_export(rewapp_engine *engine, const struct rewapp_id *member, char **out)
{
	struct buffer buffer;
	int error = begin(engine, out, &buffer);

	if (error < 0 || (error = rewapp__check_pointer(member, "member")) < 0)
		return error;
	buffer.limit = EXPORT_BYTES_MAX;
	return give(&buffer, rewapp__member_export(engine, member, &buffer), out);
}

int rewapp_extension(rewapp_engine *engine, const char *older, char **out)
{
	struct buffer buffer;
	int error = begin(engine, out, &buffer);

	if (error < 0 || (error = rewapp__check_pointer(older, "older")) < 0)
		return error;
	return give(&buffer, rewapp__extension_make(engine, older, &buffer), out);
}
