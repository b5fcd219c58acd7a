/* What the program can do, written from its tables. */
#ifndef MKT_CLI_HELP_H
#define MKT_CLI_HELP_H

#include <stdbool.h>
#include <stdio.h>

/* Help on one command, or on all when `command` is NULL; false when there is no such command. */
bool mkt_help_write(FILE *out, const char *command);

#endif
