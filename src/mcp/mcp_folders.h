/* Folders and files of this machine, for the protocol on standard input.
 *
 * A data set is one of the paths that were given, or an entry of a folder among them: `shop` and
 * `shop/spend.csv`. Whatever name is asked for, the file that it leads to, links followed, must lie
 * within a given path; what lies outside is answered like what is not there. Nothing is opened
 * before the first call: no data, no model.
 */
#ifndef MKT_MCP_MCP_FOLDERS_H
#define MKT_MCP_MCP_FOLDERS_H

#include <limits.h>
#include <pthread.h>

#include "mcp/mcp_host.h"

#define MKT_MCP_FOLDERS 16
#define MKT_MCP_FOLDERS_NAMES 1000 /* names that are listed */

struct mkt_mcp_folder {
    char path[PATH_MAX]; /* real */
    char label[NAME_MAX + 16];
};

struct mkt_mcp_folders {
    const struct mkt_settings *settings;
    struct mkt_mcp_folder folder[MKT_MCP_FOLDERS];
    size_t folders;
    pthread_mutex_t lock;
    struct mkt_engine *engine; /* made by the first call */
};

/* Checks that the paths are there.
 * Errors  MKT_E_NOT_FOUND, MKT_E_FORBIDDEN, MKT_E_IO  of a path;  MKT_E_ARG  more than
 *         MKT_MCP_FOLDERS
 * Checked tests/mcp/mcp_folders_test.c */
MKT_MUST_CHECK mkt_status mkt_mcp_folders_open(struct mkt_mcp_folders *out,
                                               const struct mkt_settings *settings,
                                               const char *const *path, size_t paths,
                                               struct mkt_err *err);
void mkt_mcp_folders_close(struct mkt_mcp_folders *folders);

/* The real path that a name leads to.
 * Errors  MKT_E_NOT_FOUND  nothing there, or outside the given paths */
MKT_MUST_CHECK mkt_status mkt_mcp_folders_find(const struct mkt_mcp_folders *folders,
                                               const char *name, char out[PATH_MAX],
                                               struct mkt_err *err);

/* `folders` must outlive the host.
 * Errors  MKT_E_ARG  the settings want words of nobody known */
MKT_MUST_CHECK mkt_status mkt_mcp_folders_host(struct mkt_mcp_folders *folders,
                                               struct mkt_mcp_host *out, struct mkt_err *err);

#endif
