#include "report/caveats.h"

#include <string.h>

const char *mkt_caveats_weight_name(mkt_caveat_weight weight)
{
    static const char *const names[] = {"note", "warn", "limit"};
    return names[weight];
}

static bool in_sheet(const struct mkt_sheet *sheet, const struct mkt_caveat *c)
{
    for (size_t i = 0; i < sheet->caveats; i++)
        if (strcmp(sheet->caveat[i].id, c->id) == 0) return true;
    return false;
}

mkt_status mkt_caveats_make(struct mkt_arena *arena, const struct mkt_sheet *sheet,
                            struct mkt_caveats *out, struct mkt_err *err)
{
    const struct mkt_account *account = sheet->provenance.account;
    size_t most = sheet->caveats + (account ? account->caveats : 0);
    out->count = 0;
    out->item = MKT_NEW(arena, const struct mkt_caveat *, most);
    if (!out->item) return mkt_arena_full(arena, err);
    for (int weight = MKT_CAVEAT_LIMIT; weight >= MKT_CAVEAT_NOTE; weight--) {
        for (size_t i = 0; i < sheet->caveats; i++)
            if ((int)sheet->caveat[i].weight == weight) out->item[out->count++] = &sheet->caveat[i];
        for (size_t i = 0; account && i < account->caveats; i++)
            if ((int)account->caveat[i].weight == weight && !in_sheet(sheet, &account->caveat[i]))
                out->item[out->count++] = &account->caveat[i];
    }
    return MKT_OK;
}
