#include "cli/analyse.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "analysis/attribution_transactions.h"
#include "base/text.h"
#include "cli/output.h"
#include "cli/workbench.h"

/* What a run holds until it ends. */
struct run {
    struct mkt_workbench with;
    int sentences; /* that the model has written of one answer */
    const struct mkt_answer **answer;
    size_t answers;
    bool report; /* all analyses, not one */
};

#define SENTENCES 20 /* of a usual answer: for the bar alone */

static void show_sentence(void *user, mkt_part part, const char *sentence)
{
    struct run *r = user;
    char stage[160];
    (void)part;
    if (!sentence) return;
    r->sentences++;
    snprintf(stage, sizeof stage, "%.100s writes: %d sentences", mkt_llm_name(r->with.llm),
             r->sentences);
    mkt_progress_show(&r->with.line, stage,
                      r->sentences < SENTENCES ? (double)r->sentences / SENTENCES : 1);
}

static void show_progress(void *user, const char *stage, double done)
{
    mkt_progress_show(&((struct run *)user)->with.line, stage, done);
}

/* A report hands each parameter to the analyses that take it. */
static mkt_status set_args(struct mkt_args *args, const struct mkt_analysis *analysis,
                           const struct run *r, struct mkt_err *err)
{
    for (size_t i = 0; i < r->with.options->params; i++) {
        const char *name = r->with.options->param[i].name;
        if (r->report && !mkt_analysis_takes(analysis, name)) continue;
        MKT_TRY(mkt_args_set(args, analysis, name, r->with.options->param[i].value, err));
    }
    return MKT_OK;
}

/* What is wrong on the command line is told before the data are read. */
static mkt_status check_args(const struct run *r, const struct mkt_analysis *only,
                             struct mkt_err *err)
{
    for (size_t i = 0; i < r->with.options->params && !only; i++) {
        bool taken = false;
        for (size_t k = 0; k < mkt_analysis_count; k++)
            taken =
                taken || mkt_analysis_takes(&mkt_analysis_table[k], r->with.options->param[i].name);
        if (!taken)
            return mkt_err_set(err, MKT_E_ARG, "no analysis has a parameter \"%s\"",
                               r->with.options->param[i].name);
    }
    for (size_t k = 0; k < mkt_analysis_count; k++) {
        struct mkt_args tried = {{0}};
        if (!only || only == &mkt_analysis_table[k])
            MKT_TRY(set_args(&tried, &mkt_analysis_table[k], r, err));
    }
    return MKT_OK;
}

/* Errors  MKT_E_ARG  the ending is of a format that is not written */
static mkt_status check_output(const char *path, struct mkt_err *err)
{
    static const char *const known[] = {".html", ".htm", ".json", ".txt", ".text"};
    const char *slash = path ? strrchr(path, '/') : NULL;
    const char *ending = path ? strrchr(slash ? slash : path, '.') : NULL;
    if (!ending) return MKT_OK;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (mkt_text_equal_nocase(ending, known[i])) return MKT_OK;
    return mkt_err_set(err, MKT_E_ARG, "%s: a report is written as .html, .json or .txt", path);
}

static mkt_status run_one(struct run *r, const struct mkt_analysis *analysis, struct mkt_err *err)
{
    struct mkt_args *args = MKT_NEW(&r->with.arena, struct mkt_args, 1);
    struct mkt_answer *answer = MKT_NEW(&r->with.arena, struct mkt_answer, 1);
    if (!args || !answer) return mkt_arena_full(&r->with.arena, err);
    MKT_TRY(set_args(args, analysis, r, err));

    r->sentences = 0;
    struct mkt_engine_request request = {.analysis = analysis,
                                         .args = args,
                                         .dataset = r->with.dataset,
                                         .llm = r->with.llm,
                                         .deadline_ms = mkt_workbench_until(&r->with)};
    struct mkt_listener listener = {
        .progress = show_progress, .sentence = show_sentence, .user = r};
    MKT_TRY(mkt_engine_run(r->with.engine, &r->with.arena, &request, &listener, answer, err));
    if (answer->words.trouble) {
        mkt_progress_stop(&r->with.line);
        fprintf(stderr, "marketing-agent: plain words, because the language model failed: %s\n",
                answer->words.trouble);
    }
    r->answer[r->answers++] = answer;
    return MKT_OK;
}

/* All analyses; those that the data cannot answer are left out, unless none can be answered. */
static mkt_status run_all(struct run *r, struct mkt_err *err)
{
    for (size_t i = 0; i < mkt_analysis_count; i++)
        MKT_TRY(run_one(r, &mkt_analysis_table[i], err));
    size_t kept = 0;
    for (size_t i = 0; i < r->answers; i++)
        if (r->answer[i]->sheet.status != MKT_ANSWER_INSUFFICIENT) r->answer[kept++] = r->answer[i];
    if (kept) r->answers = kept;
    return MKT_OK;
}

/* ---- the credit of every conversion, as a file */

