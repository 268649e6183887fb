/* What was proven, in words. */
#ifndef REWAPP_VERIFIER_TELL_H
#define REWAPP_VERIFIER_TELL_H

#include "evidence/proof.h"

#include <stdio.h>

/* Of a proof that was checked. */
void verifier_tell(FILE *out, bool french, const struct proof *proof, const struct checkpoint *checkpoint,
	const struct checkpoint *older);

#endif
