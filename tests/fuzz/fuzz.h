/* What the fuzzing harnesses share: libFuzzer's entries, and a claim that stops the run. */
#ifndef REWAPP_TESTS_FUZZ_H
#define REWAPP_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CLAIM(truth) \
	do { \
		if (!(truth)) { \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #truth); \
			abort(); \
		} \
	} while (0)

/* A copy of its exact size with a NUL behind, so that a sanitizer sees a byte too far. */
static inline char *fuzz_copy(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	CLAIM(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

#endif
