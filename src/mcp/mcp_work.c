#include "mcp/mcp_work.h"

void mkt_mcp_work_server(struct mkt_json *w)
{
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "name", "marketing-agent");
    mkt_json_member_string(w, "title", "Marketing agent");
    mkt_json_member_string(w, "version", MKT_VERSION);
    mkt_json_close(w, '}');
}

mkt_status mkt_mcp_work_text(const struct mkt_value *object, const char *name, bool must,
                             const char **out, struct mkt_err *err)
{
    const struct mkt_value *v = mkt_json_read_member(object, name);
    *out = NULL;
    if (!v && !must) return MKT_OK;
    if (!v || v->type != MKT_VALUE_STRING)
        return mkt_err_set(err, MKT_E_ARG, "\"%s\" must be a string%s%s", name, v ? ", not " : "",
                           v ? mkt_json_read_type_name(v->type) : "; it is missing");
    *out = v->text;
    return MKT_OK;
}
