/* Where the protocol gets its data: from the service's register, or from folders of this machine. */
#ifndef MKT_MCP_MCP_HOST_H
#define MKT_MCP_MCP_HOST_H

#include "engine/question.h"

struct mkt_mcp_host {
    const struct mkt_analysis *analysis;
    size_t analyses;
    const char *data_help;  /* what the argument "data" of a tool is */
    mkt_words_wanted words; /* of a call that does not say */
    void *user;

    /* Names of the data sets, in byte order. */
    mkt_status (*names)(void *user, struct mkt_arena *arena, const char ***out, size_t *count,
                        struct mkt_err *err);

    /* One data set: its name, and what was recognised in it, as JSON. */
    mkt_status (*account)(void *user, struct mkt_arena *arena, const char *name,
                          struct mkt_flag *flag, struct mkt_buf *out, struct mkt_err *err);

    /* The answer to a question about the data set of that name, as MKT_RENDER_BOTH. */
    mkt_status (*answer)(void *user, struct mkt_arena *arena, const struct mkt_question *question,
                         struct mkt_flag *flag, const struct mkt_listener *listener,
                         struct mkt_blob **out, struct mkt_err *err);

    /* All analyses that the data set can answer: one page, or text. */
    mkt_status (*report)(void *user, struct mkt_arena *arena, const char *name,
                         mkt_render_format format, struct mkt_flag *flag,
                         const struct mkt_listener *listener, struct mkt_buf *out,
                         struct mkt_err *err);
};

#endif
