/* A kernel with configfs-tsm and a TEE under it, in memory: the calls of mkt_tee_kernel, with quotes of
 * the made-up vendor or unsigned SEV-SNP reports, and the ways in which the real one can fail. */
#ifndef TESTS_ATTEST_FAKE_KERNEL_H
#define TESTS_ATTEST_FAKE_KERNEL_H

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "attest/hierarchy.h"
#include "attest/tee.h"

struct fake_kernel {
    const struct vendor *vendor;
    const char *provider;
    int make_errno, outblob_errno, inblob_errno; /* 0: it works */
    int interrupted;                             /* reads of outblob that end with EINTR first */
    int other_writes;                            /* by others, between ours and the reading */
    int floor;                                   /* privlevel_floor */
    uint64_t from;                               /* what the generation is counted from */
    bool other_data;                             /* the quote is for something else */
    bool other_key;
    size_t oversize; /* outblob has that many bytes, when not 0 */
    const unsigned char *aux;
    size_t aux_bytes;
    atomic_bool hold;         /* reading outblob waits until it is false */
    _Atomic int64_t clock_ms; /* what its clock says */

    pthread_mutex_t lock;
    int folders, generation; /* folders that are there now */
    char level[8];
    unsigned char asked[64];
    atomic_int quotes, waiting; /* quotes that were made; readers of outblob */
};

static inline void fake_kernel_sleep(void)
{
    struct timespec t = {.tv_nsec = 2000000};
    nanosleep(&t, NULL);
}

static inline int fake_kernel_fail(int error)
{
    errno = error;
    return -1;
}

static inline int fake_kernel_make(void *user, const char *folder)
{
    struct fake_kernel *k = user;
    if (!strstr(folder, "/report/marketing-agent-")) return fake_kernel_fail(EPERM);
    if (k->make_errno) return fake_kernel_fail(k->make_errno);
    pthread_mutex_lock(&k->lock);
    k->folders++;
    k->generation = 0;
    k->level[0] = '\0';
    pthread_mutex_unlock(&k->lock);
    return 0;
}

static inline int fake_kernel_remove(void *user, const char *folder)
{
    struct fake_kernel *k = user;
    (void)folder;
    pthread_mutex_lock(&k->lock);
    k->folders--;
    pthread_mutex_unlock(&k->lock);
    return 0;
}

/* A quote or a report for what was written to inblob. */
static inline size_t fake_kernel_quote(struct fake_kernel *k, unsigned char *out, size_t most)
{
    static const unsigned char other[64] = {9};
    unsigned char data[64];
    memcpy(data, k->asked, 64);
    if (k->other_key) memcpy(data, other, 32);
    if (k->other_data) memcpy(data + 32, other, 32);
    if (strcmp(k->provider, "tdx_guest\n") != 0) {
        memset(out, 0, 1184);
        out[0] = 2;
        out[0x0a] = 0x03; /* policy: the fixed bit */
        out[0x34] = 1;
        memcpy(out + 0x50, data, 64);
        memset(out + 0x90, 0xcc, 48);
        return 1184;
    }
    struct made_quote *q = malloc(sizeof *q);
    make_quote(k->vendor, 4, q);
    memcpy(q->bytes + q->body + 520, data, 64);
    sign_quote(k->vendor, q);
    size_t n = q->n <= most ? q->n : 0;
    memcpy(out, q->bytes, n);
    free(q);
    return n;
}

static inline ssize_t fake_kernel_outblob(struct fake_kernel *k, unsigned char *out, size_t most)
{
    if (k->outblob_errno) return fake_kernel_fail(k->outblob_errno);
    if (k->interrupted > 0) {
        k->interrupted--;
        return fake_kernel_fail(EINTR);
    }
    if (k->oversize > most) return fake_kernel_fail(EFBIG);
    atomic_fetch_add(&k->waiting, 1);
    while (atomic_load(&k->hold)) fake_kernel_sleep();
    atomic_fetch_sub(&k->waiting, 1);
    atomic_fetch_add(&k->quotes, 1);
    k->generation += k->other_writes;
    return (ssize_t)fake_kernel_quote(k, out, most);
}

static inline ssize_t fake_kernel_read(void *user, const char *path, void *out, size_t most)
{
    struct fake_kernel *k = user;
    const char *name = strrchr(path, '/') + 1;
    if (k->folders != 1)
        return fake_kernel_fail(ENOENT); /* one at a time, by its owner's promise */
    if (strcmp(name, "provider") == 0) return snprintf(out, most, "%s", k->provider);
    if (strcmp(name, "generation") == 0)
        return snprintf(out, most, "%" PRId64 "\n", (int64_t)(k->from + (uint64_t)k->generation));
    if (strcmp(name, "privlevel_floor") == 0 && k->floor)
        return snprintf(out, most, "%d\n", k->floor);
    if (strcmp(name, "outblob") == 0) return fake_kernel_outblob(k, out, most);
    if (strcmp(name, "auxblob") == 0 && k->aux && k->aux_bytes <= most) {
        memcpy(out, k->aux, k->aux_bytes);
        return (ssize_t)k->aux_bytes;
    }
    return fake_kernel_fail(ENOENT);
}

static inline ssize_t fake_kernel_write(void *user, const char *path, const void *bytes, size_t n)
{
    struct fake_kernel *k = user;
    const char *name = strrchr(path, '/') + 1;
    if (strcmp(name, "privlevel") == 0) {
        snprintf(k->level, sizeof k->level, "%.*s", (int)n, (const char *)bytes);
    } else if (strcmp(name, "inblob") == 0 && n == 64) {
        if (k->inblob_errno) return fake_kernel_fail(k->inblob_errno);
        memcpy(k->asked, bytes, 64);
    } else {
        return fake_kernel_fail(EINVAL);
    }
    k->generation++;
    return (ssize_t)n;
}

static inline int64_t fake_kernel_now(void *user)
{
    struct fake_kernel *k = user;
    return atomic_load(&k->clock_ms);
}

static inline struct mkt_tee_kernel fake_kernel_calls(struct fake_kernel *k)
{
    return (struct mkt_tee_kernel){.user = k,
                                   .make = fake_kernel_make,
                                   .remove = fake_kernel_remove,
                                   .read = fake_kernel_read,
                                   .write = fake_kernel_write,
                                   .now_ms = fake_kernel_now};
}

static inline void fake_kernel_init(struct fake_kernel *k, const struct vendor *vendor,
                                    const char *provider)
{
    memset(k, 0, sizeof *k);
    k->vendor = vendor;
    k->provider = provider;
    pthread_mutex_init(&k->lock, NULL);
}

#endif
