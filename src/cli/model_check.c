#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/model.h"
#include "cli/progress.h"
#include "engine/allotment.h"
#include "engine/writer.h"
#include "engine/writer_open.h"
#include "llm/budget.h"
#include "llm/fetch.h"
#include "llm/models.h"

/* The hash that the file must have: pinned for its name, or kept when it was fetched. */
static const char *wanted_hash(const char *path, char kept[MKT_SHA256_TEXT], const char **whose)
{
    const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
    *whose = "pinned";
    for (size_t i = 0; i < mkt_models_count; i++)
        if (mkt_models_table[i].sha256 && strcmp(mkt_models_table[i].file, file) == 0)
            return mkt_models_table[i].sha256;
    *whose = "kept when it was fetched";
    mkt_fetch_kept(path, kept);
    return kept[0] ? kept : NULL;
}

static mkt_status check_hash(const char *path, struct mkt_progress_line *line, struct mkt_err *err)
{
    char kept[MKT_SHA256_TEXT], now[MKT_SHA256_TEXT];
    const char *whose, *wanted = wanted_hash(path, kept, &whose);
    mkt_progress_show(line, "computing the sha256", 0);
    MKT_TRY(mkt_hash_file(path, now, err));
    mkt_progress_stop(line);
    if (wanted && strcmp(wanted, now) != 0)
        return mkt_err_set(err, MKT_E_DATA, "%s has the sha256 %s, not %s, the one %s", path, now,
                           wanted, whose);
    printf("sha256 %s: %s%s\n", now, wanted ? "the one " : "nothing to compare it with",
           wanted ? whose : "");
    return MKT_OK;
}

#define MB 1000000ULL
#define ROWS 64 /* of logits, as llm/builtin.c keeps them */

/* What it would take of the memory, by the plan that is made before a model is loaded. */
static mkt_status print_plan(const char *path, const struct mkt_weights *w,
                             const struct mkt_settings *s, const struct mkt_allotment *shares,
                             struct mkt_err *err)
{
    struct mkt_budget plan;
    uint64_t engine = (uint64_t)shares->data_mb << 20;
    MKT_TRY(mkt_budget_plan(w, path, (uint64_t)s->memory_mb * MB, engine, 0, ROWS, &plan, err));
    printf("%s, %lld layers of %lld, a vocabulary of %llu\n", w->architecture, (long long)w->layers,
           (long long)w->embed, (unsigned long long)w->tokens);
    printf("memory: %llu MB of %lld\n"
           "  weights %llu, %d tokens of text %llu, saved prompts %llu, computing %llu, "
           "data and requests %llu\n",
           (unsigned long long)(plan.all / MB), (long long)s->memory_mb,
           (unsigned long long)(plan.weights / MB), plan.cells,
           (unsigned long long)(plan.cells_bytes / MB), (unsigned long long)(plan.prefixes / MB),
           (unsigned long long)(plan.compute / MB), (unsigned long long)(plan.engine / MB));
    return MKT_OK;
}

/* Opens it as the service would: its vocabulary and template are tried out, and it writes. */
static mkt_status open_it(const char *path, const struct mkt_settings *settings,
                          const struct mkt_allotment *shares, struct mkt_progress_line *line,
                          struct mkt_err *err)
{
    struct mkt_llm *llm = NULL;
    struct mkt_writer_opening opening = {
        .settings = settings, .path = path, .engine_mb = shares->data_mb};
    mkt_progress_show(line, "opening the model", 0);
    mkt_status status = mkt_writer_open_usual(&opening, &llm, err);
    mkt_progress_stop(line);
    MKT_TRY(status);
    struct mkt_llm_speed speed = mkt_llm_speed_of(llm);
    printf("%s opens and writes, %.1f tokens a second\n", mkt_llm_name(llm), speed.decode_per_s);
    mkt_llm_close(llm);
    return MKT_OK;
}

static mkt_status check_use(const char *path, const struct mkt_settings *settings,
                            struct mkt_progress_line *line, struct mkt_err *err)
{
    struct mkt_allotment shares;
    struct mkt_weights weights;
    MKT_TRY(mkt_allotment_make(settings, &shares, err));
    MKT_TRY(mkt_weights_check(path, &weights, err));
    MKT_TRY(print_plan(path, &weights, settings, &shares, err));
    return open_it(path, settings, &shares, line, err);
}

mkt_status mkt_model_check(const struct mkt_options *options, const struct mkt_settings *settings,
                           struct mkt_err *err)
{
    char path[4096];
    int64_t bytes;
    struct stat info;
    struct mkt_progress_line line;
    struct mkt_settings own = *settings;
    own.llm_url = "";
    own.words = "auto";
    if (options->inputs > 1) own.model_path = options->input[1];
    MKT_TRY(mkt_writer_file(&own, path, &bytes, err));
    if (stat(path, &info) != 0)
        return mkt_err_set(err, MKT_E_NOT_FOUND,
                           "there is no model at %s; get one with marketing-agent model fetch",
                           path);
    setvbuf(stdout, NULL, _IOLBF, 0); /* what is known is shown while the rest takes its time */
    printf("%s  %.2f GB\n", path, (double)info.st_size / 1e9);
    mkt_progress_start(&line);
    mkt_status status = check_hash(path, &line, err);
    if (status == MKT_OK) status = check_use(path, &own, &line, err);
    mkt_progress_stop(&line);
    return status;
}
