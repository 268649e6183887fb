/* Scores the matcher against labelled lines, as docs/matching.md defines it. */
#include "matching/evaluate.h"

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <string.h>

enum {
	COLUMNS_MAX = 40,
	ALIASES_MAX = 64,
	MCC_MAX = 32,
	COUNTRIES_MAX = 128,
	BRANCHES_MAX = 64,
	IDS_MAX = 64,
	ID_BYTES = 64,
	SPEED_NS = 300000000 /* how long the speed is measured */
};

struct cell {
	const char *text;
	size_t length;
};

struct table {
	const char *name, *at, *end;
	uint64_t line;
	size_t columns;
	struct cell head[COLUMNS_MAX], cells[COLUMNS_MAX];
};

struct work {
	struct arena arena;
	struct matcher *matcher;
	const char **names; /* by number - 1 */
	uint64_t count;
	struct match_scratch scratch;
	struct match match;
};

/* Cuts the next line into cells; false at the end of the text. */
static bool next_line(struct table *table, struct cell *cells)
{
	const char *end, *at = table->at;

	if (at >= table->end)
		return false;
	end = memchr(at, '\n', (size_t)(table->end - at));
	end = end ? end : table->end;
	table->at = end + 1;
	table->line++;
	if (end > at && end[-1] == '\r')
		end--;
	memset(cells, 0, COLUMNS_MAX * sizeof *cells);
	for (size_t i = 0; i < COLUMNS_MAX; i++) {
		const char *tab = memchr(at, '\t', (size_t)(end - at));

		cells[i].text = at;
		cells[i].length = (size_t)((tab ? tab : end) - at);
		table->columns = i + 1 > table->columns ? i + 1 : table->columns;
		if (!tab)
			break;
		at = tab + 1;
	}
	return true;
}

static int open_table(struct table *table, const char *name, const struct evaluation_text *text)
{
	memset(table, 0, sizeof *table);
	table->name = name;
	table->at = text->text;
	table->end = text->text + text->length;
	if (!next_line(table, table->head))
		return rewapp__fail(REWAPP_E_ARGUMENT, "%s: is empty", name);
	return 0;
}

static bool is(const struct cell *cell, const char *text)
{
	return cell->length == strlen(text) && (!cell->length || memcmp(cell->text, text, cell->length) == 0);
}

static const struct cell *column(const struct table *table, const char *name)
{
	static const struct cell none = { "", 0 };

	for (size_t i = 0; i < table->columns; i++)
		if (is(&table->head[i], name))
			return table->cells[i].text ? &table->cells[i] : &none;
	return &none;
}

static int needs(const struct table *table, const char *name)
{
	for (size_t i = 0; i < table->columns; i++)
		if (is(&table->head[i], name))
			return 0;
	return rewapp__fail(REWAPP_E_ARGUMENT, "%s, line 1: has no column \"%s\"", table->name, name);
}

/* The next part of a cell up to '|'; false when none is left. */
static bool next_part(struct cell *rest, struct cell *part)
{
	const char *bar;

	if (!rest->text || !rest->length)
		return false;
	bar = memchr(rest->text, '|', rest->length);
	part->text = rest->text;
	part->length = bar ? (size_t)(bar - rest->text) : rest->length;
	rest->text += part->length + (bar != NULL);
	rest->length -= part->length + (bar != NULL);
	return true;
}

/* Minor units of two digits: "-12.9" is -1290.  What is no number gives 0. */
static int64_t read_amount(const struct cell *cell)
{
	int64_t value = 0;
	int decimals = -1;
	bool negative = false;

	for (size_t i = 0; i < cell->length; i++) {
		char c = cell->text[i];

		if (i == 0 && (c == '-' || c == '+'))
			negative = c == '-';
		else if ((c == '.' || c == ',') && decimals < 0)
			decimals = 0;
		else if (c < '0' || c > '9' || value > INT64_MAX / 1000)
			return 0;
		else if (decimals < 2) {
			value = value * 10 + (c - '0');
			decimals += decimals >= 0;
		}
	}
	for (decimals = decimals < 0 ? 0 : decimals; decimals < 2; decimals++)
		value *= 10;
	return negative ? -value : value;
}

