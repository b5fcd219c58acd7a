#include "report/answer_json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "report/account_json.h"
#include "report/answer_metrics.h"
#include "report/caveats.h"

#define LARGEST_INT 9007199254740991ULL /* 2^53 - 1: what every JSON reader keeps exactly */

static void member_strings(struct mkt_json *w, const char *name, const char *const *text, size_t n)
{
    mkt_json_key(w, name);
    mkt_json_open(w, '[');
    for (size_t i = 0; i < n; i++) mkt_json_string(w, text[i]);
    mkt_json_close(w, ']');
}

static void member_numbers(struct mkt_json *w, const char *name, const double *value, size_t n)
{
    mkt_json_key(w, name);
    if (!value) {
        mkt_json_null(w);
        return;
    }
    mkt_json_open(w, '[');
    for (size_t i = 0; i < n; i++) mkt_json_number(w, value[i]);
    mkt_json_close(w, ']');
}

static void member_period(struct mkt_json *w, const char *name, struct mkt_period p)
{
    char text[MKT_DATE_TEXT];
    mkt_json_key(w, name);
    if (p.first > p.last) {
        mkt_json_null(w);
        return;
    }
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "first", mkt_date_text(p.first, text));
    mkt_json_member_string(w, "last", mkt_date_text(p.last, text));
    mkt_json_close(w, '}');
}

/* ---- words, facts, findings -------------------------------------------- */

/* Which parts of a model's answer the plain narrator wrote, and why. */
static void member_plain_parts(struct mkt_json *w, const struct mkt_words *words)
{
    if (!words->model) return;
    mkt_json_key(w, "plain_parts");
    mkt_json_open(w, '{');
    for (mkt_part p = 0; p < MKT_PARTS; p++)
        if (words->author[p] != MKT_AUTHOR_MODEL)
            mkt_json_member_string(w, mkt_words_part_name(p),
                                   mkt_words_author_name(words->author[p]));
    mkt_json_close(w, '}');
}

void mkt_answer_json_words(struct mkt_json *w, const struct mkt_words *words)
{
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "verdict", words->verdict);
    mkt_json_member_string(w, "performance_summary", words->performance_summary);
    mkt_json_member_string(w, "channel_analysis", words->channel_analysis);
    mkt_json_member_string(w, "audience_insights", words->audience_insights);
    mkt_json_member_string(w, "roi_analysis", words->roi_analysis);
    member_strings(w, "optimization_recommendations", words->optimization_recommendations,
                   words->recommendations);
    mkt_json_member_number(w, "confidence_score", words->confidence_score);
    mkt_json_member_string(w, "written_by", words->written_by);
    member_plain_parts(w, words);
    mkt_json_close(w, '}');
}

static void write_fact(struct mkt_json *w, const struct mkt_fact *f)
{
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "id", f->id);
    mkt_json_member_string(w, "label", f->label);
    mkt_json_member_string(w, "scope", f->scope);
    mkt_json_member_string(w, "entity", f->entity);
    mkt_json_member_string(w, "metric", f->metric);
    mkt_json_member_number(w, "value", f->value);
    mkt_json_member_string(w, "unit", mkt_unit_name(f->unit));
    mkt_json_member_number(w, "low", f->low);
    mkt_json_member_number(w, "high", f->high);
    mkt_json_member_number(w, "level", f->level > 0 ? f->level : NAN);
    mkt_json_member_string(w, "interval", f->interval);
    mkt_json_member_string(w, "why", f->why);
    mkt_json_member_int(w, "n", f->n);
    mkt_json_member_string(w, "n_of", f->n_of);
    mkt_json_member_string(w, "method", f->method);
    member_strings(w, "caveats", f->caveat, f->caveats);
    mkt_json_close(w, '}');
}

