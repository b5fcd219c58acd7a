#include "plan/propose.h"

mkt_status mkt_propose_plan(struct mkt_llm *llm, const struct mkt_matcher *matcher,
                            const atomic_bool *cancel, struct mkt_plan *plan, struct mkt_err *err)
{
    (void)matcher;
    (void)cancel;
    (void)plan;
    (void)err;
    (void)llm;
    return MKT_OK;
}
