#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/model.h"
#include "cli/progress.h"
#include "engine/engine.h"
#include "engine/files.h"
#include "simulate/company_files.h"

#define RUNS 2 /* the first prefills what all narrations share, the second finds it */

struct bench {
    struct mkt_progress_line line;
    char folder[64];
    struct mkt_engine *engine;
    struct mkt_dataset *dataset;
    struct mkt_arena arena;
    int sentences;
};

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void show_loading(void *user, double done)
{
    mkt_progress_show(user, "loading the language model", done);
}

static mkt_status load(struct bench *b, struct mkt_llm **llm, struct mkt_err *err)
{
    struct mkt_writer_view view;
    double began = now_s();
    mkt_writer_wait(b->engine->writer, show_loading, &b->line);
    mkt_progress_stop(&b->line);
    mkt_writer_view(b->engine->writer, &view);
    if (view.state != MKT_WRITER_READY) return mkt_err_set(err, MKT_E_DATA, "%s", view.why);
    printf("%s, ready after %.1f s\n", view.name, now_s() - began);
    return mkt_engine_narrator(b->engine, MKT_WORDS_MODEL, llm, err);
}

/* A year of a company of five channels, as the narrations are about. */
static mkt_status make_data(struct bench *b, struct mkt_err *err)
{
    struct mkt_company_options company;
    const char *temp = getenv("TMPDIR");
    char path[128];
    if (snprintf(b->folder, sizeof b->folder, "%.40s/mkt-bench-XXXXXX",
                 temp && *temp ? temp : "/tmp") < 0 ||
        !mkdtemp(b->folder)) {
        b->folder[0] = '\0';
        return mkt_err_set(err, MKT_E_IO, "cannot make a folder for the bench's data");
    }
    mkt_company_options_init(&company, 1);
    company.months = 12;
    company.channels = 5;
    company.scale = 0.2;
    snprintf(path, sizeof path, "%s/company", b->folder);
    MKT_TRY(mkt_company_files_write(path, &company, mkt_progress_show, &b->line, err));
    struct mkt_dataset_options data = {.progress = mkt_progress_show, .user = &b->line};
    return mkt_dataset_open(path, &data, &b->dataset, err);
}

static void show_sentence(void *user, mkt_part part, const char *sentence)
{
    struct bench *b = user;
    char stage[60];
    (void)part;
    if (!sentence) return;
    snprintf(stage, sizeof stage, "the model writes: %d sentences", ++b->sentences);
    mkt_progress_show(&b->line, stage, b->sentences < 20 ? b->sentences / 20.0 : 1);
}

static mkt_status narrate(struct bench *b, struct mkt_llm *llm, int run, struct mkt_err *err)
{
    struct mkt_args args = {0};
    struct mkt_answer *answer = MKT_NEW(&b->arena, struct mkt_answer, 1);
    struct mkt_engine_request request = {.analysis = mkt_engine_find(b->engine, "roi"),
                                         .args = &args,
                                         .dataset = b->dataset,
                                         .llm = llm};
    struct mkt_listener listener = {.sentence = show_sentence, .user = b};
    if (!answer) return mkt_arena_full(&b->arena, err);
    b->sentences = 0;
    double began = now_s();
    MKT_TRY(mkt_engine_run(b->engine, &b->arena, &request, &listener, answer, err));
    mkt_progress_stop(&b->line);
    int parts = 0;
    for (int p = 0; p < MKT_PARTS; p++) parts += answer->words.author[p] == MKT_AUTHOR_MODEL;
    printf("narration %d, %s: %.1f s, %d of %d parts the model's, %d sentences\n", run + 1,
           run ? "with the shared prompt at hand" : "from nothing", now_s() - began, parts,
           MKT_PARTS, b->sentences);
    if (answer->words.trouble) printf("  trouble: %s\n", answer->words.trouble);
    return MKT_OK;
}

static mkt_status measure(struct bench *b, const struct mkt_settings *settings, struct mkt_err *err)
{
    struct mkt_llm *llm = NULL;
    struct rusage used;
    struct mkt_engine_options options = {.settings = settings};
    MKT_TRY(mkt_arena_open(&b->arena, (size_t)512 << 20, err));
    MKT_TRY(mkt_engine_open(&options, &b->engine, err));
    MKT_TRY(load(b, &llm, err));
    MKT_TRY(make_data(b, err));
    for (int run = 0; run < RUNS; run++) MKT_TRY(narrate(b, llm, run, err));
    struct mkt_llm_speed speed = mkt_llm_speed_of(llm);
    printf("read %.1f tokens a second, written %.1f a second, all parts together\n",
           speed.prefill_per_s, speed.decode_per_s);
    if (getrusage(RUSAGE_SELF, &used) == 0) /* ru_maxrss: the kernel's high-water mark, in KB */
        printf("most memory in use: %ld MB, of AGENT_MAX_MEMORY_MB %lld\n", used.ru_maxrss >> 10,
               (long long)settings->memory_mb);
    return MKT_OK;
}

mkt_status mkt_model_bench(const struct mkt_options *options, const struct mkt_settings *settings,
                           struct mkt_err *err)
{
    struct bench b = {.folder = ""};
    struct mkt_settings own = *settings;
    own.words = "model";
    if (options->inputs > 1) {
        own.model_path = options->input[1];
        own.llm_url = "";
    }
    setvbuf(stdout, NULL, _IOLBF, 0); /* each figure as soon as it is there */
    mkt_progress_start(&b.line);
    mkt_status status = measure(&b, &own, err);
    mkt_progress_stop(&b.line);
    if (b.dataset) mkt_dataset_close(b.dataset);
    mkt_engine_close(b.engine);
    mkt_arena_close(&b.arena);
    if (b.folder[0]) mkt_files_remove(b.folder);
    return status;
}
