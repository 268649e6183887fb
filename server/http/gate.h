/* The way of a request: checked at the door, its body gathered, handed to its route. */
#ifndef REWAPP_HTTP_GATE_H
#define REWAPP_HTTP_GATE_H

#include "http/http.h"

struct request *rewapp__gate_create(struct http *http, struct MHD_Connection *connection, const char *url);
void rewapp__gate_destroy(struct request *request);

/* The headers are there: everything that can be refused without the body is refused now. */
void rewapp__gate_enter(struct request *request, const char *method, const char *version);

void rewapp__gate_body(struct request *request, const char *bytes, size_t count);

/* The body is complete, or a suspended request goes on. */
void rewapp__gate_handle(struct request *request);

/* Hands an answer that is ready to the library. */
enum MHD_Result rewapp__gate_answer(struct request *request);

#endif
