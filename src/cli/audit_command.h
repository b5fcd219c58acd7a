/* marketing-agent audit verify [FILE] [--key FILE]...: the log of what other agents were answered. */
#ifndef MKT_CLI_AUDIT_COMMAND_H
#define MKT_CLI_AUDIT_COMMAND_H

#include "cli/options.h"

/* Walks the log from its first line and prints how far it reaches. Without FILE it is the service's
 * own; without a key it is verified by those of the service, present and retired. `verb` is what
 * stands before FILE: "verify".
 *
 * Errors  MKT_E_ARG   a verb that is none, a file that holds no public key
 *         MKT_E_DATA  a line is wrong: which one, and what of it
 *         MKT_E_NOT_FOUND, MKT_E_IO, MKT_E_LIMIT
 * Checked tests/e2e/audit_test.sh */
MKT_MUST_CHECK mkt_status mkt_audit_command_run(const char *verb, const struct mkt_options *options,
                                                struct mkt_err *err);

#endif
