/* Reading routes: a question to the engine, whose answer is the body. */
#ifndef REWAPP_ROUTES_QUERY_H
#define REWAPP_ROUTES_QUERY_H

#include "app.h"

#include <rewapp/json.h>

/* Questions grow member by member: {"query":"balance","member":"…"}. */
void rewapp__question_begin(struct buffer *question, const char *query);
void rewapp__question_id(struct buffer *question, const char *name, const struct rewapp_id *id);
void rewapp__question_text(struct buffer *question, const char *name, const char *text);
void rewapp__question_number(struct buffer *question, const char *name, int64_t number);

/* ?programme=, an id; false when a problem was answered. */
bool rewapp__question_programme(struct request *request, struct buffer *question);

/* ?recorded_ms= and ?occurred_ms=, a past instant on two clocks; as above. */
bool rewapp__question_instant(struct request *request, struct buffer *question);

/* The numbers ?cursor= (0 when absent) and ?limit= (50 when absent, at most 500). */
bool rewapp__question_page(struct request *request, struct buffer *question, const char *cursor);

/* Ends the question and asks it.  0 and the text in *answer, or an engine's code; the
 * caller finishes both buffers. */
int rewapp__question_ask(struct request *request, struct buffer *question, struct buffer *answer);

/* Asks, and answers the request with what comes.  Finishes the question. */
void rewapp__question_send(struct request *request, struct buffer *question);

/* The same for a question that takes its time: the clerk asks it, and the connection's thread goes on.  A
 * report may be one that was kept (shelf.h); its age is told. */
void rewapp__question_leave(struct request *request, struct buffer *question);

/* A question about one object: the path's parameter is an id called `name`. */
void rewapp__question_object(struct request *request, const char *query, const char *name);

/* A question for a page of a list. */
void rewapp__question_list(struct request *request, const char *query, const char *cursor);

#endif
