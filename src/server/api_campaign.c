#include "server/api.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "engine/marketing_analyzer.h"
#include "server/reply.h"
#include "wire/request.h"

#define TEXT_MOST 200

/* The names that other agents use for the measures. */
static const struct {
    const char *name;
    mkt_measure measure;
} known[] = {
    {"marketing_spend", MKT_SPEND},   {"spend", MKT_SPEND},
    {"impressions", MKT_IMPRESSIONS}, {"clicks", MKT_CLICKS},
    {"conversions", MKT_CONVERSIONS}, {"attributed_revenue", MKT_REVENUE},
    {"revenue", MKT_REVENUE},         {"new_customers", MKT_NEW_CUSTOMERS},
};

static mkt_status read_number(const struct mkt_value *v, double *out, struct mkt_err *err)
{
    if (v->type == MKT_VALUE_NULL) return MKT_OK;
    if (v->type != MKT_VALUE_INTEGER && v->type != MKT_VALUE_NUMBER)
        return mkt_err_set(err, MKT_E_ARG, "\"%s\" must be a number, not %s", v->key,
                           mkt_json_read_type_name(v->type));
    *out = v->number;
    return MKT_OK;
}

static mkt_status read_text(struct mkt_arena *arena, const struct mkt_value *v, const char **out,
                            struct mkt_err *err)
{
    if (v->type == MKT_VALUE_NULL) return MKT_OK;
    if (v->type != MKT_VALUE_STRING)
        return mkt_err_set(err, MKT_E_ARG, "\"%s\" must be a string, not %s",
                           v->key ? v->key : "channels", mkt_json_read_type_name(v->type));
    *out = mkt_text_clean(arena, v->text, strlen(v->text), TEXT_MOST);
    return *out ? MKT_OK : mkt_arena_full(arena, err);
}

/* Takes a measure; `*taken` is false when the member is none. The same measure under two names is
 * refused unless both say the same. */
static mkt_status read_measure(const struct mkt_value *v, double *sum, bool *taken,
                               struct mkt_err *err)
{
    *taken = false;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].name, v->key) != 0) continue;
        double *at = &sum[known[i].measure], before = *at;
        *taken = true;
        MKT_TRY(read_number(v, at, err));
        if (!isnan(before) && before != *at)
            return mkt_err_set(err, MKT_E_ARG, "\"%s\" is given under two names, with two values",
                               mkt_measure_name[known[i].measure]);
    }
    return MKT_OK;
}

static void nothing_sent(double *sum)
{
    for (int m = 0; m < MKT_MEASURES; m++) sum[m] = NAN;
}

/* A channel with figures of its own: {"name": "search", "spend": 10, ...} */
static mkt_status read_part(struct mkt_arena *arena, const struct mkt_value *v,
                            struct mkt_campaign *c, struct mkt_err *err)
{
    struct mkt_campaign_part *part = &c->part[c->parts];
    part->name = v->key;
    nothing_sent(part->sum);
    for (size_t i = 0; i < v->items; i++) {
        const struct mkt_value *m = &v->item[i];
        bool taken;
        if (strcmp(m->key, "name") == 0 || strcmp(m->key, "channel") == 0)
            MKT_TRY(read_text(arena, m, &part->name, err));
        else
            MKT_TRY(read_measure(m, part->sum, &taken, err));
    }
    if (!part->name) return mkt_err_set(err, MKT_E_ARG, "a channel has no \"name\"");
    c->parts++;
    return MKT_OK;
}

/* ["search", "social"], [{"name": …, "spend": …}] or {"search": {"spend": …}} */
static mkt_status read_channels(struct mkt_arena *arena, const struct mkt_value *v,
                                struct mkt_campaign *c, struct mkt_err *err)
{
    if (v->type == MKT_VALUE_NULL) return MKT_OK;
    if (v->type != MKT_VALUE_ARRAY && v->type != MKT_VALUE_OBJECT)
        return mkt_err_set(err, MKT_E_ARG, "\"channels\" must be a list, not %s",
                           mkt_json_read_type_name(v->type));
    c->part = MKT_NEW(arena, struct mkt_campaign_part, v->items);
    c->channel = MKT_NEW(arena, const char *, v->items);
    if (!c->part || !c->channel) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < v->items; i++) {
        if (v->item[i].type == MKT_VALUE_OBJECT)
            MKT_TRY(read_part(arena, &v->item[i], c, err));
        else
            MKT_TRY(read_text(arena, &v->item[i], &c->channel[c->channels++], err));
    }
    if (c->parts && c->channels)
        return mkt_err_set(err, MKT_E_ARG, "either all channels have figures, or none");
    return MKT_OK;
}

/* Who is to write, and how long that may take. */
struct wish {
    const char *words;
    int64_t deadline_ms;
};

