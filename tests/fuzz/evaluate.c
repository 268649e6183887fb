/* Any bytes as the two tables of rewapp match --evaluate. */
#include "matching/evaluate.h"
#include "fuzz.h"

#include <rewapp/errors.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *cut = memchr(data, 0, size);
	size_t first = cut ? (size_t)(cut - data) : size, second = cut ? size - first - 1 : 0;
	char *truth = fuzz_copy(data, first), *catalogue = fuzz_copy(data + first + (cut != NULL), second);
	struct evaluation_text lines = { truth, first }, names = { catalogue, second };
	struct evaluation found;
	int error = rewapp__evaluate(NULL, &lines, &names, NULL, &found);

	CLAIM(error == 0 || error == REWAPP_E_ARGUMENT);
	if (error == 0) {
		CLAIM(found.right <= found.predicted && found.predicted <= found.lines);
		CLAIM(found.recalled <= found.expected && found.sure_right <= found.sure);
		CLAIM(found.precision_bp >= 0 && found.precision_bp <= 10000);
		CLAIM(found.recall_bp >= 0 && found.recall_bp <= 10000);
	}
	free(truth);
	free(catalogue);
	return 0;
}
