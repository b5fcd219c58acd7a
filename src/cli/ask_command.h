/* The command `ask`: a question in words about a file or a folder. */
#ifndef MKT_CLI_ASK_COMMAND_H
#define MKT_CLI_ASK_COMMAND_H

#include "cli/options.h"

/* Answers it as text, JSON or an HTML page.
 * Errors  MKT_E_ARG  no question, no data, an output that is not written
 *         those of engine/ask.h, of the data set and of writing the output */
MKT_MUST_CHECK mkt_status mkt_ask_command_run(const struct mkt_options *options,
                                              struct mkt_err *err);

#endif
