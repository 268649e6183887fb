/* rewapp sim: worlds that a seed draws try the engine, beside an oracle. */
#include "cli/cli.h"
#include "cli/progress.h"
#include "cli/say.h"
#include "commands/commands.h"
#include "sim/invariants.h"
#include "sim/minimise.h"
#include "sim/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct cli_page page = {
	"rewapp sim",
	"",
	"Lives worlds that a seed draws: random commands from many tills on a disk in memory, with\n"
	"faults and power cuts.  Each answer is held against a naive model and the ledger's\n"
	"invariants.  A failure is made small and printed as a scenario.  No store is touched.",
	"Fait vivre des mondes tirés d'une graine : commandes aléatoires de plusieurs caisses sur un\n"
	"disque en mémoire, avec pannes et coupures.  Chaque réponse est comparée à un modèle naïf et\n"
	"aux invariants.  Un échec est réduit et affiché en scénario.  Aucune base n'est touchée.",
	"  rewapp sim --seed 42\n"
	"  rewapp sim --seed 1 --seeds 10000 --steps 1000\n"
	"  rewapp sim --seed 7 --faults crash,clock --json\n"
	"  rewapp sim --invariants\n",
};

struct options {
	char *seed, *seeds, *steps, *faults;
	int invariants, scenario;
};

/* --- what is asked for ---------------------------------------------------------------------- */

static bool read_faults(const char *text, unsigned *out)
{
	static const struct {
		const char *name;
		unsigned faults;
	} words[] = {
		{ "none", 0 },
		{ "all", SIM_FAULTS_ALL },
		{ "disk", SIM_FAULTS_DISK },
		{ "crash", SIM_FAULTS_CRASH },
		{ "memory", SIM_FAULTS_MEMORY },
		{ "calls", SIM_FAULTS_CALLS },
		{ "clock", SIM_FAULTS_CLOCK },
	};

	for (*out = 0; *text;) {
		size_t length = strcspn(text, ","), i = 0;

		while (i < sizeof words / sizeof *words &&
			(strlen(words[i].name) != length || memcmp(words[i].name, text, length) != 0))
			i++;
		if (i == sizeof words / sizeof *words)
			return false;
		*out |= words[i].faults;
		text += length + (text[length] == ',');
	}
	return true;
}

static int say_invariants(const struct cli *cli)
{
	for (size_t i = 0; i < rewapp__sim_invariant_count; i++) {
		const struct sim_invariant *invariant = &rewapp__sim_invariants[i];
		const char *reason = invariant->why_not ? invariant->why_not
			: invariant->elsewhere          ? invariant->elsewhere
							: "";

		if (cli->json)
			printf("{\"number\": %d, \"name\": \"%s\", \"checked\": %s, \"reason\": \"%s\"}\n",
				invariant->number, invariant->name, invariant->why_not ? "false" : "true",
				reason);
		else
			printf("%2d  %-28s %s%s\n", invariant->number, invariant->name,
				invariant->why_not             ? "not here: "
					: invariant->elsewhere ? "checked: "
							       : "checked",
				reason);
	}
	return CLI_OK;
}

/* --- what came of it ------------------------------------------------------------------------ */

static void say_tally(const struct cli *cli, const struct sim_tally *tally, int64_t seeds)
{
	if (cli->json) {
		printf("{\"seeds\": %lld, \"commands\": %lld, \"calls\": %lld, \"accepted\": %lld, "
		       "\"refused\": %lld, \"replayed\": %lld, \"conflicts\": %lld, \"crashes\": %lld, "
		       "\"audits\": %lld, \"checks\": %lld, \"owned\": %lld, \"damaged\": %lld, \"faults\": "
		       "{",
			(long long)seeds, (long long)tally->commands, (long long)tally->calls,
			(long long)tally->accepted, (long long)tally->refused, (long long)tally->replayed,
			(long long)tally->conflicts, (long long)tally->crashes, (long long)tally->audits,
			(long long)tally->checks, (long long)tally->owned, (long long)tally->damaged);
		for (int fault = 1; fault < SIM_FAULT_COUNT; fault++)
			printf("%s\"%s\": %lld", fault > 1 ? ", " : "",
				rewapp__sim_fault_name((enum sim_fault)fault), (long long)tally->met[fault]);
		puts("}, \"failures\": 0}");
		return;
	}
	printf(rewapp__cli_tr(cli,
		       "%lld seeds, %lld commands in %lld calls: %lld accepted, %lld refused, %lld told "
		       "again, "
		       "%lld conflicts\n",
		       "%lld graines, %lld commandes en %lld appels : %lld acceptées, %lld refusées, %lld "
		       "redites, %lld conflits\n"),
		(long long)seeds, (long long)tally->commands, (long long)tally->calls,
		(long long)tally->accepted, (long long)tally->refused, (long long)tally->replayed,
		(long long)tally->conflicts);
	printf(rewapp__cli_tr(cli,
		       "%lld faults, %lld crashes, %lld comparisons; %lld worlds on owned stores\n",
		       "%lld pannes, %lld arrêts brutaux, %lld comparaisons ; %lld mondes à base "
		       "exclusive\n"),
		(long long)tally->faults, (long long)tally->crashes, (long long)tally->checks,
		(long long)tally->owned);
	printf("%s%s%s\n", rewapp__say_good(),
		rewapp__cli_tr(
			cli, "the engine did as the model says", "le moteur a fait ce que dit le modèle"),
		rewapp__say_plain());
}

/* The name and the text hold no quotes or control characters but those of the engine's messages. */
static void say_json_text(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		putchar((unsigned char)*text < 0x20 ? ' ' : *text);
	}
	putchar('"');
}