static bool is_same(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* The file must not be one that is read, nor lie where it would be read next time.
 * Errors  MKT_E_ARG  the sentence says which */
static mkt_status check_transactions(const struct run *r, const struct mkt_analysis *analysis,
                                     struct mkt_err *err)
{
    const char *path = r->with.options->value[MKT_OPTION_TRANSACTIONS];
    const char *data = r->with.options->input[0], *out = r->with.options->value[MKT_OPTION_OUT];
    char folder[PATH_MAX];
    if (!path) return MKT_OK;
    if (!analysis || strcmp(analysis->name, "attribution") != 0)
        return mkt_err_set(err, MKT_E_ARG, "--transactions goes with attribution alone");
    const char *slash = strrchr(path, '/');
    int length = slash ? (int)(slash - path) + 1 : 1;
    snprintf(folder, sizeof folder, "%.*s", length, slash ? path : ".");
    if (!*path || is_same(path, data) || is_same(folder, data))
        return mkt_err_set(err, MKT_E_ARG, "--transactions %s is among the data that are read",
                           path);
    if (out && (strcmp(path, out) == 0 || is_same(path, out)))
        return mkt_err_set(err, MKT_E_ARG, "--transactions and --out are both %s", path);
    return MKT_OK;
}

static mkt_status add_transactions(void *user, const char *bytes, size_t n, struct mkt_err *err)
{
    return mkt_output_add(user, bytes, n, err);
}

static mkt_status write_transactions(struct run *r, const struct mkt_analysis *analysis,
                                     struct mkt_err *err)
{
    const char *path = r->with.options->value[MKT_OPTION_TRANSACTIONS];
    struct mkt_args *args = MKT_NEW(&r->with.arena, struct mkt_args, 1);
    struct mkt_output out;
    if (!path) return MKT_OK;
    if (!args) return mkt_arena_full(&r->with.arena, err);
    MKT_TRY(set_args(args, analysis, r, err));
    const struct mkt_run run = {.arena = &r->with.arena,
                                .dataset = r->with.dataset,
                                .analysis = analysis,
                                .args = args,
                                .threads = r->with.engine->threads};
    MKT_TRY(mkt_output_open(&out, path, err));
    mkt_status status = mkt_attribution_transactions_make(&run, add_transactions, &out, err);
    return mkt_output_close(&out, status, err);
}

/* ---- the faces */

static mkt_status write_json(const struct run *r, struct mkt_buf *out, struct mkt_err *err)
{
    if (!r->report) return mkt_answer_json_write(out, r->answer[0], err);
    mkt_buf_str(out, "{\"analysis_type\":\"report\",\"answers\":[");
    for (size_t i = 0; i < r->answers; i++) {
        if (i) mkt_buf_char(out, ',');
        MKT_TRY(mkt_answer_json_write(out, r->answer[i], err));
    }
    mkt_buf_str(out, "]}\n");
    return mkt_buf_check(out, err);
}

static mkt_status write_text(const struct run *r, struct mkt_buf *out, struct mkt_err *err)
{
    struct mkt_text_style style = mkt_output_style(r->with.options);
    for (size_t i = 0; i < r->answers; i++) {
        if (i) mkt_buf_char(out, '\n');
        MKT_TRY(mkt_answer_text_write(out, r->answer[i], &style, err));
    }
    return mkt_buf_check(out, err);
}

/* Into a file when one is named: then the terminal gets the verdict and the path. */
static mkt_status show(struct run *r, struct mkt_err *err)
{
    const char *path = r->with.options->value[MKT_OPTION_OUT];
    struct mkt_buf out;
    mkt_buf_init(&out, &r->with.arena);
    mkt_render_format format = mkt_output_format(r->with.options);
    if (format == MKT_RENDER_JSON)
        MKT_TRY(write_json(r, &out, err));
    else if (format == MKT_RENDER_HTML)
        MKT_TRY(mkt_answer_html_write(&out, r->answer, r->answers, err));
    else
        MKT_TRY(write_text(r, &out, err));

    mkt_progress_stop(&r->with.line);
    if (!path) return mkt_output_print(out.data, out.length, err);
    MKT_TRY(mkt_output_file(path, out.data, out.length, err));

    struct mkt_buf said;
    mkt_buf_init(&said, &r->with.arena);
    for (size_t i = 0; i < r->answers; i++) {
        mkt_buf_str(&said, r->answer[i]->words.verdict);
        mkt_buf_char(&said, '\n');
    }
    mkt_buf_printf(&said, "\n%s\n", path);
    MKT_TRY(mkt_buf_check(&said, err));
    return mkt_output_print(said.data, said.length, err);
}

mkt_status mkt_analyse_run(const struct mkt_analysis *analysis, const struct mkt_options *options,
                           struct mkt_err *err)
{
    mkt_status status;
    struct run r = {.with = {.options = options}, .report = !analysis};
    const struct mkt_answer *answers[32];
    r.answer = answers;
    if (!options->inputs)
        return mkt_err_set(err, MKT_E_ARG, "%s needs a file or a folder: marketing-agent %s PATH",
                           analysis ? analysis->name : "report",
                           analysis ? analysis->name : "report");
    if (mkt_analysis_count > sizeof answers / sizeof *answers)
        return mkt_err_set(err, MKT_E_INTERNAL, "more analyses than a report holds");

    mkt_progress_start(&r.with.line);
    status = mkt_workbench_open(&r.with, err);
    if (status == MKT_OK) status = check_args(&r, analysis, err);
    if (status == MKT_OK) status = check_output(options->value[MKT_OPTION_OUT], err);
    if (status == MKT_OK) status = check_transactions(&r, analysis, err);
    if (status == MKT_OK)
        status = mkt_workbench_read(&r.with, options->input[0],
                                    analysis ? analysis->kind : MKT_KIND_NONE, err);
    if (status == MKT_OK) status = analysis ? run_one(&r, analysis, err) : run_all(&r, err);
    if (status == MKT_OK) status = write_transactions(&r, analysis, err);
    if (status == MKT_OK) status = show(&r, err);
    mkt_workbench_close(&r.with);
    return status;
}
