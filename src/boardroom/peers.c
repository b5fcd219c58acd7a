#include "boardroom/peers.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boardroom/peers_file.h"

/* Records lie in byte order of their ids. */
struct mkt_peers {
    pthread_mutex_t lock;
    struct mkt_peers_record *record;
    size_t records, room;
};

/* ---- records ---- */

/* Where the id is, or would stand. */
static size_t place_of(const struct mkt_peers *p, const char *id, bool *found)
{
    size_t low = 0, high = p->records;
    *found = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(p->record[middle].id, id);
        if (order == 0) {
            *found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct mkt_peers_record *record_of(struct mkt_peers *p, const char *id)
{
    bool found;
    size_t at = place_of(p, id, &found);
    return found ? &p->record[at] : NULL;
}

static mkt_status insert(struct mkt_peers *p, const struct mkt_peers_record *record,
                         struct mkt_err *err)
{
    bool found;
    size_t at = place_of(p, record->id, &found);
    if (p->records == MKT_PEERS_MOST)
        return mkt_err_set(err, MKT_E_LIMIT, "at most %d agents are kept", MKT_PEERS_MOST);
    if (!p->record || p->records == p->room) {
        size_t room = p->room ? 2 * p->room : 16;
        struct mkt_peers_record *more = realloc(p->record, room * sizeof *more);
        if (!more) return mkt_err_set(err, MKT_E_NOMEM, "no memory for the register of agents");
        p->record = more;
        p->room = room;
    }
    memmove(&p->record[at + 1], &p->record[at], (p->records - at) * sizeof *p->record);
    p->record[at] = *record;
    p->records++;
    return MKT_OK;
}

static bool has_key(const struct mkt_peers_record *r, const struct mkt_public_key *key)
{
    for (size_t i = 0; i < r->keys; i++)
        if (memcmp(r->key[i].raw, key->raw, MKT_KEYS_PUBLIC) == 0) return true;
    return false;
}

/* ---- pins ---- */

/* A further line of an agent adds its key; the rest must stand in the first. */
static mkt_status add_key(struct mkt_peers_record *r, const struct mkt_peers_record *pin,
                          struct mkt_err *err)
{
    if (r->keys == MKT_PEERS_KEYS)
        return mkt_err_set(err, MKT_E_LIMIT, "an agent has at most %d keys", MKT_PEERS_KEYS);
    if (has_key(r, &pin->key[0]))
        return mkt_err_set(err, MKT_E_ARG, "this key of \"%s\" stands there twice", r->id);
    if (pin->endpoint[0] || pin->type[0] || pin->capabilities || pin->sealed || pin->must_attest)
        return mkt_err_set(err, MKT_E_ARG, "a further key of \"%s\" has nothing but the key",
                           r->id);
    r->key[r->keys++] = pin->key[0];
    return MKT_OK;
}

static mkt_status pin(void *user, const struct mkt_peers_record *said, struct mkt_err *err)
{
    struct mkt_peers *p = user;
    for (size_t i = 0; i < p->records; i++)
        if (strcmp(p->record[i].id, said->id) != 0 && has_key(&p->record[i], &said->key[0]))
            return mkt_err_set(err, MKT_E_ARG, "\"%s\" has the same key as \"%s\"", said->id,
                               p->record[i].id);
    struct mkt_peers_record *known = record_of(p, said->id);
    return known ? add_key(known, said, err) : insert(p, said, err);
}

mkt_status mkt_peers_open(const char *path, struct mkt_peers **out, struct mkt_err *err)
{
    struct mkt_peers *p = calloc(1, sizeof *p);
    if (!p) return mkt_err_set(err, MKT_E_NOMEM, "no memory for the register of agents");
    pthread_mutex_init(&p->lock, NULL);
    mkt_status status = path[0] ? mkt_peers_file_read(path, pin, p, err) : MKT_OK;
    if (status != MKT_OK) {
        mkt_peers_close(p);
        return status;
    }
    *out = p;
    return MKT_OK;
}

void mkt_peers_close(struct mkt_peers *peers)
{
    if (!peers) return;
    pthread_mutex_destroy(&peers->lock);
    free(peers->record);
    free(peers);
}

/* ---- what the registry says ---- */

static void fill_open(struct mkt_peers_record *r, const struct mkt_peers_record *said)
{
    if (!r->own_endpoint) memcpy(r->endpoint, said->endpoint, sizeof r->endpoint);
    if (!r->own_type) memcpy(r->type, said->type, sizeof r->type);
    if (r->own_capabilities) return;
    memcpy(r->capability, said->capability, sizeof r->capability);
    r->capabilities = said->capabilities;
}

static void judge_key(struct mkt_peers_record *r, const struct mkt_peers_record *said)
{
    if (said->keys == 0) return;
    if (r->keys == 0 && r->origin == MKT_PEERS_REGISTRY) {
        r->key[0] = said->key[0];
        r->keys = 1;
    }
    r->changed = !has_key(r, &said->key[0]);
    if (r->changed) r->offered = said->key[0];
}

mkt_status mkt_peers_learn(struct mkt_peers *peers, const struct mkt_peers_record *said,
                           bool *changed, struct mkt_err *err)
{
    mkt_status status = MKT_OK;
    MKT_TRY(mkt_peers_file_check_id(said->id, err));
    if (said->keys && mkt_keys_is_weak(&said->key[0]))
        return mkt_err_set(err, MKT_E_ARG, "the key of \"%s\" is a point of small order", said->id);
    pthread_mutex_lock(&peers->lock);
    struct mkt_peers_record *r = record_of(peers, said->id);
    if (!r) {
        struct mkt_peers_record fresh = {.origin = MKT_PEERS_REGISTRY};
        memcpy(fresh.id, said->id, sizeof fresh.id);
        status = insert(peers, &fresh, err);
        r = record_of(peers, said->id);
    }
    if (status == MKT_OK && r) {
        fill_open(r, said);
        judge_key(r, said);
    }
    if (changed) *changed = r && r->changed;
    pthread_mutex_unlock(&peers->lock);
    return status;
}

/* ---- evidence ---- */

static mkt_status attest(struct mkt_peers_record *r, const struct mkt_public_key *key, bool holds,
                         struct mkt_err *err)
{
    bool offered = r->changed && memcmp(r->offered.raw, key->raw, MKT_KEYS_PUBLIC) == 0;
    if (!has_key(r, key)) {
        if (!offered || r->origin == MKT_PEERS_PINNED)
            return mkt_err_set(err, MKT_E_AUTH,
                               "the evidence names another key than that of the "
                               "agent");
        if (holds) {
            r->key[0] = *key;
            r->keys = 1;
            r->changed = false;
        }
    }
    r->judged = *key;
    r->evidence = holds ? MKT_PEERS_ATTESTED : MKT_PEERS_REFUTED;
    return MKT_OK;
}

mkt_status mkt_peers_attest(struct mkt_peers *peers, const char *id,
                            const struct mkt_public_key *key, bool holds, const char *why,
                            int64_t now_us, struct mkt_err *err)
{
    pthread_mutex_lock(&peers->lock);
    struct mkt_peers_record *r = record_of(peers, id);
    mkt_status status = r ? attest(r, key, holds, err)
                          : mkt_err_set(err, MKT_E_NOT_FOUND, "there is no agent of that id");
    if (status == MKT_OK && r) {
        snprintf(r->why, sizeof r->why, "%s", why);
        r->attested_us = now_us;
    }
    pthread_mutex_unlock(&peers->lock);
    return status;
}

void mkt_peers_forget(struct mkt_peers *peers, const char *id)
{
    bool found;
    pthread_mutex_lock(&peers->lock);
    size_t at = place_of(peers, id, &found);
    if (found && peers->record[at].origin == MKT_PEERS_REGISTRY) {
        peers->records--;
        memmove(&peers->record[at], &peers->record[at + 1],
                (peers->records - at) * sizeof *peers->record);
    }
    pthread_mutex_unlock(&peers->lock);
}

mkt_status mkt_peers_check(const struct mkt_peers_record *record, struct mkt_err *err)
{
    if (record->changed && record->origin == MKT_PEERS_REGISTRY)
        return mkt_err_set(err, MKT_E_AUTH, "the sender's key has changed in the registry");
    if (record->must_attest && record->evidence != MKT_PEERS_ATTESTED)
        return mkt_err_set(err, MKT_E_AUTH, "the sender must be attested and is not");
    return MKT_OK;
}

/* ---- copies ---- */

bool mkt_peers_find(struct mkt_peers *peers, const char *id, struct mkt_peers_record *out)
{
    pthread_mutex_lock(&peers->lock);
    const struct mkt_peers_record *r = record_of(peers, id);
    if (r) *out = *r;
    pthread_mutex_unlock(&peers->lock);
    return r != NULL;
}

mkt_status mkt_peers_keys(struct mkt_peers *peers, struct mkt_arena *arena, struct mkt_peer **out,
                          size_t *n, struct mkt_err *err)
{
    mkt_status status = MKT_OK;
    pthread_mutex_lock(&peers->lock);
    struct mkt_peer *peer = MKT_NEW(arena, struct mkt_peer, peers->records * MKT_PEERS_KEYS);
    *n = 0;
    for (size_t i = 0; peer && i < peers->records; i++) {
        const struct mkt_peers_record *r = &peers->record[i];
        const char *id = mkt_arena_strdup(arena, r->id);
        if (!id) peer = NULL;
        for (size_t k = 0; peer && k < r->keys; k++)
            peer[(*n)++] = (struct mkt_peer){.id = id, .key = r->key[k]};
    }
    if (!peer) status = mkt_arena_full(arena, err);
    pthread_mutex_unlock(&peers->lock);
    *out = peer;
    return status;
}

mkt_status mkt_peers_list(struct mkt_peers *peers, struct mkt_arena *arena,
                          struct mkt_peers_record **out, size_t *n, struct mkt_err *err)
{
    pthread_mutex_lock(&peers->lock);
    *out = MKT_NEW(arena, struct mkt_peers_record, peers->records);
    *n = *out ? peers->records : 0;
    if (*n) memcpy(*out, peers->record, *n * sizeof **out);
    pthread_mutex_unlock(&peers->lock);
    return *out ? MKT_OK : mkt_arena_full(arena, err);
}

const char *mkt_peers_origin_name(mkt_peers_origin origin)
{
    return origin == MKT_PEERS_PINNED ? "pinned" : "registry";
}

const char *mkt_peers_evidence_name(mkt_peers_evidence evidence)
{
    static const char *const name[] = {"unknown", "attested", "refuted"};
    return name[evidence];
}
