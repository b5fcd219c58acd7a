#include "engine/writer_open.h"

#include "llm/remote.h"

static mkt_status open_server(const struct mkt_writer_opening *o, struct mkt_llm **out,
                              struct mkt_err *err)
{
    const struct mkt_settings *s = o->settings;
    struct mkt_remote_options options = {
        .url = s->llm_url, .model = s->llm_model, .key_file = s->llm_key_file, .cancel = o->cancel};
    MKT_TRY(mkt_remote_dialect_of(s->llm_grammar, &options.dialect, err));
    return mkt_remote_open(&options, out, err);
}

mkt_status mkt_writer_open_usual(const struct mkt_writer_opening *opening, struct mkt_llm **out,
                                 struct mkt_err *err)
{
    if (!opening->path) return open_server(opening, out, err);
    return mkt_err_set(err, MKT_E_ARG, "%s: this build has no model of its own", opening->path);
}
