#include "narrate/marketing_llm.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "narrate/effort.h"
#include "narrate/expand.h"
#include "narrate/live.h"
#include "narrate/notation.h"
#include "narrate/phrase.h"
#include "narrate/plain.h"
#include "narrate/prompt.h"
#include "narrate/standing.h"

#define TEMPERATURE 0.7
#define NAME_BYTES 120

#define SECONDS_USUAL 55.0 /* planned for where no deadline is given */
#define SHARE_OF_TIME 0.92 /* of what is left until the deadline */

struct narration {
    struct mkt_llm *llm;
    const struct mkt_sheet *sheet;
    struct mkt_narration_options options;
    struct mkt_cites cites[MKT_PARTS];
    struct mkt_llm_task task;
    struct mkt_llm_part part[MKT_PARTS]; /* only those with something to cite */
    mkt_part part_of[MKT_PARTS];
    struct mkt_live *live; /* a part of the task each; NULL when nobody listens */
    bool heard;            /* a text has begun */
};

/* ---- how much is planned ---------------------------------------------------- */

static double seconds_left(const struct narration *n)
{
    if (n->options.deadline_ms == 0) return SECONDS_USUAL;
    return SHARE_OF_TIME * (double)(n->options.deadline_ms - mkt_clock_ms()) / 1000;
}

static void choose_cites(struct narration *n, int size)
{
    for (size_t p = 0; p < MKT_PARTS; p++)
        mkt_cites_choose(&n->cites[p], n->sheet, (mkt_part)p, size);
}

/* The size asked for, or the largest that the time allows; 0 when there is no time for any. */
static mkt_status choose_size(struct narration *n, int *size, struct mkt_err *err)
{
    double left = seconds_left(n), needed;
    *size = n->options.size > MKT_CITES_SIZES ? MKT_CITES_SIZES : n->options.size;
    if (*size > 0) {
        choose_cites(n, *size);
        return MKT_OK;
    }
    for (*size = MKT_CITES_SIZES; *size > 0; --*size) {
        choose_cites(n, *size);
        MKT_TRY(mkt_effort_seconds(n->llm, n->sheet->arena, n->cites, &needed, err));
        if (needed <= left) return MKT_OK;
    }
    return MKT_OK;
}

/* ---- the task ---------------------------------------------------------------- */

static mkt_status text_of(const struct narration *n, const struct mkt_cites *cites,
                          void (*write)(struct mkt_buf *, const struct mkt_cites *),
                          const char **out, struct mkt_err *err)
{
    struct mkt_buf text;
    mkt_buf_init(&text, n->sheet->arena);
    write(&text, cites);
    MKT_TRY(mkt_buf_check(&text, err));
    *out = text.data;
    return MKT_OK;
}

static mkt_status make_parts(struct narration *n, struct mkt_err *err)
{
    for (size_t p = 0; p < MKT_PARTS; p++) {
        const struct mkt_cites *c = &n->cites[p];
        struct mkt_llm_part *part = &n->part[n->task.parts];
        if (c->count == 0) continue;
        *part = (struct mkt_llm_part){.seed = n->options.seed * MKT_PARTS + p};
        MKT_TRY(mkt_effort_tokens(n->llm, n->sheet->arena, c, &part->tokens, err));
        MKT_TRY(text_of(n, c, mkt_prompt_ask, &part->ask, err));
        MKT_TRY(text_of(n, c, mkt_notation_grammar, &part->grammar, err));
        n->part_of[n->task.parts++] = (mkt_part)p;
    }
    return MKT_OK;
}

static mkt_status make_prompt(struct narration *n, struct mkt_err *err)
{
    struct mkt_buf constant, data;
    mkt_buf_init(&constant, n->sheet->arena);
    mkt_prompt_constant(&constant);
    MKT_TRY(mkt_buf_check(&constant, err));
    mkt_buf_init(&data, n->sheet->arena);
    mkt_prompt_data(&data, n->sheet);
    MKT_TRY(mkt_buf_check(&data, err));
    n->task.constant = constant.data;
    n->task.data = data.data;
    return MKT_OK;
}

/* ---- sentences as they come --------------------------------------------------- */

static void hear(void *user, size_t index, const char *text, size_t bytes)
{
    struct narration *n = user;
    n->heard = true;
    mkt_live_hear(&n->live[index], text, bytes);
}

static mkt_status listen(struct narration *n, struct mkt_err *err)
{
    if (!n->options.sentence) return MKT_OK;
    n->live = MKT_NEW(n->sheet->arena, struct mkt_live, n->task.parts);
    if (!n->live) return mkt_arena_full(n->sheet->arena, err);
    for (size_t k = 0; k < n->task.parts; k++)
        mkt_live_begin(&n->live[k], n->sheet, &n->cites[n->part_of[k]],
                       (struct mkt_live_listener){n->options.sentence, n->options.user});
    n->task.piece = hear;
    n->task.user = n;
    return MKT_OK;
}

/* ---- the words ------------------------------------------------------------------ */

static const char **slot_of(struct mkt_words *out, mkt_part part)
{
    return part == MKT_PART_SUMMARY    ? &out->performance_summary
           : part == MKT_PART_CHANNELS ? &out->channel_analysis
           : part == MKT_PART_AUDIENCE ? &out->audience_insights
                                       : &out->roi_analysis;
}

