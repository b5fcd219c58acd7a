/* Text under construction, in an arena, with a limit.
 *
 * Failure is sticky: once the arena is full every further call does nothing,
 * and the writer looks once, at the end (mkt_buf_check). The text is always
 * NUL-terminated at data[length].
 */
#ifndef MKT_BASE_BUF_H
#define MKT_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct mkt_buf {
    struct mkt_arena *arena;
    char *data;
    size_t length, capacity;
    bool failed;
};

void mkt_buf_init(struct mkt_buf *buf, struct mkt_arena *arena);
void mkt_buf_add(struct mkt_buf *buf, const void *bytes, size_t n);
void mkt_buf_str(struct mkt_buf *buf, const char *text);
void mkt_buf_char(struct mkt_buf *buf, char c);
void mkt_buf_printf(struct mkt_buf *buf, const char *format, ...) MKT_PRINTF(2, 3);

/* `text` with its first letter upper case, unless it opens with a name such as "ads.csv". */
void mkt_buf_capital(struct mkt_buf *buf, const char *text);

/* A whole sentence given by someone else: upper case first, one full stop at the end. */
void mkt_buf_sentence(struct mkt_buf *buf, const char *text);

/* What stands before the i-th of n names: nothing before the first, `last` (" and ", " or ") before the
 * last, ", " before the others. */
void mkt_buf_between(struct mkt_buf *buf, size_t i, size_t n, const char *last);

/* The same for a list of which at most `most` of its n names are shown, called for every i in order: true
 * where the name is to be written after what stands before it. In place of the first that is not shown it
 * writes " and 4 more", as in "search, social and 4 more". `most` is above 0. */
bool mkt_buf_listed(struct mkt_buf *buf, size_t i, size_t n, size_t most);

/* MKT_OK, or MKT_E_NOMEM when something did not fit. */
MKT_MUST_CHECK mkt_status mkt_buf_check(const struct mkt_buf *buf, struct mkt_err *err);

#endif
