#include "aggregate/names.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void mkt_names_init(struct mkt_names *names, struct mkt_arena *arena)
{
    *names = (struct mkt_names){.arena = arena};
}

uint64_t mkt_names_hash(const void *bytes, size_t n)
{
    const char *p = bytes;
    uint64_t h = 0x9e3779b97f4a7c15ULL ^ n;
    for (; n >= 8; n -= 8, p += 8) h = mkt_names_mix(h ^ mkt_names_word(p, 8));
    return mkt_names_mix(h ^ mkt_names_word(p, n) ^ 0xd1b54a32d192ed03ULL);
}

static uint32_t *slot_of(const struct mkt_names *names, const char *text, size_t length)
{
    size_t mask = names->slots - 1;
    size_t i = (size_t)mkt_names_hash(text, length) & mask;
    for (; names->slot[i]; i = (i + 1) & mask) {
        const char *name = names->name[names->slot[i] - 1];
        if (strncmp(name, text, length) == 0 && name[length] == '\0') break;
    }
    return &names->slot[i];
}

static mkt_status widen(struct mkt_names *names, struct mkt_err *err)
{
    if (2 * (names->count + 1) <= names->slots) return MKT_OK;
    size_t slots = names->slots ? 2 * names->slots : 64;
    uint32_t *slot = MKT_NEW(names->arena, uint32_t, slots);
    if (!slot) return mkt_arena_full(names->arena, err);
    names->slot = slot;
    names->slots = slots;
    for (size_t i = 0; i < names->count; i++)
        *slot_of(names, names->name[i], strlen(names->name[i])) = (uint32_t)i + 1;
    return MKT_OK;
}

mkt_status mkt_names_code(struct mkt_names *names, const char *text, size_t length, uint32_t *out,
                          struct mkt_err *err)
{
    MKT_TRY(widen(names, err));
    uint32_t *slot = slot_of(names, text, length);
    if (!*slot) {
        char *copy = mkt_arena_strndup(names->arena, text, length);
        if (!copy) return mkt_arena_full(names->arena, err);
        const char **place =
            mkt_arena_push(names->arena, &names->name, &names->count, &names->cap, sizeof *place);
        if (!place) return mkt_arena_full(names->arena, err);
        *place = copy;
        *slot = (uint32_t)names->count;
    }
    *out = *slot - 1;
    return MKT_OK;
}

struct ranked {
    const char *name;
    size_t old;
};

static int by_name(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    return strcmp(x->name, y->name);
}

mkt_status mkt_names_sort(struct mkt_names *names, uint32_t *rank, struct mkt_err *err)
{
    if (!names->count) return MKT_OK;
    size_t mark = mkt_arena_mark(names->arena);
    struct ranked *order = MKT_NEW(names->arena, struct ranked, names->count);
    if (!order) return mkt_arena_full(names->arena, err);
    for (size_t i = 0; i < names->count; i++) order[i] = (struct ranked){names->name[i], i};
    qsort(order, names->count, sizeof *order, by_name);
    for (size_t i = 0; i < names->count; i++) {
        names->name[i] = order[i].name;
        rank[order[i].old] = (uint32_t)i;
    }
    for (size_t i = 0; i < names->slots; i++)
        if (names->slot[i]) names->slot[i] = rank[names->slot[i] - 1] + 1;
    mkt_arena_release(names->arena, mark);
    return MKT_OK;
}

mkt_status mkt_names_unite(struct mkt_names *names, const struct mkt_names *const *part,
                           size_t parts, char end, uint32_t **map, struct mkt_err *err)
{
    for (size_t i = 0; i < parts; i++) {
        if (!(map[i] = MKT_NEW(names->arena, uint32_t, part[i]->count + 1)))
            return mkt_arena_full(names->arena, err);
        for (size_t c = 0; c < part[i]->count; c++) {
            const char *name = part[i]->name[c], *stop = strchr(name, end);
            MKT_TRY(mkt_names_code(names, name, stop ? (size_t)(stop - name) : strlen(name),
                                   &map[i][c], err));
        }
    }
    uint32_t *rank = MKT_NEW(names->arena, uint32_t, names->count + 1);
    if (!rank) return mkt_arena_full(names->arena, err);
    MKT_TRY(mkt_names_sort(names, rank, err));
    for (size_t i = 0; i < parts; i++)
        for (size_t c = 0; c < part[i]->count; c++) map[i][c] = rank[map[i][c]];
    return MKT_OK;
}
