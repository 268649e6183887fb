/* The same doors as text: for servers, command lines and other languages.
 *
 * Names in JSON are the names of the C fields; ids are 32 hexadecimal digits, a UUID or
 * "@name"; kinds, verdicts and reasons are the words of their tables; what is zero may
 * be left out; `document` is an object.  Unknown keys are errors, so a typo is found.
 * docs/json.md shows every form. */
#ifndef REWAPP_JSON_H
#define REWAPP_JSON_H

#include <rewapp/submit.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Commands read from JSON, with the texts they point at. */
typedef struct rewapp_commands rewapp_commands;

/* Reads {"commands": [{"kind": "purchase", ...}, ...]}, or one command object alone.
 * A command with an unknown key or a value of the wrong type refuses the whole text, with
 * its place ("commands[3].amount") in the message; what the values mean is judged by
 * rewapp_submit(), command by command.
 *
 * *out is the caller's, to free with rewapp_commands_free().  Any thread.
 * Returns 0, REWAPP_E_JSON (with line and column), REWAPP_E_ARGUMENT (unknown key, wrong type, none, too
 * many), REWAPP_E_NOMEMORY. */
REWAPP_API int rewapp_commands_parse(const char *text, size_t length, rewapp_commands **out);
REWAPP_API struct rewapp_command *rewapp_commands_array(rewapp_commands *commands);
REWAPP_API size_t rewapp_commands_count(const rewapp_commands *commands);
REWAPP_API void rewapp_commands_free(rewapp_commands *commands);

/* One receipt as a JSON object, NUL-terminated, into the caller's buffer; *need is always
 * set to its length without the NUL.  Returns 0, REWAPP_E_CAPACITY.  Any thread. */
REWAPP_API int rewapp_receipt_format(
	const struct rewapp_receipt *receipt, char *text, size_t capacity, size_t *need);

/* rewapp_commands_parse(), rewapp_submit() and {"receipts": [...]} in one call.
 * *out is the caller's, to free with rewapp_free(), and NUL-terminated; `out_length` may be NULL.
 * Returns as those. */
REWAPP_API int rewapp_json_submit(
	rewapp_engine *engine, const char *text, size_t length, char **out, size_t *out_length);

/* A question, {"query": NAME, ...}; the answer is an object:
 *
 *   balance     member, [programme, recorded_ms, occurred_ms]
 *                                                        the fields of struct rewapp_balance; with an instant, as
 *                                                        rewapp_balance_at()
 *   tier        member, [programme]                      those of struct rewapp_tier; tier and next may be null
 *   statement   member, [programme, recorded_ms, occurred_ms, before, limit]
 *                                                        {"entries": [...], "next": cursor or null}
 *   receipt     id                                       the receipt, awards with their texts
 *   expiries    [member, programme]                      {"expiries": [...]}, the fields of struct rewapp_expiry
 *   trace       id                                       {"origins": [...]}, the fields of struct rewapp_origin
 *   members, merchants, programmes   [after, limit]      {"objects": [...], "next": cursor or null}
 *   member, merchant, programme      id                  one object
 *   totals      from_ms, until_ms, [programme]           {"days": [...]}
 *   periods     [programme, after, limit]                {"periods": [...], "next": cursor or null}: the closed ones
 *   accounts    [programme, after, limit]                {"accounts": [...], "next": cursor or null}, the fields of
 *                                                        struct rewapp_account, in words
 *   trial_balance [programme]                            {"lines": [...], "sum": 0, "pending": 0}: how many
 *                                                        accounts, and those fields, of each kind
 *   match       descriptor, [amount, currency, mcc, booked_ms, country, city, postcode, merchant_id, terminal_id,
 *               siret, creditor_id, history: [{"merchant": ID, "times": N}], programme, sure_bp, review_bp]
 *                                                        the fields of struct rewapp_match
 *   review      [after, limit, language]                 {"lines": [...], "next": cursor}: struct rewapp_doubt;
 *                                                        the evidence's "words" are of the language
 *   learnt      [merchant, after, limit]                 {"learnt": [...], "next": cursor}: struct rewapp_learnt
 *   bank_lines  [member, outcome, after, limit]          {"lines": [...], "next": cursor}: struct rewapp_bank_line
 *   evaluate    truth, catalogue                         the fields of struct rewapp_evaluation, see evaluate.h
 *   inspect     token, [merchant]                        the fields of struct rewapp_qr
 *   events      [after, limit]                           {"events": [...], "next": cursor}
 *   settlement  from_ms, until_ms, [programme]           the fields of struct rewapp_settlement
 *   vouchers    member, [programme]                      {"vouchers": [...]}, fields of struct rewapp_voucher
 *   household   member, [programme]                      {"members": [...]}, fields of struct rewapp_sharer
 *   achievements member, [programme]                     {"achievements": [...]}, fields of struct rewapp_achievement
 *   verify                                               the fields of struct rewapp_verification
 *   books                                                {"key": the public key that signs}
 *   sign        [flags]                                  {"checkpoint": TEXT}, as rewapp_checkpoint()
 *   checkpoint                                           {"checkpoint": TEXT}, the newest
 *   code        id                                       {"code": for the receipt of that command}
 *   proof       id or code                               {"proof": TEXT}
 *   extension   checkpoint                               {"extension": TEXT}
 *   replay      document, [programme]                    what that document would have given for the stored
 *                                                        purchases: docs/programmes.md
 *   export      member                                   as rewapp_member_export()
 *   quote       commands: an array                       {"receipts": [...]}, as rewapp_quote()
 *
 * Returns as the call behind it, REWAPP_E_JSON, REWAPP_E_ARGUMENT (unknown query or key). */
REWAPP_API int rewapp_json_query(
	rewapp_engine *engine, const char *text, size_t length, char **out, size_t *out_length);

#ifdef __cplusplus
}
#endif

#endif
