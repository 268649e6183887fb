/* Reading a proof file and checking it.  Strict: one proof has one text. */
#include "evidence/proof.h"

#include "evidence/base64.h"

#include <string.h>

const char *rewapp__proof_outcome_text(enum proof_outcome outcome, bool french)
{
	switch (outcome) {
#define TEXT(name, value, english, french_text) \
	case PROOF_##name: \
		return french ? french_text : english;
		PROOF_OUTCOME_MAP(TEXT)
#undef TEXT
	}
	return "";
}

/* --- reading ----------------------------------------------------------------------------- */

/* What does not fit marks the reader, and all later takes fail. */
struct reader {
	const char *at, *end;
	bool failed;
};

/* Whether the text goes on with `word`; then the reader stands behind it. */
static bool take_word(struct reader *from, const char *word)
{
	size_t size = strlen(word);

	if (from->failed || size > (size_t)(from->end - from->at) || memcmp(from->at, word, size) != 0)
		return false;
	from->at += size;
	return true;
}

static void need_word(struct reader *from, const char *word)
{
	if (!take_word(from, word))
		from->failed = true;
}

/* A number and the end of its line. */
static int64_t take_number(struct reader *from, int64_t max)
{
	const char *first = from->at;
	int64_t value = 0;

	for (; !from->failed && from->at < from->end && *from->at >= '0' && *from->at <= '9'; from->at++)
		if (__builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(value, *from->at - '0', &value))
			from->failed = true;
	if (from->failed || from->at == first || from->at == from->end || *from->at != '\n' || value > max ||
		(*first == '0' && from->at - first > 1))
		from->failed = true;
	else
		from->at++;
	return from->failed ? 0 : value;
}

static const char *take_bytes(struct reader *from, size_t size)
{
	const char *bytes = from->at;

	if (from->failed || size > (size_t)(from->end - from->at)) {
		from->failed = true;
		return NULL;
	}
	from->at += size;
	return bytes;
}

/* A hash in base64 and the end of its line. */
static void take_hash(struct reader *from, struct tree_hash *out)
{
	const char *text = take_bytes(from, BASE64_TEXT(TREE_HASH_BYTES) + 1);

	if (!text || text[BASE64_TEXT(TREE_HASH_BYTES)] != '\n' ||
		!rewapp__base64_read(out->bytes, TREE_HASH_BYTES, text, BASE64_TEXT(TREE_HASH_BYTES)))
		from->failed = true;
}

static void take_path(struct reader *from, struct tree_path *out)
{
	need_word(from, "path ");
	out->count = (size_t)take_number(from, TREE_PATH_MAX);
	for (size_t i = 0; i < out->count && !from->failed; i++)
		take_hash(from, &out->hashes[i]);
}

static void take_entry(struct reader *from, struct proof_entry *out)
{
	out->leaf = take_number(from, INT64_MAX);
	need_word(from, "digest ");
	take_hash(from, &out->digest);
	need_word(from, "ticket ");
	out->ticket_size = (size_t)take_number(from, TICKET_CAPACITY - 1);
	out->ticket = take_bytes(from, out->ticket_size);
	take_path(from, &out->path);
}

static void take_notes(struct reader *from, struct proof *out)
{
	for (; out->note_count < PROOF_NOTES_MAX && take_word(from, "note "); out->note_count++) {
		struct proof_note *note = &out->notes[out->note_count];

		note->size = (size_t)take_number(from, CHECKPOINT_CAPACITY - 1);
		note->text = take_bytes(from, note->size);
	}
}

