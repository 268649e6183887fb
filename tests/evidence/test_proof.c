/* Checkpoints and proof files: the files of an independent implementation, and every byte of
 * them changed. */
#include "evidence/proof.h"
#include "evidence/proof_write.h"

#include "../run.h"
#include "rows.h"

#include <rewapp/errors.h>

static const char origin[] = "boulangerie.example/points";
static struct verifier key;

static void setup(void)
{
	char text[PROOF_BYTES_MAX], *line;
	size_t length = read_vector("key.txt", text, sizeof text);

	text[length - 1] = '\0';
	line = strchr(text, '\n') + 1;
	ck_assert(rewapp__verifier_read(line, strlen(line), &key));
}

static enum proof_outcome judge(const char *text, size_t length)
{
	static struct proof proof;
	struct checkpoint checkpoint;

	if (!rewapp__proof_read(text, length, &proof))
		return PROOF_MALFORMED;
	return rewapp__proof_check(&proof, &key, 1, &checkpoint, NULL);
}

static const struct {
	const char *name;
	enum proof_outcome outcome;
} files[] = {
	{ "purchase.proof", PROOF_PROVEN },
	{ "handed-over.proof", PROOF_PROVEN },
	{ "continued.proof", PROOF_PROVEN },
	{ "forged.proof", PROOF_UNTRUSTED },
	{ "not-included.proof", PROOF_NOT_INCLUDED },
	{ "rewritten.proof", PROOF_NOT_EXTENDED },
};

START_TEST(the_files_are_judged)
{
	char text[PROOF_BYTES_MAX];
	size_t length = read_vector(files[_i].name, text, sizeof text);

	ck_assert_str_eq(rewapp__proof_outcome_text(judge(text, length), false),
		rewapp__proof_outcome_text(files[_i].outcome, false));
}
END_TEST

/* What is written again is the same file; without the key, nothing is believed. */
START_TEST(the_files_are_written)
{
	char text[PROOF_BYTES_MAX];
	size_t length = read_vector(files[_i].name, text, sizeof text);
	struct checkpoint checkpoint;
	struct buffer again;
	struct proof proof;

	ck_assert(rewapp__proof_read(text, length, &proof));
	rewapp__buffer_init(&again, NULL, PROOF_BYTES_MAX);
	rewapp__proof_write(&again, &proof);
	ck_assert_uint_eq(again.size, length);
	ck_assert_int_eq(memcmp(again.data, text, length), 0);
	rewapp__buffer_finish(&again);
	ck_assert_int_eq(rewapp__proof_check(&proof, &key, 0, &checkpoint, NULL), PROOF_UNTRUSTED);
}
END_TEST

/* Of a change of key, the new key's signature may go: the proof stands on the old key's. */
static const char *idle_line(const char *text, int file)
{
	const char *first = file == 1 ? strstr(text, "\xe2\x80\x94 ") : NULL;

	return first ? strchr(first, '\n') + 1 : NULL;
}

START_TEST(no_byte_can_be_changed)
{
	char text[PROOF_BYTES_MAX];
	size_t length = read_vector(files[_i].name, text, sizeof text);
	const char *idle, *idle_end;

	text[length] = '\0';
	idle = idle_line(text, _i);
	idle_end = idle ? strchr(idle, '\n') : NULL;
	for (size_t at = 0; at < length; at++)
		for (int bit = 0; bit < 8; bit++) {
			if (idle && text + at >= idle && text + at <= idle_end)
				continue;
			text[at] = (char)(text[at] ^ 1 << bit);
			ck_assert_msg(judge(text, length) != PROOF_PROVEN, "byte %zu, bit %d", at, bit);
			text[at] = (char)(text[at] ^ 1 << bit);
		}
	for (size_t cut = 0; cut < length; cut++)
		ck_assert_int_ne(judge(text, cut), PROOF_PROVEN);
	text[length] = '\n';
	ck_assert_int_eq(judge(text, length + 1), PROOF_MALFORMED);
}
END_TEST

/* --- checkpoints ------------------------------------------------------------------------- */

static struct checkpoint sample(void)
{
	struct checkpoint checkpoint = { .size = 23, .time_ms = 1763820000000, .chain_seq = 9 };

	memcpy(checkpoint.origin, origin, sizeof origin);
	memset(checkpoint.root.bytes, 0x5a, TREE_HASH_BYTES);
	return checkpoint;
}

static struct signer signer_of(uint8_t seed)
{
	uint8_t bytes[SIGNER_SEED_BYTES] = { seed };
	struct signer signer;

	ck_assert(rewapp__signer_make(&signer, origin, bytes));
	return signer;
}

