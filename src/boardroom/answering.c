#include "boardroom/answering.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "wire/json_span.h"
#include "wire/json_value.h"

#define ANALYSIS "roi" /* that speaks of campaigns and their return */

/* ---- which data set ---- */

mkt_status mkt_answering_dataset(struct mkt_engine *engine, struct mkt_arena *arena,
                                 const struct mkt_errand *e, const char **out, struct mkt_err *err)
{
    struct mkt_set **set;
    size_t count;
    *out = NULL;
    if (e->source != MKT_ERRAND_DATASET) return MKT_OK;
    *out = e->dataset;
    if (e->dataset) return MKT_OK;
    MKT_TRY(mkt_datasets_list(engine->datasets, arena, &set, &count, err));
    if (count == 1) *out = mkt_arena_strdup(arena, set[0]->name);
    for (size_t i = 0; i < count; i++) mkt_datasets_release(set[i]);
    if (count == 0)
        return mkt_err_set(err, MKT_E_EMPTY,
                           "no data came along and no data set is registered: send totals "
                           "(\"marketing_spend\", \"conversions\", ...) or rows");
    if (count > 1)
        return mkt_err_set(err, MKT_E_AMBIGUOUS,
                           "%s data sets are registered: name one as \"dataset\" in the context",
                           MKT_COUNT(count));
    return *out ? MKT_OK : mkt_arena_full(arena, err);
}

/* ---- the question ---- */

/* In words where there are any, else the analysis itself. */
static mkt_status make_question(struct mkt_engine *engine, struct mkt_arena *arena,
                                const struct mkt_errand *e, bool words, mkt_words_wanted who,
                                struct mkt_question *q, struct mkt_err *err)
{
    *q = (struct mkt_question){
        .format = MKT_RENDER_JSON, .words = who, .table = e->csv, .table_bytes = e->csv_bytes};
    MKT_TRY(mkt_answering_dataset(engine, arena, e, &q->dataset, err));
    if (words) {
        q->asked = e->task;
        q->given = e->given;
        q->givens = e->givens;
        return MKT_OK;
    }
    q->analysis = mkt_engine_find(engine, ANALYSIS);
    if (!q->analysis) return mkt_err_set(err, MKT_E_INTERNAL, "there is no analysis " ANALYSIS);
    for (size_t i = 0; i < e->givens; i++)
        MKT_TRY(mkt_args_set(&q->args, q->analysis, e->given[i].name, e->given[i].value, err));
    return MKT_OK;
}

static mkt_words_wanted who_writes(const struct mkt_engine *engine, bool plain)
{
    return plain ? MKT_WORDS_PLAIN : engine->words;
}

mkt_status mkt_answering_is_narrated(struct mkt_engine *engine, struct mkt_arena *arena,
                                     const struct mkt_errand *e, bool *out, struct mkt_err *err)
{
    struct mkt_llm *llm = NULL;
    struct mkt_blob *blob = NULL;
    struct mkt_question q;
    *out = false;
    MKT_TRY(mkt_engine_narrator(engine, engine->words, &llm, err));
    if (!llm) return MKT_OK;
    *out = true;
    if (e->source != MKT_ERRAND_DATASET) return MKT_OK;
    MKT_TRY(make_question(engine, arena, e, e->task != NULL, engine->words, &q, err));
    MKT_TRY(mkt_question_cached(engine, arena, &q, &blob, err));
    *out = !blob;
    mkt_blob_release(blob);
    return MKT_OK;
}

/* The body of the REST request that gives the same. */
static mkt_status write_request(struct mkt_arena *arena, const struct mkt_question *q,
                                const struct mkt_errand *e, const char **out, struct mkt_err *err)
{
    struct mkt_buf text;
    struct mkt_json w;
    *out = NULL;
    if (!q->dataset) return MKT_OK;
    mkt_buf_init(&text, arena);
    mkt_json_init(&w, &text);
    mkt_json_open(&w, '{');
    mkt_json_member_string(&w, "dataset", q->dataset);
    if (q->asked) mkt_json_member_string(&w, "question", q->asked);
    if (e->givens) {
        mkt_json_key(&w, "parameters");
        mkt_json_open(&w, '{');
        for (size_t i = 0; i < e->givens; i++)
            mkt_json_member_string(&w, e->given[i].name, e->given[i].value);
        mkt_json_close(&w, '}');
    }
    mkt_json_close(&w, '}');
    *out = text.data;
    return mkt_buf_check(&text, err);
}

