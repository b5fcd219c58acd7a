#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/model.h"
#include "cli/progress.h"
#include "engine/files.h"
#include "llm/fetch.h"
#include "llm/models.h"

static void show(void *user, int64_t have, int64_t whole, bool checking)
{
    char stage[120];
    if (checking)
        snprintf(stage, sizeof stage, "checking the sha256 of %.2f GB", (double)have / 1e9);
    else
        snprintf(stage, sizeof stage, "%.2f of %.2f GB", (double)have / 1e9, (double)whole / 1e9);
    mkt_progress_show(user, stage, whole ? (double)have / (double)whole : 0);
}

/* What is there already must be what would be fetched. */
static mkt_status look_at(const char *path, const char *sha256, struct mkt_err *err)
{
    char kept[MKT_SHA256_TEXT], now[MKT_SHA256_TEXT];
    struct mkt_progress_line line;
    mkt_fetch_kept(path, kept);
    mkt_progress_start(&line);
    mkt_progress_show(&line, "checking the sha256 of what is there", 0);
    mkt_status status = mkt_hash_file(path, now, err);
    mkt_progress_stop(&line);
    MKT_TRY(status);
    const char *wanted = sha256 ? sha256 : kept[0] ? kept : now;
    if (strcmp(now, wanted) != 0)
        return mkt_err_set(err, MKT_E_CONFLICT,
                           "%s is there already, with the sha256 %s, not %s: move it away first",
                           path, now, wanted);
    printf("%s\nsha256 %s: it is there already\n", path, now);
    return MKT_OK;
}

static mkt_status fetch(const struct mkt_fetch *what, struct mkt_err *err)
{
    struct mkt_progress_line line;
    struct mkt_fetched got;
    struct mkt_fetch shown = *what;
    mkt_progress_start(&line);
    shown.progress = show;
    shown.user = &line;
    mkt_status status = mkt_fetch_file(&shown, &got, err);
    mkt_progress_stop(&line);
    MKT_TRY(status);
    printf("%s\nsha256 %s: %s\n", what->path, got.sha256,
           what->sha256 ? "as it must be"
                        : "nothing to compare it with, so it is trusted and kept for later checks");
    return MKT_OK;
}

/* The folder above the file. */
static mkt_status make_folder(struct mkt_arena *arena, const char *path, struct mkt_err *err)
{
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path) return MKT_OK;
    const char *folder = mkt_arena_strndup(arena, path, (size_t)(slash - path));
    return folder ? mkt_files_make_folder(folder, err) : mkt_arena_full(arena, err);
}

static mkt_status run(struct mkt_arena *arena, const struct mkt_options *o,
                      const struct mkt_settings *s, struct mkt_err *err)
{
    const char *name = o->inputs > 1 ? o->input[1] : s->model, *path = s->model_path;
    const struct mkt_model *known = mkt_models_find(name);
    struct mkt_fetch what = {.url = o->value[MKT_OPTION_URL],
                             .sha256 = o->value[MKT_OPTION_SHA256]};
    struct stat info;
    if (!what.url && !known)
        return mkt_err_set(
            err, MKT_E_ARG,
            "no address is known for %.200s: give --url, and --sha256 if you have it", name);
    if (!what.url) what.url = known->url;
    if (!what.sha256 && known) what.sha256 = known->sha256; /* a mirror holds the same file */
    if (what.sha256 && !mkt_fetch_is_sha256(what.sha256))
        return mkt_err_set(err, MKT_E_ARG, "--sha256 takes 64 of 0-9 and a-f, not \"%.80s\"",
                           what.sha256);
    if (!*path || o->inputs > 1) MKT_TRY(mkt_models_path(arena, s->model_dir, name, &path, err));
    what.path = path;
    if (stat(path, &info) == 0) return look_at(path, what.sha256, err);
    MKT_TRY(make_folder(arena, path, err));
    return fetch(&what, err);
}

mkt_status mkt_model_fetch(const struct mkt_options *options, const struct mkt_settings *settings,
                           struct mkt_err *err)
{
    struct mkt_arena arena;
    MKT_TRY(mkt_arena_open(&arena, (size_t)1 << 20, err));
    mkt_status status = run(&arena, options, settings, err);
    mkt_arena_close(&arena);
    return status;
}