START_TEST(a_checkpoint_is_read_and_bears_many_signatures)
{
	struct checkpoint checkpoint = sample(), again;
	char note[CHECKPOINT_CAPACITY];
	size_t length;

	checkpoint.has_next = true;
	checkpoint.next = signer_of(9).verifier;
	length = rewapp__checkpoint_write(&checkpoint, note);
	for (uint8_t i = 0; i < SIGNATURES_MAX; i++) {
		struct signer signer = signer_of(i);

		ck_assert(!rewapp__checkpoint_is_signed(note, length, &signer.verifier));
		length = rewapp__checkpoint_sign(note, length, &signer);
		ck_assert_uint_gt(length, 0);
	}
	ck_assert_uint_eq(length, strlen(note));
	for (uint8_t i = 0; i < SIGNATURES_MAX; i++) {
		struct signer signer = signer_of(i);

		ck_assert(rewapp__checkpoint_is_signed(note, length, &signer.verifier));
	}
	ck_assert(rewapp__checkpoint_read(note, length, &again));
	ck_assert_int_eq(memcmp(&checkpoint, &again, sizeof again), 0);
}
END_TEST

START_TEST(a_full_note_takes_no_signature)
{
	struct signer signer = signer_of(1);
	char note[CHECKPOINT_CAPACITY];
	struct checkpoint checkpoint = sample();
	size_t length = rewapp__checkpoint_write(&checkpoint, note), next;

	while ((next = rewapp__checkpoint_sign(note, length, &signer)) > 0)
		length = next;
	ck_assert_uint_gt(length, CHECKPOINT_CAPACITY - 256);
}
END_TEST

START_TEST(a_note_of_another_form_is_refused)
{
	static const struct {
		const char *from, *to;
	} edits[] = { { "\n23\n", "\n023\n" }, { "\n23\n", "\n-3\n" }, { "\n23\n", "\n2x\n" },
		{ "\n23\n", "\n\n" }, { "time ", "time  " },
		{ "time 1",
			"time "
			"9999999999"
			"1" },
		{ "time", "Time" }, { "chain 9", "chain 09" }, { "chain 9 ", "chain 9" },
		{ "chain", "chains" }, { "AAA=\n", "AAA=\nlater 1\n" }, { "AAA=\n", "AAB=\n" },
		{ "boul", "bo+l" }, { "boul", "b ul" } };
	struct checkpoint checkpoint = sample(), again;
	char note[CHECKPOINT_CAPACITY], edited[2 * CHECKPOINT_CAPACITY];
	size_t length = rewapp__checkpoint_write(&checkpoint, note);

	ck_assert(rewapp__checkpoint_read(note, length, &again));
	for (int i = 0; i < ROWS(edits); i++) {
		const char *at = strstr(note, edits[i].from);

		ck_assert_msg(at != NULL, "%s", edits[i].from);
		snprintf(edited, sizeof edited, "%.*s%s%s", (int)(at - note), note, edits[i].to,
			at + strlen(edits[i].from));
		ck_assert_msg(!rewapp__checkpoint_read(edited, strlen(edited), &again), "%s", edited);
	}
}
END_TEST

/* --- keys -------------------------------------------------------------------------------- */

static void check_key(char **cells, int count)
{
	uint8_t seed[SIGNER_SEED_BYTES];
	char text[VERIFIER_CAPACITY];
	struct verifier again;
	struct signer signer;

	ck_assert_int_eq(count, 4);
	row_bytes(cells[2], seed, sizeof seed);
	ck_assert(rewapp__signer_make(&signer, cells[1], seed));
	rewapp__verifier_write(&signer.verifier, text);
	ck_assert_str_eq(text, cells[3]);
	ck_assert(rewapp__verifier_read(text, strlen(text), &again));
	ck_assert_int_eq(memcmp(&again, &signer.verifier, sizeof again), 0);
	for (size_t at = 0; at < strlen(cells[3]); at++) {
		text[at] ^= 1;
		ck_assert(!rewapp__verifier_read(text, strlen(text), &again));
		text[at] ^= 1;
	}
}

START_TEST(keys_agree_with_the_vectors)
{
	ck_assert_int_eq(each_row("key", check_key), 3);
}
END_TEST

START_TEST(a_key_needs_a_name)
{
	static const char *const names[] = { "", "a b", "a+b", "a\nb", "caf\xc3\xa9",
		"12345678901234567890123456789012345678901234567890123456789012345" };
	uint8_t seed[SIGNER_SEED_BYTES] = { 1 };
	struct signer signer;

	for (int i = 0; i < ROWS(names); i++)
		ck_assert_msg(!rewapp__signer_make(&signer, names[i], seed), "%s", names[i]);
}
END_TEST

static void add(TCase *all)
{
	tcase_add_checked_fixture(all, setup, NULL);
	tcase_add_loop_test(all, the_files_are_judged, 0, ROWS(files));
	tcase_add_loop_test(all, the_files_are_written, 0, ROWS(files));
	tcase_add_loop_test(all, no_byte_can_be_changed, 0, 3);
	tcase_add_test(all, a_checkpoint_is_read_and_bears_many_signatures);
	tcase_add_test(all, a_full_note_takes_no_signature);
	tcase_add_test(all, a_note_of_another_form_is_refused);
	tcase_add_test(all, keys_agree_with_the_vectors);
	tcase_add_test(all, a_key_needs_a_name);
}

int main(void)
{
	return run_suite("proofs", add);
}
