#include "llm/llm.h"

mkt_status mkt_llm_write(struct mkt_llm *llm, struct mkt_arena *arena, struct mkt_llm_task *task,
                         struct mkt_err *err)
{
    if (task->parts == 0) return mkt_err_set(err, MKT_E_ARG, "nothing to write");
    for (size_t i = 0; i < task->parts; i++) {
        struct mkt_llm_part *part = &task->part[i];
        part->text = "";
        part->done = false;
        part->sampled = 0;
        if (part->tokens < 1)
            return mkt_err_set(err, MKT_E_ARG, "part %zu asks for %d tokens", i, part->tokens);
    }
    task->prefilled = 0;
    task->prefill_us = task->decode_us = task->sample_us = 0;
    return llm->kind->write(llm, arena, task, err);
}

int mkt_llm_count(const struct mkt_llm *llm, const char *text)
{
    return llm->kind->count(llm, text);
}

const char *mkt_llm_name(const struct mkt_llm *llm)
{
    return llm->kind->name(llm);
}

const char *mkt_llm_identity(const struct mkt_llm *llm)
{
    return llm->kind->identity(llm);
}

struct mkt_llm_speed mkt_llm_speed_of(const struct mkt_llm *llm)
{
    return llm->kind->speed(llm);
}

void mkt_llm_close(struct mkt_llm *llm)
{
    if (llm) llm->kind->close(llm);
}
