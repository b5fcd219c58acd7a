#include "engine/enquiry.h"

/* Of a question in words: the parameters go to the planner as they are. */
static mkt_status fill_asked(struct mkt_arena *arena, const struct mkt_request *r,
                             struct mkt_question *q, struct mkt_err *err)
{
    struct mkt_given *given = MKT_NEW(arena, struct mkt_given, r->parameters ? r->parameters : 1);
    if (!given) return mkt_arena_full(arena, err);
    if (!r->question)
        return mkt_err_set(err, MKT_E_ARG, "no question: give one in words as \"question\"");
    for (size_t i = 0; i < r->parameters; i++)
        given[i] = (struct mkt_given){r->parameter[i].name, r->parameter[i].value};
    q->asked = r->question;
    q->given = given;
    q->givens = r->parameters;
    return MKT_OK;
}

mkt_status mkt_enquiry_fill(struct mkt_arena *arena, const struct mkt_request *request,
                            struct mkt_question *out, struct mkt_err *err)
{
    const struct mkt_request *r = request;
    out->dataset = r->dataset;
    out->table = r->table;
    out->table_bytes = r->table_bytes;
    out->reading = (struct mkt_reading){.map = r->map,
                                        .maps = r->maps,
                                        .dates = r->dates,
                                        .decimal = r->decimal,
                                        .currency = r->currency};
    if (r->words) MKT_TRY(mkt_writer_wanted(r->words, &out->words, err));
    if (!out->analysis) return fill_asked(arena, r, out, err);
    if (r->question)
        return mkt_err_set(err, MKT_E_ARG,
                           "an analysis takes no question in words: send it to /api/v1/ask");
    for (size_t i = 0; i < r->parameters; i++)
        MKT_TRY(mkt_args_set(&out->args, out->analysis, r->parameter[i].name, r->parameter[i].value,
                             err));
    return MKT_OK;
}
