/* How fast is the matcher?  match_bench [MERCHANTS [ROUNDS [own]]]: made-up merchants, one thread,
 * cleaning included; also the time to build, to add one, and the bytes per alias.  With ROUNDS above 0 it
 * goes over its 4 096 lines so often and no more, for a profiler that counts instructions.  Of 300 000
 * merchants most share their name with a dozen others; "own" gives nearly each a name of its own. */
#include "bar.h"
#include "matching/decide.h"
#include "matching/learnt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	LINES = 4096,
	ADDED = 1000,
	NAME_MAX_BYTES = 64,
	SMALL_MERCHANTS = 10000,
	SMALL_RATE = 400000,
	LARGE_RATE = 150000,
	BYTES_MOST = 100, /* of an alias */
	ADDED_MOST_US = 10,
	BUILT_MOST_S = 1
};

static uint64_t state = 88172645463325252u;

static uint32_t draw(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32) % below;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static const char *const heads[] = { "CAR", "BEL", "MON", "TRI", "VAL", "SOR", "LUN", "FER", "GAL", "PRO",
	"DEC", "NOR", "ZEP", "KAL", "ROM", "BRI", "CHA", "DOR", "ELI", "FLO" };
static const char *const tails[] = { "REFOUR", "ADONE", "OPRIX", "ANOR", "IDEA", "ELLO", "ATHLON", "ISSIMO",
	"EVAL", "AMBRE", "OLINE", "URNIA", "ETTO", "AXIS", "ORAMA", "IVERT", "ENZA", "OCLAIR", "UMEL",
	"ASTRE" };
static const char *const trades[] = { "", " CITY", " MARKET", " ET FILS", " COIFFURE", " SPORT", " OPTIQUE",
	" DISTRIBUTION", " TRAITEUR", " AUTO" };
static const char *const towns[] = { "PARIS 15", "LYON", "NANTES", "LILLE", "ST ETIENNE", "RENNES",
	"TOULOUSE", "NICE" };
static const char *const frames[] = { "FACTURE CARTE DU 120326 %s %s CARTE 4974XXXXXXXX1234",
	"CARTE 12/03/26 %s %s CB*1234", "CARTE X5472 05/11 %s %s", "CB  %s %s  28/05/25",
	"FACTURETTE CB DEBITEE %s 35%s", "PRLV SEPA %s %s", "PAIEMENT PAR CARTE X1234 %s %s 12/03",
	"ACHAT CB %s %s 04.08.25" };

static const char *const middles[] = { "BA", "CO", "DU", "FI", "GA", "JO", "LE", "MI", "NA", "PO", "RU", "SA",
	"TE", "VI", "ZO", "BRE" };

static bool own_names;

#define PICK(list) (list[draw(sizeof list / sizeof *list)])

static void make_name(char out[NAME_MAX_BYTES])
{
	snprintf(out, NAME_MAX_BYTES, "%s%s%s%s%s%s%s", PICK(heads), own_names ? PICK(middles) : "",
		own_names ? PICK(middles) : "", draw(3) ? PICK(heads) : "", PICK(tails),
		draw(2) ? PICK(tails) : "", PICK(trades));
}

static void add(struct matcher *matcher, uint64_t number, const char *name)
{
	struct catalogue_entry entry = { .merchant = number, .name = name };

	if (rewapp__matcher_upsert(matcher, &entry))
		exit(1);
}

/* Descriptors per second. */
static double measure(const struct matcher *matcher, char (*lines)[160], unsigned long rounds)
{
	static struct match_scratch scratch;
	static struct match match;
	unsigned long long count = 0, found = 0;
	double start = now(), spent;

	do {
		for (size_t i = 0; i < LINES; i++) {
			struct match_query query = {
				.raw = lines[i], .length = strlen(lines[i]), .amount_minor = -1250
			};

			rewapp__match_decide(matcher, &query, &scratch, &match);
			found += match.outcome == MATCH_SURE || match.outcome == MATCH_REVIEW;
		}
		count += LINES;
		spent = now() - start;
	} while (rounds ? count < rounds * LINES : spent < 1.0);
	printf("descriptors per second %.0f (%.0f %% named a merchant)\n", (double)count / spent,
		100.0 * (double)found / (double)count);
	return (double)count / spent;
}

/* People have answered for a tenth as many lines as there are merchants. */
static void learn(struct matcher *matcher, size_t merchants, char (*names)[NAME_MAX_BYTES])
{
	size_t texts = merchants / 10 + 1;
	double start = now();

	for (size_t i = 0; i < texts; i++)
		if (rewapp__matcher_learn(matcher, (i * 7) % merchants + 1, names[i], 1))
			exit(1);
	printf("%zu texts learnt, one in %.2f us\n", texts, (now() - start) * 1e6 / (double)texts);
}

int main(int argc, char **argv)
{
	size_t merchants = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000;
	char(*names)[NAME_MAX_BYTES] = malloc((merchants + ADDED) * sizeof *names),
	(*lines)[160] = malloc(LINES * sizeof *lines);
	struct matcher_figures figures;
	struct matcher *matcher;
	unsigned long rounds = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	double start, rate, built, added;

	own_names = argc > 3 && strcmp(argv[3], "own") == 0;
	if (!names || !lines || merchants == 0 || rewapp__matcher_open(&matcher, NULL))
		return 1;
	for (size_t i = 0; i < merchants + ADDED; i++)
		make_name(names[i]);
	for (size_t i = 0; i < LINES; i++) {
		char unknown[NAME_MAX_BYTES];
		const char *name = draw(2) ? names[draw((uint32_t)merchants)] : (make_name(unknown), unknown);

#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(lines[i], sizeof lines[i], PICK(frames), name, PICK(towns));
	}
	start = now();
	for (size_t i = 0; i < merchants; i++)
		add(matcher, i + 1, names[i]);
	built = now() - start;
	printf("%zu merchants built in %.3f s\n", merchants, built);
	start = now();
	for (size_t i = 0; i < ADDED; i++)
		add(matcher, merchants + i + 1, names[merchants + i]);
	added = (now() - start) * 1e6 / ADDED;
	printf("one merchant added in %.2f us\n", added);
	rewapp__matcher_figures(matcher, &figures);
	printf("%zu aliases, %.1f bytes each, %zu pairs share a name\n", figures.aliases,
		(double)figures.bytes / (double)figures.aliases, figures.collisions);
	rate = measure(matcher, lines, rounds);
	if (!rounds) {
		learn(matcher, merchants, names);
		measure(matcher, lines, 0);
	}
	bar_at_least("descriptors matched, thousands a second", rate / 1e3,
		(merchants <= SMALL_MERCHANTS ? SMALL_RATE : LARGE_RATE) / 1e3);
	bar_at_most(
		"bytes of memory for an alias", (double)figures.bytes / (double)figures.aliases, BYTES_MOST);
	bar_at_most("seconds to build", built, BUILT_MOST_S);
	bar_at_most("microseconds to add one", added, ADDED_MOST_US);
	rewapp__matcher_close(matcher);
	free(names);
	free(lines);
	return bars_result();
}
