/* rewapp-verify: checks a proof of `rewapp proof` against a public key, and says what was proven.
 * Small on purpose: it links libsodium and the reading half of librewapp/evidence, no engine. */
#include "evidence/proof.h"

#include "tell.h"

#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Told to people by --help and docs/evidence.md. */
enum exit_code {
	EXIT_PROVEN = 0,
	EXIT_DISPROVEN = 1, /* signed, but not what the file claims */
	EXIT_USAGE = 2,     /* the command line, or a file that cannot be read */
	EXIT_MALFORMED = 3,
	EXIT_UNTRUSTED = 4
};

struct request {
	bool french, quiet;
	struct verifier keys[PROOF_TRUST_MAX];
	size_t key_count;
};

static const char help_en[] =
	"rewapp-verify --key KEY [--key KEY...] [FILE]\n\n"
	"Checks a proof file (standard input without FILE) and says what it proves.\n\n"
	"  -k, --key KEY    the books' public key, NAME+ID+BASE64, or a file that holds such lines\n"
	"  -l, --lang LANG  en or fr\n"
	"  -q, --quiet      says nothing when it is proven\n\n"
	"Ends with 0 proven, 1 signed but not so, 2 usage, 3 no proof file, 4 no key of yours signed it.\n";
static const char help_fr[] =
	"rewapp-verify --key CLÉ [--key CLÉ…] [FICHIER]\n\n"
	"Vérifie un fichier de preuve (l'entrée standard sans FICHIER) et dit ce qu'il prouve.\n\n"
	"  -k, --key CLÉ      la clé publique des livres, NOM+ID+BASE64, ou un fichier de telles lignes\n"
	"  -l, --lang LANGUE  en ou fr\n"
	"  -q, --quiet        ne dit rien quand c'est prouvé\n\n"
	"Finit par 0 prouvé, 1 signé mais faux, 2 usage, 3 pas un fichier de preuve, 4 aucune de vos clés.\n";

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

static int complain(const char *what, const char *about)
{
	fprintf(stderr, "rewapp-verify: %s: %s\n", about, what);
	return EXIT_USAGE;
}

/* The whole of a file, "-": standard input.  False: it cannot be read, or is too long. */
static bool read_file(const char *name, char *out, size_t capacity, size_t *length)
{
	FILE *file = strcmp(name, "-") == 0 ? stdin : fopen(name, "rb");
	bool good;

	if (!file)
		return false;
	*length = fread(out, 1, capacity, file);
	good = !ferror(file) && *length < capacity;
	if (file != stdin)
		fclose(file);
	return good;
}

static bool add_key(struct request *request, const char *text, size_t length)
{
	if (request->key_count == PROOF_TRUST_MAX ||
		!rewapp__verifier_read(text, length, &request->keys[request->key_count]))
		return false;
	request->key_count++;
	return true;
}

/* A key, or a file with one on each line; lines that are empty or begin with # say nothing. */
static bool add_keys(struct request *request, const char *text)
{
	char lines[PROOF_TRUST_MAX * VERIFIER_CAPACITY];
	size_t length, size;

	if (add_key(request, text, strlen(text)))
		return true;
	if (!read_file(text, lines, sizeof lines, &length))
		return false;
	for (const char *at = lines, *end = lines + length; at < end; at += size + 1) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		size = stop ? (size_t)(stop - at) : (size_t)(end - at);
		if (size && *at != '#' && !add_key(request, at, size))
			return false;
	}
	return request->key_count > 0;
}

static int exit_of(enum proof_outcome outcome)
{
	switch (outcome) {
	case PROOF_PROVEN:
		return EXIT_PROVEN;
	case PROOF_MALFORMED:
		return EXIT_MALFORMED;
	case PROOF_UNTRUSTED:
		return EXIT_UNTRUSTED;
	default:
		return EXIT_DISPROVEN;
	}
}

static int verify(const struct request *request, const char *text, size_t length)
{
	static struct proof proof;
	struct checkpoint checkpoint, older;
	enum proof_outcome outcome = PROOF_MALFORMED;

	if (rewapp__proof_read(text, length, &proof))
		outcome = rewapp__proof_check(&proof, request->keys, request->key_count, &checkpoint, &older);
	if (outcome != PROOF_PROVEN)
		fprintf(stderr, "rewapp-verify: %s\n", rewapp__proof_outcome_text(outcome, request->french));
	else if (!request->quiet)
		verifier_tell(stdout, request->french, &proof, &checkpoint, &older);
	return exit_of(outcome);
}

/* Fills the request; 0, or an exit code below 0 for "done, all is well". */
static int read_options(struct request *request, int argc, char **argv)
{
	static const struct option options[] = { { "key", required_argument, NULL, 'k' },
		{ "lang", required_argument, NULL, 'l' }, { "quiet", no_argument, NULL, 'q' },
		{ "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	int letter;

	while ((letter = getopt_long(argc, argv, "k:l:qh", options, NULL)) != -1) {
		if (letter == 'k' && !add_keys(request, optarg))
			return complain(request->french ? "ni une clé, ni un fichier de clés"
							: "neither a key nor a file of keys",
				optarg);
		if (letter == 'l')
			request->french = strcmp(optarg, "fr") == 0;
		if (letter == 'q')
			request->quiet = true;
		if (letter == '?')
			return EXIT_USAGE;
		if (letter == 'h') {
			fputs(request->french ? help_fr : help_en, stdout);
			return -1;
		}
	}
	if (request->key_count == 0)
		return complain(
			request->french ? "il en faut au moins une" : "at least one is needed", "--key");
	return 0;
}

int main(int argc, char **argv)
{
	static struct request request;
	static char text[PROOF_BYTES_MAX + 1];
	const char *name;
	size_t length;
	int code;

	if (sodium_init() < 0)
		return EXIT_USAGE;
	request.french = is_french();
	if ((code = read_options(&request, argc, argv)) != 0)
		return code < 0 ? EXIT_PROVEN : code;
	name = optind < argc ? argv[optind] : "-";
	if (!read_file(name, text, sizeof text, &length))
		return complain(request.french ? "ne peut pas être lu" : "cannot be read", name);
	return verify(&request, text, length);
}