static uint16_t read_mcc(const struct cell *cell)
{
	uint16_t value = 0;

	for (size_t i = 0; i < cell->length && i < 4 && cell->text[i] >= '0' && cell->text[i] <= '9'; i++)
		value = (uint16_t)(value * 10 + (cell->text[i] - '0'));
	return value;
}

/* "fr|us-ak.geojson": the first two letters.  "001" is the world and "fx" France without its islands. */
static void read_countries(const struct cell *cell, struct catalogue_entry *entry, const char **countries)
{
	struct cell rest = *cell, part;

	while (entry->country_count < COUNTRIES_MAX && next_part(&rest, &part)) {
		if (part.length < 2 || part.text[0] < 'a' || part.text[0] > 'z') {
			entry->country_count = 0;
			return;
		}
		countries[entry->country_count++] = part.text[0] == 'f' && part.text[1] == 'x' ? "fr"
											       : part.text;
	}
}

/* Of a column of its own: the list may name a dozen of many. */
static void read_france(const struct cell *cell, struct catalogue_entry *entry, const char **countries)
{
	if (entry->country_count && entry->country_count < COUNTRIES_MAX && cell->length == 1 &&
		cell->text[0] == '1')
		countries[entry->country_count++] = "fr";
}

/* What a catalogue's line gives beside names, kept while the matcher copies it. */
struct lists {
	const char *aliases[ALIASES_MAX], *countries[COUNTRIES_MAX];
	uint16_t mcc[MCC_MAX];
	struct catalogue_branch branches[BRANCHES_MAX];
	struct catalogue_id ids[IDS_MAX];
};

static int read_aliases(
	struct work *work, const struct table *table, struct catalogue_entry *entry, struct lists *lists)
{
	struct cell rest = *column(table, "aliases"), part;

	while (entry->alias_count < ALIASES_MAX && next_part(&rest, &part)) {
		lists->aliases[entry->alias_count] = rewapp__arena_copy(&work->arena, part.text, part.length);
		if (!lists->aliases[entry->alias_count++])
			return -1;
	}
	return 0;
}

/* "PARIS 75012|LYON": towns, some with a postcode behind. */
static int read_branches(
	struct work *work, const struct table *table, struct catalogue_entry *entry, struct lists *lists)
{
	struct cell rest = *column(table, "branches"), part;

	while (entry->branch_count < BRANCHES_MAX && next_part(&rest, &part)) {
		struct catalogue_branch *branch = &lists->branches[entry->branch_count];
		char *town = rewapp__arena_copy(&work->arena, part.text, part.length);
		size_t digits = 0;

		if (!town)
			return -1;
		while (digits < part.length && town[part.length - 1 - digits] >= '0' &&
			town[part.length - 1 - digits] <= '9')
			digits++;
		*branch = (struct catalogue_branch){ ++entry->branch_count, town, NULL };
		if (digits == 5) {
			branch->postcode = town + part.length - 5;
			branch->city = rewapp__arena_copy(&work->arena, part.text, part.length - 5);
		}
	}
	return 0;
}

static int read_ids(struct work *work, const struct table *table, const char *name,
	enum catalogue_id_kind kind, struct catalogue_entry *entry, struct lists *lists)
{
	struct cell rest = *column(table, name), part;

	while (entry->id_count < IDS_MAX && next_part(&rest, &part)) {
		struct catalogue_id *id = &lists->ids[entry->id_count++];

		*id = (struct catalogue_id){ kind, 0,
			rewapp__arena_copy(&work->arena, part.text, part.length) };
		if (!id->text)
			return -1;
	}
	return 0;
}

static int read_lists(
	struct work *work, const struct table *table, struct catalogue_entry *entry, struct lists *lists)
{
	struct cell rest = *column(table, "mcc_guess"), part;

	while (entry->mcc_count < MCC_MAX && next_part(&rest, &part))
		lists->mcc[entry->mcc_count++] = read_mcc(&part);
	read_countries(column(table, "countries"), entry, lists->countries);
	read_france(column(table, "fr"), entry, lists->countries);
	return read_aliases(work, table, entry, lists) || read_branches(work, table, entry, lists) ||
		read_ids(work, table, "merchant_ids", CATALOGUE_MERCHANT_ID, entry, lists) ||
		read_ids(work, table, "terminal_ids", CATALOGUE_TERMINAL_ID, entry, lists);
}

