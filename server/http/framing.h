/* The form of a request, beyond what the HTTP library insists on. */
#ifndef REWAPP_HTTP_FRAMING_H
#define REWAPP_HTTP_FRAMING_H

#include "http/request.h"

/* One Host, one length, no header that two readers could read differently, headers and path of a
 * bounded size.  False: a problem was answered. */
bool rewapp__framing_check(struct request *request);

/* For the library, in place of its own: %XX in paths and queries, but never %00, which would end
 * the text for us and not for whoever stands in front of us.  Returns the new length. */
size_t rewapp__framing_unescape(void *argument, struct MHD_Connection *connection, char *text);

#endif
