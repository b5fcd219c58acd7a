#include "mcp/mcp_folders.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/text.h"
#include "engine/files.h"
#include "mcp/mcp_report.h"

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
        if (!realpath(path[i], folder->path)) return mkt_files_fault("read", path[i], err);
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

/* ---- names ---- */

struct list {
    struct mkt_arena *arena;
    const char **name;
    size_t count, capacity;
};

static bool add(struct list *l, const char *label, const char *entry)
{
    const char *name =
        mkt_arena_printf(l->arena, "%s%s%s", label, entry ? "/" : "", entry ? entry : "");
    const char **place = mkt_arena_push(l->arena, &l->name, &l->count, &l->capacity, sizeof *place);
    if (!name || !place) return false;
    *place = name;
    return true;
}

static int by_bytes(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

/* A folder, or a file that may be a table by its ending. */
static bool is_offered(const char *folder, const char *entry)
{
    static const char *const endings[] = {".csv",    ".tsv",     ".txt",    ".json", ".jsonl",
                                          ".ndjson", ".parquet", ".duckdb", ".db"};
    char path[2 * PATH_MAX];
    struct stat st;
    const char *ending = strrchr(entry, '.');
    if (entry[0] == '.' || !mkt_text_is_utf8(entry, strlen(entry))) return false;
    snprintf(path, sizeof path, "%s/%s", folder, entry);
    if (lstat(path, &st) != 0) return false;
    if (S_ISDIR(st.st_mode)) return true;
    for (size_t i = 0; S_ISREG(st.st_mode) && ending && i < sizeof endings / sizeof *endings; i++)
        if (mkt_text_equal_nocase(ending, endings[i])) return true;
    return false;
}

static mkt_status add_entries(struct list *l, const struct mkt_mcp_folder *folder,
                              struct mkt_err *err)
{
    DIR *dir = opendir(folder->path);
    bool room = true;
    if (!dir) return errno == ENOTDIR ? MKT_OK : mkt_files_fault("read", folder->path, err);
    for (struct dirent *d; room && (d = readdir(dir));)
        if (l->count < MKT_MCP_FOLDERS_NAMES && is_offered(folder->path, d->d_name))
            room = add(l, folder->label, d->d_name);
    closedir(dir);
    return room ? MKT_OK : mkt_arena_full(l->arena, err);
}

static mkt_status names(void *user, struct mkt_arena *arena, const char ***out, size_t *count,
                        struct mkt_err *err)
{
    struct mkt_mcp_folders *f = user;
    struct list l = {.arena = arena};
    for (size_t i = 0; i < f->folders; i++) {
        if (!add(&l, f->folder[i].label, NULL)) return mkt_arena_full(arena, err);
        MKT_TRY(add_entries(&l, &f->folder[i], err));
    }
    if (l.count) qsort(l.name, l.count, sizeof *l.name, by_bytes);
    *out = l.name;
    *count = l.count;
    return MKT_OK;
}

/* ---- calls ---- */

static mkt_status get_engine(struct mkt_mcp_folders *f, struct mkt_engine **out,
                             struct mkt_err *err)
{
    const struct mkt_engine_options options = {.settings = f->settings};
    mkt_status status = MKT_OK;
    pthread_mutex_lock(&f->lock);
    if (!f->engine) status = mkt_engine_open(&options, &f->engine, err);
    *out = f->engine;
    pthread_mutex_unlock(&f->lock);
    return status;
}

static mkt_status open_data(struct mkt_mcp_folders *f, const char *name,
                            const struct mkt_reading *reading, struct mkt_flag *flag,
                            const struct mkt_listener *listener, struct mkt_dataset **out,
                            struct mkt_err *err)
{
    char path[PATH_MAX];
    MKT_TRY(mkt_mcp_folders_find(f, name, path, err));
    struct mkt_dataset_options options = {.map = reading->map,
                                          .maps = reading->maps,
                                          .dates = reading->dates,
                                          .decimal = reading->decimal,
                                          .currency = reading->currency,
                                          .memory = (size_t)f->settings->request_mb << 20,
                                          .progress = listener ? listener->progress : NULL,
                                          .user = listener ? listener->user : NULL,
                                          .cancel = &flag->set};
    return mkt_dataset_open(path, &options, out, err);
}

static mkt_status account(void *user, struct mkt_arena *arena, const char *name,
                          struct mkt_flag *flag, struct mkt_buf *out, struct mkt_err *err)
{
    const struct mkt_reading usual = {0};
    struct mkt_dataset *dataset = NULL;
    struct mkt_err problem = {0};
    char path[PATH_MAX];
    (void)arena;
    MKT_TRY(mkt_mcp_folders_find(user, name, path, err));
    mkt_status status = open_data(user, name, &usual, flag, NULL, &dataset, &problem);
    if (status == MKT_E_CANCELLED) return mkt_err_set(err, status, "%s", problem.text);
    status = mkt_mcp_report_account(out, name, dataset, dataset ? NULL : problem.text, err);
    mkt_dataset_close(dataset);
    return status;
}

static int64_t words_until(const struct mkt_settings *s)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return s->deadline_ms ? t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000 + s->deadline_ms : 0;
}

