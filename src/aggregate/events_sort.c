#include "aggregate/events.h"

#include <string.h>

static int compare(const struct mkt_event *a, const struct mkt_event *b, bool by_session)
{
    if (a->user != b->user) return a->user < b->user ? -1 : 1;
    if (by_session && a->session != b->session) return a->session < b->session ? -1 : 1;
    if (a->time != b->time) return a->time < b->time ? -1 : 1;
    if (a->rank != b->rank) return a->rank < b->rank ? -1 : 1;
    if (a->event != b->event) return a->event < b->event ? -1 : 1;
    if (a->value != b->value) return a->value < b->value ? -1 : 1;
    if (a->valued != b->valued) return a->valued < b->valued ? -1 : 1;
    if (a->session != b->session) return a->session < b->session ? -1 : 1;
    for (size_t p = 0; p < MKT_EVENTS_PROPERTIES; p++)
        if (a->property[p] != b->property[p]) return a->property[p] < b->property[p] ? -1 : 1;
    return 0;
}

#define MKT_PILES_SORT_ROW struct mkt_event
#define MKT_PILES_SORT_HASH user
#define MKT_PILES_SORT_BEFORE(a, b, how) (compare(a, b, how) < 0)
#include "aggregate/piles_sort.h"

void mkt_events_sort(struct mkt_event *row, size_t rows, bool by_session, uint32_t *start,
                     struct mkt_event *out)
{
    mkt_piles_sort_rows(row, rows, by_session, start, out);
}

/* ---- which comes first ------------------------------------------------------------------------ */

static void compare_user(const struct mkt_event *row, size_t rows, const uint32_t *event, size_t n,
                         int64_t *out)
{
    size_t place[MKT_EVENTS_COMPARED];
    for (size_t i = 0; i < n; i++) {
        place[i] = 0;
        while (place[i] < rows && row[place[i]].event != event[i]) place[i]++;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n && place[i] < rows; j++)
            out[i * n + j] += place[j] == rows || row[place[i]].time < row[place[j]].time;
}

mkt_status mkt_events_precedence(struct mkt_arena *arena, const struct mkt_events_view *v,
                                 const uint32_t *event, size_t n, int64_t *out, struct mkt_err *err)
{
    size_t mark = mkt_arena_mark(arena), most = mkt_events_largest(v);
    struct mkt_event *row = MKT_NEW(arena, struct mkt_event, most);
    struct mkt_event *sorted = MKT_NEW(arena, struct mkt_event, most);
    uint32_t *start;
    MKT_TRY(mkt_piles_sort_room(arena, most, &start, err));
    void *block = mkt_arena_alloc(arena, 1, MKT_PILES_BLOCK(sizeof(struct mkt_event)));
    if (!row || !sorted || !block) return mkt_arena_full(arena, err);
    memset(out, 0, n * n * sizeof *out);
    for (size_t pile = 0; pile < MKT_PILES; pile++) {
        size_t rows;
        MKT_TRY(mkt_events_gather(v, pile, block, row, &rows, err));
        mkt_events_sort(row, rows, false, start, sorted);
        for (size_t from = 0, to; from < rows; from = to) {
            for (to = from + 1; to < rows && sorted[to].user == sorted[from].user;) to++;
            compare_user(sorted + from, to - from, event, n, out);
        }
    }
    mkt_arena_release(arena, mark);
    return MKT_OK;
}
