/* What the protocol asks of the folders: which data sets there are, and answers about them. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/clock.h"
#include "base/text.h"
#include "engine/files.h"
#include "mcp/mcp_folders.h"
#include "mcp/mcp_report.h"

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
    if (!dir) return errno == ENOTDIR ? MKT_OK : mkt_err_file("read", folder->path, err);
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
                                          .asked = reading->asked,
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
    return s->deadline_ms ? mkt_clock_ms() + s->deadline_ms : 0;
}

static mkt_status analyse(struct mkt_engine *engine, struct mkt_arena *arena,
                          const struct mkt_question *q, struct mkt_dataset *dataset,
                          struct mkt_llm *llm, const struct mkt_listener *listener,
                          struct mkt_buf *text, struct mkt_err *err)
{
    struct mkt_engine_request request = {.analysis = q->analysis,
                                         .args = &q->args,
                                         .dataset = dataset,
                                         .llm = llm,
                                         .deadline_ms = words_until(engine->settings)};
    struct mkt_answer *answer = MKT_NEW(arena, struct mkt_answer, 1);
    if (!answer) return mkt_arena_full(arena, err);
    MKT_TRY(mkt_engine_run(engine, arena, &request, listener, answer, err));
    return mkt_render_answer(text, answer, q->format, err);
}

static mkt_status ask(struct mkt_engine *engine, struct mkt_arena *arena,
                      const struct mkt_question *q, struct mkt_dataset *dataset,
                      struct mkt_llm *llm, const struct mkt_listener *listener,
                      struct mkt_buf *text, struct mkt_err *err)
{
    struct mkt_ask asking = {.question = q->asked,
                             .bytes = strlen(q->asked),
                             .given = q->given,
                             .givens = q->givens,
                             .dataset = dataset,
                             .place = q->dataset,
                             .today = (int32_t)(time(NULL) / 86400),
                             .llm = llm,
                             .deadline_ms = words_until(engine->settings)};
    struct mkt_asked *asked = MKT_NEW(arena, struct mkt_asked, 1);
    if (!asked) return mkt_arena_full(arena, err);
    MKT_TRY(mkt_ask_run(engine, arena, &asking, listener, asked, err));
    return mkt_ask_render(text, asked, q->format, err);
}

static mkt_status run(struct mkt_engine *engine, struct mkt_arena *arena,
                      const struct mkt_question *q, struct mkt_dataset *dataset,
                      struct mkt_flag *flag, const struct mkt_listener *listener,
                      struct mkt_blob **out, struct mkt_err *err)
{
    struct mkt_listener heard = *listener;
    struct mkt_llm *llm;
    struct mkt_buf text;
    heard.cancel = &flag->set;
    mkt_buf_init(&text, arena);
    MKT_TRY(mkt_engine_narrator(engine, q->words, &llm, err));
    MKT_TRY((q->analysis ? analyse : ask)(engine, arena, q, dataset, llm, &heard, &text, err));
    return mkt_blob_make(mkt_render_type(q->format), text.data, text.length, out, err);
}

static mkt_status answer(void *user, struct mkt_arena *arena, const struct mkt_question *question,
                         struct mkt_flag *flag, const struct mkt_listener *listener,
                         struct mkt_blob **out, struct mkt_err *err)
{
    struct mkt_engine *engine;
    struct mkt_dataset *dataset;
    struct mkt_reading reading = question->reading;
    if (question->analysis) reading.asked = question->analysis->kind;
    MKT_TRY(get_engine(user, &engine, err));
    MKT_TRY(open_data(user, question->dataset, &reading, flag, listener, &dataset, err));
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
