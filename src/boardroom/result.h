/* The result that goes into a signed answer: a shape as Python would write it.
 *
 * The same answer gives the same bytes, so they are kept in the engine's cache beside the answer:
 * a request whose answer is at hand costs hashing and signing only.
 * Checked  tests/boardroom/collaborate_test.c
 */
#ifndef MKT_BOARDROOM_RESULT_H
#define MKT_BOARDROOM_RESULT_H

#include "boardroom/shape.h"

struct mkt_result {
    const char *canonical; /* json.dumps(result, sort_keys=True) */
    size_t bytes;
    const char *confidence; /* a number as JSON, or "null" */
    struct mkt_blob *blob;  /* held, or NULL: mkt_result_release */
};

/* Errors  those of mkt_answering_run and mkt_shape_write */
MKT_MUST_CHECK mkt_status mkt_result_make(struct mkt_engine *engine, struct mkt_arena *arena,
                                          const struct mkt_errand *errand,
                                          const struct mkt_answering_options *options,
                                          const char *agent_id, struct mkt_result *out,
                                          struct mkt_err *err);
void mkt_result_release(struct mkt_result *result);

#endif
