/* Programmes as documents: what can be wrong with one, told with its place. */
#ifndef REWAPP_PROGRAMME_H
#define REWAPP_PROGRAMME_H

#include <rewapp/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What can be said of a programme document: NAME, value, class, text.  A value is never reused.
 *
 * ERROR: it is no programme, and the command that brings it is refused with REWAPP_E_ARGUMENT, whose message
 * begins with the same path.  WARNING: it is one, but hardly the one that was meant. */
#define REWAPP_PROBLEM_MAP(X) \
	X(UNKNOWN_KEY, 1, ERROR, "a key that is not known here") \
	X(MISSING, 2, ERROR, "a key is missing") \
	X(WRONG_TYPE, 3, ERROR, "the value is of another type") \
	X(OUT_OF_RANGE, 4, ERROR, "the value is too small or too large") \
	X(UNKNOWN_WORD, 5, ERROR, "a word that is not known here") \
	X(DUPLICATE, 6, ERROR, "the same twice") \
	X(EMPTY, 7, ERROR, "a list without items") \
	X(TOO_MANY, 8, ERROR, "more items than are allowed") \
	X(TOO_DEEP, 9, ERROR, "conditions are nested too deep") \
	X(MALFORMED, 10, ERROR, "the text has not the form that is needed") \
	X(CONTRADICTION, 11, ERROR, "two values contradict each other") \
	X(ZERO_DIVISOR, 12, ERROR, "something is divided by zero") \
	X(TIME_LOOP, 13, ERROR, "a time that ends where it begins") \
	X(UNKNOWN_REFERENCE, 14, ERROR, "a name that the document does not declare") \
	X(NOT_JSON, 15, ERROR, "the text is not acceptable JSON") \
	X(CARD_NUMBER, 16, ERROR, "a payment card number") \
	X(UNKNOWN_MERCHANT, 32, WARNING, "a merchant that the store does not know") \
	X(NEVER_FIRES, 33, WARNING, "the rule can never give points") \
	X(SHADOWED, 34, WARNING, "an earlier rule always comes before this one") \
	X(UNBOUNDED_COST, 35, WARNING, "no limit of the programme holds what the rule costs") \
	X(GIVES_MORE_THAN_SPENT, 36, WARNING, "the points are worth more than the purchase") \
	X(OVERFLOWS, 37, WARNING, "large purchases leave 64 bits") \
	X(RETURN_GAINS, 38, WARNING, "points can be spent and their goods returned, and the member keeps them") \
	X(TEST_FAILED, 48, WARNING, "a test of the document gives another result")

enum rewapp_problem {
#define REWAPP_PROBLEM_ENUM(name, value, class_, text) REWAPP_PROBLEM_##name = value,
	REWAPP_PROBLEM_MAP(REWAPP_PROBLEM_ENUM)
#undef REWAPP_PROBLEM_ENUM
	REWAPP_PROBLEM_LAST_ = 32767
};

/* The stable name ("UNKNOWN_KEY"; "UNKNOWN" for a value not in the table), and 1 for an ERROR.  Any thread. */
REWAPP_API const char *rewapp_problem_name(int problem);
REWAPP_API const char *rewapp_problem_text(int problem);
REWAPP_API int rewapp_problem_is_error(int problem);

/* Reads a programme document without any store, looks for what it probably does not mean, and runs the tests it
 * carries.  The report is JSON, NUL-terminated, into the caller's buffer; *need is always set to its length
 * without the NUL.
 *
 *   {"name": TEXT or null, "rules": N, "problems": [{"problem": NAME, "error": BOOL, "path": "rules[2].when",
 *    "text": TEXT}], "tests": [{"name": TEXT, "passed": BOOL, "path": "tests[0]", "text": TEXT}]}
 *
 * A document with an error has that one problem and nothing else.  `now_ms` tells which dates have passed.
 * Returns 0, REWAPP_E_ARGUMENT (NULL), REWAPP_E_CAPACITY, REWAPP_E_NOMEMORY.  Any thread. */
REWAPP_API int rewapp_programme_check(
	const char *document, size_t length, int64_t now_ms, char *text, size_t capacity, size_t *need);

#ifdef __cplusplus
}
#endif

#endif
