/* Whether a text's numbers depend on what is computed beside it: measured, not assumed.
 *
 * The library picks its kernels by machine, by kind of weights and by how many rows a product
 * has. On x86 with AVX-512, rows of weights in k-quants, Q8_0, Q4_0 and F16 came out the same to
 * the bit whatever was beside them; rows of F32 did not. So a few tokens are fed alone, and again
 * in other portions beside other texts on one thread fewer; if any bit differs, tasks are to run
 * one by one.
 */
#ifndef MKT_LLM_PROBE_H
#define MKT_LLM_PROBE_H

#include "llm/vocab.h"

/* Leaves the context empty.
 *
 * Errors  MKT_E_INTERNAL  the library failed     MKT_E_NOMEM  no memory */
MKT_MUST_CHECK mkt_status mkt_probe_run(struct llama_context *context,
                                        const struct mkt_vocab *vocab, int threads,
                                        bool *independent, struct mkt_err *err);

#endif
