/* The part of every binding that is the same in every language: see session.h. */
#include "session.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct session {
	rewapp_engine *engine;
	int64_t clock_ms; /* < 0: the machine's */
	bool busy, wide;
};

static struct answer answer_error(int status, const char *message)
{
	struct answer answer = { 0 };

	answer.status = status;
	answer.message = message;
	return answer;
}

/* The library's own message is valid until the thread's next call: languages copy it at once. */
static struct answer answer_of(int status)
{
	return status < 0 ? answer_error(status, rewapp_errmsg()) : answer_error(0, NULL);
}

static struct answer answer_number(int status, int64_t number)
{
	struct answer answer = answer_of(status);

	answer.form = ANSWER_NUMBER;
	answer.number = number;
	return answer;
}

static struct answer answer_copy(int form, const char *bytes, size_t length)
{
	struct answer answer = { 0 };

	answer.form = form;
	answer.bytes = malloc(length + 1);
	if (!answer.bytes)
		return answer_error(REWAPP_E_NOMEMORY, "no memory for the answer");
	memcpy(answer.bytes, bytes, length);
	answer.bytes[length] = '\0';
	answer.length = length;
	return answer;
}

void rewapp__answer_finish(struct answer *answer)
{
	if (answer->lender)
		rewapp_free(answer->lender, answer->bytes);
	else
		free(answer->bytes);
	answer->bytes = NULL;
	answer->lender = NULL;
}

size_t rewapp__answer_place(const char *message)
{
	size_t length = strspn(message, "abcdefghijklmnopqrstuvwxyz0123456789_.[]");

	return length && message[length] == ':' && message[length + 1] == ' ' ? length : 0;
}

static int64_t session_clock(void *user)
{
	const struct session *session = user;

	return session->clock_ms;
}

struct session *rewapp__session_create(void)
{
	struct session *session = calloc(1, sizeof(*session));

	if (session)
		session->clock_ms = -1;
	return session;
}

void rewapp__session_destroy(struct session *session)
{
	if (!session)
		return;
	rewapp_engine_close(session->engine);
	free(session);
}

/* Text of another language may hold NUL, where C would silently end. */
static struct answer text_copy(const char *text, size_t length, char **out)
{
	struct answer copy;

	*out = NULL;
	if (memchr(text, '\0', length))
		return answer_error(REWAPP_E_ARGUMENT, "NUL stands in the text");
	copy = answer_copy(ANSWER_TEXT, text, length);
	*out = copy.bytes;
	return copy;
}

struct answer rewapp__session_open(struct session *session, const char *storage, size_t length,
	int64_t clock_ms, int durability, int busy_ms, int must_exist, int mode, int cache_kib)
{
	struct rewapp_engine_options options = REWAPP_ENGINE_OPTIONS_INIT;
	struct rewapp_env env = REWAPP_ENV_INIT;
	char *uri;
	struct answer answer = text_copy(storage, length, &uri);

	if (!uri)
		return answer;
	env.user = session;
	env.now_ms = clock_ms >= 0 ? session_clock : NULL;
	session->clock_ms = clock_ms;
	options.storage = *uri ? uri : NULL;
	options.env = &env;
	options.durability = durability;
	options.busy_ms = busy_ms;
	options.must_exist = must_exist;
	options.mode = mode;
	options.cache_kib = cache_kib;
	rewapp_engine_close(session->engine);
	answer = answer_of(rewapp_engine_open(&session->engine, &options));
	free(uri);
	return answer;
}

struct answer rewapp__session_close(struct session *session)
{
	if (session->busy)
		return answer_error(REWAPP_E_ARGUMENT, "engine: another thread is using it");
	rewapp_engine_close(session->engine);
	session->engine = NULL;
	return answer_of(0);
}

int rewapp__session_is_open(const struct session *session)
{
	return session->engine != NULL;
}

int rewapp__session_enter(struct session *session)
{
	if (session->busy)
		return 0;
	session->busy = true;
	return 1;
}

void rewapp__session_leave(struct session *session)
{
	session->busy = false;
}

static struct answer session_closed(void)
{
	return answer_error(REWAPP_E_ARGUMENT, "engine: it is closed");
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Is there a string of 16 to 19 digits?  2^53 has 16, INT64_MAX has 19. */
static bool text_is_wide(const char *text, size_t length)
{
	const char *end = text + length, *at = text;

	while ((at = memchr(at, '"', (size_t)(end - at)))) {
		size_t digits = 0;

		at++;
		at += *at == '-';
		while (is_digit(at[digits]))
			digits++;
		if (digits >= 16 && digits <= 19 && at[digits] == '"')
			return true;
	}
	return false;
}

static struct answer session_text(struct session *session, int status, char *text, size_t length)
{
	struct answer answer = answer_of(status);