static mkt_status write_prose(const struct narration *n, const struct mkt_cites *cites,
                              const struct mkt_said *said, size_t count, struct mkt_words *out,
                              struct mkt_err *err)
{
    struct mkt_teller t;
    struct mkt_expand e;
    mkt_teller_begin(&t, n->sheet, mkt_phrase_level(n->sheet));
    mkt_expand_begin(&e, cites);
    mkt_standing_open(&t, cites->part);
    for (size_t i = 0; i < count; i++) mkt_expand_sentence(&e, &t, &said[i]);
    mkt_standing_close(&t, cites->part);
    return mkt_teller_finish(&t, "", slot_of(out, cites->part), err);
}

/* The plain narrator tells the same actions in the same order: each sentence takes its place. */
static mkt_status write_advice(const struct narration *n, const struct mkt_cites *cites,
                               const struct mkt_said *said, size_t count, struct mkt_words *out,
                               struct mkt_err *err)
{
    struct mkt_teller t;
    struct mkt_expand e;
    mkt_expand_begin(&e, cites);
    for (size_t i = 0; i < count; i++) {
        mkt_teller_begin(&t, n->sheet, mkt_phrase_level(n->sheet));
        mkt_expand_sentence(&e, &t, &said[i]);
        MKT_TRY(mkt_teller_finish(&t, "", &out->optimization_recommendations[i], err));
    }
    return MKT_OK;
}

static mkt_status take_part(struct narration *n, size_t k, struct mkt_words *out,
                            struct mkt_err *err)
{
    struct mkt_said said[MKT_CITES_MOST];
    const struct mkt_llm_part *part = &n->part[k];
    mkt_part which = n->part_of[k];
    const struct mkt_cites *cites = &n->cites[which];
    size_t count = part->done ? mkt_reader_part(cites, part->text, said) : 0;
    if (n->live) mkt_live_settle(&n->live[k], said, count);
    out->author[which] = count        ? MKT_AUTHOR_MODEL
                         : part->done ? MKT_AUTHOR_REFUSED
                                      : MKT_AUTHOR_TIME;
    if (count == 0) return MKT_OK;
    out->written_by = out->model;
    return which == MKT_PART_ADVICE ? write_advice(n, cites, said, count, out, err)
                                    : write_prose(n, cites, said, count, out, err);
}

static mkt_status take_failure(struct narration *n, const struct mkt_err *failure,
                               struct mkt_words *out, struct mkt_err *err)
{
    for (size_t k = 0; k < n->task.parts; k++) {
        if (n->live) mkt_live_settle(&n->live[k], NULL, 0);
        out->author[n->part_of[k]] = MKT_AUTHOR_FAILED;
    }
    out->trouble = mkt_arena_strdup(n->sheet->arena, failure->text);
    return out->trouble ? MKT_OK : mkt_arena_full(n->sheet->arena, err);
}

static mkt_status cancelled(struct mkt_err *err)
{
    return mkt_err_set(err, MKT_E_CANCELLED, "the request was stopped");
}

static mkt_status begin_task(struct narration *n, struct mkt_err *err)
{
    n->task = (struct mkt_llm_task){0};
    MKT_TRY(make_parts(n, err));
    MKT_TRY(make_prompt(n, err));
    MKT_TRY(listen(n, err));
    n->task.part = n->part;
    n->task.temperature = TEMPERATURE;
    n->task.deadline_ms = n->options.deadline_ms;
    n->task.cancel = n->options.cancel;
    return MKT_OK;
}

/* What does not fit the model's context is written in a smaller size. */
static mkt_status write_task(struct narration *n, struct mkt_words *out, struct mkt_err *err)
{
    struct mkt_err failure = {0};
    mkt_status status;
    for (;; choose_cites(n, --out->size)) {
        MKT_TRY(begin_task(n, err));
        if (n->task.parts == 0) return MKT_OK;
        mkt_err_clear(&failure);
        status = mkt_llm_write(n->llm, n->sheet->arena, &n->task, &failure);
        if (status != MKT_E_LIMIT || n->heard || out->size == 1) break;
    }
    if (status == MKT_E_CANCELLED || (n->options.cancel && atomic_load(n->options.cancel)))
        return cancelled(err);
    if (status != MKT_OK) return take_failure(n, &failure, out, err);
    for (size_t k = 0; k < n->task.parts; k++) MKT_TRY(take_part(n, k, out, err));
    return MKT_OK;
}

/* A model's name comes from its file or its server: it is data, and shown. */
static mkt_status name_model(struct narration *n, struct mkt_words *out, struct mkt_err *err)
{
    const char *name = mkt_llm_name(n->llm);
    out->model = mkt_text_clean(n->sheet->arena, name, strlen(name), NAME_BYTES);
    out->identity = mkt_arena_strdup(n->sheet->arena, mkt_llm_identity(n->llm));
    out->seed = n->options.seed;
    return out->model && out->identity ? MKT_OK : mkt_arena_full(n->sheet->arena, err);
}

mkt_status mkt_marketing_llm_write(struct mkt_llm *llm, const struct mkt_sheet *sheet,
                                   const struct mkt_narration_options *options,
                                   struct mkt_words *out, struct mkt_err *err)
{
    MKT_TRY(mkt_plain_write(sheet, out, err));
    if (!llm) return MKT_OK;
    struct narration *n = MKT_NEW(sheet->arena, struct narration, 1);
    if (!n) return mkt_arena_full(sheet->arena, err);
    n->llm = llm;
    n->sheet = sheet;
    if (options) n->options = *options;
    MKT_TRY(name_model(n, out, err));
    MKT_TRY(choose_size(n, &out->size, err));
    for (size_t p = 0; p < MKT_PARTS; p++)
        out->author[p] = n->cites[p].count ? MKT_AUTHOR_TIME : MKT_AUTHOR_NOTHING;
    return out->size ? write_task(n, out, err) : MKT_OK;
}
