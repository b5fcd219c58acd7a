/* How long the words of one answer take: five channels, one quarter, five parts written together.
 *
 *     build/release/bench/llm_narration MODEL.gguf STATE-FOLDER [DATA [RUNS [GPU-LAYERS]]]
 *
 * The first run computes the constant beginning of the prompt and keeps it in the folder; the runs
 * after it are what a user waits for. Prints tokens, seconds, and the share of sampling and masks.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "analysis/analysis.h"
#include "llm/builtin.h"
#include "narrate/marketing_llm.h"

/* Passes everything on to the model, and keeps what a task says of itself. */
struct watched {
    struct mkt_llm llm;
    struct mkt_llm *inner;
    int prefilled, sampled, parts, done;
    double prefill_s, decode_s, sample_s;
};

static mkt_status watch_write(struct mkt_llm *llm, struct mkt_arena *arena,
                              struct mkt_llm_task *task, struct mkt_err *err)
{
    struct watched *w = (struct watched *)llm;
    mkt_status status = mkt_llm_write(w->inner, arena, task, err);
    w->prefilled = task->prefilled;
    w->prefill_s = 1e-6 * (double)task->prefill_us;
    w->decode_s = 1e-6 * (double)task->decode_us;
    w->sample_s = 1e-6 * (double)task->sample_us;
    w->parts = (int)task->parts;
    w->sampled = w->done = 0;
    for (size_t i = 0; i < task->parts; i++) {
        w->sampled += task->part[i].sampled;
        w->done += task->part[i].done;
    }
    return status;
}

static int watch_count(const struct mkt_llm *llm, const char *text)
{
    return mkt_llm_count(((const struct watched *)llm)->inner, text);
}

static const char *watch_name(const struct mkt_llm *llm)
{
    return mkt_llm_name(((const struct watched *)llm)->inner);
}

static const char *watch_identity(const struct mkt_llm *llm)
{
    return mkt_llm_identity(((const struct watched *)llm)->inner);
}

static struct mkt_llm_speed watch_speed(const struct mkt_llm *llm)
{
    return mkt_llm_speed_of(((const struct watched *)llm)->inner);
}

static const struct mkt_llm_kind watching = {.write = watch_write,
                                             .count = watch_count,
                                             .name = watch_name,
                                             .identity = watch_identity,
                                             .speed = watch_speed};

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The answer that is put into words. The data set stays open: the sheet's strings live in it. */
static mkt_status make_sheet(struct mkt_arena *arena, const char *data, struct mkt_sheet *sheet,
                             struct mkt_err *err)
{
    const struct mkt_analysis *roi = mkt_analysis_find("roi");
    static struct mkt_dataset *dataset;
    struct mkt_args args = {{0}};
    struct mkt_dataset_options options = {.threads = 2, .today = 25000};
    MKT_TRY(mkt_dataset_open(data, &options, &dataset, err));
    MKT_TRY(mkt_args_set(&args, roi, "period", "2025-Q4", err));
    mkt_sheet_init(sheet, arena);
    struct mkt_run run = {
        .arena = arena, .dataset = dataset, .analysis = roi, .args = &args, .threads = 2};
    return roi->run(&run, sheet, err);
}

static mkt_status narrate(struct watched *w, const struct mkt_sheet *sheet, int run,
                          struct mkt_err *err)
{
    struct mkt_words words;
    size_t mark = mkt_arena_mark(sheet->arena);
    struct mkt_narration_options options = {.seed = (uint64_t)run, .size = 2};
    double from = now_s();
    MKT_TRY(mkt_marketing_llm_write(&w->llm, sheet, &options, &words, err));
    double wall = now_s() - from;
    printf("%-6s %8.2f %9.2f %8.2f %8.3f %7.2f %%  %9d %7d   %d of %d\n", run ? "saved" : "first",
           wall, w->prefill_s, w->decode_s, w->sample_s, 100 * w->sample_s / wall, w->prefilled,
           w->sampled, w->done, w->parts);
    if (words.trouble) printf("  the model failed: %s\n", words.trouble);
    fflush(stdout);
    mkt_arena_release(sheet->arena, mark);
    return MKT_OK;
}

static mkt_status measure(struct mkt_llm *model, const char *data, int runs, struct mkt_err *err)
{
    struct watched w = {.llm = {.kind = &watching}, .inner = model};
    struct mkt_arena arena;
    struct mkt_sheet sheet;
    MKT_TRY(mkt_arena_open(&arena, (size_t)256 << 20, err));
    MKT_TRY(make_sheet(&arena, data, &sheet, err));
    printf("%-6s %8s %9s %8s %8s %9s  %9s %7s   %s\n", "prefix", "wall s", "prefill s", "decode s",
           "sample s", "sampling", "prefilled", "sampled", "parts done");
    for (int run = 0; run <= runs; run++) MKT_TRY(narrate(&w, &sheet, run, err));
    struct mkt_llm_speed speed = mkt_llm_speed_of(model);
    printf("speed: %.2f tokens a second read, %.2f written\n", speed.prefill_per_s,
           speed.decode_per_s);
    mkt_arena_close(&arena);
    return MKT_OK;
}

int main(int argc, char **argv)
{
    struct mkt_err err = {0};
    struct mkt_llm *model;
    if (argc < 3) {
        fprintf(stderr,
                "usage: llm_narration MODEL.gguf STATE-FOLDER [DATA [RUNS [GPU-LAYERS]]]\n");
        return 2;
    }
    struct mkt_builtin_options options = {.path = argv[1],
                                          .state = argv[2],
                                          .memory_mb = 7000,
                                          .gpu_layers = argc > 5 ? atoi(argv[5]) : 0};
    mkt_status status = mkt_builtin_open(&options, &model, &err);
    if (status == MKT_OK) {
        status =
            measure(model, argc > 3 ? argv[3] : "examples", argc > 4 ? atoi(argv[4]) : 3, &err);
        mkt_llm_close(model);
    }
    if (status != MKT_OK) fprintf(stderr, "llm_narration: %s\n", err.text);
    return status != MKT_OK;
}
