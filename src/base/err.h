/* One fault, in one sentence, for the person who has to mend it.
 *
 * A function that can fail returns a mkt_status that must be looked at, takes
 * the caller's `struct mkt_err *` as its last argument, and on failure has
 * filled it with a sentence that names the offending value and, where it has
 * one, the file, the row and the column. The first error wins: setting a
 * second leaves the first in place.
 *
 *     MKT_TRY(mkt_table_open(arena, path, &table, err));
 *
 * is the one control-flow macro: it returns the status if it is not MKT_OK.
 * A function that holds foreign resources uses a `done:` label instead.
 */
#ifndef MKT_BASE_ERR_H
#define MKT_BASE_ERR_H

#include "base/status.h"

#define MKT_ERR_TEXT 1024

struct mkt_err {
    mkt_status status;
    char text[MKT_ERR_TEXT];
};

#define MKT_MUST_CHECK __attribute__((warn_unused_result))
#define MKT_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

#define MKT_TRY(call)                                                                              \
    do {                                                                                           \
        mkt_status mkt_try_status = (call);                                                        \
        if (mkt_try_status != MKT_OK) return mkt_try_status;                                       \
    } while (0)

/* Sets the error unless one is already set; its value is `status`, which the compiler and the
 * analysers see, too.
 * Text longer than MKT_ERR_TEXT is cut at a whole UTF-8 character and ends in
 * "...". Control characters that came with data are shown as '?', so a message
 * stays one line on a terminal and in a log. */
#define mkt_err_set(err, status, ...)                                                              \
    (mkt_err_write((err), (status), __VA_ARGS__), mkt_err_status(status))

void mkt_err_write(struct mkt_err *err, mkt_status status, const char *format, ...)
    MKT_PRINTF(3, 4);

static inline mkt_status mkt_err_status(mkt_status status)
{
    return status;
}

/* The error that errno tells of a file: "cannot <what> <path>: <reason>".
 * MKT_E_NOSPACE for a full disk, quota or size limit, MKT_E_NOT_FOUND, MKT_E_FORBIDDEN, else
 * MKT_E_IO. */
mkt_status mkt_err_file(const char *what, const char *path, struct mkt_err *err);

void mkt_err_clear(struct mkt_err *err);

#endif
