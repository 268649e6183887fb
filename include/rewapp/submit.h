/* The one door for every change: commands go in, receipts come out. */
#ifndef REWAPP_SUBMIT_H
#define REWAPP_SUBMIT_H

#include <rewapp/engine.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a command asks for: NAME, value, text.  A value is never reused.
 *
 * The fields that each kind takes; an optional one in brackets, all others must be zero:
 *
 *   MEMBER    id, target, [status]                  enrols the member `target`, or changes its status
 *   MERCHANT  id, target, document                  adds or replaces the partner merchant `target`
 *   PROGRAMME id, target, document                  adds a programme `target`, or its next version
 *   PURCHASE  id, member, amount, currency, one of merchant or descriptor, [programme, mcc,
 *             occurred_ms, terminal, reference, store, unpaid, channel, payment, tier, segments, card, referred,
 *             lines, country, city, postcode, merchant_id, terminal_id, siret, creditor_id]
 *                                                   a purchase: match, earn; descriptors are matched against the
 *             merchants, by the programme's thresholds, both as they stood before the batch
 *   RETURN    id, target, [amount or lines, occurred_ms, terminal, reference]
 *                                                   gives back part of purchase `target`: so much money, or these
 *                                                   articles; neither: all that is left
 *   HOLD      id, member, points, [programme, merchant, ttl_ms]
 *                                                   reserves points, 15 minutes unless ttl_ms says less
 *   MINT      as HOLD                               reserves points and makes a QR token for them
 *   POST      id, target, merchant, [points, reference]
 *                                                   spends hold `target`; no points: all that is held
 *   VOID      id, target                            gives hold `target` back
 *   REDEEM    id, token, merchant, [terminal, reference]
 *                                                   spends the hold of a QR token, once
 *   VOUCHER   id, member, offer, [programme, merchant]
 *                                                   makes a voucher of the programme's `offer`, out of the member's
 *                                                   points or as a gift of the programme; the receipt's token is its
 *                                                   code, which REDEEM takes.  POST spends it too, but only whole, and
 *                                                   VOID ends it (docs/templates.md)
 *   GIFT_CARD id, target, offer, merchant, amount, currency, [programme, terminal, reference]
 *                                                   puts money on the card `target`, which `merchant` sells, and makes
 *                                                   it the first time.  A card is the `member` of HOLD, MINT and of
 *                                                   questions, and earns nothing; VOID of this command takes the money
 *                                                   off while all of it is there (docs/templates.md)
 *   REVERSE   id, target, [points, reference]       gives points of redemption `target` back to their lots
 *   ADJUST    id, member, points, reference, [programme, ttl_ms]
 *                                                   credits (points > 0) or debits by hand, with the reason;
 *                                                   ttl_ms: life of the credited lot
 *   SWEEP     id, [limit in points]                 records the expiries, time-outs and changes of tiers that are due,
 *                                                   of so many wallets (1000), or fewer with many lots
 *   ERASE     id, target                            forgets the member `target` for ever: open holds end, all points
 *                                                   go to breakage, and what was kept of the id is unreadable from
 *                                                   then on; receipts name the member by what is left of it
 *   CLOSE     id, occurred_ms, [programme, reference]
 *                                                   closes the programme's books up to that instant, for ever: nothing
 *                                                   that is recorded from then on has occurred before it.  Refused with
 *                                                   PERIOD_CLOSED when they are closed up to there already, PERIOD_OPEN
 *                                                   when less than REWAPP_PERIOD_SETTLE_MS have passed since, and
 *                                                   PERIOD_NOT_SWEPT while an expiry or a time-out of the period is not
 *                                                   recorded (a SWEEP of an earlier call does it)
 *   TRANSFER  id, member, target, points, [programme, reference]
 *                                                   points of `member` become points of the member `target`: those
 *                                                   that end first, which keep their end, who paid for them and
 *                                                   which purchase gave them.  Only where the programme's document
 *                                                   has `transfers` (docs/accounts.md)
 *   CLOSE_ACCOUNT id, target, reference, [programme]
 *                                                   closes the account of the member `target` in the programme, for the
 *                                                   reason `reference`.  It must be empty: refused with
 *                                                   ACCOUNT_NOT_EMPTY while there are points, pending ones and
 *                                                   those on hold among them, unless the flag FORFEIT gives them up,
 *                                                   and with MEMBER_OWES while there is a debt.  All that would
 *                                                   earn or spend is refused with ACCOUNT_CLOSED from then on; what
 *                                                   corrects the past (RETURN, REVERSE, TAKE_BACK) is not
 *                                                   (docs/accounts.md)
 *   REOPEN_ACCOUNT id, target, reference, [programme]
 *                                                   opens it again, as it stands
 *   JOIN      id, target, member, [programme, day_limit, month_limit, total_limit, reference]
 *                                                   `member` shares the wallet of the member `target` from now on,
 *                                                   a household's then: HOLD, MINT, VOUCHER and TRANSFER of it say
 *                                                   in `spender` which of its members does.  At most so many points
 *                                                   a business day, a month of these, and ever; left out: no limit.
 *                                                   Refused with ALREADY_JOINED, and HOUSEHOLD_FULL when 32 share it
 *                                                   (docs/accounts.md)
 *   LIMIT     as JOIN                               sets the limits of one who shares it anew, all three; what was
 *                                                   spent goes on counting.  Refused with NOT_JOINED
 *   LEAVE     id, target, member, [programme, reference]
 *                                                   `member` shares it no more and takes nothing; his open holds,
 *                                                   QR codes and vouchers of it end, which are the receipt's
 *                                                   points.  Refused with NOT_JOINED
 *   END_OF_DAY id, [limit in points]                as SWEEP; its receipt says whether more is due (end-of-day.md)
 *   BANK_LINE id, member, amount, currency, descriptor, [programme, feed, bank_id, foreign_amount, foreign_currency,
 *             occurred_ms, reference, mcc, card, and what a feed tells of a PURCHASE]
 *                                                   a line of the member's bank: a purchase that earns once, however
 *                                                   often it is seen, or with the flag REFUND its money back; with
 *                                                   PENDING not booked yet (docs/transactions.md); at most 10^13
 *   CONFIRM   id, target, reference, merchant or the flag NOBODY
 *                                                   a person says which merchant the bank line `target`, of an
 *                                                   earlier call, names: it
 *                                                   earns as it would have, its text is remembered for the merchant
 *                                                   (review.h); or that it names none.  reference: who says so.
 *                                                   NOBODY of a refund that no purchase is known for: it is dealt
 *                                                   with, as by a RETURN in the same chain
 *   TAKE_BACK id, target, reference                 undoes the CONFIRM `target`: all that it earned goes back as by a
 *                                                   RETURN, what it taught is forgotten, the line waits again; or
 *                                                   a purchase that was matched wrongly: all that is left of it */
