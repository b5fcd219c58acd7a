#include "mcp/mcp_folders.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/files.h"

/* ---- the paths that were given ---- */

static bool is_taken(const struct mkt_mcp_folders *f, const char *label)
{
    for (size_t i = 0; i < f->folders; i++)
        if (strcmp(f->folder[i].label, label) == 0) return true;
    return false;
}

/* The last part of its path; "~2" and so on behind one that another has. */
static void set_label(const struct mkt_mcp_folders *f, struct mkt_mcp_folder *folder)
{
    const char *slash = strrchr(folder->path, '/');
    const char *base = slash && slash[1] ? slash + 1 : "root";
    snprintf(folder->label, sizeof folder->label, "%.*s", NAME_MAX, base);
    for (int i = 2; is_taken(f, folder->label); i++)
        snprintf(folder->label, sizeof folder->label, "%.*s~%d", NAME_MAX, base, i);
}

mkt_status mkt_mcp_folders_open(struct mkt_mcp_folders *out, const struct mkt_settings *settings,
                                const char *const *path, size_t paths, struct mkt_err *err)
{
    *out = (struct mkt_mcp_folders){.settings = settings};
    if (paths > MKT_MCP_FOLDERS)
        return mkt_err_set(err, MKT_E_ARG, "more than %d folders", MKT_MCP_FOLDERS);
    for (size_t i = 0; i < paths; i++) {
        struct mkt_mcp_folder *folder = &out->folder[out->folders];
        if (!realpath(path[i], folder->path)) return mkt_err_file("read", path[i], err);
        set_label(out, folder);
        out->folders++;
    }
    pthread_mutex_init(&out->lock, NULL);
    return MKT_OK;
}

void mkt_mcp_folders_close(struct mkt_mcp_folders *folders)
{
    mkt_engine_close(folders->engine);
    pthread_mutex_destroy(&folders->lock);
}

/* ---- from a name to a path ---- */

static bool is_within(const char *path, const char *folder)
{
    size_t n = strlen(folder);
    if (n == 1) return true; /* "/" */
    return strncmp(path, folder, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

/* Where a candidate really is, if that is within what was given. */
static bool settle(const struct mkt_mcp_folders *f, const char *candidate, char out[PATH_MAX])
{
    if (!realpath(candidate, out)) return false;
    for (size_t i = 0; i < f->folders; i++)
        if (is_within(out, f->folder[i].path)) return true;
    return false;
}

mkt_status mkt_mcp_folders_find(const struct mkt_mcp_folders *folders, const char *name,
                                char out[PATH_MAX], struct mkt_err *err)
{
    char candidate[2 * PATH_MAX];
    size_t first = strcspn(name, "/");
    if (name[0] == '/' && settle(folders, name, out)) return MKT_OK;
    for (size_t i = 0; i < folders->folders && name[0] && name[0] != '/'; i++) {
        const struct mkt_mcp_folder *f = &folders->folder[i];
        bool labelled = strlen(f->label) == first && strncmp(f->label, name, first) == 0;
        int n = labelled ? snprintf(candidate, sizeof candidate, "%s%s", f->path, name + first)
                         : snprintf(candidate, sizeof candidate, "%s/%s", f->path, name);
        if (n < (int)sizeof candidate && settle(folders, candidate, out)) return MKT_OK;
    }
    if (folders->folders == 0)
        return mkt_err_set(err, MKT_E_NOT_FOUND,
                           "there are no data: start marketing-agent mcp with --data DIR");
    return mkt_err_set(err, MKT_E_NOT_FOUND,
                       "there is no data set \"%.200s\" in the folders given by --data; the tool "
                       "datasets lists what is there",
                       name);
}