static mkt_status run(struct mkt_engine *engine, struct mkt_arena *arena,
                      const struct mkt_question *q, struct mkt_dataset *dataset,
                      struct mkt_flag *flag, const struct mkt_listener *listener,
                      struct mkt_blob **out, struct mkt_err *err)
{
    struct mkt_engine_request request = {.analysis = q->analysis,
                                         .args = &q->args,
                                         .dataset = dataset,
                                         .deadline_ms = words_until(engine->settings)};
    struct mkt_listener heard = *listener;
    struct mkt_answer *answer = MKT_NEW(arena, struct mkt_answer, 1);
    struct mkt_buf text;
    if (!answer) return mkt_arena_full(arena, err);
    heard.cancel = &flag->set;
    MKT_TRY(mkt_engine_narrator(engine, q->words, &request.llm, err));
    MKT_TRY(mkt_engine_run(engine, arena, &request, &heard, answer, err));
    mkt_buf_init(&text, arena);
    MKT_TRY(mkt_render_answer(&text, answer, q->format, err));
    return mkt_blob_make(mkt_render_type(q->format), text.data, text.length, out, err);
}

static mkt_status answer(void *user, struct mkt_arena *arena, const struct mkt_question *question,
                         struct mkt_flag *flag, const struct mkt_listener *listener,
                         struct mkt_blob **out, struct mkt_err *err)
{
    struct mkt_engine *engine;
    struct mkt_dataset *dataset;
    MKT_TRY(get_engine(user, &engine, err));
    MKT_TRY(open_data(user, question->dataset, &question->reading, flag, listener, &dataset, err));
    mkt_status status = run(engine, arena, question, dataset, flag, listener, out, err);
    mkt_dataset_close(dataset);
    return status;
}

static mkt_status report(void *user, struct mkt_arena *arena, const char *name,
                         mkt_render_format format, struct mkt_flag *flag,
                         const struct mkt_listener *listener, struct mkt_buf *out,
                         struct mkt_err *err)
{
    const struct mkt_reading usual = {0};
    struct mkt_engine *engine;
    struct mkt_dataset *dataset;
    MKT_TRY(get_engine(user, &engine, err));
    MKT_TRY(open_data(user, name, &usual, flag, listener, &dataset, err));
    mkt_status status =
        mkt_mcp_report_write(engine, arena, dataset, format, flag, listener, out, err);
    mkt_dataset_close(dataset);
    return status;
}

mkt_status mkt_mcp_folders_host(struct mkt_mcp_folders *folders, struct mkt_mcp_host *out,
                                struct mkt_err *err)
{
    *out = (struct mkt_mcp_host){
        .analysis = mkt_analysis_table,
        .analyses = mkt_analysis_count,
        .data_help =
            "name of a data set: a folder, or a file in it, as the tool datasets lists them",
        .user = folders,
        .names = names,
        .account = account,
        .answer = answer,
        .report = report};
    return mkt_writer_wanted(folders->settings->words, &out->words, err);
}
