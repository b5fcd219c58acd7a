/* A language model that writes a few short texts about one prompt, each under a grammar of its own.
 *
 * Whoever asks does not know where the model runs: in this process (llm/builtin.h, the only file
 * pair that knows libllama) or behind an OpenAI-compatible server (llm/remote.h). A model proposes;
 * nothing it writes is believed: callers check every text against its grammar's meaning.
 *
 * Several threads may call mkt_llm_write on one handle at once; calls are served in turn and
 * together, as far as memory allows.
 */
#ifndef MKT_LLM_LLM_H
#define MKT_LLM_LLM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct mkt_llm;

/* One text to write. All parts of a task share its prompt and are written together. */
struct mkt_llm_part {
    const char *ask;     /* what follows the shared prompt for this part alone; "" for nothing */
    const char *grammar; /* GBNF whose rule is "root"; NULL lets the model write as it likes */
    int tokens;          /* at most so many are sampled, >= 1; forced text takes none of them,
                          * but all of a text takes 3 tokens + 64 at most */
    uint64_t seed;       /* same prompt, grammar, seed and model: the same bytes; see below */

    const char *text; /* out: in the arena, NUL-terminated UTF-8; what there is when not done */
    bool done;        /* out: the grammar is complete */
    int sampled;      /* out: tokens that the model chose */
};

struct mkt_llm_task {
    /* The prompt is constant + data + ask. None of it is parsed for control tokens: text from
     * data cannot leave the user's turn. `constant` is the same for many tasks: it is computed once
     * and kept, in memory and on disk. */
    const char *constant;
    const char *data;
    struct mkt_llm_part *part;
    size_t parts;
    double temperature; /* 0: always the likeliest */

    int64_t deadline_ms;       /* on CLOCK_MONOTONIC in milliseconds; 0 for none */
    const atomic_bool *cancel; /* looked at between tokens; may be NULL */

    /* Text of a part as it comes, in order; may be NULL. Called on the caller's thread. */
    void (*piece)(void *user, size_t part, const char *text, size_t bytes);
    void *user;

    int prefilled;                            /* out: prompt tokens computed for this task */
    int64_t prefill_us, decode_us, sample_us; /* out: time of the model and of choosing */
};

/* What is known of a model's speed here: measured, or 0 before anything was. */
struct mkt_llm_speed {
    double prefill_per_s, decode_per_s; /* tokens; decode: of all parts together */
};

/* Writes all parts. A deadline is no error: parts that are not finished say so.
 *
 * The built-in model gives the same bytes for the same prompt, grammar and seed, whatever is
 * written beside them, with any number of threads, from a saved prompt or a computed one: on one
 * kind of CPU. Another kind has other kernels, whose sums round otherwise. A server behind
 * llm/remote.h gives what it gives.
 *
 * Errors  MKT_E_ARG        a grammar that cannot be read, no parts, more than the model takes
 *         MKT_E_LIMIT      the prompt and the parts do not fit the context: gives both numbers;
 *                          a grammar with more states than its memory holds
 *         MKT_E_BUSY       too many tasks wait
 *         MKT_E_CANCELLED  the flag was set
 *         MKT_E_IO         the server failed, or answered what cannot be used
 *         MKT_E_NOMEM      the arena is full, or the system's memory */
MKT_MUST_CHECK mkt_status mkt_llm_write(struct mkt_llm *llm, struct mkt_arena *arena,
                                        struct mkt_llm_task *task, struct mkt_err *err);

/* How many tokens a text has; an estimate where the model is behind a server. */
int mkt_llm_count(const struct mkt_llm *llm, const char *text);

/* "Mistral-7B-Instruct-v0.3": what stands in written_by. Lives as long as the handle. */
const char *mkt_llm_name(const struct mkt_llm *llm);

/* What an answer that this model wrote depends on: hash of the weights or of server and model
 * name, 64 hex digits. Lives as long as the handle. */
const char *mkt_llm_identity(const struct mkt_llm *llm);

struct mkt_llm_speed mkt_llm_speed_of(const struct mkt_llm *llm);

/* Waits for what still runs. NULL is allowed. */
void mkt_llm_close(struct mkt_llm *llm);

/* ---- for those who implement one: the handle's first member is this ---- */

struct mkt_llm_kind {
    mkt_status (*write)(struct mkt_llm *llm, struct mkt_arena *arena, struct mkt_llm_task *task,
                        struct mkt_err *err);
    int (*count)(const struct mkt_llm *llm, const char *text);
    const char *(*name)(const struct mkt_llm *llm);
    const char *(*identity)(const struct mkt_llm *llm);
    struct mkt_llm_speed (*speed)(const struct mkt_llm *llm);
    void (*close)(struct mkt_llm *llm);
};

struct mkt_llm {
    const struct mkt_llm_kind *kind;
};

#endif
