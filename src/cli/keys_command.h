/* marketing-agent keys: the agent's signing key and those before it. */
#ifndef MKT_CLI_KEYS_COMMAND_H
#define MKT_CLI_KEYS_COMMAND_H

#include "cli/options.h"

/* show: prints the current key and the retired ones, in text or with --json; makes a key when there is
 *       none, as a start of the service would
 * rotate: makes a new key; the old one's public half is kept with the time
 *
 * Errors  MKT_E_ARG  another verb;  those of mkt_settings_read, mkt_keys_open, mkt_keys_rotate
 * Checked tests/e2e/attest_test.sh */
MKT_MUST_CHECK mkt_status mkt_keys_command_run(const char *verb, const struct mkt_options *options,
                                               struct mkt_err *err);

#endif
