/* What a model file holds, read from its header before the library sees it.
 *
 * The library trusts much of what it reads: arrays of a vocabulary that differ in length, counts
 * that divide by zero. This walk is ours and bounded: every length is held against what is left
 * of the file, every tensor against the file's end, every count against a limit, so that a file
 * that is cut short, damaged or of another kind gives a sentence.
 *
 * Format: ggml's docs/gguf.md, versions 2 and 3, little endian.
 */
#ifndef MKT_LLM_WEIGHTS_H
#define MKT_LLM_WEIGHTS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

#define MKT_WEIGHTS_MEMBERS 65536 /* keys, and tensors, at most */
#define MKT_WEIGHTS_TOKENS 1048576

struct mkt_weights {
    char architecture[64], tokenizer[32];
    uint64_t file_bytes, tensor_bytes, largest_bytes;
    uint64_t tensors;
    int64_t layers, embed, heads, kv_heads, feed, context, key_length, value_length;
    int64_t turned;                         /* numbers of a head that its position turns; 0: all */
    uint64_t tokens, scores, types, merges; /* elements of the vocabulary's arrays; 0: none */
    bool template;
};

/* Walks the header of an open file of `bytes` bytes; `path` is for the sentences.
 *
 * Errors  MKT_E_DATA  no GGUF file; of a version or kind that is not read; cut short; a length,
 *                     count, type or place that cannot be; no instruct model; one part of several
 *         MKT_E_IO    reading failed           MKT_E_NOMEM  no memory for the vocabulary */
MKT_MUST_CHECK mkt_status mkt_weights_read(FILE *file, uint64_t bytes, const char *path,
                                           struct mkt_weights *out, struct mkt_err *err);

/* The same by path.
 *
 * Errors  as above; MKT_E_NOT_FOUND  no such file */
MKT_MUST_CHECK mkt_status mkt_weights_check(const char *path, struct mkt_weights *out,
                                            struct mkt_err *err);

#endif
