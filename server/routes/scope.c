/* Object-level authorisation, in one place. */
#include "routes/scope.h"

#include <rewapp/errors.h>
#include <string.h>

static bool same(const struct rewapp_id *a, const struct rewapp_id *b)
{
	return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static bool scope_command(struct request *request, struct rewapp_command *command)
{
	const struct identity *who = &request->who;

	if (command->descriptor) {
		rewapp__problem(
			request, HTTP_PROBLEM_FORBIDDEN, "bank descriptors are the platform's to send");
		return false;
	}
	if (!rewapp_id_is_zero(&command->merchant) && !same(&command->merchant, &who->merchant)) {
		rewapp__problem(request, HTTP_PROBLEM_FORBIDDEN, "the key belongs to another merchant");
		return false;
	}
	command->merchant = who->merchant;
	if (who->terminal[0])
		command->terminal = who->terminal;
	return true;
}

bool rewapp__scope_commands(struct submission *submission)
{
	if (submission->request->who.scope == SCOPE_PLATFORM)
		return true;
	for (size_t i = 0; i < submission->count; i++)
		if (!scope_command(submission->request, &submission->commands[i]))
			return false;
	return true;
}

bool rewapp__scope_receipt(struct request *request, const struct rewapp_id *id, const char *name)
{
	struct rewapp_receipt receipt = { .size = sizeof receipt };
	rewapp_engine *engine;
	int error;

	if (request->who.scope == SCOPE_PLATFORM)
		return true;
	engine = rewapp__readers_take(&request->app->readers);
	error = rewapp_receipt_get(engine, id, &receipt);
	rewapp__readers_give(&request->app->readers, engine);
	if (!error && same(&receipt.merchant, &request->who.merchant))
		return true;
	if (!error || error == REWAPP_E_NOTFOUND)
		rewapp__problem_engine(
			request, REWAPP_E_NOTFOUND, name, "no receipt of this merchant has this id");
	else
		rewapp__problem_engine(request, error, NULL, rewapp_errmsg());
	return false;
}
