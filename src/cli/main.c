#include <signal.h>
#include <stdio.h>

#include "cli/command.h"

int main(int argc, char **argv)
{
    struct mkt_err err = {0};
    signal(SIGPIPE, SIG_IGN);
    mkt_status status = mkt_command_run(argc, argv, &err);
    if (status != MKT_OK) fprintf(stderr, "marketing-agent: %s\n", err.text);
    return mkt_status_exit(status);
}
