/* The last failure's message, one per thread. */
#ifndef REWAPP_BASE_ERROR_H
#define REWAPP_BASE_ERROR_H

#include <rewapp/errors.h>

/* Records a message and returns `code`, so that a failure is one line:
 *
 *     return rewapp__fail(REWAPP_E_ARGUMENT, "amount: %lld is below 1", n);
 *
 * Says where (field, line) before what; never repeats the text of the code. */
int rewapp__fail(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A static analyzer reads one file at a time: this tells it that a failure is not 0. */
#ifdef __clang_analyzer__
#define rewapp__fail(code, ...) ((void)(rewapp__fail)(code, __VA_ARGS__), (code))
#endif

#endif
