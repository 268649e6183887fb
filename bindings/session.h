/* One engine as other languages hold it: it may be closed at any time, its clock may be
 * set by hand, and every call gives one answer, a value or an error.  Sees nothing but
 * the public headers. */
#ifndef REWAPP_BINDINGS_SESSION_H
#define REWAPP_BINDINGS_SESSION_H

#include <rewapp/rewapp.h>

#ifdef __cplusplus
extern "C" {
#endif

enum answer_form {
	ANSWER_NOTHING,
	ANSWER_NUMBER,
	ANSWER_TEXT,
	ANSWER_BYTES
};

/* What a call came to.  A language turns it into its own value or exception and then
 * calls rewapp__answer_finish(), once. */
struct answer {
	int status; /* 0 or enum rewapp_error */
	int form;   /* enum answer_form, when status is 0 */
	int64_t number;
	char *bytes; /* `length` of them; text is UTF-8 and has a NUL behind it */
	size_t length;
	rewapp_engine *lender; /* whose memory `bytes` is; NULL: malloc()'s */
	const char *message;   /* when status is not 0 */
};
void rewapp__answer_finish(struct answer *answer);

/* The length of the place that a message starts with ("commands[3].amount: ..."), or 0. */
size_t rewapp__answer_place(const char *message);

struct session;

/* NULL only without memory.  `destroy` closes first; NULL is fine. */
struct session *rewapp__session_create(void);
void rewapp__session_destroy(struct session *session);

/* `clock_ms` >= 0: time stands still at that instant until rewapp__session_set_clock();
 * < 0: the machine's clock. */
struct answer rewapp__session_open(struct session *session, const char *storage, size_t length,
	int64_t clock_ms, int durability, int busy_ms, int must_exist, int mode, int cache_kib);
/* Closing what is closed is fine. */
struct answer rewapp__session_close(struct session *session);
int rewapp__session_is_open(const struct session *session);

/* A call that runs outside a language's global lock is put between these two, so that a
 * second thread is refused instead of corrupting the engine.  `enter` returns 0 when
 * another call is under way. */
int rewapp__session_enter(struct session *session);
void rewapp__session_leave(struct session *session);

struct answer rewapp__session_submit(struct session *session, const char *text, size_t length);
struct answer rewapp__session_query(struct session *session, const char *text, size_t length);
/* 1 when the last text of `session` holds integers beyond 2^53 - 1, which travel as strings. */
int rewapp__session_is_wide(const struct session *session);

struct answer rewapp__session_set_clock(struct session *session, int64_t clock_ms);
struct answer rewapp__session_now(struct session *session);
struct answer rewapp__session_new_id(struct session *session);
struct answer rewapp__session_position(struct session *session, const char *consumer, size_t length);
struct answer rewapp__session_acknowledge(
	struct session *session, const char *consumer, size_t length, int64_t number);

/* What needs no engine. */
struct answer rewapp__text_derive_id(const char *text, size_t length);
struct answer rewapp__text_parse_id(const char *text, size_t length);
struct answer rewapp__text_fold(const char *text, size_t length);
struct answer rewapp__text_render(
	const char *token, size_t token_length, const char *format, size_t format_length, int scale);
/* The JSON fields whose values are numbers of 64 bits, with a space before and behind each. */
const char *rewapp__wide_fields(void);

#ifdef __cplusplus
}
#endif

#endif
