/* One line of progress on a terminal, for work that takes longer than a second. */
#ifndef MKT_CLI_PROGRESS_H
#define MKT_CLI_PROGRESS_H

#include <stdbool.h>
#include <time.h>

struct mkt_progress_line {
    struct timespec start;
    bool terminal; /* standard error is one; elsewhere nothing is shown */
    bool shown;
};

void mkt_progress_start(struct mkt_progress_line *line);

/* A mkt_progress callback; `user` is the line. */
void mkt_progress_show(void *user, const char *stage, double done);

/* Wipes the line. */
void mkt_progress_stop(struct mkt_progress_line *line);

#endif
