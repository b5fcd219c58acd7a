#include "aggregate/spellings.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/caseless.h"
#include "base/text.h"

#define SHOWN 3 /* names whose spellings are listed */

struct spelling {
    const char *folded, *name;
    int64_t rows;
    uint32_t at;
};

/* Names that are one stand side by side, the spelling to keep first. */
static int by_name(const void *left, const void *right)
{
    const struct spelling *a = left, *b = right;
    int order = strcmp(a->folded, b->folded);
    if (order) return order;
    if (a->rows != b->rows) return a->rows > b->rows ? -1 : 1;
    return strcmp(a->name, b->name);
}

static void list(struct mkt_buf *out, const struct spelling *first, size_t n)
{
    mkt_buf_printf(out, "%s\"%s\" (also", out->length ? "; " : "", first->name);
    for (size_t i = 1; i < n; i++)
        mkt_buf_printf(out, "%s \"%s\"", i > 1 ? "," : "", first[i].name);
    mkt_buf_char(out, ')');
}

mkt_status mkt_spellings_find(struct mkt_arena *arena, const char *const *name, const int64_t *rows,
                              size_t names, struct mkt_spellings *out, struct mkt_err *err)
{
    struct spelling *s = MKT_NEW(arena, struct spelling, names + 1);
    struct mkt_buf said;
    size_t several = 0;
    *out = (struct mkt_spellings){.kept = MKT_NEW(arena, uint32_t, names + 1)};
    if (!s || !out->kept) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < names; i++) {
        s[i] = (struct spelling){mkt_caseless_name(arena, name[i]), name[i], rows[i], (uint32_t)i};
        if (!s[i].folded) return mkt_arena_full(arena, err);
    }
    qsort(s, names, sizeof *s, by_name);
    mkt_buf_init(&said, arena);
    for (size_t i = 0, end; i < names; i = end) {
        for (end = i; end < names && strcmp(s[i].folded, s[end].folded) == 0; end++)
            out->kept[s[end].at] = s[i].at;
        if (end == i + 1) continue;
        out->gone += end - i - 1;
        if (several++ < SHOWN) list(&said, &s[i], end - i);
    }
    if (several > SHOWN) mkt_buf_printf(&said, "; and %s more", MKT_COUNT(several - SHOWN));
    if (out->gone) out->list = said.data;
    return mkt_buf_check(&said, err);
}

mkt_status mkt_spellings_join(struct mkt_arena *arena, struct mkt_names *names, int64_t *rows,
                              uint32_t *number, const char **list, struct mkt_err *err)
{
    size_t n = names->count;
    struct mkt_spellings s;
    struct mkt_names left;
    MKT_TRY(mkt_spellings_find(arena, names->name, rows, n, &s, err));
    *list = s.list;
    for (size_t i = 0; i < n; i++) number[i] = (uint32_t)i;
    if (!s.gone) return MKT_OK;
    int64_t *sum = MKT_NEW(arena, int64_t, n);
    if (!sum) return mkt_arena_full(arena, err);
    mkt_names_init(&left, arena);
    for (size_t i = 0; i < n; i++)
        if (s.kept[i] == i)
            MKT_TRY(mkt_names_code(&left, names->name[i], strlen(names->name[i]), &number[i], err));
    for (size_t i = 0; i < n; i++) {
        number[i] = number[s.kept[i]];
        sum[number[i]] += rows[i];
    }
    memcpy(rows, sum, left.count * sizeof *rows);
    *names = left;
    return MKT_OK;
}

mkt_status mkt_spellings_unite(struct mkt_arena *arena, struct mkt_names *names,
                               const struct mkt_names *const *own, const int64_t *const *rows,
                               size_t parts, uint32_t **map, int64_t **count,
                               const char **respelled, struct mkt_err *err)
{
    mkt_names_init(names, arena);
    MKT_TRY(mkt_names_unite(names, own, parts, '\0', map, err));
    uint32_t *number = MKT_NEW(arena, uint32_t, names->count + 1);
    *count = MKT_NEW(arena, int64_t, names->count + 1);
    if (!number || !*count) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < parts; i++)
        for (size_t k = 0; k < own[i]->count; k++) (*count)[map[i][k]] += rows[i][k];
    MKT_TRY(mkt_spellings_join(arena, names, *count, number, respelled, err));
    for (size_t i = 0; i < parts; i++)
        for (size_t k = 0; k < own[i]->count; k++) map[i][k] = number[map[i][k]];
    return MKT_OK;
}
