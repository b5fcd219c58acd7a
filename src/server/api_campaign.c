#include "server/api.h"

#include <string.h>

#include "base/text.h"
#include "boardroom/totals.h"
#include "server/reply.h"
#include "wire/request.h"

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
    if (strcmp(v->key, "words") == 0) return mkt_totals_text(arena, v, &wish->words, err);
    if (strcmp(v->key, "deadline_ms") == 0) return read_deadline(v, &wish->deadline_ms, err);
    MKT_TRY(mkt_totals_take(arena, v, c, &taken, err));
    if (taken) return MKT_OK;
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
    struct mkt_campaign c;
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
    MKT_TRY(mkt_totals_init(arena, &c, root->items, err));
    struct mkt_answer *answer = MKT_NEW(arena, struct mkt_answer, 1);
    if (!answer) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < root->items; i++)
        MKT_TRY(read_member(arena, &root->item[i], &c, &wish, err));
    MKT_TRY(choose_narrator(x, &wish, reply, &llm, &narration, err));
    if (reply->narrate) return MKT_OK;

    MKT_TRY(mkt_marketing_analyzer_campaign_roi_analysis(arena, &c, llm, &narration, answer, err));
    mkt_buf_init(&text, arena);
    MKT_TRY(mkt_marketing_analyzer_write(&text, &c, answer, err));
    return mkt_reply_text(reply, 200, "application/json", &text, err);
}
