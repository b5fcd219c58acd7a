/* Text on a terminal: how many columns it takes, cutting, filling and wrapping.
 *
 * Free of the locale. East Asian wide characters and emoji take two columns,
 * combining marks none. Whatever the text holds, no control byte is written:
 * each becomes '?', so a name cannot move the cursor or change a colour.
 */
#ifndef MKT_REPORT_WIDTH_H
#define MKT_REPORT_WIDTH_H

#include <stddef.h>

#include "base/buf.h"

/* Columns the text takes; invalid bytes take one each. */
size_t mkt_width_of(const char *text);

/* Appends the text, cut to `most` columns (then it ends in "…"). Returns the columns written. */
size_t mkt_width_add(struct mkt_buf *out, const char *text, size_t most);

void mkt_width_spaces(struct mkt_buf *out, size_t columns);

/* Appends the text in lines of at most `width` columns, every line but the first indented by
 * `indent`; the first starts at column `at`. Lines break at spaces, never between a number and
 * its percent sign; a word longer than a line is cut across lines. Ends with a line end. */
void mkt_width_wrap(struct mkt_buf *out, const char *text, size_t at, size_t indent, size_t width);

#endif
