#ifndef STUB_P
#define STUB_P
#include <rewapp/types.h>
#include <rewapp/sys/env.h>
enum { CLAWBACK_DEBT, CLAWBACK_WRITE_OFF };
struct programme { char *name; char currency[4]; int64_t value_points, value_amount, return_window_days, expiry_days; int clawback; };
int rewapp__programme_parse(struct programme **out, const char *json, size_t length, const struct rewapp_env *env);
void rewapp__programme_free(struct programme *p);
#endif
