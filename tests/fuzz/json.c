/* Any bytes through the JSON door: as commands, which are not carried out, and as a question
 * to a small store. */
#include "fuzz.h"

#include <rewapp/rewapp.h>

static rewapp_engine *engine;

static const char world[] =
	"{\"commands\":[{\"kind\":\"merchant\",\"id\":\"@fnac\",\"document\":{\"name\":\"Fnac\"}},"
	"{\"kind\":\"member\",\"id\":\"@ana\"}]}";

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char *answer = NULL;

	(void)argc;
	(void)argv;
	CLAIM(rewapp_engine_open(&engine, NULL) == 0);
	CLAIM(rewapp_json_submit(engine, world, sizeof world - 1, &answer, NULL) == 0);
	rewapp_free(engine, answer);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size), *answer = NULL;
	rewapp_commands *commands = NULL;
	size_t length = 0;
	int error = rewapp_commands_parse(text, size, &commands);

	CLAIM((error == 0) == (commands != NULL));
	CLAIM(error || rewapp_commands_count(commands) > 0);
	rewapp_commands_free(commands);
	error = rewapp_json_query(engine, text, size, &answer, &length);
	CLAIM((error == 0) == (answer != NULL));
	CLAIM(error || (length > 1 && answer[0] == '{' && answer[length - 1] == '}'));
	rewapp_free(engine, answer);
	free(text);
	return 0;
}