	if (status < 0)
		return answer;
	answer.form = ANSWER_TEXT;
	answer.bytes = text;
	answer.length = length;
	answer.lender = session->engine;
	session->wide = text_is_wide(text, length);
	return answer;
}

struct answer rewapp__session_submit(struct session *session, const char *text, size_t length)
{
	char *out = NULL;
	size_t out_length = 0;
	int status;

	if (!session->engine)
		return session_closed();
	status = rewapp_json_submit(session->engine, text, length, &out, &out_length);
	return session_text(session, status, out, out_length);
}

struct answer rewapp__session_query(struct session *session, const char *text, size_t length)
{
	char *out = NULL;
	size_t out_length = 0;
	int status;

	if (!session->engine)
		return session_closed();
	status = rewapp_json_query(session->engine, text, length, &out, &out_length);
	return session_text(session, status, out, out_length);
}

int rewapp__session_is_wide(const struct session *session)
{
	return session->wide;
}

struct answer rewapp__session_set_clock(struct session *session, int64_t clock_ms)
{
	if (!session->engine)
		return session_closed();
	if (session->clock_ms < 0)
		return answer_error(
			REWAPP_E_ARGUMENT, "clock_ms: the engine was opened with the machine's clock");
	if (clock_ms < 0)
		return answer_error(REWAPP_E_ARGUMENT, "clock_ms: it is below 0");
	session->clock_ms = clock_ms;
	return answer_of(0);
}

struct answer rewapp__session_now(struct session *session)
{
	if (!session->engine)
		return session_closed();
	return answer_number(0, rewapp_engine_now_ms(session->engine));
}

static struct answer answer_id(int status, const struct rewapp_id *id)
{
	char text[REWAPP_ID_CAPACITY];

	if (status < 0)
		return answer_of(status);
	rewapp_id_format(id, text);
	return answer_copy(ANSWER_TEXT, text, REWAPP_ID_TEXT);
}

struct answer rewapp__session_new_id(struct session *session)
{
	struct rewapp_id id;
	int status;

	if (!session->engine)
		return session_closed();
	status = rewapp_id_new(session->engine, &id);
	return answer_id(status, &id);
}

struct answer rewapp__session_position(struct session *session, const char *consumer, size_t length)
{
	struct answer copy;
	int64_t number = 0;
	char *name;
	int status;

	if (!session->engine)
		return session_closed();
	copy = text_copy(consumer, length, &name);
	if (!name)
		return copy;
	status = rewapp_events_position(session->engine, name, &number);
	free(name);
	return answer_number(status, number);
}

struct answer rewapp__session_acknowledge(
	struct session *session, const char *consumer, size_t length, int64_t number)
{
	struct answer copy;
	char *name;
	int status;

	if (!session->engine)
		return session_closed();
	copy = text_copy(consumer, length, &name);
	if (!name)
		return copy;
	status = rewapp_events_acknowledge(session->engine, name, number);
	free(name);
	return answer_of(status);
}

struct answer rewapp__text_derive_id(const char *text, size_t length)
{
	struct rewapp_id id;
	int status = rewapp_id_derive(text, length, &id);

	return answer_id(status, &id);
}

struct answer rewapp__text_parse_id(const char *text, size_t length)
{
	struct rewapp_id id;
	int status = rewapp_id_parse(text, length, &id);

	return answer_id(status, &id);
}

struct answer rewapp__text_fold(const char *text, size_t length)
{
	char digits[REWAPP_TOKEN_CAPACITY];
	int status = rewapp_qr_fold(text, length, digits, sizeof(digits));

	return status < 0 ? answer_of(status) : answer_copy(ANSWER_TEXT, digits, strlen(digits));
}

/* Draws into memory of the size that a first call asked for. */
static struct answer render(const char *token, const char *format, int scale)
{
	struct answer answer = { 0 };
	size_t need = 0;
	int status = rewapp_qr_render(token, format, scale, NULL, 0, &need);

	if (status < 0 && status != REWAPP_E_CAPACITY)
		return answer_of(status);
	answer.bytes = malloc(need + 1);
	if (!answer.bytes)
		return answer_error(REWAPP_E_NOMEMORY, "no memory for the image");
	status = rewapp_qr_render(token, format, scale, answer.bytes, need, &need);
	if (status < 0) {
		free(answer.bytes);
		return answer_of(status);
	}
	answer.form = ANSWER_BYTES;
	answer.length = need;
	return answer;
}

struct answer rewapp__text_render(
	const char *token, size_t token_length, const char *format, size_t format_length, int scale)
{
	char *digits, *name = NULL;
	struct answer answer = text_copy(token, token_length, &digits);

	if (digits)
		answer = text_copy(format, format_length, &name);
	if (digits && name)
		answer = render(digits, name, scale);
	free(digits);
	free(name);
	return answer;
}

const char *rewapp__wide_fields(void)
{
	return " points amount available pending held debt shortfall distance balance number next version"
	       " debits_posted debits_pending credits_posted credits_pending next_expiry_points issued spent "
	       "expired"
	       " clawed_back ";
}