bool rewapp__proof_read(const char *text, size_t length, struct proof *out)
{
	struct reader from = { text, text + length, length > PROOF_BYTES_MAX };
	size_t needed = 1;

	memset(out, 0, sizeof *out);
	if (take_word(&from, "rewapp proof 1\n")) {
		while (out->entry_count < PROOF_ENTRIES_MAX && take_word(&from, "leaf "))
			take_entry(&from, &out->entries[out->entry_count++]);
		from.failed |= out->entry_count == 0;
	} else {
		need_word(&from, "rewapp extension 1\n");
		take_path(&from, &out->extension);
		needed = 2;
	}
	take_notes(&from, out);
	return !from.failed && from.at == from.end && out->note_count >= needed;
}

/* --- checking ---------------------------------------------------------------------------- */

/* The keys that are believed, grown by each change of key that one of them has signed. */
struct trust {
	struct verifier keys[PROOF_TRUST_MAX];
	size_t count;
};

static bool is_believed(const struct trust *trust, const struct proof_note *note)
{
	for (size_t i = 0; i < trust->count; i++)
		if (rewapp__checkpoint_is_signed(note->text, note->size, &trust->keys[i]))
			return true;
	return false;
}

static enum proof_outcome check_note(
	struct trust *trust, const struct proof_note *note, const char *origin, struct checkpoint *out)
{
	if (!rewapp__checkpoint_read(note->text, note->size, out))
		return PROOF_MALFORMED;
	if (origin && strcmp(origin, out->origin) != 0)
		return PROOF_OTHER_LOG;
	if (!is_believed(trust, note))
		return PROOF_UNTRUSTED;
	if (out->has_next && trust->count < PROOF_TRUST_MAX)
		trust->keys[trust->count++] = out->next;
	return PROOF_PROVEN;
}

/* All notes in their order, each believed because of the keys before it.  A change of key that is not
 * believed changes nothing: who trusts a newer key need not know the older ones. */
static enum proof_outcome check_notes(const struct proof *proof, const struct verifier *trusted, size_t count,
	struct checkpoint *last, struct checkpoint *older)
{
	struct trust trust = { .count = count < PROOF_TRUST_MAX ? count : PROOF_TRUST_MAX };
	size_t changes = proof->note_count - (proof->entry_count ? 1 : 2);

	memcpy(trust.keys, trusted, trust.count * sizeof *trusted);
	for (size_t i = 0; i < proof->note_count; i++) {
		enum proof_outcome outcome;

		*older = *last;
		outcome = check_note(&trust, &proof->notes[i], i ? older->origin : NULL, last);
		if (outcome != PROOF_PROVEN && (outcome != PROOF_UNTRUSTED || i >= changes))
			return outcome;
	}
	return PROOF_PROVEN;
}

static bool is_included(const struct proof_entry *entry, const struct checkpoint *checkpoint)
{
	struct tree_hash leaf;
	struct ticket ticket;

	if (!rewapp__ticket_read(entry->ticket, entry->ticket_size, &ticket))
		return false;
	rewapp__tree_leaf(&leaf, entry->digest.bytes, TREE_HASH_BYTES, entry->ticket, entry->ticket_size);
	return rewapp__tree_includes(&entry->path, entry->leaf, &leaf, checkpoint->size, &checkpoint->root);
}

enum proof_outcome rewapp__proof_check(const struct proof *proof, const struct verifier *trusted,
	size_t trusted_count, struct checkpoint *checkpoint, struct checkpoint *older)
{
	struct checkpoint before = { .size = 0 };
	enum proof_outcome outcome;

	memset(checkpoint, 0, sizeof *checkpoint);
	outcome = check_notes(proof, trusted, trusted_count, checkpoint, &before);
	if (older)
		*older = before;
	if (outcome != PROOF_PROVEN)
		return outcome;
	for (size_t i = 0; i < proof->entry_count; i++)
		if (!is_included(&proof->entries[i], checkpoint))
			return PROOF_NOT_INCLUDED;
	if (proof->entry_count == 0 &&
		!rewapp__tree_extends(
			&proof->extension, before.size, &before.root, checkpoint->size, &checkpoint->root))
		return PROOF_NOT_EXTENDED;
	return PROOF_PROVEN;
}
