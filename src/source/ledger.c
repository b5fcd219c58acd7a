#include "source/ledger.h"

#include <string.h>

#include "base/buf.h"

static mkt_status write_columns(struct mkt_arena *arena, const struct mkt_relation *r,
                                struct mkt_account_table *out, struct mkt_err *err)
{
    out->columns = r->columns;
    out->column = MKT_NEW(arena, struct mkt_account_column, r->columns);
    if (!out->column) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < r->columns; i++) {
        const struct mkt_column *c = &r->column[i];
        out->column[i].name = c->name;
        out->column[i].role = !r->refused && c->role >= 0 ? mkt_role_name((mkt_role)c->role) : NULL;
        out->column[i].how = c->how;
    }
    return MKT_OK;
}

mkt_status mkt_ledger_write(struct mkt_arena *arena, const struct mkt_relation *relation,
                            size_t relations, const struct mkt_caveats *caveats,
                            const char *currency, struct mkt_account *out, struct mkt_err *err)
{
    *out = (struct mkt_account){.caveat = caveats->caveat,
                                .caveats = caveats->count,
                                .currency = currency,
                                .data = {0, -1},
                                .tables = relations};
    out->table = MKT_NEW(arena, struct mkt_account_table, relations);
    out->fault = MKT_NEW(arena, struct mkt_account_fault, MKT_ROWFILE_FAULTS);
    if (!out->table || !out->fault) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < relations; i++) {
        const struct mkt_relation *r = &relation[i];
        struct mkt_account_table *t = &out->table[i];
        t->name = r->show;
        t->kind = r->refused ? NULL : mkt_kind_name(r->is.kind);
        t->why = r->refused ? r->refused : r->is.why;
        t->sha256 = r->sha256;
        t->rows = r->rows;
        t->broken = r->broken;
        MKT_TRY(write_columns(arena, r, t, err));
        if (r->refused) continue;
        for (size_t k = 0; k < r->faults && out->faults < MKT_ROWFILE_FAULTS; k++)
            out->fault[out->faults++] = r->fault[k];
        if (r->is.kind != MKT_KIND_PERFORMANCE || r->sums.cells == 0) continue;
        const struct mkt_period *p = &r->sums.data;
        if (out->data.first > out->data.last) out->data = *p;
        if (p->first < out->data.first) out->data.first = p->first;
        if (p->last > out->data.last) out->data.last = p->last;
    }
    return MKT_OK;
}

mkt_status mkt_ledger_nothing(struct mkt_arena *arena, const struct mkt_relation *relation,
                              size_t relations, const char *needed, struct mkt_err *err)
{
    struct mkt_buf list;
    mkt_buf_init(&list, arena);
    size_t said = 0;
    for (size_t i = 0; i < relations && said < 5; i++) {
        const struct mkt_relation *r = &relation[i];
        const char *why = r->refused ? r->refused : r->is.why;
        if (!why) continue;
        size_t named = strlen(r->show); /* a reason to refuse begins with the name, as a rule */
        if (strncmp(why, r->show, named) == 0 && why[named] == ':')
            mkt_buf_printf(&list, "%s%s", said++ ? "; " : "", why);
        else if (r->refused || !r->is.lacks)
            mkt_buf_printf(&list, "%s%s: %s", said++ ? "; " : "", r->show, why);
        else if (r->is.kind == MKT_KIND_NONE)
            mkt_buf_printf(&list, "%s%s: no known kind of table: %s", said++ ? "; " : "", r->show,
                           r->is.lacks);
        else
            mkt_buf_printf(&list, "%s%s: a table of kind %s; %s", said++ ? "; " : "", r->show,
                           mkt_kind_name(r->is.kind), r->is.lacks);
    }
    if (relations > said) mkt_buf_printf(&list, "; and %zu more", relations - said);
    MKT_TRY(mkt_buf_check(&list, err));
    return mkt_err_set(err, MKT_E_EMPTY, "no usable table: %s. Found: %s", needed, list.data);
}