static int add_merchant(struct work *work, const struct table *table)
{
	const struct cell *name = column(table, "name");
	struct lists lists;
	struct catalogue_entry entry = { .merchant = work->count + 1,
		.aliases = lists.aliases,
		.mcc = lists.mcc,
		.countries = lists.countries,
		.branches = lists.branches,
		.ids = lists.ids };

	entry.name = rewapp__arena_copy(&work->arena, name->text, name->length);
	if (!entry.name || read_lists(work, table, &entry, &lists))
		return rewapp__fail(
			REWAPP_E_NOMEMORY, "%s, line %llu", table->name, (unsigned long long)table->line);
	work->names[work->count++] = entry.name;
	return rewapp__matcher_upsert(work->matcher, &entry);
}

static int load_catalogue(struct work *work, const struct evaluation_text *text)
{
	struct table table;
	size_t lines = 1;
	int result = open_table(&table, "catalogue", text);

	if (result || (result = needs(&table, "name")))
		return result;
	for (size_t i = 0; i < text->length; i++)
		lines += text->text[i] == '\n';
	work->names = rewapp__arena_array(&work->arena, lines, sizeof *work->names);
	if (!work->names)
		return rewapp__fail(REWAPP_E_NOMEMORY, "catalogue");
	while (!result && next_line(&table, table.cells))
		if (column(&table, "name")->length)
			result = add_merchant(work, &table);
	return result;
}

static bool accepts(const struct cell *expected, const char *name)
{
	struct cell rest = *expected, part;

	while (next_part(&rest, &part))
		if (is(&part, name))
			return true;
	return false;
}

static void count_surface(struct evaluation *out, const struct cell *surface, bool recalled)
{
	size_t i = 0;

	while (i < out->surface_count && !is(surface, out->surfaces[i].name))
		i++;
	if (i == REWAPP__SURFACES_MAX || surface->length == 0 ||
		surface->length >= sizeof out->surfaces[0].name)
		return;
	if (i == out->surface_count) {
		memcpy(out->surfaces[i].name, surface->text, surface->length);
		out->surface_count++;
	}
	out->surfaces[i].expected++;
	out->surfaces[i].recalled += recalled;
}

static void count_bin(struct evaluation *out, const struct match_candidate *best, bool right)
{
	size_t bin = best->probability_bp / 1000u;

	bin = bin < REWAPP__CALIBRATION_BINS ? bin : REWAPP__CALIBRATION_BINS - 1;
	out->bins[bin].lines++;
	out->bins[bin].right += right;
	out->bins[bin].probability_sum_bp += best->probability_bp;
}

static void count_line(struct evaluation *out, const struct table *truth, const struct work *work,
	const char *name, bool right)
{
	const struct cell *expected = column(truth, "expected");
	bool must = !accepts(expected, "NONE"), predicted = strcmp(name, "NONE") != 0;
	bool sure = work->match.outcome == MATCH_SURE;

	out->lines++;
	out->expected += must;
	out->predicted += predicted;
	out->right += predicted && right;
	out->recalled += must && predicted && right;
	out->false_credits += predicted && !right;
	out->sure += sure;
	out->sure_right += sure && right;
	out->sure_recalled += must && sure && right;
	if (is(column(truth, "kind"), "bank_operation")) {
		out->operations++;
		out->operations_matched += predicted;
	}
	if (must)
		count_surface(out, column(truth, "surface"), predicted && right);
	if (work->match.candidate_count)
		count_bin(out, &work->match.candidates[0],
			accepts(expected, work->names[work->match.candidates[0].merchant - 1]));
}

/* NULL: absent, or longer than any id. */
static const char *read_id(const struct cell *cell, char text[ID_BYTES])
{
	if (!cell->length || cell->length >= ID_BYTES)
		return NULL;
	memcpy(text, cell->text, cell->length);
	text[cell->length] = '\0';
	return text;
}

static void decide_line(
	struct work *work, const struct table *truth, const struct evaluation_options *options)
{
	const struct cell *raw = column(truth, "raw"), *currency = column(truth, "currency"),
			  *country = column(truth, "country");
	char merchant_id[ID_BYTES], terminal_id[ID_BYTES];
	struct match_query query = { .raw = raw->text,
		.length = raw->length,
		.booked_day = INT32_MIN,
		.sure_bp = options->sure_bp,
		.review_bp = options->review_bp,
		.amount_minor = read_amount(column(truth, "amount")),
		.mcc = read_mcc(column(truth, "mcc")) };

