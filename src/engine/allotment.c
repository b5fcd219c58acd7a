#include "engine/allotment.h"

#include "engine/writer.h"

#define MODEL_ROOM_MB 1024 /* beside a model's file */
#define DATA_LEAST_MB 512
#define LEAST_MB 16
#define DATASET_USUAL_MB 128
#define DATASET_LEAST_MB 64

mkt_status mkt_allotment_make(const struct mkt_settings *settings, struct mkt_allotment *out,
                              struct mkt_err *err)
{
    char path[4096];
    int64_t bytes, total = settings->memory_mb;
    mkt_words_wanted wanted = MKT_WORDS_AUTO;
    MKT_TRY(mkt_writer_wanted(settings->words, &wanted, err));
    MKT_TRY(mkt_writer_file(settings, path, &bytes, err));
    int64_t model = bytes ? (bytes >> 20) + 1 + MODEL_ROOM_MB : 0;
    int64_t most = total > 2 * DATA_LEAST_MB ? total - DATA_LEAST_MB : total / 2;
    bool writes = wanted != MKT_WORDS_PLAIN && (bytes || settings->llm_url[0]);
    out->model_mb = model < most ? model : most;
    out->data_mb = total - out->model_mb;
    out->narrations = writes ? (int)settings->narrations : 0;
    return MKT_OK;
}

size_t mkt_allotment_bytes(int64_t total_mb, int64_t part, int64_t among)
{
    int64_t mb = total_mb / part / (among > 0 ? among : 1);
    return (size_t)(mb < LEAST_MB ? LEAST_MB : mb) << 20;
}

size_t mkt_allotment_datasets(int64_t data_mb, int64_t wanted, size_t *bytes)
{
    int64_t share = data_mb / 4, open = share / DATASET_USUAL_MB;
    open = open < 1 ? 1 : open < wanted ? open : wanted;
    int64_t mb = share / open;
    *bytes = (size_t)(mb < DATASET_LEAST_MB ? DATASET_LEAST_MB : mb) << 20;
    return (size_t)open;
}
