/* All memory of one request, and its limit.
 *
 * An arena reserves address space once and hands it out in order. Its capacity
 * is the request's memory limit: running out is an ordinary error
 * (MKT_E_NOMEM), never a crash. Nothing is freed one by one; scratch is given
 * back to a mark. Memory comes zeroed.
 *
 * One arena belongs to one thread at a time.
 */
#ifndef MKT_BASE_ARENA_H
#define MKT_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/err.h"

struct mkt_arena {
    char *base;
    size_t capacity; /* bytes that may be handed out */
    size_t used;
    size_t touched;     /* high-water mark since the last reset: bytes that may be non-zero */
    size_t allocations; /* since open or reset */
    size_t fail_at;     /* tests: the allocation with this number fails; 0 for none */
};

/* Errors  MKT_E_NOMEM  the address space cannot be reserved */
MKT_MUST_CHECK mkt_status mkt_arena_open(struct mkt_arena *arena, size_t capacity,
                                         struct mkt_err *err);
void mkt_arena_close(struct mkt_arena *arena);

/* Forgets everything handed out, keeping up to `keep` bytes of real memory for the next request. */
void mkt_arena_reset(struct mkt_arena *arena, size_t keep);

/* `count` zeroed elements of `size` bytes, 16-byte aligned; NULL when the arena is full. */
void *mkt_arena_alloc(struct mkt_arena *arena, size_t count, size_t size);

/* Grows `old` from old_bytes to new_bytes: in place when it was the last allocation. */
void *mkt_arena_grow(struct mkt_arena *arena, void *old, size_t old_bytes, size_t new_bytes);

/* Strings; NULL when the arena is full. */
char *mkt_arena_strndup(struct mkt_arena *arena, const char *text, size_t length);
char *mkt_arena_strdup(struct mkt_arena *arena, const char *text);
char *mkt_arena_printf(struct mkt_arena *arena, const char *format, ...) MKT_PRINTF(2, 3);

#define MKT_NEW(arena, type, count) ((type *)mkt_arena_alloc((arena), (count), sizeof(type)))

/* Scratch: everything handed out after the mark is taken back. */
size_t mkt_arena_mark(const struct mkt_arena *arena);
void mkt_arena_release(struct mkt_arena *arena, size_t mark);

/* The error for a full arena, in megabytes; MKT_E_NOMEM. */
static inline mkt_status mkt_arena_full(const struct mkt_arena *arena, struct mkt_err *err)
{
    return mkt_err_set(err, MKT_E_NOMEM,
                       "the request needs more than its memory limit of %.0f MB: ask for a shorter "
                       "period, or have the limit raised (--memory on the command line; "
                       "AGENT_REQUEST_MB by the operator of a service)",
                       (double)arena->capacity / (1 << 20));
}

/* Appends one element to an arena array that keeps count and capacity; NULL when full.
 *     struct mkt_fact *f = mkt_arena_push(arena, &s->fact, &s->facts, &s->fact_cap, sizeof *f); */
void *mkt_arena_push(struct mkt_arena *arena, void *array, size_t *count, size_t *capacity,
                     size_t size);

#endif
