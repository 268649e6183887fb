/* Stores as files in a folder of the test's own, and copies of them. */
#ifndef TESTS_FAULTS_FILES_H
#define TESTS_FAULTS_FILES_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[96];

static inline void make_folder(void)
{
	const char *temporary = getenv("TMPDIR");

	snprintf(folder, sizeof folder, "%.64s/rewapp-faults.XXXXXX", temporary ? temporary : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

static const char *const endings[] = { "", "-wal", "-shm" };

static inline void path_of(const char *name, const char *ending, char out[160])
{
	snprintf(out, 160, "%s/%s.db%s", folder, name, ending);
}

static inline void remove_store(const char *name)
{
	char path[160];

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		path_of(name, endings[i], path);
		unlink(path);
	}
}

static inline void copy_file(const char *from, const char *to)
{
	FILE *in = fopen(from, "rb"), *out;
	char bytes[16384];
	size_t size;

	if (!in)
		return;
	out = fopen(to, "wb");
	ck_assert_ptr_nonnull(out);
	while ((size = fread(bytes, 1, sizeof bytes, in)) > 0)
		ck_assert_uint_eq(fwrite(bytes, 1, size, out), size);
	fclose(in);
	fclose(out);
}

/* As kill -9 leaves it when the store is open; the index of the write-ahead log is made again. */
static inline void copy_store(const char *from, const char *to)
{
	char a[160], b[160];

	remove_store(to);
	for (size_t i = 0; i < 2; i++) {
		path_of(from, endings[i], a);
		path_of(to, endings[i], b);
		copy_file(a, b);
	}
}

#endif
