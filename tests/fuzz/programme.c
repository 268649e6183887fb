/* Any bytes as a programme's document. */
#include "earn/programme.h"
#include "fuzz.h"

#include <rewapp/errors.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size);
	struct programme *programme = NULL;
	int error = rewapp__programme_parse(&programme, text, size, NULL);

	CLAIM((error == 0) == (programme != NULL));
	CLAIM(error == 0 || error == REWAPP_E_JSON || error == REWAPP_E_ARGUMENT ||
		error == REWAPP_E_CARDNUMBER);
	rewapp__programme_free(programme);
	free(text);
	return 0;
}