static void write_finding(struct mkt_json *w, const struct mkt_finding *f, const char *headline)
{
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "id", f->id);
    mkt_json_member_string(w, "kind", mkt_finding_kind_name(f->kind));
    mkt_json_member_string(w, "claim", f->claim);
    mkt_json_member_number(w, "probability", f->probability);
    mkt_json_member_number(w, "stake", f->stake);
    mkt_json_member_string(w, "scope", f->scope);
    mkt_json_member_string(w, "subject", f->subject);
    mkt_json_member_string(w, "other", f->other);
    member_strings(w, "facts", f->fact, f->facts);
    member_strings(w, "because", f->because, f->becauses);
    mkt_json_member_bool(w, "headline", headline && strcmp(headline, f->id) == 0);
    mkt_json_close(w, '}');
}

/* ---- tables and charts ------------------------------------------------- */

static void write_table(struct mkt_json *w, const struct mkt_table *t)
{
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "id", t->id);
    mkt_json_member_string(w, "title", t->title);
    mkt_json_member_string(w, "scope", t->scope);
    mkt_json_key(w, "columns");
    mkt_json_open(w, '[');
    for (size_t c = 0; c < t->columns; c++) {
        mkt_json_open(w, '{');
        mkt_json_member_string(w, "metric", t->column[c].metric);
        mkt_json_member_string(w, "label", t->column[c].label);
        mkt_json_member_string(w, "unit", mkt_unit_name(t->column[c].unit));
        mkt_json_close(w, '}');
    }
    mkt_json_close(w, ']');
    mkt_json_key(w, "rows");
    mkt_json_open(w, '[');
    for (size_t r = 0; r < t->rows; r++) {
        mkt_json_open(w, '{');
        mkt_json_member_string(w, "label", t->row[r].label);
        member_strings(w, "facts", t->row[r].fact, t->columns);
        mkt_json_close(w, '}');
    }
    mkt_json_close(w, ']');
    mkt_json_member_string(w, "note", t->note);
    mkt_json_close(w, '}');
}

static void write_flows(struct mkt_json *w, const struct mkt_chart *c)
{
    mkt_json_key(w, "flows");
    if (c->kind != MKT_CHART_FLOW) {
        mkt_json_null(w);
        return;
    }
    mkt_json_open(w, '[');
    for (size_t i = 0; i < c->flows; i++) {
        mkt_json_open(w, '{');
        mkt_json_member_int(w, "from", (int64_t)c->flow[i].from);
        mkt_json_member_int(w, "to", (int64_t)c->flow[i].to);
        mkt_json_member_number(w, "value", c->flow[i].value);
        mkt_json_close(w, '}');
    }
    mkt_json_close(w, ']');
}

static void write_chart(struct mkt_json *w, const struct mkt_chart *c)
{
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "id", c->id);
    mkt_json_member_string(w, "title", c->title);
    mkt_json_member_string(w, "reading", c->reading);
    mkt_json_member_string(w, "kind", mkt_chart_kind_name(c->kind));
    member_strings(w, "x", c->x, c->points);
    mkt_json_key(w, "series");
    mkt_json_open(w, '[');
    for (size_t i = 0; i < c->count; i++) {
        const struct mkt_series *s = &c->series[i];
        mkt_json_open(w, '{');
        mkt_json_member_string(w, "name", s->name);
        mkt_json_member_string(w, "unit", mkt_unit_name(s->unit));
        member_numbers(w, "value", s->value, c->points);
        member_numbers(w, "low", s->low, c->points);
        member_numbers(w, "high", s->high, c->points);
        mkt_json_close(w, '}');
    }
    mkt_json_close(w, ']');
    mkt_json_member_number(w, "reference", c->reference);
    mkt_json_member_string(w, "reference_name", isnan(c->reference) ? NULL : c->reference_name);
    write_flows(w, c);
    mkt_json_close(w, '}');
}

/* ---- provenance --------------------------------------------------------- */

static void write_account(struct mkt_json *w, const struct mkt_account *a)
{
    mkt_json_key(w, "data");
    mkt_account_json_tables(w, a);
    mkt_json_key(w, "faults");
    mkt_account_json_faults(w, a);
    member_period(w, "data_period", a ? a->data : (struct mkt_period){0, -1});
}

