/* A file being written, through a buffer, without a locale.
 *
 * Failure is sticky: after the first one further calls do nothing, and the
 * writer looks once, when it closes. Until mkt_sink_publish the file is called
 * NAME.partial, so nothing half-written ever has a file's name.
 */
#ifndef MKT_SIMULATE_SINK_H
#define MKT_SIMULATE_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct mkt_sink {
    const char *path, *partial;
    char *data;
    size_t used;
    int fd;     /* -1 when closed */
    bool there; /* NAME.partial exists */
    int error;  /* errno of the first failure */
    int64_t lines;
};

/* Errors  MKT_E_NOMEM  the arena is full     MKT_E_IO, MKT_E_NOSPACE  the file cannot be made */
MKT_MUST_CHECK mkt_status mkt_sink_open(struct mkt_sink *sink, struct mkt_arena *arena,
                                        const char *path, struct mkt_err *err);

void mkt_sink_add(struct mkt_sink *sink, const char *bytes, size_t n);
void mkt_sink_text(struct mkt_sink *sink, const char *text);
void mkt_sink_printf(struct mkt_sink *sink, const char *format, ...) MKT_PRINTF(2, 3);
void mkt_sink_int(struct mkt_sink *sink, int64_t value);
void mkt_sink_cents(struct mkt_sink *sink, int64_t cents); /* "-12.05" */
void mkt_sink_line(struct mkt_sink *sink);                 /* ends a line */

/* Writes what is left.
 * Errors  MKT_E_NOSPACE  the disk is full     MKT_E_IO  it cannot be written; both name the file */
MKT_MUST_CHECK mkt_status mkt_sink_close(struct mkt_sink *sink, struct mkt_err *err);

/* Gives a closed file its name, replacing one that has it.
 * Errors  MKT_E_IO  it cannot be renamed */
MKT_MUST_CHECK mkt_status mkt_sink_publish(struct mkt_sink *sink, struct mkt_err *err);

/* Closes and removes what was not published; to be called on every way out. */
void mkt_sink_drop(struct mkt_sink *sink);

/* The error for a system call that failed on a path. */
mkt_status mkt_sink_fault(const char *what, const char *path, int error, struct mkt_err *err);

#endif
