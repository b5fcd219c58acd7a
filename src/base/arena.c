#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#if defined(__SANITIZE_ADDRESS__)
#define MKT_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MKT_ASAN 1
#endif
#endif

/* Under AddressSanitizer the bytes not handed out are poisoned, and a gap is
 * left behind each allocation, so an overrun inside the arena is found too. */
#ifdef MKT_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n) ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
#define GAP 16
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#define GAP 0
#endif

#define ALIGN 16
#define PAGE 4096
#define SMALL_MOST ((size_t)2 << 20) /* bytes that lie in pages of the usual size */

static size_t round_up(size_t n, size_t unit)
{
    return (n + unit - 1) / unit * unit;
}

mkt_status mkt_arena_open(struct mkt_arena *arena, size_t capacity, struct mkt_err *err)
{
    memset(arena, 0, sizeof *arena);
    size_t bytes = round_up(capacity ? capacity : 1, PAGE);
    void *base = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED)
        return mkt_err_set(err, MKT_E_NOMEM, "cannot reserve %zu MB of address space", bytes >> 20);
    /* What is large is walked at random: large pages spare its faults and its misses of addresses.
     * A system that has none says so, and nothing is lost. */
    if (bytes > SMALL_MOST) madvise((char *)base + SMALL_MOST, bytes - SMALL_MOST, MADV_HUGEPAGE);
    arena->base = base;
    arena->capacity = capacity;
    POISON(base, bytes);
    return MKT_OK;
}

void mkt_arena_close(struct mkt_arena *arena)
{
    if (!arena->base) return;
    size_t bytes = round_up(arena->capacity ? arena->capacity : 1, PAGE);
    UNPOISON(arena->base, bytes);
    munmap(arena->base, bytes);
    memset(arena, 0, sizeof *arena);
}

void mkt_arena_reset(struct mkt_arena *arena, size_t keep)
{
    if (arena->used > arena->touched) arena->touched = arena->used;
    size_t kept = round_up(keep, PAGE), dirty = arena->touched;
    if (arena->touched > kept) {
        UNPOISON(arena->base + kept, arena->touched - kept);
        /* a large page may reach beyond what was touched */
        size_t all = round_up(arena->capacity, PAGE);
        size_t end = round_up(arena->touched, PAGE) + SMALL_MOST;
        madvise(arena->base + kept, (end < all ? end : all) - kept, MADV_DONTNEED);
        arena->touched = kept;
    }
    arena->used = 0;
    arena->allocations = 0;
    POISON(arena->base, dirty); /* what lies behind is poisoned still */
}

void *mkt_arena_alloc(struct mkt_arena *arena, size_t count, size_t size)
{
    arena->allocations++;
    if (arena->fail_at && arena->allocations >= arena->fail_at) return NULL;

    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) return NULL;
    if (bytes > SIZE_MAX - 2 * ALIGN - GAP) return NULL;
    size_t step = round_up(bytes ? bytes : 1, ALIGN) + GAP;
    if (step > arena->capacity - arena->used) return NULL;

    char *p = arena->base + arena->used;
    UNPOISON(p, bytes);
    if (arena->used < arena->touched) {
        size_t dirty = arena->touched - arena->used;
        memset(p, 0, dirty < bytes ? dirty : bytes);
    }
    arena->used += step;
    if (arena->used > arena->touched) arena->touched = arena->used;
    return p;
}

void *mkt_arena_grow(struct mkt_arena *arena, void *old, size_t old_bytes, size_t new_bytes)
{
    if (!old) return mkt_arena_alloc(arena, 1, new_bytes);
    size_t old_step = round_up(old_bytes ? old_bytes : 1, ALIGN) + GAP;
    char *p = old;
    if (p + old_step == arena->base + arena->used) {
        size_t used = arena->used;
        arena->used = (size_t)(p - arena->base);
        size_t touched = arena->touched;
        arena->touched = 0; /* keep the bytes: do not zero what is being grown */
        void *same = mkt_arena_alloc(arena, 1, new_bytes);
        if (touched > arena->touched) arena->touched = touched;
        if (!same) {
            arena->used = used;
            return NULL;
        }
        if (new_bytes > old_bytes) memset(p + old_bytes, 0, new_bytes - old_bytes);
        return same;
    }
    void *new = mkt_arena_alloc(arena, 1, new_bytes);
    if (new) memcpy(new, old, old_bytes < new_bytes ? old_bytes : new_bytes);
    return new;
}

char *mkt_arena_strndup(struct mkt_arena *arena, const char *text, size_t length)
{
    char *copy = mkt_arena_alloc(arena, length + 1, 1);
    if (copy) memcpy(copy, text, length);
    return copy;
}

char *mkt_arena_strdup(struct mkt_arena *arena, const char *text)
{
    return mkt_arena_strndup(arena, text, strlen(text));
}

char *mkt_arena_printf(struct mkt_arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = n < 0 ? NULL : mkt_arena_alloc(arena, (size_t)n + 1, 1);
    if (text) vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    return text;
}

size_t mkt_arena_mark(const struct mkt_arena *arena)
{
    return arena->used;
}

void mkt_arena_release(struct mkt_arena *arena, size_t mark)
{
    POISON(arena->base + mark, arena->used - mark);
    arena->used = mark;
}

void *mkt_arena_push(struct mkt_arena *arena, void *array, size_t *count, size_t *capacity,
                     size_t size)
{
    char *items;
    memcpy(&items, array, sizeof items);
    if (*count == *capacity) {
        size_t more = *capacity ? 2 * *capacity : 8;
        items = mkt_arena_grow(arena, items, *capacity * size, more * size);
        if (!items) return NULL;
        memcpy(array, &items, sizeof items);
        *capacity = more;
    }
    return items + (*count)++ * size;
}