static int say_failure(struct cli *cli, const struct sim_settings *settings, uint64_t seed,
	struct sim_list *list, struct sim_failure *failure)
{
	size_t operations = list->count;
	int runs;

	if (!cli->json)
		printf(rewapp__cli_tr(cli, "%sseed %llu, operation %zu: %s%s\n",
			       "%sgraine %llu, opération %zu : %s%s\n"),
			rewapp__say_bad(), (unsigned long long)seed, failure->operation, failure->text,
			rewapp__say_plain());
	fflush(stdout);
	runs = rewapp__sim_minimise(settings, seed, list, failure);
	if (cli->json) {
		printf("{\"failures\": 1, \"seed\": %llu, \"operations\": %zu, \"smallest\": %zu, \"name\": ",
			(unsigned long long)seed, operations, list->count);
		say_json_text(failure->name);
		printf(", \"text\": ");
		say_json_text(failure->text);
		puts("}");
	} else {
		printf(rewapp__cli_tr(cli, "made small: %zu operations of %zu, in %d runs\n\n",
			       "réduit : %zu opérations sur %zu, en %d essais\n\n"),
			list->count, operations, runs);
		rewapp__sim_scenario(stdout, seed, list, failure->text);
	}
	return CLI_PROBLEMS;
}

/* The same seed must give the same answers: the first one runs twice. */
static void run_twice(
	const struct sim_settings *settings, uint64_t seed, uint64_t digest, struct sim_failure *failure)
{
	struct sim_list list = { NULL, 0, 0 };
	struct sim_tally tally = { 0 };
	uint64_t again;

	rewapp__sim_run_seed(settings, seed, &list, failure, &tally, &again);
	rewapp__sim_list_free(&list);
	if (!failure->failed && again != digest)
		*failure = (struct sim_failure){ true, "determinism",
			"invariant 18 is broken: the same seed gave other answers", 0 };
}

static int simulate(struct cli *cli, const struct sim_settings *settings, uint64_t first, int64_t seeds)
{
	struct sim_tally tally = { 0 };
	struct sim_failure failure = { 0 };
	struct progress progress;
	int code = CLI_OK;

	rewapp__progress_start(&progress, rewapp__cli_tr(cli, "simulating", "simulation"));
	for (int64_t i = 0; i < seeds && code == CLI_OK; i++) {
		struct sim_list list = { NULL, 0, 0 };
		uint64_t seed = first + (uint64_t)i, digest;

		rewapp__sim_run_seed(settings, seed, &list, &failure, &tally, &digest);
		if (i == 0 && !failure.failed)
			run_twice(settings, seed, digest, &failure);
		rewapp__progress_step(&progress, i + 1, seeds);
		if (failure.failed) {
			rewapp__progress_end(&progress);
			code = say_failure(cli, settings, seed, &list, &failure);
		}
		rewapp__sim_list_free(&list);
	}
	if (code == CLI_OK) {
		rewapp__progress_end(&progress);
		say_tally(cli, &tally, seeds);
	}
	return code;
}

/* One world as a scenario, whether it fails or not. */
static int tell(const struct sim_settings *settings, uint64_t seed)
{
	struct sim_list list = { NULL, 0, 0 };
	struct sim_tally tally = { 0 };
	struct sim_failure failure;
	uint64_t digest;

	rewapp__sim_run_seed(settings, seed, &list, &failure, &tally, &digest);
	rewapp__sim_scenario(stdout, seed, &list, failure.failed ? failure.text : "all of it");
	rewapp__sim_list_free(&list);
	return failure.failed ? CLI_PROBLEMS : CLI_OK;
}

static int run(struct cli *cli, void *user)
{
	const struct options *options = user;
	struct sim_settings settings = { 0 };
	int64_t seed, seeds, steps;
	int code = rewapp__cli_number(cli, "--seed", options->seed ? options->seed : "1", &seed);

	if (options->invariants)
		return say_invariants(cli);
	if (!code)
		code = rewapp__cli_number(cli, "--seeds", options->seeds ? options->seeds : "1", &seeds);
	if (!code)
		code = rewapp__cli_number(cli, "--steps", options->steps ? options->steps : "1000", &steps);
	if (code)
		return code;
	if (seed < 0 || seeds < 1 || steps < 1 || steps > 1000000)
		return rewapp__cli_usage(cli, "--seed, --seeds, --steps: %lld, %lld, %lld", (long long)seed,
			(long long)seeds, (long long)steps);
	if (!read_faults(options->faults ? options->faults : "all", &settings.faults))
		return rewapp__cli_usage(cli, "--faults: %s", options->faults);
	settings.steps = steps;
	return options->scenario ? tell(&settings, (uint64_t)seed)
				 : simulate(cli, &settings, (uint64_t)seed, seeds);
}

int command_sim(int argc, char **argv)
{
	struct options options = { 0 };
	struct poptOption table[] = {
		{ "seed", 0, POPT_ARG_STRING, &options.seed, 0, "the first world (1)", "N" },
		{ "seeds", 0, POPT_ARG_STRING, &options.seeds, 0, "so many worlds (1)", "N" },
		{ "steps", 0, POPT_ARG_STRING, &options.steps, 0, "commands in each world (1000)", "N" },
		{ "faults", 0, POPT_ARG_STRING, &options.faults, 0,
			"all, none, or some of disk,crash,memory,calls,clock (all)", "LIST" },
		{ "invariants", 0, POPT_ARG_NONE, &options.invariants, 0, "list what is checked, and end",
			NULL },
		{ "scenario", 0, POPT_ARG_NONE, &options.scenario, 0,
			"live one world and print it as a scenario", NULL },
		POPT_TABLEEND,
	};

	return rewapp__cli_main(&page, table, argc, argv, run, &options);
}
