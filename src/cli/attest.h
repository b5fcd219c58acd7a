/* marketing-agent attest verify FILE: evidence of a trusted machine, checked and explained. */
#ifndef MKT_CLI_ATTEST_H
#define MKT_CLI_ATTEST_H

#include "cli/options.h"

/* Prints every check. `verb` is what stands before FILE: "verify".
 * Errors  MKT_E_ARG   a verb or a value that is none
 *         MKT_E_DATA  no evidence, or evidence that is not trusted: the sentence names the checks
 *         MKT_E_NOT_FOUND, MKT_E_IO, MKT_E_LIMIT, MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_attest_run(const char *verb, const struct mkt_options *options,
                                         struct mkt_err *err);

#endif
