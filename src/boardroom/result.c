#include "boardroom/result.h"

#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "wire/pyjson.h"

#define CONFIDENCE 40 /* bytes at the beginning of a kept result */

/* Everything the result depends on besides the engine's cache key of the answer; NULL when the
 * arena is full. Lengths go with the texts, so that no text can pass for two. */
static const char *key_of(struct mkt_arena *arena, const struct mkt_errand *e,
                          const struct mkt_answering *a, const char *dataset, struct mkt_err *err)
{
    char digest[MKT_SHA256_TEXT];
    struct mkt_buf key;
    if (mkt_hash_bytes(a->json, a->bytes, digest, err) != MKT_OK) return NULL;
    mkt_buf_init(&key, arena);
    mkt_buf_printf(&key, "collaboration\n%s\n%d\n%s\n%zu %s\n%zu %s", digest, (int)e->kind, a->path,
                   a->request ? strlen(a->request) : 0, a->request ? a->request : "",
                   dataset ? strlen(dataset) : 0, dataset ? dataset : "");
    for (size_t i = 0; i < e->places; i++) mkt_buf_printf(&key, "\n%s", e->place[i]);
    for (size_t i = 0; i < MKT_GOALS; i++) mkt_buf_printf(&key, "\n%a", e->goal[i]);
    return mkt_buf_check(&key, err) == MKT_OK ? key.data : NULL;
}

static void take_blob(struct mkt_result *out, struct mkt_blob *blob)
{
    *out = (struct mkt_result){.blob = blob,
                               .confidence = blob->bytes,
                               .canonical = blob->bytes + CONFIDENCE,
                               .bytes = blob->length - CONFIDENCE};
}

/* The confidence as text, to a fixed length, and the result behind it. */
static mkt_status compose(struct mkt_arena *arena, const struct mkt_shape_source *source,
                          struct mkt_buf *out, struct mkt_err *err)
{
    struct mkt_buf json;
    struct mkt_pyvalue *value;
    double confidence;
    char head[CONFIDENCE] = "null";
    mkt_buf_init(&json, arena);
    MKT_TRY(mkt_shape_write(arena, MKT_SHAPE_COLLABORATION, source, &json, &confidence, err));
    if (isfinite(confidence)) mkt_text_number(confidence, head);
    mkt_buf_add(out, head, sizeof head);
    MKT_TRY(mkt_pyjson_read(arena, json.data, json.length, &mkt_shape_limits, &value, err));
    mkt_pyjson_write(out, value);
    return mkt_buf_check(out, err);
}

static mkt_status make(struct mkt_engine *engine, struct mkt_arena *arena,
                       const struct mkt_errand *errand, const struct mkt_answering *answering,
                       const char *agent_id, struct mkt_result *out, struct mkt_err *err)
{
    struct mkt_shape_source source = {
        .errand = errand, .answering = answering, .agent_id = agent_id};
    struct mkt_buf text;
    MKT_TRY(mkt_answering_dataset(engine, arena, errand, &source.dataset, err));
    const char *key = key_of(arena, errand, answering, source.dataset, err);
    if (!key) return err->status;
    struct mkt_blob *blob = mkt_cache_peek(engine->cache, key);
    if (!blob) {
        mkt_buf_init(&text, arena);
        MKT_TRY(compose(arena, &source, &text, err));
        MKT_TRY(mkt_blob_make("application/json", text.data, text.length, &blob, err));
        if (answering->blob) mkt_cache_put(engine->cache, key, blob);
    }
    take_blob(out, blob);
    return MKT_OK;
}

mkt_status mkt_result_make(struct mkt_engine *engine, struct mkt_arena *arena,
                           const struct mkt_errand *errand,
                           const struct mkt_answering_options *options, const char *agent_id,
                           struct mkt_result *out, struct mkt_err *err)
{
    struct mkt_answering answering;
    *out = (struct mkt_result){0};
    MKT_TRY(mkt_answering_run(engine, arena, errand, options, &answering, err));
    mkt_status status = make(engine, arena, errand, &answering, agent_id, out, err);
    mkt_answering_release(&answering);
    return status;
}

void mkt_result_release(struct mkt_result *result)
{
    mkt_blob_release(result->blob);
    *result = (struct mkt_result){0};
}