	if (currency->length == 3)
		memcpy(query.currency, currency->text, 3);
	if (country->length == 2)
		memcpy(query.country, country->text, 2);
	query.merchant_id = read_id(column(truth, "merchant_id"), merchant_id);
	query.terminal_id = read_id(column(truth, "terminal_id"), terminal_id);
	rewapp__match_decide(work->matcher, &query, &work->scratch, &work->match);
}

static int score(struct work *work, const struct evaluation_text *text,
	const struct evaluation_options *options, struct evaluation *out)
{
	struct table truth;
	int result = open_table(&truth, "truth", text);

	if (result || (result = needs(&truth, "raw")) || (result = needs(&truth, "expected")))
		return result;
	while (next_line(&truth, truth.cells)) {
		const struct cell *raw = column(&truth, "raw"), *expected = column(&truth, "expected");
		const char *name = "NONE";
		bool right;

		if (!expected->length)
			continue;
		decide_line(work, &truth, options);
		if (work->match.outcome == MATCH_SURE || work->match.outcome == MATCH_REVIEW)
			name = work->names[work->match.candidates[0].merchant - 1];
		right = accepts(expected, name);
		count_line(out, &truth, work, name, right);
		if (options->line)
			options->line(options->user, raw->text, raw->length, expected->text, expected->length,
				name, &work->match, right);
	}
	return 0;
}

/* Whole rounds over the lines, until the time is up. */
static int measure(struct work *work, const struct evaluation_text *text,
	const struct evaluation_options *options, struct evaluation *out)
{
	int64_t start, spent = 0, count = 0;

	if (!options->now_ns || !out->lines)
		return 0;
	start = options->now_ns(options->user);
	while (spent < SPEED_NS) {
		struct table truth;
		int result = open_table(&truth, "truth", text);

		if (result)
			return result;
		for (; next_line(&truth, truth.cells); count++)
			decide_line(work, &truth, options);
		spent = options->now_ns(options->user) - start;
	}
	out->descriptors_per_second = count * 1000 / (spent / 1000000 > 0 ? spent / 1000000 : 1);
	return 0;
}

static int32_t rate(uint64_t part, uint64_t whole, uint64_t scale)
{
	return whole ? (int32_t)((part * scale + whole / 2) / whole) : 0;
}

static void finish(struct evaluation *out)
{
	uint64_t sum;

	out->precision_bp = rate(out->right, out->predicted, 10000);
	out->recall_bp = rate(out->recalled, out->expected, 10000);
	sum = (uint64_t)out->precision_bp + (uint64_t)out->recall_bp;
	out->f1_bp = rate(2 * (uint64_t)out->precision_bp, sum, (uint64_t)out->recall_bp);
	out->false_credits_per_1000_bp = rate(out->false_credits, out->lines, 10000000);
	out->accept_precision_bp = rate(out->sure_right, out->sure, 10000);
	out->accept_recall_bp = rate(out->sure_recalled, out->expected, 10000);
}

int rewapp__evaluate(const struct rewapp_env *env, const struct evaluation_text *truth,
	const struct evaluation_text *catalogue, const struct evaluation_options *options,
	struct evaluation *out)
{
	static const struct evaluation_options none;
	struct work *work = rewapp__env_allocate(env, NULL, sizeof *work);
	int result;

	memset(out, 0, sizeof *out);
	if (!work)
		return rewapp__fail(REWAPP_E_NOMEMORY, "evaluation");
	memset(work, 0, sizeof *work);
	options = options ? options : &none;
	rewapp__arena_init(&work->arena, env);
	result = rewapp__matcher_open(&work->matcher, env);
	result = result ? result : load_catalogue(work, catalogue);
	result = result ? result : score(work, truth, options, out);
	result = result ? result : measure(work, truth, options, out);
	out->merchants = work->count;
	finish(out);
	rewapp__matcher_close(work->matcher);
	rewapp__arena_finish(&work->arena);
	rewapp__env_allocate(env, work, 0);
	return result;
}