static mkt_status answer(struct mkt_engine *engine, struct mkt_arena *arena,
                         const struct mkt_errand *e, const struct mkt_answering_options *o,
                         bool words, struct mkt_answering *out, struct mkt_err *err)
{
    struct mkt_question q;
    struct mkt_question_report report;
    MKT_TRY(make_question(engine, arena, e, words, who_writes(engine, o->plain), &q, err));
    q.late = o->late;
    q.deadline_ms = o->until_ms;
    *out = (struct mkt_answering){.asked = words,
                                  .path = words ? "/api/v1/ask" : "/api/v1/analyses/" ANALYSIS};
    MKT_TRY(write_request(arena, &q, e, &out->request, err));
    MKT_TRY(mkt_question_answer(engine, arena, &q, o->flag, NULL, &out->blob, &report, err));
    out->json = out->blob->bytes;
    out->bytes = out->blob->length;
    return MKT_OK;
}

/* The planner found no analysis for the words. */
static bool is_empty_handed(const struct mkt_answering *a)
{
    static const char *const without[] = {"\"not_understood\"", "\"unanswered\""};
    const char *status;
    size_t n;
    if (!a->asked || !mkt_json_span_member(a->json, a->bytes, "status", &status, &n)) return false;
    for (size_t i = 0; i < sizeof without / sizeof *without; i++)
        if (strlen(without[i]) == n && memcmp(status, without[i], n) == 0) return true;
    return false;
}

static bool is_of_campaigns(const struct mkt_errand *e)
{
    return e->kind != MKT_ERRAND_CUSTOMER && e->kind != MKT_ERRAND_GENERAL;
}

/* ---- totals ---- */

static mkt_status write_totals(struct mkt_arena *arena, const struct mkt_errand *e,
                               const char **out, struct mkt_err *err)
{
    struct mkt_buf text;
    struct mkt_json w;
    mkt_buf_init(&text, arena);
    mkt_json_init(&w, &text);
    mkt_json_open(&w, '{');
    for (size_t i = 0; i < e->totals; i++) {
        mkt_json_key(&w, e->total[i]->key);
        mkt_json_value_write(&w, e->total[i], NULL);
    }
    mkt_json_close(&w, '}');
    *out = text.data;
    return mkt_buf_check(&text, err);
}

static mkt_status divide(struct mkt_engine *engine, struct mkt_arena *arena,
                         const struct mkt_errand *e, const struct mkt_answering_options *o,
                         struct mkt_answering *out, struct mkt_err *err)
{
    const struct mkt_narration_options narration = {.deadline_ms = o->late ? 1 : o->until_ms,
                                                    .cancel = &o->flag->set};
    struct mkt_answer *whole = MKT_NEW(arena, struct mkt_answer, 1);
    struct mkt_llm *llm = NULL;
    struct mkt_buf text;
    if (!whole) return mkt_arena_full(arena, err);
    MKT_TRY(mkt_engine_narrator(engine, who_writes(engine, o->plain), &llm, err));
    MKT_TRY(mkt_marketing_analyzer_campaign_roi_analysis(arena, &e->campaign, llm, &narration,
                                                         whole, err));
    mkt_buf_init(&text, arena);
    MKT_TRY(mkt_marketing_analyzer_write(&text, &e->campaign, whole, err));
    *out = (struct mkt_answering){
        .json = text.data, .bytes = text.length, .path = "/api/v1/campaign/analyze"};
    return write_totals(arena, e, &out->request, err);
}

mkt_status mkt_answering_run(struct mkt_engine *engine, struct mkt_arena *arena,
                             const struct mkt_errand *errand,
                             const struct mkt_answering_options *options, struct mkt_answering *out,
                             struct mkt_err *err)
{
    *out = (struct mkt_answering){0};
    if (options->late && !options->plain && engine->words == MKT_WORDS_MODEL)
        return mkt_err_set(err, MKT_E_BUSY, "the model writes as many answers as allowed");
    if (errand->source == MKT_ERRAND_TOTALS)
        return divide(engine, arena, errand, options, out, err);
    if (!errand->task) return answer(engine, arena, errand, options, false, out, err);
    MKT_TRY(answer(engine, arena, errand, options, true, out, err));
    if (!is_of_campaigns(errand) || !is_empty_handed(out)) return MKT_OK;
    mkt_answering_release(out);
    return answer(engine, arena, errand, options, false, out, err);
}

void mkt_answering_release(struct mkt_answering *answering)
{
    mkt_blob_release(answering->blob);
    *answering = (struct mkt_answering){0};
}
