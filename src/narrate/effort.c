#include "narrate/effort.h"

#include "narrate/notation.h"
#include "narrate/prompt.h"

#define PREFILL_PER_S 5.0 /* Mistral-7B on two cores, where the model has not been measured */
#define DECODE_PER_S 4.0
#define SPARE 1.25 /* a text is longer than a usual one at times */

typedef void writer(struct mkt_buf *, const struct mkt_cites *);

static mkt_status count(const struct mkt_llm *llm, struct mkt_arena *arena, writer *write,
                        const struct mkt_cites *cites, double *tokens, struct mkt_err *err)
{
    struct mkt_buf text;
    size_t mark = mkt_arena_mark(arena);
    mkt_buf_init(&text, arena);
    write(&text, cites);
    mkt_status status = mkt_buf_check(&text, err);
    if (status == MKT_OK) *tokens += mkt_llm_count(llm, text.data);
    mkt_arena_release(arena, mark);
    return status;
}

mkt_status mkt_effort_seconds(const struct mkt_llm *llm, struct mkt_arena *arena,
                              const struct mkt_cites cites[MKT_PARTS], double *out,
                              struct mkt_err *err)
{
    struct mkt_llm_speed speed = mkt_llm_speed_of(llm);
    double read = 0, written = 0;
    if (!(speed.prefill_per_s > 0)) speed.prefill_per_s = PREFILL_PER_S;
    if (!(speed.decode_per_s > 0)) speed.decode_per_s = DECODE_PER_S;
    for (size_t p = 0; p < MKT_PARTS; p++) {
        if (cites[p].count == 0) continue;
        MKT_TRY(count(llm, arena, mkt_prompt_ask, &cites[p], &read, err));
        MKT_TRY(count(llm, arena, mkt_notation_usual, &cites[p], &written, err));
    }
    *out = read / speed.prefill_per_s + SPARE * written / speed.decode_per_s;
    return MKT_OK;
}

mkt_status mkt_effort_tokens(const struct mkt_llm *llm, struct mkt_arena *arena,
                             const struct mkt_cites *cites, int *out, struct mkt_err *err)
{
    double tokens = 0;
    MKT_TRY(count(llm, arena, mkt_notation_longest, cites, &tokens, err));
    *out = (int)(SPARE * tokens) + 8; /* a model may cut words in more pieces than it must */
    return MKT_OK;
}
