/* Every code the library returns, and every verdict it gives. */
#ifndef REWAPP_ERRORS_H
#define REWAPP_ERRORS_H

#include <rewapp/export.h>

#ifdef __cplusplus
extern "C" {
#endif

/* NAME, value, class, text.
 *
 * A negative code means the engine could not do what was asked.  A refusal (an
 * expired QR code, too few points) is no error: it is a verdict, in the receipt.
 *
 * A value is never reused.  Everything that must agree with this table is made
 * from it: rewapp_strerror(), the HTTP statuses, the exit codes of the program,
 * the exceptions of each binding. */
#define REWAPP_ERROR_MAP(X) \
	X(OK, 0, NONE, "success") \
	X(ARGUMENT, -2, CALLER, "an argument is missing or malformed") \
	X(ABI, -3, CALLER, "a struct comes from an incompatible header") \
	X(NOTFOUND, -4, STATE, "no such object") \
	X(CONFLICT, -5, STATE, "this id already names something else") \
	X(BUSY, -6, RETRY, "the storage is busy; try again") \
	X(STORAGE, -7, HOST, "the storage failed") \
	X(UNCERTAIN, -8, RETRY, "the answer was lost; send the same id again") \
	X(NOMEMORY, -9, HOST, "out of memory") \
	X(OVERFLOW, -10, CALLER, "a number leaves the range of 64 bits") \
	X(JSON, -11, CALLER, "the JSON text is not acceptable") \
	X(CARDNUMBER, -12, CALLER, "the text holds a payment card number") \
	X(VERSION, -13, HOST, "the store was written by a newer version") \
	X(READONLY, -14, HOST, "the store cannot be written") \
	X(FULL, -15, HOST, "no space is left for the store") \
	X(CORRUPT, -16, HOST, "the store contradicts itself") \
	X(CAPACITY, -17, CALLER, "the caller's buffer is too small") \
	X(LINKED, -18, STATE, "another command of the chain is not acceptable")

enum rewapp_error {
#define REWAPP_ERROR_ENUM(name, value, class_, text) REWAPP_E_##name = value,
	REWAPP_ERROR_MAP(REWAPP_ERROR_ENUM)
#undef REWAPP_ERROR_ENUM
	REWAPP_E_LAST_ = -32767 /* keeps the list open; never returned */
};

/* Who can act on an error. */
enum rewapp_error_class {
	REWAPP_CLASS_NONE,   /* nobody: it is not an error */
	REWAPP_CLASS_CALLER, /* the programmer: the call itself is wrong */
	REWAPP_CLASS_STATE,  /* the caller: the request does not fit what is stored */
	REWAPP_CLASS_RETRY,  /* time: the same call may succeed later */
	REWAPP_CLASS_HOST    /* the operator: disk, network, memory */
};

/* The business answers of a receipt: NAME, value, text.  A value is never reused. */
#define REWAPP_VERDICT_MAP(X) \
	X(NONE, 0, "no decision was made") \
	X(ACCEPTED, 1, "accepted") \
	X(EXPIRED, 2, "the code's time is over") \
	X(SPENT, 3, "the code was already used") \
	X(WRONG_MERCHANT, 4, "the code was made for another merchant") \
	X(FORGED, 5, "the code is not one of ours") \
	X(UNKNOWN_MEMBER, 6, "no such member") \
	X(UNKNOWN_MERCHANT, 7, "no such merchant") \
	X(UNKNOWN_PROGRAMME, 8, "no such programme") \
	X(MEMBER_BLOCKED, 9, "the member is blocked or closed") \
	X(INSUFFICIENT_POINTS, 10, "the member has too few points") \
	X(NO_MATCH, 11, "no partner merchant recognised") \
	X(NEEDS_REVIEW, 12, "a partner merchant is likely, but not certain enough") \
	X(NOT_A_PURCHASE, 13, "the bank line is not a card payment") \
	X(UNKNOWN_PURCHASE, 14, "no such purchase") \
	X(RETURN_EXCEEDS, 15, "more is returned than was bought") \
	X(UNKNOWN_HOLD, 16, "no such hold") \
	X(HOLD_CLOSED, 17, "the hold was already posted, voided or timed out") \
	X(HOLD_EXCEEDED, 18, "more is posted than was held") \
	X(NOT_YET_VALID, 19, "the code comes from the future") \
	X(UNKNOWN_REDEMPTION, 20, "no such redemption") \
	X(REVERSAL_EXCEEDS, 21, "more is given back than was spent") \
	X(WRONG_CURRENCY, 22, "the programme does not use this currency") \
	X(WRONG_AMOUNT, 23, "the code was made for another amount") \
	X(PROGRAMME_CLOSED, 24, "the programme does not run at this time") \
	X(TOO_OLD, 25, "the event lies too far in the past or the future") \
	X(LINKED_FAILED, 26, "another command of the chain was refused") \
	X(UNKNOWN_LINE, 27, "the purchase has no such line") \
	X(PERIOD_CLOSED, 28, "it occurred in a period whose books are closed") \
	X(PERIOD_OPEN, 29, "the period has not ended yet") \
	X(PERIOD_NOT_SWEPT, 30, "what was due in the period is not recorded yet: sweep first") \
	X(UNKNOWN_BANK_LINE, 31, "no such bank line was in doubt") \
	X(LINE_ANSWERED, 32, "somebody has answered for the bank line already") \
	X(NOTHING_LEFT, 33, "nothing of it is left to take back") \
	X(UNKNOWN_OFFER, 34, "the programme has no such offer") \
	X(OFFER_EXHAUSTED, 35, "the member has had as many of the offer as there are") \
	X(MEMBER_OWES, 36, "the member owes points") \
	X(CARD_ACTIVE, 37, "the card was sold already") \
	X(NOT_A_CARD, 38, "this is a member, and no gift card") \
	X(IS_A_CARD, 39, "this is a gift card, and no member") \
	X(ACCOUNT_CLOSED, 40, "the member's account is closed") \
	X(ACCOUNT_OPEN, 41, "the member's account is open") \
	X(ACCOUNT_NOT_EMPTY, 42, "the account has points, or some on hold") \
	X(NOT_TRANSFERABLE, 43, "the programme's members cannot give points to one another") \
	X(TRANSFER_LIMIT, 44, "more points, or fewer, than members can give at once") \
	X(ALREADY_JOINED, 45, "the member shares this wallet already") \
	X(NOT_JOINED, 46, "the member does not share this wallet") \
	X(SPENDER_NEEDED, 47, "the wallet is shared: who spends must be said") \
	X(HOUSEHOLD_LIMIT, 48, "more than the member may still spend from the shared wallet") \
	X(HOUSEHOLD_FULL, 49, "as many members share the wallet as can")

enum rewapp_verdict {
#define REWAPP_VERDICT_ENUM(name, value, text) REWAPP_VERDICT_##name = value,
	REWAPP_VERDICT_MAP(REWAPP_VERDICT_ENUM)
#undef REWAPP_VERDICT_ENUM
	REWAPP_VERDICT_LAST_ = 32767
};

/* Why a rule of a programme gave points, or gave none: NAME, value, text.  What an award's distance counts:
 * BELOW_MINIMUM and ABOVE_MAXIMUM money, OUTSIDE_DATES, OUTSIDE_DAYS and OUTSIDE_HOURS milliseconds to the start,
 * LIMIT_REACHED milliseconds until the limits that are used up begin anew (0: one of them slides, or never does),
 * OTHER_PURCHASE purchases, TOO_FEW_ITEMS items, OUTRANKED points; the others have none. */
#define REWAPP_REASON_MAP(X) \
	X(AWARDED, 1, "points given") \
	X(AWARDED_IN_PART, 2, "points given up to a limit") \
	X(BELOW_MINIMUM, 3, "the purchase is below the minimum spend") \
	X(OTHER_MERCHANT, 4, "the rule is for other merchants") \
	X(OTHER_CATEGORY, 5, "the rule is for other merchant categories") \
	X(OUTSIDE_DATES, 6, "the rule does not run on this date") \
	X(OUTSIDE_DAYS, 7, "the rule does not run on this day of the week") \
	X(OUTSIDE_HOURS, 8, "the rule does not run at this hour") \
	X(LIMIT_REACHED, 9, "a limit of the rule or of the programme is reached") \
	X(ROUNDED_TO_ZERO, 10, "the amount gives less than one point") \
	X(NOTHING_TO_MULTIPLY, 11, "no other rule gave points to multiply") \
	X(OTHER_STORE, 12, "the rule is for other stores") \
	X(OTHER_SEGMENT, 13, "the rule is for members of other segments") \
	X(OTHER_TIER, 14, "the rule is for members of other tiers") \
	X(OTHER_CHANNEL, 15, "the rule is for other channels of sale") \
	X(OTHER_PAYMENT, 16, "the rule is for other kinds of payment") \
	X(NOT_REFERRED, 17, "the rule asks how the member came to the programme") \
	X(OTHER_PURCHASE, 18, "the rule is for another of the member's purchases") \
	X(OTHER_LINES, 19, "no line of the ticket is one of the rule's") \
	X(TOO_FEW_ITEMS, 20, "too few of the rule's items were bought") \
	X(ABOVE_MAXIMUM, 21, "the purchase is above the maximum spend") \
	X(EXCLUDED, 22, "the rule excludes such purchases") \
	X(OUTRANKED, 23, "another rule of the group comes first") \
	X(NOTHING_PAID, 24, "nothing that earns was paid with money") \
	X(ACHIEVED, 25, "the purchase completed an achievement") \
	X(REFERRED, 26, "another member brought this one") \
	X(NO_REFERRAL, 27, "the referral does not count")

enum rewapp_reason {
#define REWAPP_REASON_ENUM(name, value, text) REWAPP_REASON_##name = value,
	REWAPP_REASON_MAP(REWAPP_REASON_ENUM)
#undef REWAPP_REASON_ENUM
	REWAPP_REASON_LAST_ = 32767
};

/* Static texts, and the stable names of the tables ("NOTFOUND", "EXPIRED"), which
 * JSON, HTTP and the bindings use; "UNKNOWN" for a value not in the tables.
 * Any thread. */
REWAPP_API const char *rewapp_strerror(int code);
REWAPP_API const char *rewapp_error_name(int code);
REWAPP_API enum rewapp_error_class rewapp_error_class_of(int code);
REWAPP_API const char *rewapp_verdict_name(int verdict);
REWAPP_API const char *rewapp_verdict_text(int verdict);
REWAPP_API const char *rewapp_reason_name(int reason);
REWAPP_API const char *rewapp_reason_text(int reason);

/* What the last failed call of this thread had to add, in one line.  Valid after
 * a failure, on the thread that saw it, until its next call into the library. */
REWAPP_API const char *rewapp_errmsg(void);

#ifdef __cplusplus
}
#endif

#endif
