#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/model.h"
#include "cli/progress.h"
#include "engine/allotment.h"
#include "engine/writer.h"
#include "engine/writer_open.h"
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

/* Opens it as the service would. */
static mkt_status check_use(const char *path, const struct mkt_settings *settings,
                            struct mkt_progress_line *line, struct mkt_err *err)
{
    struct mkt_settings own = *settings;
    struct mkt_allotment shares;
    struct mkt_llm *llm = NULL;
    own.model_path = path;
    own.llm_url = "";
    own.words = "auto";
    MKT_TRY(mkt_allotment_make(&own, &shares, err));
    struct mkt_writer_opening opening = {
        .settings = &own, .path = path, .engine_mb = shares.data_mb};
    mkt_progress_show(line, "opening the model", 0);
    mkt_status status = mkt_writer_open_usual(&opening, &llm, err);
    mkt_progress_stop(line);
    MKT_TRY(status);
    printf("%s opens: of AGENT_MAX_MEMORY_MB %lld, %lld MB are the model's, %lld MB the data's\n",
           mkt_llm_name(llm), (long long)own.memory_mb, (long long)shares.model_mb,
           (long long)shares.data_mb);
    mkt_llm_close(llm);
    return MKT_OK;
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
    printf("%s  %.2f GB\n", path, (double)info.st_size / 1e9);
    mkt_progress_start(&line);
    mkt_status status = check_use(path, &own, &line, err);
    if (status == MKT_OK) status = check_hash(path, &line, err);
    mkt_progress_stop(&line);
    return status;
}
