/* rewapp key: makes, lists and revokes the API keys of `rewapp serve`. */
#include "commands/serve.h"
#include "keys/keys.h"

#include <popt.h>
#include <rewapp/errors.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct key_options {
	char *store, *keys, *scope, *merchant, *terminal;
};

enum {
	EXIT_USAGE = 2
};

static int usage(const char *message)
{
	fprintf(stderr, "rewapp key: %s\n", message);
	return EXIT_USAGE;
}

static int fail(int error)
{
	fprintf(stderr, "rewapp key: %s: %s\n", rewapp_strerror(error), rewapp_errmsg());
	return 1;
}

/* NULL: well formed. */
static const char *read_identity(const struct key_options *options, struct identity *out)
{
	memset(out, 0, sizeof *out);
	out->scope = options->scope ? rewapp__scope_parse(options->scope) : 0;
	if (!out->scope)
		return "--scope is platform, merchant or terminal";
	if ((out->scope == SCOPE_PLATFORM) != !options->merchant)
		return "--merchant is for the scopes merchant and terminal, and needed there";
	if ((out->scope == SCOPE_TERMINAL) != !!options->terminal)
		return "--terminal is for the scope terminal, and needed there";
	if (options->merchant &&
		rewapp_id_parse(options->merchant, strlen(options->merchant), &out->merchant) < 0)
		return "--merchant: an id is 32 hexadecimal digits, a UUID, or @ and a name";
	if (options->terminal && (strlen(options->terminal) >= sizeof out->terminal || !*options->terminal))
		return "--terminal: 1 to 64 bytes";
	if (options->terminal)
		memcpy(out->terminal, options->terminal, strlen(options->terminal));
	return NULL;
}

static int create(struct keys *keys, const struct key_options *options)
{
	char text[KEY_TEXT_CAPACITY];
	struct identity identity;
	const char *wrong = read_identity(options, &identity);
	int error;

	if (wrong)
		return usage(wrong);
	error = rewapp__keys_create(keys, &identity, text);
	if (error < 0)
		return fail(error);
	printf("%s\n", text);
	fprintf(stderr, "rewapp key: shown once; only its hash is kept\n");
	return 0;
}

static void print_key(void *user, const struct key *key)
{
	char merchant[REWAPP_ID_CAPACITY] = "-";

	if (!rewapp_id_is_zero(&key->identity.merchant))
		rewapp_id_format(&key->identity.merchant, merchant);
	printf("%s  %-8s  %-7s  %s  %s\n", key->id, rewapp__scope_name(key->identity.scope),
		key->revoked_ms ? "revoked" : "live", merchant,
		key->identity.terminal[0] ? key->identity.terminal : "-");
}

/* The id, or a whole key. */
static int revoke(struct keys *keys, const char *text)
{
	char id[KEY_ID_CAPACITY] = "";
	int error;

	if (!text)
		return usage("revoke needs the id of a key");
	snprintf(id, sizeof id, "%s", strncmp(text, "rwk_", 4) == 0 ? text + 4 : text);
	error = rewapp__keys_revoke(keys, id);
	return error < 0 ? fail(error) : 0;
}

static int act(struct keys *keys, const char *action, const char *argument, const struct key_options *options)
{
	int error;

	if (strcmp(action, "create") == 0)
		return create(keys, options);
	if (strcmp(action, "revoke") == 0)
		return revoke(keys, argument);
	if (strcmp(action, "list") != 0)
		return usage("create, list or revoke?");
	error = rewapp__keys_list(keys, print_key, NULL);
	return error < 0 ? fail(error) : 0;
}

/* popt owns what it reads, and would lose a default that it replaces. */
static char *or_default(char *value, const char *variable, const char *fallback)
{
	const char *text = getenv(variable);

	if (value || (!text && !fallback))
		return value;
	return strdup(text ? text : fallback);
}

static int run(poptContext context, struct key_options *options)
{
	const char *action, *argument;
	struct keys *keys;
	int value = poptGetNextOpt(context), error;

	if (value < -1) {
		fprintf(stderr, "rewapp key: %s: %s\n", poptBadOption(context, 0), poptStrerror(value));
		return EXIT_USAGE;
	}
	action = poptGetArg(context);
	argument = poptGetArg(context);
	if (!action)
		return usage("create, list or revoke?");
	options->store = or_default(options->store, "REWAPP_STORE", "sqlite:rewapp.db");
	options->keys = or_default(options->keys, "REWAPP_KEYS", NULL);
	error = rewapp__keys_open(&keys, options->keys, options->store);
	if (error < 0)
		return fail(error);
	value = act(keys, action, argument, options);
	rewapp__keys_close(keys);
	return value;
}

int command_key(int argc, char **argv)
{
	static const char name[] = "rewapp key";
	struct key_options options = { 0 };
	const struct poptOption table[] = { { "store", 0, POPT_ARG_STRING, &options.store, 0,
						    "the store: sqlite:FILE or postgres://...", "URI" },
		{ "keys", 0, POPT_ARG_STRING, &options.keys, 0, "where API keys are kept (beside the store)",
			"URI" },
		{ "scope", 0, POPT_ARG_STRING, &options.scope, 0, "what the key reaches",
			"platform|merchant|terminal" },
		{ "merchant", 0, POPT_ARG_STRING, &options.merchant, 0, "whose key it is", "ID" },
		{ "terminal", 0, POPT_ARG_STRING, &options.terminal, 0, "the till's name", "NAME" },
		POPT_AUTOHELP POPT_TABLEEND };
	poptContext context;
	int result;

	argv[0] = (char *)(uintptr_t)name; /* popt's "Usage:" shows argv[0] */
	context = poptGetContext(name, argc, (const char **)argv, table, 0);
	poptSetOtherOptionHelp(context, "create|list|revoke [KEY-ID]");
	result = run(context, &options);
	poptFreeContext(context);
	free(options.store);
	free(options.keys);
	free(options.scope);
	free(options.merchant);
	free(options.terminal);
	return result;
}