#define REWAPP_KIND_MAP(X) \
	X(MEMBER, 1, "member") \
	X(MERCHANT, 2, "merchant") \
	X(PROGRAMME, 3, "programme") \
	X(PURCHASE, 4, "purchase") \
	X(RETURN, 5, "return") \
	X(HOLD, 6, "hold") \
	X(MINT, 7, "mint") \
	X(POST, 8, "post") \
	X(VOID, 9, "void") \
	X(REDEEM, 10, "redeem") \
	X(REVERSE, 11, "reverse") \
	X(ADJUST, 12, "adjust") \
	X(SWEEP, 13, "sweep") \
	X(ERASE, 14, "erase") \
	X(TRANSFER, 15, "transfer") \
	X(CLOSE, 16, "close") \
	X(CLOSE_ACCOUNT, 18, "close_account") \
	X(REOPEN_ACCOUNT, 19, "reopen_account") \
	X(VOUCHER, 20, "voucher") \
	X(GIFT_CARD, 21, "gift_card") \
	X(END_OF_DAY, 22, "end_of_day") \
	X(JOIN, 23, "join") \
	X(LEAVE, 24, "leave") \
	X(LIMIT, 25, "limit") \
	X(BANK_LINE, 28, "bank_line") \
	X(CONFIRM, 30, "confirm") \
	X(TAKE_BACK, 31, "take_back")

