/* <rewapp/programme.h>: a document is checked without any store. */
#include "api/check.h"
#include "base/json.h"
#include "earn/lint.h"
#include "earn/tests.h"

#include <rewapp/programme.h>
#include <stdio.h>
#include <string.h>

enum {
	REPORT_BYTES_MAX = 4 * 1024 * 1024
};

struct row {
	int value;
	bool error;
	const char *name, *text;
};

#define ERROR true
#define WARNING false
#define ROW(name, value, class_, text) { value, class_, #name, text },
static const struct row rows[] = { REWAPP_PROBLEM_MAP(ROW) };
#undef ROW
#undef ERROR
#undef WARNING

static const struct row *row_of(int problem)
{
	static const struct row unknown = { 0, true, "UNKNOWN", "unknown problem" };

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].value == problem)
			return &rows[i];
	return &unknown;
}

const char *rewapp_problem_name(int problem)
{
	return row_of(problem)->name;
}

const char *rewapp_problem_text(int problem)
{
	return row_of(problem)->text;
}

int rewapp_problem_is_error(int problem)
{
	return row_of(problem)->error;
}

/* --- the report ------------------------------------------------------------------------------ */

struct report {
	struct buffer *out;
	const struct programme *programme;
	size_t problems;
};

static void put_problem(struct report *report, int problem, const char *path, const char *text)
{
	rewapp__buffer_printf(report->out,
		"%s{\"problem\":\"%s\",\"error\":%s,\"path\":", report->problems++ ? "," : "",
		rewapp_problem_name(problem), rewapp_problem_is_error(problem) ? "true" : "false");
	rewapp__json_quote(report->out, path);
	rewapp__buffer_puts(report->out, ",\"text\":");
	rewapp__json_quote(report->out, text);
	rewapp__buffer_puts(report->out, "}");
}

static void put_finding(void *user, const struct lint_finding *finding)
{
	struct report *report = user;
	const char *other = rewapp__rule_id(report->programme, finding->other);
	char item[PLACE_BYTES], path[PLACE_BYTES], text[200];

	if (finding->rule < 0) {
		put_problem(report, finding->problem, finding->within, finding->why);
		return;
	}
	rewapp__reader_item(item, "", "rules", (size_t)finding->rule);
	rewapp__reader_place(path, item, finding->within);
	snprintf(text, sizeof text, "%s%s%s: %s", rewapp__rule_id(report->programme, finding->rule),
		*other ? ", by " : "", other, finding->why);
	put_problem(report, finding->problem, path, text);
}

/* What a test wanted and got, in a line. */
static void tell_failure(
	const struct programme *programme, const struct earn_failure *failure, char *out, size_t size)
{
	const char *rule = failure->rule < 0 ? "points" : rewapp__rule_id(programme, failure->rule);

	if (failure->error < 0)
		snprintf(out, size, "%.150s", rewapp_errmsg());
	else if (failure->expected_reason)
		snprintf(out, size, "%s: %lld points, %s, instead of %s", rule, (long long)failure->points,
			rewapp_reason_name(failure->reason), rewapp_reason_name(failure->expected_reason));
	else
		snprintf(out, size, "%s: %lld points%s%s instead of %lld", rule, (long long)failure->points,
			failure->rule < 0 ? "" : ", ",
			failure->rule < 0 ? "" : rewapp_reason_name(failure->reason),
			(long long)failure->expected_points);
}

static void put_test(struct report *report, size_t index)
{
	struct earn_failure failure;
	bool passed = rewapp__earn_test_passes(report->programme, index, &failure);
	char text[200] = "";

	if (!passed)
		tell_failure(report->programme, &failure, text, sizeof text);
	rewapp__buffer_puts(report->out, index ? ",{\"name\":" : "{\"name\":");
	rewapp__json_quote(report->out, report->programme->tests[index].name);
	rewapp__buffer_printf(report->out,
		",\"passed\":%s,\"path\":\"tests[%zu]\",\"text\":", passed ? "true" : "false", index);
	rewapp__json_quote(report->out, text);
	rewapp__buffer_puts(report->out, "}");
}

static void put_programme(struct report *report, int64_t now_ms)
{
	rewapp__buffer_puts(report->out, "{\"name\":");
	rewapp__json_quote(report->out, report->programme->name);
	rewapp__buffer_printf(report->out, ",\"rules\":%zu,\"problems\":[", report->programme->rule_count);
	rewapp__lint(report->programme, now_ms, put_finding, report);
	rewapp__buffer_puts(report->out, "],\"tests\":[");
	for (size_t i = 0; i < report->programme->test_count; i++)
		put_test(report, i);
	rewapp__buffer_puts(report->out, "]}");
}

/* The message begins with the path; what follows it is said here. */
static void put_mistake(struct report *report, const struct reader *reader)
{
	const char *message = rewapp_errmsg();
	size_t length = strlen(reader->path);

	if (length && strncmp(message, reader->path, length) == 0 && message[length] == ':')
		message += length + 1 + (message[length + 1] == ' ');
	rewapp__buffer_puts(report->out, "{\"name\":null,\"rules\":0,\"problems\":[");
	put_problem(report, reader->problem, reader->path, message);
	rewapp__buffer_puts(report->out, "],\"tests\":[]}");
}

static int write_report(const char *document, size_t length, int64_t now_ms, struct buffer *out)
{
	struct report report = { .out = out };
	struct programme *programme;
	struct reader reader;
	int error = rewapp__programme_read(&programme, document, length, NULL, &reader);

	if (error < 0 && !reader.problem)
		return error;
	report.programme = programme;
	if (programme)
		put_programme(&report, now_ms);
	else
		put_mistake(&report, &reader);
	rewapp__programme_free(programme);
	return out->failed ? rewapp__fail(out->failed, "report") : 0;
}

int rewapp_programme_check(
	const char *document, size_t length, int64_t now_ms, char *text, size_t capacity, size_t *need)
{
	struct buffer out;
	int error;

	if ((error = rewapp__check_pointer(document, "document")) < 0 ||
		(error = rewapp__check_pointer(need, "need")) < 0)
		return error;
	rewapp__buffer_init(&out, NULL, REPORT_BYTES_MAX);
	error = write_report(document, length, now_ms, &out);
	*need = out.size;
	if (!error && (!text || out.size >= capacity))
		error = rewapp__fail(REWAPP_E_CAPACITY, "text: %zu bytes are needed", out.size + 1);
	if (!error)
		memcpy(text, out.data, out.size + 1);
	rewapp__buffer_finish(&out);
	return error;
}
