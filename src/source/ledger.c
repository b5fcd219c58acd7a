#include "source/ledger.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "source/recognise_lacks.h"

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

static bool is_left_out(const struct mkt_relation *r)
{
    for (size_t i = 0; i < r->choices; i++)
        if (r->choice[i].role < 0 && r->choice[i].kind == MKT_KIND_NONE) return true;
    return false;
}

static bool is_nearer(const struct mkt_relation *a, const struct mkt_recognise_lacks *of_a,
                      const struct mkt_relation *b, const struct mkt_recognise_lacks *of_b)
{
    bool open_a = a->is.kind == MKT_KIND_NONE, open_b = b->is.kind == MKT_KIND_NONE;
    if (of_a->can_be_given != of_b->can_be_given) return of_a->can_be_given;
    if (open_a != open_b) return open_a;
    return of_a->lacking < of_b->lacking;
}

/* The table that could be the one needed, as far as it goes: its place, [relations] for none. */
static mkt_status find_nearest(struct mkt_arena *arena, const struct mkt_relation *relation,
                               size_t relations, mkt_kind asked, size_t *nearest,
                               struct mkt_recognise_lacks *out, struct mkt_err *err)
{
    *nearest = relations;
    for (size_t i = 0; i < relations; i++) {
        struct mkt_recognise_lacks lacks;
        if (relation[i].refused || !relation[i].columns || is_left_out(&relation[i])) continue;
        MKT_TRY(mkt_recognise_lacks(arena, &relation[i], asked, relations > 1, &lacks, err));
        if (*nearest < relations && !is_nearer(&relation[i], &lacks, &relation[*nearest], out))
            continue;
        *nearest = i;
        *out = lacks;
    }
    return MKT_OK;
}

static void add_table(const struct mkt_relation *r, const char *lacks, struct mkt_buf *out)
{
    size_t named = strlen(r->show); /* a reason to refuse begins with the name, as a rule */
    if (r->refused && strncmp(r->refused, r->show, named) == 0 && r->refused[named] == ':')
        mkt_buf_str(out, r->refused);
    else if (r->refused)
        mkt_buf_printf(out, "%s: %s", r->show, r->refused);
    else if (is_left_out(r))
        mkt_buf_printf(out, "%s: %s", r->show, r->is.why);
    else if (r->is.kind == MKT_KIND_NONE)
        mkt_buf_printf(out, "%s: no known kind of table", r->show);
    else
        mkt_buf_printf(out, "%s: a table of kind %s", r->show, mkt_kind_name(r->is.kind));
    if (lacks) mkt_buf_printf(out, "%s%s", r->is.kind == MKT_KIND_NONE ? ": " : "; ", lacks);
}

mkt_status mkt_ledger_nothing(struct mkt_arena *arena, const struct mkt_relation *relation,
                              size_t relations, mkt_kind asked, const char *needed,
                              const char **out, struct mkt_err *err)
{
    struct mkt_buf list;
    struct mkt_recognise_lacks lacks = {0};
    size_t nearest, said = 0;
    MKT_TRY(find_nearest(arena, relation, relations, asked, &nearest, &lacks, err));
    mkt_buf_init(&list, arena);
    mkt_buf_printf(&list, "%s. Found: ", needed);
    if (nearest < relations) {
        add_table(&relation[nearest], lacks.text, &list);
        said++;
    }
    for (size_t i = 0; i < relations && said < 5; i++) {
        if (i == nearest) continue;
        mkt_buf_str(&list, said++ ? "; " : "");
        add_table(&relation[i], NULL, &list);
    }
    if (relations > said) mkt_buf_printf(&list, "; and %s more", MKT_COUNT(relations - said));
    *out = list.data;
    return mkt_buf_check(&list, err);
}
