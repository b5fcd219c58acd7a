/* Where answers go: standard output, or a file that is there whole or not at all. */
#ifndef MKT_CLI_OUTPUT_H
#define MKT_CLI_OUTPUT_H

#include <stddef.h>

#include "base/err.h"

/* Errors  MKT_E_IO, MKT_E_NOSPACE  it cannot be written (a closed pipe is no error) */
MKT_MUST_CHECK mkt_status mkt_output_print(const char *bytes, size_t n, struct mkt_err *err);

/* Writes beside `path` and renames: an earlier file stays until the new one is whole.
 * Errors  those of mkt_files_fault: the sentence names the path */
MKT_MUST_CHECK mkt_status mkt_output_file(const char *path, const char *bytes, size_t n,
                                          struct mkt_err *err);

#endif
