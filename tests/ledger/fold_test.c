/* The proof's eyes: a log that no engine writes, with one thing in it that cannot be, and what is said of it.
 *
 * Every story begins alike: Ann (9) and Ben (7) have wallets in programme 1, and Ann 50 points of one lot.
 * The chain of hashes would tell of a changed log before; this is about an engine that errs. */
#include "ledger/fold.h"
#include "run.h"

#include <string.h>

enum {
	WALLET = 101,
	ISSUANCE,
	CLEARING,
	SHOP,
	AWARD, /* the transfer, and the lot */
	BENS,
	DEBT,
	ELSEWHERE, /* of another programme */
	EFFECTS_MAX = 6
};

#define ACCOUNT(n, p, o, k) \
	{ \
		.kind = EFFECT_ACCOUNT, .account = { n, p, o, ACCOUNT_##k } \
	}
#define POINTS(n, why, from, to, amount_, before, after, at_ms) \
	{ \
		.kind = EFFECT_TRANSFER, .transfer = { \
			.number = n, \
			.code = REWAPP_CODE_##why, \
			.debit = from, \
			.credit = to, \
			.amount = amount_, \
			.prev = before, \
			.balance = after, \
			.occurred_ms = at_ms \
		} \
	}
#define END(n, why, from, to, amount_, before, after, hold_, held_) \
	{ \
		.kind = EFFECT_TRANSFER, .transfer = { \
			.number = n, \
			.code = REWAPP_CODE_##why, \
			.debit = from, \
			.credit = to, \
			.pending = hold_, \
			.amount = amount_, \
			.prev = before, \
			.balance = after, \
			.occurred_ms = 2000, \
			.held = held_ \
		} \
	}
#define LOT(from, until) \
	{ \
		.kind = EFFECT_LOT, .lot = { from, until } \
	}
#define MOVE(n, points) \
	{ \
		.kind = EFFECT_MOVE, .move = { n, points } \
	}
#define HOLD(until) \
	{ \
		.kind = EFFECT_HOLD, .hold = { \
			.merchant = 8, \
			.issued_ms = 2000, \
			.expires_ms = until, \
			.key = 1 \
		} \
	}
#define CLOSE(until) \
	{ \
		.kind = EFFECT_CLOSE, .close = { 1, until } \
	}
#define CLOSED(who, yes) \
	{ \
		.kind = EFFECT_CLOSED, .closed = { 1, who, yes } \
	}
#define ACTIVE(until) \
	{ \
		.kind = EFFECT_ACTIVE, .active = { 1, 9, until } \
	}
#define TALLY(delta) \
	{ \
		.kind = EFFECT_TALLY, .tally = { 1, 9, 5, 0, delta } \
	}
#define UNDONE(amount, points) \
	{ \
		.kind = EFFECT_UNDONE, .undone = { 90, amount, points } \
	}
#define RETURNED(bytes, size) \
	{ \
		.kind = EFFECT_RETURNED, .returned = { 90, bytes, size } \
	}
#define VOUCHER(n, name) \
	{ \
		.kind = EFFECT_VOUCHER, .voucher = { n, false, name, sizeof name - 1 } \
	}
#define ORIGIN(n, by, who) \
	{ \
		.kind = EFFECT_ORIGIN, .origin = { n, by, who } \
	}
#define REVIVE(n) \
	{ \
		.kind = EFFECT_REVIVE, .revive = { n, 100, ISSUANCE, 50, 1000, 9000 } \
	}
#define TIER(who, bytes, size) \
	{ \
		.kind = EFFECT_TIER, .tier = { 1, who, bytes, size } \
	}
#define SIGHTING(bytes, size) \
	{ \
		.kind = EFFECT_SIGHTING, .sighting = { bytes, size } \
	}
#define DOUBT(bytes, size) \
	{ \
		.kind = EFFECT_DOUBT, .doubt = { 9, 1, 8, bytes, size } \
	}
#define LEARNT(votes) \
	{ \
		.kind = EFFECT_LEARNT, .learnt = { 8, 90, votes, "CRF", "Chloe", 3, 5 } \
	}
#define SHARES(household, member, day, leaves) \
	{ \
		.kind = EFFECT_SHARER, .sharer = { 1, household, member, day, 0, 0, leaves } \
	}
#define SPENT(member, hold, points) \
	{ \
		.kind = EFFECT_SPENT, .spent = { 1, 9, member, hold, points, 20000, 19997 } \
	}
#define REVIEWED(line, waits) \
	{ \
		.kind = EFFECT_REVIEWED, .reviewed = { line, waits } \
	}

static const char standing_late[] = "\1a\1a\xf0\x8a\x01\0\0\0"; /* since 8888 ms */

static const struct story {
	struct {
		int64_t at_ms;
		struct effect effects[EFFECTS_MAX];
	} commands[3];    /* numbers 200, 300, 400 */
	const char *told; /* NULL: all is well */
} stories[] = {
	{ { { 2000, { TALLY(3), UNDONE(5, 5) } } }, NULL },
	{ { { 2000, { ACCOUNT(WALLET, 1, 9, WALLET) } } }, "account 101: opened twice" },

	/* transfers */
	{ { { 2000, { POINTS(201, ADJUSTMENT, 999, WALLET, 5, AWARD, 55, 2000) } } },
		"transfer 201: between no accounts of one programme" },
	{ { { 2000, { POINTS(201, ADJUSTMENT, ISSUANCE, 999, 5, 0, 0, 2000) } } },
		"transfer 201: between no accounts of one programme" },
	{ { { 2000, { POINTS(201, ADJUSTMENT, ELSEWHERE, WALLET, 5, AWARD, 55, 2000) } } },
		"transfer 201: between no accounts of one programme" },
	{ { { 2000, { POINTS(201, AWARD, ISSUANCE, WALLET, 0, AWARD, 50, 2000) } } },
		"transfer 201: between no accounts of one programme" },
	{ { { 2000, { POINTS(201, AWARD, ISSUANCE, WALLET, 5, AWARD, 56, 2000), LOT(2000, 0) } } },
		"transfer 201: the statement does not link, or its balance is wrong" },
	{ { { 2000, { POINTS(201, AWARD, ISSUANCE, WALLET, 5, 0, 55, 2000), LOT(2000, 0) } } },
		"transfer 201: the statement does not link, or its balance is wrong" },
	{ { { 2000,
		  { POINTS(201, AWARD, ISSUANCE, BENS, INT64_MAX, 0, INT64_MAX, 2000), LOT(2000, 0),
			  POINTS(202, AWARD, ISSUANCE, BENS, 1, 201, INT64_MIN, 2000), LOT(2000, 0) } } },
		"account 106: a counter left 64 bits" },
	{ { { 2000, { POINTS(201, TRANSFER, WALLET, CLEARING, 5, AWARD, 45, 2000), MOVE(AWARD, 5) } } },
		"command 200: not all points that were given arrive" },
	{ { { 2000, { POINTS(201, AWARD, ISSUANCE, WALLET, 5, AWARD, 55, 2000) } } },
		"account 101: the lots do not add up to the balance" },

	/* periods */
	{ { { 2000, { CLOSE(1500) } }, { 3000, { CLOSE(2500) } } }, NULL },
	{ { { 2000, { CLOSE(2500) } } }, "command 200: a period is closed out of its order" },
	{ { { 2000, { CLOSE(1500) } }, { 3000, { CLOSE(1500) } } },
		"command 300: a period is closed out of its order" },
	{ { { 2000, { CLOSE(1500) } },
		  { 3000, { POINTS(301, AWARD, ISSUANCE, WALLET, 5, AWARD, 55, 1499), LOT(2000, 0) } } },
		"transfer 301: it lies in a closed period" },
	{ { { 2000, { CLOSE(1500) } },
		  { 3000, { POINTS(301, AWARD, ISSUANCE, WALLET, 5, AWARD, 55, 1500), LOT(2000, 0) } } },
		NULL },

	/* accounts that are closed */
	{ { { 2000, { CLOSED(9, true) } } }, "command 200: closes or opens an account that it cannot" },
	{ { { 2000, { CLOSED(7, false) } } }, "command 200: closes or opens an account that it cannot" },
	{ { { 2000, { CLOSED(6, true) } } }, "command 200: closes or opens an account that it cannot" },
	{ { { 2000, { CLOSED(7, true) } }, { 3000, { CLOSED(7, true) } } },
		"command 300: closes or opens an account that it cannot" },
	{ { { 2000, { CLOSED(7, true) } }, { 3000, { CLOSED(7, false) } } }, NULL },
	{ { { 2000, { CLOSED(7, true) } },
		  { 3000, { POINTS(301, AWARD, ISSUANCE, BENS, 5, 0, 5, 3000), LOT(3000, 0) } } },
		"transfer 301: of a closed account" },

	/* lots */
	{ { { 2000, { POINTS(201, REDEMPTION, CLEARING, SHOP, 5, 0, 0, 2000), LOT(2000, 0) } } },
		"account 103: it stands on the side that its type forbids" },
	{ { { 2000, { POINTS(201, AWARD, ISSUANCE, SHOP, 5, 0, 0, 2000), LOT(2000, 0) } } },
		"command 200: a lot in no wallet" },
	{ { { 2000, { LOT(2000, 0) } } }, "command 200: a lot in no wallet" },
	{ { { 2000, { POINTS(201, ADJUSTMENT, WALLET, ISSUANCE, 5, AWARD, 45, 2000), MOVE(999, 5) } } },
		"lot 999: moved, but it has nothing" },
	{ { { 2000, { MOVE(AWARD, 5) } } }, "lot 105: moved, but it has nothing" },
	{ { { 2000, { POINTS(201, ADJUSTMENT, WALLET, ISSUANCE, 5, AWARD, 45, 2000), MOVE(AWARD, 51) } } },
		"lot 105: the remainder does not follow from its moves" },
	{ { { 2000, { POINTS(201, REVERSAL, SHOP, WALLET, 5, AWARD, 55, 2000), MOVE(AWARD, -5) } } },
		"account 104: it stands on the side that its type forbids" },
	{ { { 2000, { POINTS(201, AWARD, ISSUANCE, WALLET, 5, AWARD, 55, 2000), MOVE(AWARD, -5) } } },
		"lot 105: the remainder does not follow from its moves" },
	{ { { 500, { POINTS(201, ADJUSTMENT, WALLET, ISSUANCE, 5, AWARD, 45, 2000), MOVE(AWARD, 5) } } },
		"lot 105: spent out of its time" },
	{ { { 9000, { POINTS(201, ADJUSTMENT, WALLET, ISSUANCE, 5, AWARD, 45, 2000), MOVE(AWARD, 5) } } },
		"lot 105: spent out of its time" },
	{ { { 8999, { POINTS(201, EXPIRY, WALLET, ISSUANCE, 50, AWARD, 0, 2000), MOVE(AWARD, 50) } } },
		"lot 105: expired before its time" },
	{ { { 9000, { POINTS(201, EXPIRY, WALLET, ISSUANCE, 50, AWARD, 0, 2000), MOVE(AWARD, 50) } } },
		NULL },
	{ { { 2000, { POINTS(201, REVERSAL, ISSUANCE, WALLET, 5, AWARD, 55, 2000), REVIVE(AWARD) } } },
		"lot 105: points again, but it was not used up" },
	{ { { 2000, { REVIVE(AWARD) } } }, "lot 105: points again, but it was not used up" },

	/* points that change hands */
	{ { { 2000,
		  { POINTS(201, TRANSFER, WALLET, CLEARING, 5, AWARD, 45, 2000), MOVE(AWARD, 5),
			  POINTS(202, TRANSFER, CLEARING, BENS, 5, 0, 5, 2000), LOT(1000, 9000),
			  ORIGIN(AWARD, 100, ISSUANCE) } } },
		NULL },
	{ { { 2000,
		  { POINTS(201, TRANSFER, WALLET, CLEARING, 5, AWARD, 45, 2000), MOVE(AWARD, 5),
			  POINTS(202, TRANSFER, CLEARING, BENS, 5, 0, 5, 2000), LOT(1000, 9001),
			  ORIGIN(AWARD, 100, ISSUANCE) } } },
		"command 200: points change with who has them" },
	{ { { 2000,
		  { POINTS(201, TRANSFER, WALLET, CLEARING, 5, AWARD, 45, 2000), MOVE(AWARD, 5),
			  POINTS(202, TRANSFER, CLEARING, BENS, 5, 0, 5, 2000), LOT(1000, 9000),
			  ORIGIN(AWARD, 100, SHOP) } } },
		"command 200: points change with who has them" },
	{ { { 2000,
		  { POINTS(201, TRANSFER, WALLET, CLEARING, 5, AWARD, 45, 2000), MOVE(AWARD, 5),
			  POINTS(202, TRANSFER, CLEARING, BENS, 5, 0, 5, 2000), LOT(1000, 9000),
			  ORIGIN(AWARD, 90, ISSUANCE) } } },
		"command 200: points change with who has them" },
	{ { { 2000,
		  { POINTS(201, TRANSFER, WALLET, CLEARING, 5, AWARD, 45, 2000), MOVE(AWARD, 5),
			  POINTS(202, TRANSFER, CLEARING, BENS, 5, 0, 5, 2000), LOT(1000, 9000),
			  ORIGIN(999, 100, ISSUANCE) } } },
		"command 200: points change with who has them" },
	{ { { 2000, { ORIGIN(AWARD, 100, ISSUANCE) } } }, "command 200: points change with who has them" },
	{ { { 2000,
		  { POINTS(201, AWARD, ISSUANCE, BENS, 5, 0, 5, 2000), LOT(1000, 9000),
			  ORIGIN(AWARD, 100, ISSUANCE) } } },
		"command 200: points change with who has them" },

	/* holds */
	{ { { 2000, { HOLD(5000) } } }, "command 200: a hold on no wallet" },
	{ { { 2000, { POINTS(201, HOLD, WALLET, CLEARING, 5, AWARD, 50, 2000), MOVE(AWARD, 5), HOLD(5000) } },
		  { 3000, { END(301, REDEMPTION, WALLET, SHOP, 5, 201, 45, 777, 5) } } },
		"hold 777: ended, but it was not open" },
	{ { { 2000, { POINTS(201, HOLD, WALLET, CLEARING, 5, AWARD, 50, 2000), MOVE(AWARD, 5), HOLD(5000) } },
		  { 3000, { END(301, REDEMPTION, WALLET, SHOP, 5, 201, 45, 201, 5) } } },
		NULL },
	{ { { 2000, { POINTS(201, HOLD, WALLET, CLEARING, 5, AWARD, 50, 2000), MOVE(AWARD, 5), HOLD(5000) } },
		  { 3000, { END(301, REDEMPTION, WALLET, SHOP, 5, 201, 45, 201, 6) } } },
		"account 101: a counter left 64 bits" },
	{ { { 2000, { POINTS(201, HOLD, WALLET, CLEARING, 5, AWARD, 50, 2000), MOVE(AWARD, 5), HOLD(5000) } },
		  { 3000, { END(301, REDEMPTION, WALLET, SHOP, 6, 201, 44, 201, 5) } } },
		"hold 201: it ends with other points than it held" },
	{ { { 2000, { POINTS(201, HOLD, WALLET, CLEARING, 5, AWARD, 50, 2000), MOVE(AWARD, 5), HOLD(5000) } },
		  { 5000, { END(301, REDEMPTION, WALLET, SHOP, 5, 201, 45, 201, 5) } } },
		"hold 201: ended at the wrong time" },
	{ { { 2000,
		  { POINTS(201, HOLD, WALLET, CLEARING, 5, AWARD, 50, 2000), MOVE(AWARD, 5), HOLD(5000),
			  VOUCHER(201, "v") } } },
		NULL },
	{ { { 2000,
		  { POINTS(201, HOLD, WALLET, CLEARING, 5, AWARD, 50, 2000), MOVE(AWARD, 5), HOLD(5000),
			  VOUCHER(201, "") } } },
		"command 200: a voucher without a hold" },
	{ { { 2000, { VOUCHER(201, "v") } } }, "command 200: a voucher without a hold" },
	{ { { 2000, { POINTS(201, HOLD, WALLET, CLEARING, 5, AWARD, 50, 2000), MOVE(AWARD, 5), HOLD(5000) } },
		  { 3000, { VOUCHER(201, "v") } } },
		"command 300: a voucher without a hold" },

	/* households */
	{ { { 2000, { SHARES(9, 8, 5, false) } },
		  { 3000, { SHARES(9, 8, 6, false), SHARES(9, 8, 0, true) } } },
		NULL },
	{ { { 2000, { SHARES(6, 8, 5, false) } } }, "command 200: a household that cannot be so" },
	{ { { 2000, { SHARES(9, 8, -1, false) } } }, "command 200: a household that cannot be so" },
	{ { { 2000, { SHARES(9, 8, 0, true) } } }, "command 200: a household that cannot be so" },
	{ { { 2000, { SHARES(9, 8, 5, false), SPENT(8, 0, 5) } }, { 3000, { SPENT(8, 0, -5) } } }, NULL },
	{ { { 2000, { SHARES(9, 8, 5, false) } }, { 3000, { SPENT(8, 0, 6) } } },
		"command 300: more than a member of the household may spend" },
	{ { { 2000, { SHARES(9, 8, 5, false), SPENT(8, 0, 3) } }, { 3000, { SPENT(8, 0, 3) } } },
		"command 300: more than a member of the household may spend" },
	{ { { 2000, { SHARES(9, 8, 5, false), SPENT(8, 0, 3) } }, { 3000, { SPENT(8, 0, -4) } } },
		"command 300: more came back to a household than was spent" },
	{ { { 2000, { SHARES(9, 8, 5, false), SPENT(7, 0, 3) } } },
		"command 200: spent from a wallet that is not shared so" },
	{ { { 2000,
		  { SHARES(9, 8, 5, false), POINTS(201, HOLD, WALLET, CLEARING, 5, AWARD, 50, 2000),
			  MOVE(AWARD, 5), HOLD(5000), SPENT(8, 201, 5) } } },
		NULL },
	{ { { 2000,
		  { SHARES(9, 8, 4, false), POINTS(201, HOLD, WALLET, CLEARING, 5, AWARD, 50, 2000),
			  MOVE(AWARD, 5), HOLD(5000), SPENT(8, 201, 5) } } },
		"command 200: more than a member of the household may spend" },
	{ { { 2000,
		  { SHARES(9, 8, 5, false), POINTS(201, HOLD, WALLET, CLEARING, 5, AWARD, 50, 2000),
			  MOVE(AWARD, 5), HOLD(5000), SPENT(8, 201, 4) } } },
		"command 200: spent from a wallet that is not shared so" },

	/* lives that slide */
	{ { { 2000, { ACTIVE(5000) } }, { 3000, { ACTIVE(6000) } } }, NULL },
	{ { { 2000, { ACTIVE(5000) } }, { 3000, { ACTIVE(5000) } } },
		"command 300: an activity shortens a life" },
	{ { { 2000,
		    { ACTIVE(5000), POINTS(201, AWARD, ISSUANCE, WALLET, 5, AWARD, 55, 2000),
			    LOT(2000, LOT_SLIDES) } },
		  { 5000, { ACTIVE(8000) } } },
		"lot 201: ended, and was not recorded so before an activity" },

	/* limits, tiers, returns */
	{ { { 2000, { TALLY(3), TALLY(-3) } } }, NULL },
	{ { { 2000, { TALLY(3), TALLY(-4) } } }, "limit of programme 1: more was released than was given" },
	{ { { 2000, { TIER(9, "\1a\1a\0\0\0\0", 8) } } }, NULL },
	{ { { 2000, { TIER(6, "\1a\1a\0\0\0\0", 8) } } }, "command 200: a tier that nobody can have" },
	{ { { 2000, { TIER(9, "\1a\1a\0\0\0", 7) } } }, "command 200: a tier that nobody can have" },
	{ { { 2000, { TIER(9, "\1a\1a\0\0\0\0\0", 9) } } }, "command 200: a tier that nobody can have" },
	{ { { 2000, { TIER(9, "\1\0\1a\0\0\0\0", 8) } } }, "command 200: a tier that nobody can have" },
	{ { { 2000, { TIER(9, "\40abcdefghijklmnopqrstuvwxyzabcdef\0\0\0\0\0", 38) } } },
		"command 200: a tier that nobody can have" },
	{ { { 2000, { TIER(9, standing_late, sizeof standing_late - 1) } } },
		"command 200: a tier that nobody can have" },
	{ { { 2000, { UNDONE(5, 5) } }, { 3000, { UNDONE(6, 5) } } }, NULL },
	{ { { 2000, { UNDONE(5, 5) } }, { 3000, { UNDONE(4, 5) } } },
		"what was given back of 90 has become less" },
	{ { { 2000, { UNDONE(5, 5) } }, { 3000, { UNDONE(5, 4) } } },
		"what was given back of 90 has become less" },
	{ { { 2000, { RETURNED("\1\2", 2) } }, { 3000, { RETURNED("\2\2\1", 3) } },
		  { 4000, { RETURNED("\2\2\1\1\1\1\1", 7) } } },
		NULL },
	{ { { 2000, { RETURNED("\1\2", 2) } }, { 3000, { RETURNED("\1\1", 2) } } },
		"articles of 90 that came back have become fewer" },
	{ { { 2000, { RETURNED("\1\2", 2) } }, { 3000, { RETURNED("\1", 1) } } },
		"articles of 90 that came back have become fewer" },
	{ { { 2000, { RETURNED("\1\x82", 2) } } }, "articles of 90 that came back have become fewer" },

	/* what a bank saw, and what people said of it */
	{ { { 2000, { SIGHTING("\1\2", 2) } } }, "command 200: what it saw is damaged" },
	{ { { 2000, { DOUBT("line", 4) } }, { 3000, { REVIEWED(200, false), LEARNT(1) } },
		  { 4000, { REVIEWED(200, true) } } },
		NULL },
	{ { { 2000, { DOUBT("line", 4) } }, { 3000, { REVIEWED(200, true) } } },
		"command 300: answers what does not wait, or takes back no answer" },
	{ { { 2000, { DOUBT("line", 4) } }, { 3000, { REVIEWED(200, false) } },
		  { 4000, { REVIEWED(200, false) } } },
		"command 400: answers what does not wait, or takes back no answer" },
	{ { { 2000, { REVIEWED(90, false) } } },
		"command 200: answers what does not wait, or takes back no answer" },
	{ { { 2000, { DOUBT("line", 4), DOUBT("line", 4) } } }, "command 200: its doubt is damaged" },
	{ { { 2000, { LEARNT(-1) } } }, NULL },
	{ { { 2000, { LEARNT(2) } } }, "command 200: what it taught is damaged" },
	{ { { 2000, { LEARNT(1), LEARNT(1) } } }, "command 200: what it taught is damaged" },

	/* a debt */
	{ { { 2000, { ACCOUNT(DEBT, 1, 9, DEBT), POINTS(201, DEBT, DEBT, ISSUANCE, 5, 0, -5, 2000) } } },
		"account 101: points stand beside a debt" },
};

static struct arena arena;
static struct fold fold;

static void play(int64_t number, int64_t at_ms, const struct effect *told)
{
	struct effects effects = { .now_ms = at_ms };
	struct record record = { .number = number, .base = number, .recorded_ms = at_ms };

	rewapp__pack_init(&effects.pack, &arena);
	rewapp__effects_begin(&effects, number);
	for (size_t i = 0; i < EFFECTS_MAX && told[i].kind; i++)
		rewapp__effects_add(&effects, &told[i]);
	record.effects = effects.pack.data;
	record.effects_size = effects.pack.size;
	rewapp__fold_record(&fold, &record);
}

static void begin(void)
{
	static const struct effect accounts[] = { ACCOUNT(WALLET, 1, 9, WALLET),
		ACCOUNT(ISSUANCE, 1, 0, ISSUANCE), ACCOUNT(CLEARING, 1, 0, CLEARING),
		ACCOUNT(SHOP, 1, 8, SETTLEMENT), ACCOUNT(BENS, 1, 7, WALLET),
		ACCOUNT(ELSEWHERE, 2, 0, ISSUANCE) };
	static const struct effect award[EFFECTS_MAX] = {
		POINTS(AWARD, AWARD, ISSUANCE, WALLET, 50, 0, 50, 400), LOT(1000, 9000)
	};

	rewapp__arena_init(&arena, NULL);
	rewapp__fold_begin(&fold, &arena, 0);
	play(50, 400, accounts);
	play(100, 400, award);
	ck_assert_msg(fold.problems == 0, "%s", fold.first);
}

START_TEST(what_cannot_be_is_told)
{
	const struct story *story = &stories[_i];

	begin();
	for (int i = 0; i < 3 && story->commands[i].at_ms; i++)
		play(200 + 100 * i, story->commands[i].at_ms, story->commands[i].effects);
	rewapp__fold_end(&fold);
	ck_assert(!fold.failed);
	if (story->told)
		ck_assert_str_eq(fold.first, story->told);
	else
		ck_assert_msg(fold.problems == 0, "%s", fold.first);
	ck_assert_int_eq(fold.problems > 0, story->told != NULL);
	rewapp__arena_finish(&arena);
}
END_TEST

static void add(TCase *all)
{
	tcase_add_loop_test(all, what_cannot_be_is_told, 0, ROWS(stories));
}

int main(void)
{
	return run_suite("fold", add);
}
