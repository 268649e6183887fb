/* Writing a proof file: what proof.c reads. */
#include "evidence/proof_write.h"

#include "evidence/base64.h"

static void put_hash(struct buffer *out, const struct tree_hash *hash)
{
	char text[BASE64_TEXT(TREE_HASH_BYTES) + 1];

	rewapp__base64_write(text, hash->bytes, TREE_HASH_BYTES);
	rewapp__buffer_printf(out, "%s\n", text);
}

static void put_path(struct buffer *out, const struct tree_path *path)
{
	rewapp__buffer_printf(out, "path %zu\n", path->count);
	for (size_t i = 0; i < path->count; i++)
		put_hash(out, &path->hashes[i]);
}

static void put_entry(struct buffer *out, const struct proof_entry *entry)
{
	rewapp__buffer_printf(out, "leaf %lld\ndigest ", (long long)entry->leaf);
	put_hash(out, &entry->digest);
	rewapp__buffer_printf(out, "ticket %zu\n", entry->ticket_size);
	rewapp__buffer_append(out, entry->ticket, entry->ticket_size);
	put_path(out, &entry->path);
}

void rewapp__proof_write(struct buffer *out, const struct proof *proof)
{
	rewapp__buffer_puts(out, proof->entry_count ? "rewapp proof 1\n" : "rewapp extension 1\n");
	for (size_t i = 0; i < proof->entry_count; i++)
		put_entry(out, &proof->entries[i]);
	if (proof->entry_count == 0)
		put_path(out, &proof->extension);
	for (size_t i = 0; i < proof->note_count; i++) {
		rewapp__buffer_printf(out, "note %zu\n", proof->notes[i].size);
		rewapp__buffer_append(out, proof->notes[i].text, proof->notes[i].size);
	}
}
