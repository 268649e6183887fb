/* SQLite's write-ahead log, written in one piece.
 *
 * SQLite writes a commit page by page, two writes each, and then flushes.  Here the writes
 * wait in memory until the flush, or until somebody reads the file: a commit of five pages is
 * one write and one flush.  Nobody else looks at these bytes before the flush: only after it does
 * SQLite tell other connections of them. */
#ifndef REWAPP_STORAGE_SQLITE_LOG_H
#define REWAPP_STORAGE_SQLITE_LOG_H

#include <rewapp/sys/env.h>
#include <sqlite3.h>

/* Puts itself between SQLite and `file`, the open log of a connection with synchronous=FULL (without
 * a flush at each commit the bytes would be told too early).  Takes itself out when the file is
 * closed.  Without memory everything stays as it is. */
void rewapp__sqlite_log_gather(sqlite3_file *file, const struct rewapp_env *env);

#endif
