/* The program `rewapp`: its subcommands. */
#include "commands/commands.h"
#include "commands/serve.h"

#include <rewapp/version.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *english, *french;
};

static const struct command commands[] = {
#define ROW(name, english, french) { #name, command_##name, english, french },
	COMMAND_MAP(ROW) SERVER_COMMAND_MAP(ROW)
#undef ROW
};

enum {
	COUNT = sizeof commands / sizeof *commands,
	EXIT_USAGE = 2
};

static bool is_french(void)
{
	static const char *const variables[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
		const char *value = getenv(variables[i]);

		if (value && *value)
			return strncmp(value, "fr", 2) == 0;
	}
	return false;
}

static void say_command(FILE *stream, const struct command *command, bool french)
{
	char name[16];

	snprintf(name, sizeof name, "%s", command->name);
	for (char *at = name; *at; at++)
		*at = *at == '_' ? '-' : *at;
	fprintf(stream, "  %-10s %s\n", name, french ? command->french : command->english);
}

static void help(FILE *stream)
{
	bool french = is_french();

	fprintf(stream,
		french ? "rewapp %s : cashback et fidélité\n\nUsage : rewapp COMMANDE [OPTION…]\n\n"
		       : "rewapp %s: cashback and loyalty\n\nUsage: rewapp COMMAND [OPTION...]\n\n",
		rewapp_version());
	for (size_t i = 0; i < COUNT; i++)
		say_command(stream, &commands[i], french);
	fprintf(stream, "\n%s\n",
		french ? "rewapp COMMANDE --help : les options, des exemples et les codes de sortie."
		       : "rewapp COMMAND --help: its options, examples and exit codes.");
}

/* Names of two words are typed with a dash. */
static bool is_named(const char *typed, const char *name)
{
	for (; *typed && (*typed == *name || (*typed == '-' && *name == '_')); typed++)
		name++;
	return !*typed && !*name;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	for (size_t i = 0; i < COUNT; i++)
		if (is_named(name, commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	if (strcmp(name, "--version") == 0) {
		printf("rewapp %s\n", rewapp_version());
		return 0;
	}
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
		help(stdout);
		return 0;
	}
	if (*name)
		fprintf(stderr,
			is_french() ? "rewapp : « %s » n'est pas une commande\nEssayez « rewapp --help ».\n"
				    : "rewapp: no command \"%s\"\nTry 'rewapp --help'.\n",
			name);
	else
		help(stderr);
	return EXIT_USAGE;
}
