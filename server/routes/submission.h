/* From a body to commands, through the writer, to receipts: what all changing routes share. */
#ifndef REWAPP_ROUTES_SUBMISSION_H
#define REWAPP_ROUTES_SUBMISSION_H

#include "app.h"

#include <rewapp/json.h>

struct submission {
	struct job job;
	struct request *request;
	rewapp_commands *parsed;
	struct rewapp_command *commands; /* of `parsed`; routes may fill in fields */
	size_t count;
	bool many; /* an array came: receipts leave as an array */
};

/* Reads the body: one command's fields, or an array of such objects, all of `kind`; an
 * absent body is an empty object.  Kind 0: the body is what rewapp_commands_parse() takes.
 * Gives ids from the Idempotency-Key to commands that bring none.
 *
 * NULL when a problem was answered; else the request's, until its end. */
struct submission *rewapp__submission_read(struct request *request, int kind);

/* As above for one command about the object that the path's first parameter names. */
struct submission *rewapp__submission_about(struct request *request, int kind);

/* Queues it for the writer and lays the request aside; its receipts are the answer. */
void rewapp__submission_send(struct submission *submission);

#endif
