/* How far a request is, told to the client that asked: `notifications/progress`.
 *
 * The engine's stages each go from 0 to 1; what is sent only grows: the number of stages that are
 * done, plus the part of the current one. Told at most every 100 ms, and MKT_MCP_PROGRESS_MOST times.
 */
#ifndef MKT_MCP_MCP_PROGRESS_H
#define MKT_MCP_MCP_PROGRESS_H

#include <pthread.h>

#include "mcp/mcp.h"

#define MKT_MCP_PROGRESS_MOST 500

struct mkt_mcp_progress {
    const struct mkt_value *token; /* NULL: nobody asked */
    struct mkt_flag *flag;
    mkt_mcp_send *send;
    void *user;
    pthread_mutex_t lock;
    bool closed;
    double stages, told;
    char stage[64];
    int64_t told_ms;
    int times;
};

void mkt_mcp_progress_open(struct mkt_mcp_progress *progress, const struct mkt_value *token,
                           struct mkt_flag *flag, mkt_mcp_send *send, void *user);

/* A mkt_progress callback, from any thread. */
void mkt_mcp_progress_tell(void *progress, const char *stage, double done);

/* Nothing is sent after it. */
void mkt_mcp_progress_close(struct mkt_mcp_progress *progress);

#endif
