/* The language model behind the service: opened in the background, used when it is ready.
 *
 * Nobody waits for it but the command line. While it loads, when there is none, and when it cannot
 * be had, answers have plain words; the state says which, and why.
 */
#ifndef MKT_ENGINE_WRITER_H
#define MKT_ENGINE_WRITER_H

#include <stdatomic.h>
#include <stdbool.h>

#include "engine/settings.h"
#include "fact/words.h"
#include "llm/llm.h"

struct mkt_writer;

typedef enum {
    MKT_WRITER_ABSENT, /* none was asked for, or none is there */
    MKT_WRITER_LOADING,
    MKT_WRITER_READY,
    MKT_WRITER_FAILED /* a server is tried again now and then */
} mkt_writer_state;

const char *mkt_writer_state_name(mkt_writer_state state); /* "absent", ... */

struct mkt_writer_view {
    mkt_writer_state state;
    char name[128];         /* of the model, when READY; else "" */
    char why[MKT_ERR_TEXT]; /* when ABSENT or FAILED */
    double done;            /* 0..1, of LOADING; 0 when that is not known */
};

/* How far the opening is; false stops it. */
typedef bool mkt_writer_progress(void *user, double done);

/* What opens a model. */
struct mkt_writer_opening {
    const struct mkt_settings *settings;
    const char *path;            /* of the built-in model's file; NULL for a server */
    const char *state;           /* folder where it may keep what it has computed, or NULL */
    int64_t engine_mb;           /* of AGENT_MAX_MEMORY_MB, what the rest takes, in 2^20 bytes */
    const atomic_int *computing; /* not 0 while facts are computed: then they go first */
    const atomic_bool *cancel;
    mkt_writer_progress *progress; /* may be called, or not */
    void *user;
};

typedef mkt_status mkt_writer_opener(const struct mkt_writer_opening *opening, struct mkt_llm **out,
                                     struct mkt_err *err);

struct mkt_writer_options {
    const struct mkt_settings *settings; /* must outlive the writer */
    int64_t engine_mb;                   /* see mkt_writer_opening */
    bool service; /* the model gives way to facts, and a server that fails is asked again */
    mkt_writer_opener *opener; /* for tests; NULL for the usual */
};

/* The words that are asked for, by their name. */
typedef enum { MKT_WORDS_AUTO, MKT_WORDS_PLAIN, MKT_WORDS_MODEL } mkt_words_wanted;

/* "auto", "plain", "model".      Errors  MKT_E_ARG */
MKT_MUST_CHECK mkt_status mkt_writer_wanted(const char *name, mkt_words_wanted *out,
                                            struct mkt_err *err);

/* Where the built-in model's file is to be, in the caller's buffer, and its size: 0 when it is not
 * there. Nothing ("") when a server writes, or nobody but the plain narrator.
 * Errors  MKT_E_ARG  a name or a setting that is none */
MKT_MUST_CHECK mkt_status mkt_writer_file(const struct mkt_settings *settings, char out[4096],
                                          int64_t *bytes, struct mkt_err *err);

/* Begins to open the model, if there is one, on a thread of its own.
 * Errors  MKT_E_ARG    a setting that is none;  MKT_E_NOMEM
 * Checked tests/engine/writer_test.c */
MKT_MUST_CHECK mkt_status mkt_writer_open(const struct mkt_writer_options *options,
                                          struct mkt_writer **out, struct mkt_err *err);

/* Stops the opening, closes the model. Nobody may use it any more. NULL is allowed. */
void mkt_writer_close(struct mkt_writer *writer);

/* The model when it is READY, else NULL; it lives as long as the writer. NULL is allowed. */
struct mkt_llm *mkt_writer_llm(struct mkt_writer *writer);

void mkt_writer_view(struct mkt_writer *writer, struct mkt_writer_view *out);

/* Waits until it is no longer LOADING, calling progress (may be NULL) about ten times a second. */
void mkt_writer_wait(struct mkt_writer *writer, void (*progress)(void *user, double done),
                     void *user);

/* Facts are being computed from here on, or no longer: the model leaves them a core. Any thread. */
void mkt_writer_facts_begin(struct mkt_writer *writer);
void mkt_writer_facts_end(struct mkt_writer *writer);

/* True when the words would be the same at another time: every part is the model's, or was left to
 * the plain narrator for a reason that stays. */
bool mkt_writer_is_final(const struct mkt_words *words);

#endif
