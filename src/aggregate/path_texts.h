/* Paths written out ("a > b > c"), read by several threads at once, each path kept once.
 *
 * A thread numbers channels as it meets them. What is new to it is looked up in
 * a dictionary of all threads, so equal paths are equal numbers and fall into
 * one shard; by name the channels are numbered when all of them are known.
 */
#ifndef MKT_AGGREGATE_PATH_TEXTS_H
#define MKT_AGGREGATE_PATH_TEXTS_H

#include "aggregate/names_recent.h"
#include "aggregate/path_shards.h"

struct mkt_path_texts {
    struct mkt_path_shards shards;
    pthread_mutex_t lock;
    struct mkt_arena arena;
    struct mkt_names channel; /* in the order they came */
    /* Whether a name stands for no channel: such a place of a path is none. NULL: all are names. */
    bool (*is_void)(const char *name, size_t length);
};

/*   room  bytes that all paths together may take
 * Errors  MKT_E_NOMEM  the address space cannot be reserved */
MKT_MUST_CHECK mkt_status mkt_path_texts_open(struct mkt_path_texts *texts, size_t room,
                                              struct mkt_err *err);
void mkt_path_texts_close(struct mkt_path_texts *texts);

/* One thread's. */
struct mkt_path_text_reader {
    struct mkt_path_texts *texts;
    struct mkt_arena *arena;
    struct mkt_names own;
    struct mkt_names_recent recent;
    uint32_t *code; /* [codes] number in texts->channel, by its own */
    size_t codes, code_cap;
    uint32_t *step; /* of the path that is read */
    size_t steps, step_cap;
    size_t voids; /* places of that path that are none */
    struct mkt_path_batch batch;
};

/* Errors  MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_path_text_reader_init(struct mkt_path_text_reader *reader,
                                                    struct mkt_arena *arena,
                                                    struct mkt_path_texts *texts,
                                                    struct mkt_err *err);

/* Adds journeys along a path. Blanks around names fall away.
 * Errors  MKT_E_DATA   no channel between two separators, or in the whole path
 *         MKT_E_NOMEM  an arena is full
 *         MKT_E_LIMIT  as mkt_paths_add */
MKT_MUST_CHECK mkt_status mkt_path_text_reader_add(struct mkt_path_text_reader *reader,
                                                   const char *text, size_t length, char separator,
                                                   const struct mkt_path_counts *counts,
                                                   struct mkt_err *err);

/* Adds what is left; before mkt_path_texts_finish. */
MKT_MUST_CHECK mkt_status mkt_path_text_reader_flush(struct mkt_path_text_reader *reader,
                                                     struct mkt_err *err);

/* All paths, finished: the same as mkt_paths_add_text of each and mkt_paths_finish.
 *   paths    initialised, empty
 *   threads  at most 16 are used
 * Errors   MKT_E_NOMEM  the arena of paths is full
 *          MKT_E_LIMIT  a sum is too large to add exactly
 * Checked  tests/aggregate/path_shards_test.c */
MKT_MUST_CHECK mkt_status mkt_path_texts_finish(struct mkt_path_texts *texts, int threads,
                                                struct mkt_paths *paths, struct mkt_err *err);

#endif
