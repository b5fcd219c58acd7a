#include "llm/budget.h"

#define LIBRARY_BYTES 64000000u /* code, tables, threads */

static unsigned long long mb(uint64_t bytes)
{
    return (bytes + 999999) / 1000000;
}

/* Of one token, in all layers. */
static uint64_t cell_bytes(const struct mkt_weights *w, bool half)
{
    uint64_t numbers = (uint64_t)(w->layers * w->kv_heads * (w->key_length + w->value_length));
    return half ? numbers * 2 : numbers / 32 * 34;
}

static void add_up(const struct mkt_weights *w, int rows, struct mkt_budget *b)
{
    uint64_t cells = (uint64_t)b->cells, each = cell_bytes(w, b->half);
    uint64_t step = 3 * (uint64_t)w->feed + 8 * (uint64_t)w->embed + cells;
    b->weights = w->tensor_bytes + w->largest_bytes; /* one at a time is read, then repacked */
    b->cells_bytes = cells * each;
    b->compute = MKT_BUDGET_BATCH * step * 4 + 2 * (uint64_t)rows * w->tokens * 4 + LIBRARY_BYTES;
    b->prefixes = cells / 4 * each; /* saved beginnings, in a second copy */
    b->all = b->weights + b->cells_bytes + b->compute + b->prefixes + b->engine;
}

mkt_status mkt_budget_plan(const struct mkt_weights *w, const char *path, uint64_t limit,
                           uint64_t engine, int cells, int rows, struct mkt_budget *out,
                           struct mkt_err *err)
{
    *out = (struct mkt_budget){.engine = engine};
    out->half = w->key_length % 32 != 0 || w->value_length % 32 != 0;
    out->cells = cells ? cells : MKT_BUDGET_CELLS_MAX;
    for (;; out->cells -= MKT_BUDGET_CELLS_MIN) {
        add_up(w, rows, out);
        if (!limit || out->all <= limit) return MKT_OK;
        if (cells || out->cells <= MKT_BUDGET_CELLS_MIN) break;
    }
    return mkt_err_set(err, MKT_E_LIMIT,
                       "%s does not fit: %llu MB for its weights, %llu MB for %d tokens of memory, "
                       "%llu MB to compute with and %llu MB for the engine are %llu MB; %llu MB "
                       "are allowed",
                       path, mb(out->weights), mb(out->cells_bytes + out->prefixes), out->cells,
                       mb(out->compute), mb(out->engine), mb(out->all), mb(limit));
}