enum rewapp_kind {
#define REWAPP_KIND_ENUM(name, value, text) REWAPP_KIND_##name = value,
	REWAPP_KIND_MAP(REWAPP_KIND_ENUM)
#undef REWAPP_KIND_ENUM
	REWAPP_KIND_LAST_ = 32767
};

/* The word of the table ("purchase"), or "unknown".  Static; any thread. */
REWAPP_API const char *rewapp_kind_name(int kind);

/* What a command's `flags` ask for; in JSON "linked": true and "up_to": true.
 *
 *   LINKED  the command stands or falls with the next one.  A command with the flag, those behind it that have
 *           it too, and the first that has not are a chain: all of them are carried out, each seeing what those
 *           before it did, or none is.  When one is refused, its receipt has the verdict and all others have
 *           LINKED_FAILED; nothing of the chain has happened, and each is kept under its id as any refusal is.
 *           When one is not acceptable (a negative code), the others have the code REWAPP_E_LINKED and all
 *           ids of the chain stay free.  The last command of a call cannot be linked: REWAPP_E_ARGUMENT, "flags".
 *           A chain that is sent again as it was gets its receipts again; ids that were used before beside ids
 *           that were not give REWAPP_E_CONFLICT, as does an id twice in one chain.
 *   UP_TO   of HOLD, MINT, POST, REVERSE, TRANSFER and an ADJUST that debits: `points` is the most; if there are fewer,
 *           then as many as there are.  The receipt's points tell how many.  When there are none, the command is
 *           refused as it would be without the flag.
 *   NOBODY  of CONFIRM: the line names no merchant.
 *   PENDING  of BANK_LINE: the bank announces it, and may book it otherwise, in parts, or never: it earns nothing.
 *   REFUND   of BANK_LINE: the money came back.
 *   FORFEIT  of CLOSE_ACCOUNT: open holds and vouchers end, and all points go to breakage.
 *   OPEN_PERIOD  of PURCHASE, RETURN and BANK_LINE: if it occurred in a closed period, it is booked at the first
 *           instant of the open one, and its rules still see when it occurred.  Without the flag it is refused with
 *           PERIOD_CLOSED. */
enum rewapp_command_flags {
	REWAPP_LINKED = 1,
	REWAPP_UP_TO = 2,
	REWAPP_OPEN_PERIOD = 4,
	REWAPP_NOBODY = 8,
	REWAPP_PENDING = 16,
	REWAPP_REFUND = 32,
	REWAPP_FORFEIT = 64
};

/* What became of a bank's line; in a receipt of another kind 0. */
enum rewapp_outcome {
	REWAPP_OUTCOME_NONE = 0,
	REWAPP_OUTCOME_MATCHED = 1,   /* it is a purchase, and earned */
	REWAPP_OUTCOME_REVIEW = 2,    /* a merchant is likely: it waits for a person (verdict NEEDS_REVIEW) */
	REWAPP_OUTCOME_JOINED = 3,    /* seen before, at the till or by another feed: nothing more is earned */
	REWAPP_OUTCOME_PENDING = 4,   /* announced */
	REWAPP_OUTCOME_REFUNDED = 5,  /* it took back part of a purchase, with what that earned */
	REWAPP_OUTCOME_ORPHAN = 6,    /* a refund of no purchase that is known (verdict NEEDS_REVIEW) */
	REWAPP_OUTCOME_REPLACED = 7,  /* a later line says it otherwise, or books what this one announced */
	REWAPP_OUTCOME_DISMISSED = 8, /* it is no purchase after all */
	REWAPP_OUTCOME_REPEATED = 9,  /* the same line again, under another command: nothing happened */
	REWAPP_OUTCOME_TICKET = 10    /* a till's ticket, of which a bank's line may come */
};

/* The word of an outcome ("matched"), "" for 0, or "unknown".  Static; any thread. */
REWAPP_API const char *rewapp_outcome_name(int outcome);

