/* <rewapp/evaluate.h>: the matcher against labelled lines. */
#include "matching/evaluate.h"
#include "api/check.h"
#include "api/json_write.h"
#include "base/text.h"

#include <rewapp/evaluate.h>
#include <rewapp/matching.h>
#include <string.h>

_Static_assert(REWAPP_EVALUATION_BINS == REWAPP__CALIBRATION_BINS &&
		REWAPP_EVALUATION_SURFACES == REWAPP__SURFACES_MAX,
	"the public tables are as long as the inner ones");

/* The matching's clock and its line callback share one user. */
struct run {
	const struct rewapp_evaluation_tables *tables;
	struct rewapp_evaluation *out;
};

static int64_t now_ns(void *user)
{
	const struct run *run = user;

	return run->tables->now_ns(run->tables->user);
}

static void count_outcome(void *user, const char *raw, size_t length, const char *expected,
	size_t expected_length, const char *best, const struct match *match, int right)
{
	const struct run *run = user;
	int outcome = match->outcome == MATCH_SURE ? REWAPP_MATCH_SURE
		: match->outcome == MATCH_REVIEW   ? REWAPP_MATCH_REVIEW
						   : REWAPP_MATCH_NONE;

	run->out->outcomes[outcome].lines++;
	run->out->outcomes[outcome].right += right != 0;
}

static int check_table(const char *name, const char *text, size_t length)
{
	int error = rewapp__check_pointer(text, name);

	if (error == 0 && !rewapp__text_is_utf8(text, length))
		error = rewapp__fail(REWAPP_E_ARGUMENT, "%s: not UTF-8", name);
	return error;
}

static void tell_tables(const struct evaluation *found, struct rewapp_evaluation *out)
{
	out->surface_count = (int32_t)found->surface_count;
	for (size_t i = 0; i < found->surface_count; i++) {
		memcpy(out->surfaces[i].name, found->surfaces[i].name, sizeof out->surfaces[i].name);
		out->surfaces[i].expected = (int64_t)found->surfaces[i].expected;
		out->surfaces[i].recalled = (int64_t)found->surfaces[i].recalled;
	}
	for (int i = 0; i < REWAPP_EVALUATION_BINS; i++) {
		uint64_t lines = found->bins[i].lines;

		out->bins[i].lines = (int64_t)lines;
		out->bins[i].right = (int64_t)found->bins[i].right;
		out->bins[i].certainty = lines ? (int64_t)(found->bins[i].probability_sum_bp / lines) : 0;
	}
}

static void tell(const struct evaluation *found, struct rewapp_evaluation *out)
{
	out->merchants = (int64_t)found->merchants;
	out->lines = (int64_t)found->lines;
	out->expected = (int64_t)found->expected;
	out->false_credits = (int64_t)found->false_credits;
	out->operations = (int64_t)found->operations;
	out->operations_matched = (int64_t)found->operations_matched;
	out->precision = found->precision_bp;
	out->recall = found->recall_bp;
	out->f1 = found->f1_bp;
	out->accept_precision = found->accept_precision_bp;
	out->accept_recall = found->accept_recall_bp;
	out->false_credits_per_1000 = found->false_credits_per_1000_bp;
	out->descriptors_per_second = found->descriptors_per_second;
	tell_tables(found, out);
}

int rewapp__evaluate_tables(const struct rewapp_env *env, const struct rewapp_evaluation_tables *tables,
	struct rewapp_evaluation *out)
{
	struct run run = { tables, out };
	struct evaluation_options options = { .line = count_outcome, .user = &run };
	struct evaluation_text truth, catalogue;
	struct evaluation found;
	int error;

	if ((error = rewapp__check_pointer(tables, "tables")) < 0 ||
		(error = rewapp__check_pointer(out, "out")) < 0 ||
		(error = rewapp__check_size(tables->size, sizeof *tables, "tables")) < 0 ||
		(error = rewapp__check_size(out->size, sizeof *out, "out")) < 0 ||
		(error = check_table("truth", tables->truth, tables->truth_length)) < 0 ||
		(error = check_table("catalogue", tables->catalogue, tables->catalogue_length)) < 0)
		return error;
	truth = (struct evaluation_text){ tables->truth, tables->truth_length };
	catalogue = (struct evaluation_text){ tables->catalogue, tables->catalogue_length };
	options.now_ns = tables->now_ns ? now_ns : NULL;
	memset(out, 0, sizeof *out);
	out->size = sizeof *out;
	if ((error = rewapp__evaluate(env, &truth, &catalogue, &options, &found)) < 0)
		return error;
	tell(&found, out);
	return 0;
}

int rewapp_evaluate(const struct rewapp_evaluation_tables *tables, struct rewapp_evaluation *out)
{
	return rewapp__evaluate_tables(NULL, tables, out);
}