static mkt_status read_deadline(const struct mkt_value *v, int64_t *out, struct mkt_err *err)
{
    if (v->type == MKT_VALUE_NULL) return MKT_OK;
    if (v->type != MKT_VALUE_INTEGER || v->integer < 0 || v->integer > MKT_REQUEST_DEADLINE)
        return mkt_err_set(err, MKT_E_ARG, "\"deadline_ms\" must be a whole number from 0 to %d",
                           MKT_REQUEST_DEADLINE);
    *out = v->integer;
    return MKT_OK;
}

static mkt_status read_member(struct mkt_arena *arena, const struct mkt_value *v,
                              struct mkt_campaign *c, struct wish *wish, struct mkt_err *err)
{
    bool taken;
    if (strcmp(v->key, "words") == 0) return read_text(arena, v, &wish->words, err);
    if (strcmp(v->key, "deadline_ms") == 0) return read_deadline(v, &wish->deadline_ms, err);
    MKT_TRY(read_measure(v, c->whole.sum, &taken, err));
    if (taken) return MKT_OK;
    if (strcmp(v->key, "campaign_name") == 0 || strcmp(v->key, "name") == 0)
        return read_text(arena, v, &c->name, err);
    if (strcmp(v->key, "duration") == 0) {
        if (v->type != MKT_VALUE_STRING) {
            c->duration = mkt_json_read_scalar_text(arena, v);
            return MKT_OK;
        }
        return read_text(arena, v, &c->duration, err);
    }
    if (strcmp(v->key, "currency") == 0) return read_text(arena, v, &c->currency, err);
    if (strcmp(v->key, "channels") == 0) return read_channels(arena, v, c, err);
    if (strcmp(v->key, "margin") == 0) return read_number(v, &c->margin, err);
    c->unused[c->unuseds] = mkt_text_clean(arena, v->key, strlen(v->key), 60);
    return c->unused[c->unuseds++] ? MKT_OK : mkt_arena_full(arena, err);
}

/* The words are a narrator's matter, if there is a model and a narrator is free. */
static mkt_status choose_narrator(struct mkt_exchange *x, const struct wish *wish,
                                  struct mkt_reply *reply, struct mkt_llm **llm,
                                  struct mkt_narration_options *narration, struct mkt_err *err)
{
    mkt_words_wanted words = x->server->engine->words;
    if (wish->words) MKT_TRY(mkt_writer_wanted(wish->words, &words, err));
    MKT_TRY(mkt_engine_narrator(x->server->engine, words, llm, err));
    reply->narrate = *llm && !x->narrating && !x->late;
    if (*llm && x->late && words == MKT_WORDS_MODEL)
        return mkt_err_set(err, MKT_E_BUSY, "the model writes as many answers as allowed");
    narration->deadline_ms = x->narrating ? mkt_exchange_words_until(x, wish->deadline_ms, false)
                                          : 1; /* long ago: plain words, marked as late */
    narration->cancel = &x->flag->set;
    return MKT_OK;
}

mkt_status mkt_api_campaign(struct mkt_exchange *x, struct mkt_reply *reply,
                            struct mkt_arena *arena, struct mkt_err *err)
{
    char type[128];
    struct mkt_value *root;
    struct mkt_buf text;
    struct mkt_campaign c = {.margin = NAN};
    struct wish wish = {.deadline_ms = -1};
    struct mkt_llm *llm;
    struct mkt_narration_options narration = {0};
    mkt_exchange_type(x, type);
    if (type[0] && strcmp(type, "application/json") != 0)
        return mkt_err_set(err, MKT_E_TYPE, "a campaign is sent as application/json");
    MKT_TRY(mkt_json_read_value(arena, x->body ? x->body : "", x->body_bytes, &x->server->limits,
                                &root, err));
    if (root->type != MKT_VALUE_OBJECT)
        return mkt_err_set(err, MKT_E_ARG, "the body must be an object, not %s",
                           mkt_json_read_type_name(root->type));
    nothing_sent(c.whole.sum);
    c.unused = MKT_NEW(arena, const char *, root->items);
    struct mkt_answer *answer = MKT_NEW(arena, struct mkt_answer, 1);
    if (!c.unused || !answer) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < root->items; i++)
        MKT_TRY(read_member(arena, &root->item[i], &c, &wish, err));
    MKT_TRY(choose_narrator(x, &wish, reply, &llm, &narration, err));
    if (reply->narrate) return MKT_OK;

    MKT_TRY(mkt_marketing_analyzer_campaign_roi_analysis(arena, &c, llm, &narration, answer, err));
    mkt_buf_init(&text, arena);
    MKT_TRY(mkt_marketing_analyzer_write(&text, &c, answer, err));
    return mkt_reply_text(reply, 200, "application/json", &text, err);
}
