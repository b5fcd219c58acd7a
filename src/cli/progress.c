#include "cli/progress.h"

#include <stdio.h>
#include <unistd.h>

void mkt_progress_start(struct mkt_progress_line *line)
{
    clock_gettime(CLOCK_MONOTONIC, &line->start);
    line->terminal = isatty(STDERR_FILENO) == 1;
    line->shown = false;
}

void mkt_progress_show(void *user, const char *stage, double done)
{
    enum { WIDTH = 24 };
    struct mkt_progress_line *line = user;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double elapsed = (double)(now.tv_sec - line->start.tv_sec) +
                     (double)(now.tv_nsec - line->start.tv_nsec) / 1e9;
    if (!line->terminal || elapsed < 1) return;
    if (done < 0) done = 0;
    if (done > 1) done = 1;
    char bar[WIDTH + 1];
    for (int i = 0; i < WIDTH; i++) bar[i] = (double)i < done * WIDTH ? '#' : '.';
    bar[WIDTH] = '\0';
    fprintf(stderr, "\r\033[K%s %3.0f %%  %s", bar, 100 * done, stage);
    fflush(stderr);
    line->shown = true;
}

void mkt_progress_stop(struct mkt_progress_line *line)
{
    if (line->shown) fputs("\r\033[K", stderr);
    line->shown = false;
}