/* --- as JSON ---------------------------------------------------------------------------------- */

/* Ten thousandths as a fraction. */
static void write_share(struct buffer *out, const char *name, int64_t share)
{
	rewapp__write_name(out, name);
	rewapp__buffer_printf(out, "%lld.%04lld", (long long)(share / 10000), (long long)(share % 10000));
}

static void write_outcomes(struct buffer *out, const struct rewapp_evaluation *evaluation)
{
	static const char *const names[] = { "none", "review", "sure" };

	rewapp__write_name(out, "outcomes");
	rewapp__buffer_puts(out, "{");
	for (int i = 2; i >= 0; i--)
		rewapp__buffer_printf(out, "%s\"%s\":{\"lines\":%lld,\"right\":%lld}", i < 2 ? "," : "",
			names[i], (long long)evaluation->outcomes[i].lines,
			(long long)evaluation->outcomes[i].right);
	rewapp__buffer_puts(out, "}");
}

static void write_surfaces(struct buffer *out, const struct rewapp_evaluation *evaluation)
{
	rewapp__write_name(out, "surfaces");
	rewapp__buffer_puts(out, "{");
	for (int32_t i = 0; i < evaluation->surface_count && i < REWAPP_EVALUATION_SURFACES; i++) {
		rewapp__buffer_puts(out, i ? "," : "");
		rewapp__json_quote(out, evaluation->surfaces[i].name);
		rewapp__buffer_printf(out, ":{\"expected\":%lld,\"recalled\":%lld}",
			(long long)evaluation->surfaces[i].expected,
			(long long)evaluation->surfaces[i].recalled);
	}
	rewapp__buffer_puts(out, "}");
}

static void write_bins(struct buffer *out, const struct rewapp_evaluation *evaluation)
{
	rewapp__write_name(out, "calibration");
	rewapp__buffer_puts(out, "[");
	for (int i = 0; i < REWAPP_EVALUATION_BINS; i++) {
		const struct rewapp_evaluation_bin *bin = &evaluation->bins[i];

		rewapp__buffer_printf(out, "%s{\"from\":0.%d,\"lines\":%lld,\"right\":%lld", i ? "," : "", i,
			(long long)bin->lines, (long long)bin->right);
		write_share(out, "said", bin->certainty);
		write_share(out, "was", bin->lines ? bin->right * 10000 / bin->lines : 0);
		rewapp__buffer_puts(out, "}");
	}
	rewapp__buffer_puts(out, "]");
}

void rewapp__write_evaluation(struct buffer *out, const struct rewapp_evaluation *evaluation)
{
	rewapp__buffer_puts(out, "{");
	write_share(out, "precision", evaluation->precision);
	write_share(out, "recall", evaluation->recall);
	write_share(out, "f1", evaluation->f1);
	write_share(out, "false_credits_per_1000", evaluation->false_credits_per_1000);
	write_share(out, "accept_precision", evaluation->accept_precision);
	write_share(out, "accept_recall", evaluation->accept_recall);
	if (evaluation->descriptors_per_second)
		rewapp__write_int(out, "descriptors_per_second", evaluation->descriptors_per_second);
	rewapp__write_int(out, "lines", evaluation->lines);
	rewapp__write_int(out, "merchants", evaluation->merchants);
	rewapp__write_int(out, "expected", evaluation->expected);
	rewapp__write_int(out, "false_credits", evaluation->false_credits);
	rewapp__write_int(out, "operations", evaluation->operations);
	rewapp__write_int(out, "operations_matched", evaluation->operations_matched);
	write_outcomes(out, evaluation);
	write_surfaces(out, evaluation);
	write_bins(out, evaluation);
	rewapp__buffer_puts(out, "}");
}

int rewapp_evaluation_format(
	const struct rewapp_evaluation *evaluation, char *text, size_t capacity, size_t *need)
{
	struct buffer out;
	int error;

	if ((error = rewapp__check_pointer(evaluation, "evaluation")) < 0 ||
		(error = rewapp__check_pointer(need, "need")) < 0 ||
		(error = rewapp__check_size(evaluation->size, sizeof *evaluation, "evaluation")) < 0)
		return error;
	rewapp__buffer_init(&out, NULL, JSON_BYTES_MAX);
	rewapp__write_evaluation(&out, evaluation);
	*need = out.size;
	error = out.failed;
	if (!error && (!text || out.size >= capacity))
		error = rewapp__fail(REWAPP_E_CAPACITY, "text: %zu bytes are needed", out.size + 1);
	if (!error)
		memcpy(text, out.data, out.size + 1);
	rewapp__buffer_finish(&out);
	return error;
}