/* Readers of JSON would round a larger one. */
static void member_seed(struct mkt_json *w, uint64_t seed)
{
    char text[24];
    if (seed <= LARGEST_INT) {
        mkt_json_member_int(w, "seed", (int64_t)seed);
        return;
    }
    snprintf(text, sizeof text, "%" PRIu64, seed);
    mkt_json_member_string(w, "seed", text);
}

/* What the words rest on when a model was asked for them. */
static void member_words(struct mkt_json *w, const struct mkt_words *words)
{
    if (!words->model) return;
    mkt_json_key(w, "words");
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "model", words->model);
    mkt_json_member_string(w, "identity", words->identity);
    member_seed(w, words->seed);
    mkt_json_member_string(w, "size", mkt_words_size_name(words->size));
    mkt_json_close(w, '}');
}

static void write_provenance(struct mkt_json *w, const struct mkt_answer *answer)
{
    const struct mkt_sheet *s = &answer->sheet;
    const struct mkt_provenance *p = &s->provenance;
    mkt_json_key(w, "provenance");
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "analysis", s->analysis);
    mkt_json_member_string(w, "title", s->title);
    mkt_json_member_string(w, "currency", s->currency);
    write_account(w, p->account);
    member_period(w, "period", p->period);
    mkt_json_member_string(w, "version", p->version);
    member_seed(w, p->seed);
    mkt_json_member_int(w, "draws", p->draws);
    mkt_json_key(w, "parameters");
    mkt_json_open(w, '{');
    for (size_t i = 0; i < p->parameters; i++)
        mkt_json_member_string(w, p->parameter[i].name, p->parameter[i].value);
    mkt_json_close(w, '}');
    member_words(w, &answer->words);
    mkt_json_close(w, '}');
}

#define MEMBER_LIST(name, count, write)                                                            \
    do {                                                                                           \
        mkt_json_key(&w, name);                                                                    \
        mkt_json_open(&w, '[');                                                                    \
        for (size_t i = 0; i < (count); i++) write;                                                \
        mkt_json_close(&w, ']');                                                                   \
    } while (0)

mkt_status mkt_answer_json_write(struct mkt_buf *out, const struct mkt_answer *answer,
                                 struct mkt_err *err)
{
    const struct mkt_sheet *s = &answer->sheet;
    struct mkt_caveats caveats;
    struct mkt_json w;
    MKT_TRY(mkt_caveats_make(out->arena, s, &caveats, err));
    mkt_json_init(&w, out);
    mkt_json_open(&w, '{');
    mkt_json_member_string(&w, "analysis_type", s->analysis_type);
    mkt_json_member_string(&w, "status", mkt_answer_status_name(s->status));
    MKT_TRY(mkt_answer_metrics_write(&w, s, err));
    mkt_json_key(&w, "llm_analysis");
    mkt_answer_json_words(&w, &answer->words);
    mkt_json_member_bool(&w, "collaboration_ready", s->collaboration_ready);
    mkt_json_member_number(&w, "confidence_score", s->confidence);
    member_strings(&w, "missing", s->missing, s->missings);
    MEMBER_LIST("facts", s->facts, write_fact(&w, &s->fact[i]));
    MEMBER_LIST("findings", s->findings, write_finding(&w, &s->finding[i], s->headline));
    MEMBER_LIST("tables", s->tables, write_table(&w, &s->table[i]));
    MEMBER_LIST("charts", s->charts, write_chart(&w, &s->chart[i]));
    mkt_json_key(&w, "caveats");
    mkt_json_open(&w, '[');
    for (size_t i = 0; i < caveats.count; i++) {
        mkt_json_open(&w, '{');
        mkt_json_member_string(&w, "id", caveats.item[i]->id);
        mkt_json_member_string(&w, "text", caveats.item[i]->text);
        mkt_json_member_string(&w, "weight", mkt_caveats_weight_name(caveats.item[i]->weight));
        mkt_json_close(&w, '}');
    }
    mkt_json_close(&w, ']');
    write_provenance(&w, answer);
    mkt_json_close(&w, '}');
    mkt_buf_char(out, '\n');
    return mkt_buf_check(out, err);
}
