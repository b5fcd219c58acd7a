#include "aggregate/names_recent.h"

mkt_status mkt_names_recent_keep(struct mkt_names_recent *recent, struct mkt_names *names,
                                 const char *text, size_t length, uint32_t *out,
                                 struct mkt_err *err)
{
    uint64_t head, tail;
    size_t place = mkt_names_recent_place(text, length, &head, &tail);
    MKT_TRY(mkt_names_code(names, text, length, out, err));
    recent->slot[place] =
        (struct mkt_names_recent_name){head, tail, names->name[*out], length, *out};
    return MKT_OK;
}
