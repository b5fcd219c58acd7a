/* From the words on the command line to what does the work. */
#ifndef MKT_CLI_COMMAND_H
#define MKT_CLI_COMMAND_H

#include "base/err.h"

/* Runs the command in argv[1].
 * Errors  MKT_E_ARG  no such command; else those of the command */
MKT_MUST_CHECK mkt_status mkt_command_run(int argc, char **argv, struct mkt_err *err);

#endif
