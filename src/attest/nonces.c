#include "attest/nonces.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "attest/hex.h"

#define DIGEST 32
#define FREE UINT32_MAX

struct known {
    unsigned char digest[DIGEST];
    int64_t sent_us;
    bool dropped; /* given back: its place waits to be used again */
};

/* A ring of what was taken, and an open-addressing index into it. */
struct mkt_nonces {
    pthread_mutex_t lock;
    struct known *ring;
    size_t most, count, next; /* `next` is also the oldest when the ring is full */
    uint32_t *slot;
    size_t slots; /* a power of two, at least twice `most` */
    int64_t floor_us;
};

mkt_status mkt_nonces_open(size_t most, struct mkt_nonces **out, struct mkt_err *err)
{
    struct mkt_nonces *n = calloc(1, sizeof *n);
    if (!n) return mkt_err_set(err, MKT_E_NOMEM, "no memory for what was answered");
    pthread_mutex_init(&n->lock, NULL);
    n->most = most;
    for (n->slots = 4; n->slots < 2 * most; n->slots *= 2) {
    }
    n->ring = calloc(most, sizeof *n->ring);
    n->slot = malloc(n->slots * sizeof *n->slot);
    n->floor_us = INT64_MIN;
    if (!n->ring || !n->slot) {
        mkt_nonces_close(n);
        return mkt_err_set(err, MKT_E_NOMEM, "no memory for what was answered");
    }
    memset(n->slot, 0xFF, n->slots * sizeof *n->slot);
    *out = n;
    return MKT_OK;
}

void mkt_nonces_close(struct mkt_nonces *nonces)
{
    if (!nonces) return;
    pthread_mutex_destroy(&nonces->lock);
    free(nonces->ring);
    free(nonces->slot);
    free(nonces);
}

/* Digests are as good as random: who could choose their first bytes at will could not choose what
 * they are taken of. */
static size_t home_of(const struct mkt_nonces *n, const unsigned char *digest)
{
    uint64_t word;
    memcpy(&word, digest, sizeof word);
    return (size_t)word & (n->slots - 1);
}

/* The slot of the digest, or the free one where it would go. */
static size_t slot_of(const struct mkt_nonces *n, const unsigned char *digest)
{
    size_t at = home_of(n, digest);
    while (n->slot[at] != FREE && memcmp(n->ring[n->slot[at]].digest, digest, DIGEST) != 0)
        at = (at + 1) & (n->slots - 1);
    return at;
}

/* Takes a slot out and closes the gap in the chain behind it. */
static void clear_slot(struct mkt_nonces *n, size_t gap)
{
    size_t at = gap;
    for (;;) {
        n->slot[gap] = FREE;
        for (;;) {
            at = (at + 1) & (n->slots - 1);
            if (n->slot[at] == FREE) return;
            size_t home = home_of(n, n->ring[n->slot[at]].digest);
            bool stays = gap <= at ? gap < home && home <= at : gap < home || home <= at;
            if (!stays) break;
        }
        n->slot[gap] = n->slot[at];
        gap = at;
    }
}

static void raise_floor(struct mkt_nonces *n, int64_t us)
{
    if (us > n->floor_us) n->floor_us = us;
}

/* Into the place of the oldest, once the ring is full. */
static void add(struct mkt_nonces *n, const unsigned char *digest, int64_t sent_us)
{
    struct known *k = &n->ring[n->next];
    if (n->count == n->most) {
        if (!k->dropped) {
            clear_slot(n, slot_of(n, k->digest));
            raise_floor(n, k->sent_us);
        }
    } else {
        n->count++;
    }
    *k = (struct known){.sent_us = sent_us};
    memcpy(k->digest, digest, DIGEST);
    n->slot[slot_of(n, digest)] = (uint32_t)n->next;
    n->next = (n->next + 1) % n->most;
}

mkt_status mkt_nonces_take(struct mkt_nonces *nonces, const char *hash, int64_t sent_us,
                           struct mkt_err *err)
{
    unsigned char digest[DIGEST];
    mkt_status status = MKT_OK;
    if (!mkt_hex_read(hash, strlen(hash), digest, DIGEST))
        return mkt_err_set(err, MKT_E_INTERNAL, "this is no SHA-256");
    pthread_mutex_lock(&nonces->lock);
    if (nonces->slot[slot_of(nonces, digest)] != FREE)
        status = mkt_err_set(err, MKT_E_CONFLICT, "the message was answered before");
    else if (sent_us <= nonces->floor_us)
        status = mkt_err_set(err, MKT_E_AUTH, "the message is stale: too much came after it");
    else
        add(nonces, digest, sent_us);
    pthread_mutex_unlock(&nonces->lock);
    return status;
}

void mkt_nonces_give_back(struct mkt_nonces *nonces, const char *hash)
{
    unsigned char digest[DIGEST];
    if (!mkt_hex_read(hash, strlen(hash), digest, DIGEST)) return;
    pthread_mutex_lock(&nonces->lock);
    size_t at = slot_of(nonces, digest);
    if (nonces->slot[at] != FREE) {
        nonces->ring[nonces->slot[at]].dropped = true;
        clear_slot(nonces, at);
    }
    pthread_mutex_unlock(&nonces->lock);
}

void mkt_nonces_recall(struct mkt_nonces *nonces, const char *hash, int64_t answered_us)
{
    unsigned char digest[DIGEST];
    if (!mkt_hex_read(hash, strlen(hash), digest, DIGEST)) return;
    pthread_mutex_lock(&nonces->lock);
    if (nonces->slot[slot_of(nonces, digest)] == FREE) add(nonces, digest, answered_us);
    pthread_mutex_unlock(&nonces->lock);
}

void mkt_nonces_forget_until(struct mkt_nonces *nonces, int64_t us)
{
    pthread_mutex_lock(&nonces->lock);
    raise_floor(nonces, us);
    pthread_mutex_unlock(&nonces->lock);
}
