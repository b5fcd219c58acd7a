/* Files in UTF-16, as spreadsheets and some ad platforms write them, become UTF-8 first. */
#ifndef MKT_SOURCE_UTF16_H
#define MKT_SOURCE_UTF16_H

#include <stdatomic.h>

#include "base/err.h"

/* Where the file of `fd` begins with a UTF-16 byte order mark, writes it as UTF-8 to a temporary
 * file that has no name, in `temp` (NULL for /tmp), and puts that in the place of `fd`. Any other file
 * stays as it is. A lone surrogate becomes a byte that is no UTF-8, so its row is counted as broken.
 *
 * Errors  MKT_E_IO         the file cannot be read or the temporary one not written
 *         MKT_E_CANCELLED
 * Cost    one pass over the file, 96 KB.
 * Checked  tests/source/utf16_test.c */
MKT_MUST_CHECK mkt_status mkt_utf16_decode(int fd, const char *show, const char *temp,
                                           const atomic_bool *cancel, struct mkt_err *err);

#endif
