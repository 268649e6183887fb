/* How fast tokens are made, checked and drawn on one core; one line each. */
#include "bar.h"
#include "qr/render.h"
#include "qr/token.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define T0 INT64_C(1763820000000)

enum {
	RUNS = 5,
	TOKENS = 256,
	VERIFIES_WANTED = 500000
};

struct subject {
	struct qr_keyring ring, other;
	struct qr_binding binding;
	struct qr_claims claims;
	char tokens[TOKENS][QR_TOKEN_CAPACITY];
	struct buffer image;
};

static void mint(struct subject *s, int i)
{
	s->claims.jti[0] = (uint8_t)i;
	if (rewapp__qr_mint(&s->ring, &s->claims, &s->binding, s->tokens[i % TOKENS]))
		exit(EXIT_FAILURE);
}

static void verify(struct subject *s, int i)
{
	struct qr_claims out;

	if (rewapp__qr_verify(&s->ring, s->tokens[i % TOKENS], QR_TOKEN_DIGITS, &s->binding, &out))
		exit(EXIT_FAILURE);
}

static void refuse(struct subject *s, int i)
{
	struct qr_claims out;

	if (rewapp__qr_verify(&s->ring, s->tokens[i % TOKENS], QR_TOKEN_DIGITS, NULL, &out) !=
		QR_OUTCOME_BAD_AUTH)
		exit(EXIT_FAILURE);
}

/* The same token before a ring of other keys. */
static void refuse_unknown(struct subject *s, int i)
{
	struct qr_claims out;

	if (rewapp__qr_verify(&s->other, s->tokens[i % TOKENS], QR_TOKEN_DIGITS, NULL, &out) !=
		QR_OUTCOME_UNKNOWN_KEY)
		exit(EXIT_FAILURE);
}

static void draw(struct subject *s, int i, const char *format)
{
	rewapp__buffer_clear(&s->image);
	if (rewapp__qr_render(s->tokens[i % TOKENS], format, 0, &s->image))
		exit(EXIT_FAILURE);
}

static void svg(struct subject *s, int i)
{
	draw(s, i, "svg");
}

static void png(struct subject *s, int i)
{
	draw(s, i, "png");
}

static void mint_and_svg(struct subject *s, int i)
{
	mint(s, i);
	draw(s, i, "svg");
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The best of some runs: the others measure the neighbours. */
static double measure(struct subject *s, const char *name, int count, void (*body)(struct subject *, int))
{
	double best = 0;

	for (int run = 0; run < RUNS; run++) {
		double start = seconds(), rate;

		for (int i = 0; i < count; i++)
			body(s, i);
		rate = count / (seconds() - start);
		best = rate > best ? rate : best;
	}
	printf("%-28s %10.0f/s  %8.2f us\n", name, best, 1e6 / best);
	return best;
}

int main(void)
{
	static struct subject s = { .binding = { .merchant = 7 },
		.claims = { .kind = QR_KIND_REDEEM,
			.flags = QR_FLAG_MERCHANT,
			.kid = 1,
			.issued_ms = T0,
			.expires_ms = T0 + QR_TTL_MAX_MS,
			.subject = 42 } };
	struct qr_key key = { .kid = 1, .master = { 1, 2, 3 } };
	double rate, forged, unknown;

	rewapp__qr_keyring_init(&s.ring, false);
	if (rewapp__qr_keyring_add(&s.ring, &key))
		return EXIT_FAILURE;
	key.kid = 2;
	rewapp__qr_keyring_init(&s.other, false);
	if (rewapp__qr_keyring_add(&s.other, &key))
		return EXIT_FAILURE;
	rewapp__buffer_init(&s.image, NULL, 1 << 20);
	measure(&s, "qr mint", 100000, mint);
	rate = measure(&s, "qr verify", 200000, verify);
	forged = measure(&s, "qr refuse a forgery", 200000, refuse);
	unknown = measure(&s, "qr refuse an unknown key", 200000, refuse_unknown);
	measure(&s, "qr symbol + SVG", 2000, svg);
	measure(&s, "qr symbol + PNG, 296 px", 500, png);
	measure(&s, "qr mint + symbol + SVG", 2000, mint_and_svg);
	rewapp__buffer_finish(&s.image);
	bar_at_least("QR tokens verified, millions a second", rate / 1e6, VERIFIES_WANTED / 1e6);
	bar_at_most("what an unknown key costs, to what a forgery costs",
		unknown > forged ? unknown / forged : forged / unknown, 1.1);
	return bars_result();
}
