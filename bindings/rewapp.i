/* librewapp for every language: which headers are wrapped, who owns what, and how an
 * answer becomes a value or an exception.
 *
 * A language file (python/python.i, node/node.i) is read first and defines
 *
 *   REWAPP_NUMBER(number)        an int64_t as a value
 *   REWAPP_TEXT(bytes, length)   UTF-8 as a value
 *   REWAPP_BYTES(bytes, length)  raw bytes as a value
 *   REWAPP_NOTHING               the value of nothing
 *   REWAPP_RAISE(answer)         raises the exception of an answer's status
 *   %rewapp_text(text, length)   a typemap: the language's string as (const char *, size_t) */

%include <stdint.i>
#define INT64_C(number) number ## LL

/* Constants and static texts: straight from the headers. */
%rename("%(strip:[REWAPP_])s", regextarget=1) "^REWAPP_";
%rename("%(strip:[rewapp_])s", regextarget=1) "^rewapp_";
%rename("$ignore", regextarget=1) "_LAST_$";
%rename("$ignore", regextarget=1) "^REWAPP_.*_(INIT|MAP|ENUM)$";

/* What holds memory, or speaks in structs: reached through Session and JSON instead.
 * bindings/README.md says why, header by header. */
%rename("$ignore", %$isclass) "";
%rename("$ignore", %$isfunction, regextarget=1, fullname=1)
	"^rewapp_(engine|id|commands|receipt|json|balance|object|events|qr)_.*";
%ignore rewapp_account_list;
%ignore rewapp_trial_balance;
%ignore rewapp_evidence::from;
%ignore rewapp_free;
%ignore rewapp_submit;
%ignore rewapp_settlement_read;
%ignore rewapp_statement;
%ignore rewapp_totals;
%ignore rewapp_expiries;
%ignore rewapp_trace;
%ignore rewapp_verify;
%ignore rewapp_match;
%ignore rewapp_errmsg;
%rename("$ignore", regextarget=1) "^REWAPP_(CLASS|ID|TOKEN|FIELD|MESSAGE|CANDIDATES|EVIDENCE)_";

%include <rewapp/export.h>
%include <rewapp/version.h>
%include <rewapp/errors.h>
%include <rewapp/types.h>
%include <rewapp/engine.h>
%include <rewapp/submit.h>
%include <rewapp/ledger.h>
%include <rewapp/matching.h>

%rename(qr_ttl_ms) rewapp_qr_ttl_ms;
int64_t rewapp_qr_ttl_ms(void);

/* An answer is a value or an exception, and its memory goes back at once. */
%typemap(out) struct answer, answer
{
	if ($1.status < 0) {
		REWAPP_RAISE($1);
		SWIG_fail;
	}
	switch ($1.form) {
	case ANSWER_NUMBER:
		$result = REWAPP_NUMBER($1.number);
		break;
	case ANSWER_TEXT:
		$result = REWAPP_TEXT($1.bytes, $1.length);
		break;
	case ANSWER_BYTES:
		$result = REWAPP_BYTES($1.bytes, $1.length);
		break;
	default:
		$result = REWAPP_NOTHING;
	}
	rewapp__answer_finish(&$1);
}

%rewapp_text(text, length)
%rewapp_text(token, token_length)
%rewapp_text(format, format_length)

%rename(Session) session;
struct session {
	%extend {
		session() { return rewapp__session_create(); }
		~session() { rewapp__session_destroy($self); }
		struct answer open_store(const char *text, size_t length, int64_t clock_ms, int durability, int busy_ms,
			int must_exist, int mode, int cache_kib)
		{
			return rewapp__session_open(
				$self, text, length, clock_ms, durability, busy_ms, must_exist, mode, cache_kib);
		}
		struct answer close() { return rewapp__session_close($self); }
		bool is_open() { return rewapp__session_is_open($self); }
		struct answer submit(const char *text, size_t length)
		{
			return rewapp__session_submit($self, text, length);
		}
		struct answer query(const char *text, size_t length)
		{
			return rewapp__session_query($self, text, length);
		}
		bool is_wide() { return rewapp__session_is_wide($self); }
		struct answer set_clock(int64_t clock_ms) { return rewapp__session_set_clock($self, clock_ms); }
		struct answer now() { return rewapp__session_now($self); }
		struct answer new_id() { return rewapp__session_new_id($self); }
		struct answer position(const char *text, size_t length)
		{
			return rewapp__session_position($self, text, length);
		}
		struct answer acknowledge(const char *text, size_t length, int64_t number)
		{
			return rewapp__session_acknowledge($self, text, length, number);
		}
	}
};

%rename(derive_id) rewapp__text_derive_id;
%rename(parse_id) rewapp__text_parse_id;
%rename(fold) rewapp__text_fold;
%rename(render) rewapp__text_render;
%rename(wide_fields) rewapp__wide_fields;
struct answer rewapp__text_derive_id(const char *text, size_t length);
struct answer rewapp__text_parse_id(const char *text, size_t length);
struct answer rewapp__text_fold(const char *text, size_t length);
struct answer rewapp__text_render(const char *token, size_t token_length, const char *format, size_t format_length,
	int scale);
const char *rewapp__wide_fields(void);