enum rewapp_member_status {
	REWAPP_MEMBER_ACTIVE = 0,
	REWAPP_MEMBER_BLOCKED = 1, /* earns, and spends nothing */
	REWAPP_MEMBER_CLOSED = 2,  /* neither earns nor spends */
	REWAPP_MEMBER_ERASED = 3,  /* forgotten; its id is another now, and cannot be set by MEMBER */
	REWAPP_MEMBER_CARD = 4,    /* no member: a gift card, which spends; MEMBER only blocks it and back */
	REWAPP_MEMBER_CARD_BLOCKED = 5
};

/* The business rule of the platform: a QR code lives fifteen minutes. */
#define REWAPP_HOLD_TTL_MS INT64_C(900000)

/* How long after its end a period can be closed, so that the clocks of all tills agree that it has ended. */
#define REWAPP_PERIOD_SETTLE_MS INT64_C(600000)

/* The most commands of one batch, and the most bytes of the texts of one command. */
#define REWAPP_BATCH_MAX 8192
#define REWAPP_TEXT_MAX 4096
#define REWAPP_DOCUMENT_MAX 524288

/* A line of a purchase's ticket.  Texts have at most 64 bytes; NULL means unknown.  In a RETURN it names
 * articles that come back, by `line` or by `sku` (of the lines with it the first first), and `quantity`. */
#define REWAPP_LINES_MAX 512
struct rewapp_line {
	size_t size;          /* sizeof(struct rewapp_line); the stride of an array is that of its first */
	const char *sku;      /* the article, as the host and the programme's document name it */
	const char *category;
	int64_t quantity;     /* articles; 0: one */
	int64_t amount;       /* what all of it costs, minor units; all lines together at most the purchase's amount */
	int32_t excluded;     /* 1: earns nothing, such as a gift card that is sold */
	int32_t line;         /* of a RETURN: the line's place in the purchase's ticket, from 1; else 0 */
};
#define REWAPP_LINE_INIT { sizeof(struct rewapp_line), NULL, NULL, 0, 0, 0, 0 }

/* One command.  `id` is its idempotency key and names what it makes: a purchase is
 * known for ever by the id of the command that brought it.
 *
 * The same id with the same content gives the first receipt again, with `replayed`
 * set; with other content it gives REWAPP_E_CONFLICT and the name of the first field
 * that differs, "kind" when no other does.  Of each field seven bits of a hash are kept
 * beside 64 of the whole: that contents differ is told, but of one differing field in 255
 * the next one is named, or "kind".  A refused command stays refused under its id.
 *
 * PURCHASE, RETURN, POST, REDEEM, REVERSE, ADJUST, VOUCHER and GIFT_CARD also take `cashier`, PURCHASE `referrer`,
 * HOLD, MINT, VOUCHER and TRANSFER `spender`: who spends of a household's wallet.  Without it they are refused there
 * with SPENDER_NEEDED; with it where he does not share the wallet with NOT_JOINED, beyond his limits with
 * HOUSEHOLD_LIMIT, the receipt's shortfall being the points beyond.  With UP_TO as many as he may.
 *
 * Texts are UTF-8, borrowed for the call, and may hold no payment card number; in a descriptor the digits of one
 * but its last four are masked before anything else happens. */
struct rewapp_command {
	size_t size;  /* sizeof(struct rewapp_command); the stride of an array is that of its first */
	int32_t kind; /* enum rewapp_kind */
	uint32_t flags; /* of enum rewapp_command_flags */
	struct rewapp_id id;
	struct rewapp_id target;    /* the purchase, hold, redemption, merchant, programme or member it is about */
	struct rewapp_id programme; /* zero: the store's only programme */
	struct rewapp_id member;
	struct rewapp_id merchant;
	int64_t amount;      /* money, minor units of `currency` */
	int64_t points;
	int64_t occurred_ms; /* when it happened; 0: now */
	int64_t ttl_ms;
	int32_t status;      /* enum rewapp_member_status */
	int32_t mcc;         /* merchant category code (ISO 18245), 0: the merchant's own */
	char currency[4];    /* ISO 4217, "EUR" */
	const char *descriptor; /* the bank's text of a card payment */
	const char *token;      /* the digits of a QR token */
	const char *terminal;   /* the till, free text */
	const char *reference;  /* the host's own: ticket number, reason of an adjustment */
	const char *document;   /* JSON: a merchant or a programme, see docs/documents.md */

