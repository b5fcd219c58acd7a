#include "engine/flag.h"

#include <stdbool.h>
#include <stdlib.h>

mkt_status mkt_flag_make(struct mkt_flag **out, struct mkt_err *err)
{
    struct mkt_flag *flag = malloc(sizeof *flag);
    if (!flag) return mkt_err_set(err, MKT_E_NOMEM, "no memory for a request");
    atomic_init(&flag->set, false);
    atomic_init(&flag->refs, 1);
    *out = flag;
    return MKT_OK;
}

struct mkt_flag *mkt_flag_hold(struct mkt_flag *flag)
{
    atomic_fetch_add(&flag->refs, 1);
    return flag;
}

void mkt_flag_release(struct mkt_flag *flag)
{
    if (flag && atomic_fetch_sub(&flag->refs, 1) == 1) free(flag);
}