	/* What the rules of a programme may ask of a purchase; all may be left out. */
	struct rewapp_id store; /* the branch of the merchant */
	int64_t unpaid;         /* the part of `amount` that points or gift cards paid: it earns nothing */
	const char *channel;    /* a word of the programme, such as "online"; at most 31 bytes, as the next two */
	const char *payment;    /* the kind of payment, such as "card" */
	const char *tier;       /* of the member; not looked at where the programme keeps tiers itself */
	const char *segments;   /* of the member: words with commas between them, "student,vip"; at most 64 */
	const char *card;       /* a token that stands for the payment card; never its number */
	const struct rewapp_line *lines; /* of the ticket, borrowed for the call */
	size_t line_count;
	int32_t referred;       /* 1: another member brought this one */
	int32_t reserved;       /* 0 */

	/* What a bank's feed tells beside the descriptor, as in struct rewapp_match_query, whose booked_ms is
	 * occurred_ms here; at most REWAPP_FEED_TEXT_MAX bytes each. */
	const char *country;
	const char *city;
	const char *postcode;
	const char *merchant_id;
	const char *terminal_id;
	const char *siret;
	const char *creditor_id;

	const char *offer; /* a voucher or a gift card of the programme, by its id there */
	const char *cashier; /* who stands at the till, free text: for signals alone */

	/* Of a BANK_LINE: whose line it is among the member's accounts and aggregators, and what it cost abroad. */
	const char *feed;       /* a name that stays; at most REWAPP_FEED_TEXT_MAX bytes, as the next */
	const char *bank_id;    /* of the line, in its feed; NULL: it gives none */
	int64_t foreign_amount; /* minor units of the currency that was charged; 0: `currency` itself */
	char foreign_currency[4];
	int32_t reserved_line;  /* 0 */

	struct rewapp_id referrer; /* the member who brought this one: of a first purchase (docs/templates.md) */

	/* Of a wallet that members share. */
	struct rewapp_id spender;                    /* who spends of it */
	int64_t day_limit, month_limit, total_limit; /* points; 0: no limit */
};
#define REWAPP_COMMAND_INIT { sizeof(struct rewapp_command), 0, 0, { { 0 } }, { { 0 } }, { { 0 } }, { { 0 } }, \
	{ { 0 } }, 0, 0, 0, 0, 0, 0, { 0 }, NULL, NULL, NULL, NULL, NULL, { { 0 } }, 0, NULL, NULL, NULL, NULL, \
	NULL, NULL, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, \
	NULL, 0, { 0 }, 0, { { 0 } }, { { 0 } }, 0, 0, 0 }

/* What one rule of a programme did for one purchase. */
struct rewapp_award {
	char rule[32];    /* the rule's id in its programme */
	int32_t reason;   /* enum rewapp_reason: why it gave points, or gave none */
	int32_t version;  /* of the programme */
	int64_t points;
	int64_t distance; /* to an award: minor units missing to the minimum spend, milliseconds to the start; else 0 */
};

/* Bytes of a receipt's texts. */
#define REWAPP_TOKEN_CAPACITY 104
#define REWAPP_FIELD_CAPACITY 32
#define REWAPP_MESSAGE_CAPACITY 160

/* The answer to one command. */
struct rewapp_receipt {
	size_t size;      /* sizeof(struct rewapp_receipt); as for commands */
	int32_t kind;     /* of the command */
	int32_t code;     /* enum rewapp_error: 0, or the command was not acceptable and changed nothing */
	int32_t verdict;  /* enum rewapp_verdict, when code is 0 */
	int32_t replayed; /* 1: this is the first receipt again */
	struct rewapp_id id;       /* of the command */
	struct rewapp_id member;   /* whose points moved */
	struct rewapp_id merchant; /* that was named or recognised; of a REVERSE: where the points were spent */
	struct rewapp_id programme;
	int64_t points;       /* earned, held, spent, clawed back, given back, expired */
	int64_t amount;       /* what those points are worth, minor units of the programme's currency */
	int64_t available;    /* the member's points that can be spent, afterwards */
	int64_t pending;      /* the member's points that activate later, afterwards */
	int64_t held;         /* the member's points on hold, afterwards */
	int64_t debt;         /* points the member owes after returns, afterwards */
	int64_t shortfall;    /* of a clawback: what could not be taken at once and became debt; of a HOUSEHOLD_LIMIT:
			       * the points beyond what the member may still spend */
	int64_t recorded_ms;
	int64_t activates_ms; /* when earned points can be spent */
	int64_t expires_ms;   /* when the points or the hold end; 0: never */
	int32_t certainty;    /* of a recognised merchant: probability in basis points */
	int32_t more;         /* END_OF_DAY: 1 when another one finds more to do */
	char token[REWAPP_TOKEN_CAPACITY];     /* MINT: the digits of the QR code; VOUCHER: the code */
	char field[REWAPP_FIELD_CAPACITY];     /* code < 0: the field at fault, "" if none */
	char message[REWAPP_MESSAGE_CAPACITY]; /* code < 0: one line for the log */
	const struct rewapp_award *awards; /* one per rule and achievement reached; the engine's, until its next call */
	size_t award_count;
	int32_t outcome;  /* enum rewapp_outcome, of a BANK_LINE */
	int32_t reserved; /* 0 */
};

/* Carries out `count` commands in their order in one durable transaction and fills
 * one receipt each.  Each command stands or falls alone, or with its chain (REWAPP_LINKED); later
 * ones see what earlier ones did.  `receipts` needs no initialisation beyond receipts[0].size.
 *
 * Returns 0 when every receipt is filled; then all of it is stored.  A negative code
 * means nothing was stored and the receipts say nothing: REWAPP_E_ARGUMENT (NULL, more
 * than REWAPP_BATCH_MAX), REWAPP_E_ABI, REWAPP_E_BUSY, REWAPP_E_STORAGE, REWAPP_E_READONLY, REWAPP_E_FULL,
 * REWAPP_E_NOMEMORY; REWAPP_E_UNCERTAIN: it may be stored, send the same ids again. */
REWAPP_API int rewapp_submit(rewapp_engine *engine, const struct rewapp_command *commands, size_t count,
	struct rewapp_receipt *receipts);

/* What rewapp_submit() would answer now, by the same arithmetic, and nothing is stored: the ids stay free.  Later
 * commands of the call see what earlier ones would have done; minted tokens are left empty.
 *
 * Returns 0 or as rewapp_submit(), except REWAPP_E_UNCERTAIN, and REWAPP_E_FULL only of a CLOSE or an ERASE in an owned
 * store, which is written out for them first. */
REWAPP_API int rewapp_quote(rewapp_engine *engine, const struct rewapp_command *commands, size_t count,
	struct rewapp_receipt *receipts);

/* An award in words, with the distance where there is one: "below the minimum spend: 2.30 EUR short", "minimum
 * d'achat non atteint : il manque 2,30 EUR".  `currency` is the programme's, `language` "en" or "fr".  The text is
 * NUL-terminated, in the caller's buffer; *need is always set to its length without the NUL, 120 bytes at most.
 *
 * Returns 0, REWAPP_E_ARGUMENT (NULL, another language, no currency), REWAPP_E_CAPACITY, REWAPP_E_NOMEMORY.
 * Any thread. */
REWAPP_API int rewapp_explain(const struct rewapp_award *award, const char *currency, const char *language,
	char *text, size_t capacity, size_t *need);

/* The receipt that command `id` once got, with the explanation of each award.
 * Returns 0, REWAPP_E_NOTFOUND and as rewapp_submit(). */
REWAPP_API int rewapp_receipt_get(rewapp_engine *engine, const struct rewapp_id *id, struct rewapp_receipt *out);

#ifdef __cplusplus
}
#endif

#endif
