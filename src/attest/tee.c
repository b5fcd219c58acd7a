#include "attest/tee.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "attest/evidence.h"
#include "attest/tee_source.h"
#include "base/clock.h"

#define KEPT_ARENA ((size_t)32 << 20)
#define FIRST_ARENA ((size_t)64 << 20)

static const struct {
    const char *name;
    mkt_tee_source *get;
    bool fixed; /* one quote, whatever is asked: only the key is bound */
} sources[] = {
    {"dstack", mkt_tee_source_dstack, false},
    {"configfs-tsm", mkt_tee_source_configfs, false},
    {"secretvm", mkt_tee_source_secretvm, true},
};
#define SOURCES (sizeof sources / sizeof *sources)

struct mkt_tee {
    struct mkt_tee_options options;
    struct mkt_public_key key;
    size_t source; /* SOURCES when there is none; never changes once it is open */

    pthread_mutex_t lock;
    pthread_cond_t free_;
    bool busy; /* someone asks the hardware */
    int waiting;
    struct mkt_arena arena; /* of what is kept */
    bool has_kept;
    struct mkt_tee_evidence kept;
    int64_t kept_ms;        /* when, on the monotonic clock */
    struct mkt_err problem; /* of the last try without a nonce; MKT_OK when it went well */
    int64_t problem_ms;
};

bool mkt_tee_report_data(const struct mkt_public_key *key, const void *nonce, size_t n,
                         unsigned char out[MKT_TEE_REPORT_DATA])
{
    static const char tag[] = "marketing-agent/attestation/v1"; /* and the zero byte behind it */
    unsigned char text[sizeof tag + MKT_KEYS_PUBLIC + MKT_TEE_NONCE_MOST];
    unsigned length = 0;
    memcpy(out, key->raw, MKT_KEYS_PUBLIC);
    memset(out + MKT_KEYS_PUBLIC, 0, 32);
    if (n == 0) return true;
    if (n < MKT_TEE_NONCE_LEAST || n > MKT_TEE_NONCE_MOST) return false;
    memcpy(text, tag, sizeof tag);
    memcpy(text + sizeof tag, key->raw, MKT_KEYS_PUBLIC);
    memcpy(text + sizeof tag + MKT_KEYS_PUBLIC, nonce, n);
    return EVP_Digest(text, sizeof tag + MKT_KEYS_PUBLIC + n, out + MKT_KEYS_PUBLIC, &length,
                      EVP_sha256(), NULL) == 1 &&
           length == 32;
}

static int64_t now_ms(const struct mkt_tee *tee)
{
    const struct mkt_tee_kernel *k = tee->options.kernel;
    return k && k->now_ms ? k->now_ms(k->user) : mkt_clock_ms();
}

/* ---- asking ---- */

/* What was given against what was asked, and what it measures. The signatures are for those to judge
 * who must be convinced. */
static mkt_status look_at(struct mkt_arena *arena, const struct mkt_tee *tee, size_t source,
                          const unsigned char asked[MKT_TEE_REPORT_DATA],
                          struct mkt_tee_evidence *e, struct mkt_err *err)
{
    const struct mkt_evidence evidence = {.bytes = e->quote, .n = e->quote_bytes};
    const struct mkt_policy policy = {.time = (int64_t)time(NULL)};
    struct mkt_verdict *verdict = MKT_NEW(arena, struct mkt_verdict, 1);
    struct mkt_err inner = {0};
    const char *name = sources[source].name;
    if (!verdict) return mkt_arena_full(arena, err);
    mkt_status status = mkt_evidence_verify(arena, &evidence, NULL, &policy, verdict, &inner);
    if (status != MKT_OK)
        return mkt_err_set(err, status, "what %s gives is no evidence: %s", name, inner.text);
    if (memcmp(verdict->report_data, tee->key.raw, MKT_KEYS_PUBLIC) != 0)
        return mkt_err_set(err, MKT_E_DATA,
                           "the evidence of %s binds another key than this agent's", name);
    size_t bound = sources[source].fixed ? MKT_KEYS_PUBLIC : MKT_TEE_REPORT_DATA;
    if (memcmp(verdict->report_data, asked, bound) != 0)
        return mkt_err_set(err, MKT_E_DATA, "the evidence of %s binds other data than asked", name);
    e->tee = verdict->tee;
    e->source = name;
    memcpy(e->report_data, verdict->report_data, sizeof e->report_data);
    memcpy(e->measured, verdict->measured, sizeof e->measured);
    e->measures = verdict->measures;
    e->taken = policy.time;
    return MKT_OK;
}

static mkt_status get(struct mkt_arena *arena, const struct mkt_tee *tee, size_t source,
                      const void *nonce, size_t n, struct mkt_tee_evidence *out,
                      struct mkt_err *err)
{
    unsigned char asked[MKT_TEE_REPORT_DATA];
    *out = (struct mkt_tee_evidence){0};
    if (!mkt_tee_report_data(&tee->key, nonce, n, asked))
        return mkt_err_set(err, MKT_E_INTERNAL, "the crypto library refused SHA-256");
    MKT_TRY(sources[source].get(arena, &tee->options, asked, out, err));
    MKT_TRY(look_at(arena, tee, source, asked, out, err));
    out->nonce_bound = n > 0 && !sources[source].fixed;
    return MKT_OK;
}

static void *copied(struct mkt_arena *arena, const void *bytes, size_t n, bool *full)
{
    if (!bytes) return NULL;
    void *copy = mkt_arena_strndup(arena, bytes, n);
    if (!copy) *full = true;
    return copy;
}

/* Constants apart, all of it in another arena. */
static bool copy(struct mkt_arena *arena, const struct mkt_tee_evidence *from,
                 struct mkt_tee_evidence *to)
{
    bool full = false;
    struct mkt_tee_evidence e = *from;
    e.quote = copied(arena, from->quote, from->quote_bytes, &full);
    e.event_log = copied(arena, from->event_log, from->event_log_bytes, &full);
    e.certificates = copied(arena, from->certificates, from->certificates_bytes, &full);
    for (size_t i = 0; i < e.measures; i++) {
        const char *hex = from->measured[i].hex;
        e.measured[i].hex = copied(arena, hex, strlen(hex), &full);
    }
    if (!full) *to = e;
    return !full;
}

/* With the lock held: what came of the last try without a nonce. */
static void keep(struct mkt_tee *tee, const struct mkt_tee_evidence *evidence)
{
    mkt_err_clear(&tee->problem);
    mkt_arena_reset(&tee->arena, 1 << 20);
    tee->has_kept = copy(&tee->arena, evidence, &tee->kept);
    tee->kept_ms = now_ms(tee);
}

static void note_problem(struct mkt_tee *tee, const struct mkt_err *err)
{
    tee->problem = *err;
    tee->problem_ms = now_ms(tee);
}

/* ---- one at a time ---- */

static mkt_status take_turn(struct mkt_tee *tee, struct mkt_err *err)
{
    mkt_status status = MKT_OK;
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += MKT_TEE_WAIT_S;
    pthread_mutex_lock(&tee->lock);
    if (tee->busy && tee->waiting >= MKT_TEE_WAITING)
        status = mkt_err_set(err, MKT_E_BUSY, "%d requests wait for the TEE already", tee->waiting);
    tee->waiting++;
    while (status == MKT_OK && tee->busy)
        if (pthread_cond_timedwait(&tee->free_, &tee->lock, &until) != 0 && tee->busy)
            status = mkt_err_set(err, MKT_E_BUSY, "the TEE has been busy for %d seconds",
                                 MKT_TEE_WAIT_S);
    tee->waiting--;
    if (status == MKT_OK) tee->busy = true;
    pthread_mutex_unlock(&tee->lock);
    return status;
}

static void end_turn(struct mkt_tee *tee)
{
    pthread_mutex_lock(&tee->lock);
    tee->busy = false;
    pthread_cond_signal(&tee->free_);
    pthread_mutex_unlock(&tee->lock);
}

/* With the lock held. While someone asks already, what is a little old will do: nobody is sent away for
 * coming at the wrong moment. */
static bool is_kept(const struct mkt_tee *tee, bool while_busy)
{
    int64_t most = MKT_TEE_KEEP_S * INT64_C(1000);
    if (while_busy && tee->busy) most *= 2;
    return tee->has_kept && now_ms(tee) - tee->kept_ms < most;
}

static bool give_kept(struct mkt_arena *arena, struct mkt_tee *tee, bool while_busy,
                      struct mkt_tee_evidence *out)
{
    pthread_mutex_lock(&tee->lock);
    bool good = is_kept(tee, while_busy) && copy(arena, &tee->kept, out);
    pthread_mutex_unlock(&tee->lock);
    return good;
}

bool mkt_tee_kept(struct mkt_arena *arena, struct mkt_tee *tee, struct mkt_tee_evidence *out)
{
    return give_kept(arena, tee, false, out);
}

/* A failure that is not old is told again: the hardware is left in peace. */
static bool failed_just_now(struct mkt_tee *tee, struct mkt_err *err)
{
    pthread_mutex_lock(&tee->lock);
    bool failed = tee->problem.status != MKT_OK &&
                  now_ms(tee) - tee->problem_ms < MKT_TEE_AGAIN_S * INT64_C(1000);
    if (failed) *err = tee->problem;
    pthread_mutex_unlock(&tee->lock);
    return failed;
}

/* In one's turn. */
static mkt_status ask(struct mkt_arena *arena, struct mkt_tee *tee, const void *nonce, size_t n,
                      struct mkt_tee_evidence *out, struct mkt_err *err)
{
    struct mkt_err mine = {0};
    if (n == 0 && mkt_tee_kept(arena, tee, out)) return MKT_OK; /* another asked meanwhile */
    if (n == 0 && failed_just_now(tee, err)) return err->status;
    mkt_status status = get(arena, tee, tee->source, nonce, n, out, &mine);
    pthread_mutex_lock(&tee->lock);
    if (n == 0 && status == MKT_OK)
        keep(tee, out);
    else if (n == 0)
        note_problem(tee, &mine);
    else if (status == MKT_OK)
        mkt_err_clear(&tee->problem); /* it gives again */
    pthread_mutex_unlock(&tee->lock);
    return status == MKT_OK ? MKT_OK : mkt_err_set(err, status, "%s", mine.text);
}

mkt_status mkt_tee_take(struct mkt_arena *arena, struct mkt_tee *tee, const void *nonce, size_t n,
                        struct mkt_tee_evidence *out, struct mkt_err *err)
{
    if (n && (n < MKT_TEE_NONCE_LEAST || n > MKT_TEE_NONCE_MOST))
        return mkt_err_set(err, MKT_E_ARG, "a nonce has %d to %d bytes, not %zu",
                           MKT_TEE_NONCE_LEAST, MKT_TEE_NONCE_MOST, n);
    if (tee->source == SOURCES)
        return mkt_err_set(err, MKT_E_NOT_FOUND, "this machine has no TEE: no evidence is given");
    if (sources[tee->source].fixed) n = 0; /* its quote is always the same */
    if (n == 0 && give_kept(arena, tee, true, out)) return MKT_OK;
    MKT_TRY(take_turn(tee, err));
    mkt_status status = ask(arena, tee, nonce, n, out, err);
    end_turn(tee);
    return status;
}

/* ---- open ---- */

/* The first source that gives; else the first that is there. */
static mkt_status choose(struct mkt_tee *tee, struct mkt_arena *arena, struct mkt_err *err)
{
    struct mkt_tee_evidence evidence;
    size_t failing = SOURCES;
    struct mkt_err problem = {0};
    for (size_t i = 0; i < SOURCES; i++) {
        struct mkt_err mine = {0};
        mkt_arena_reset(arena, 1 << 20);
        mkt_status status = get(arena, tee, i, NULL, 0, &evidence, &mine);
        if (status == MKT_OK) {
            tee->source = i;
            keep(tee, &evidence);
            return tee->has_kept ? MKT_OK : mkt_arena_full(&tee->arena, err);
        }
        if (status != MKT_E_NOT_FOUND && failing == SOURCES) {
            failing = i;
            problem = mine;
        }
    }
    tee->source = failing;
    if (failing < SOURCES) note_problem(tee, &problem);
    return MKT_OK;
}

mkt_status mkt_tee_open(const struct mkt_tee_options *options, struct mkt_tee **out,
                        struct mkt_err *err)
{
    struct mkt_arena arena = {0};
    pthread_condattr_t attr;
    struct mkt_tee *tee = calloc(1, sizeof *tee);
    if (!tee) return mkt_err_set(err, MKT_E_NOMEM, "no memory for the TEE");
    tee->options = *options;
    tee->key = *options->key;
    tee->options.key = &tee->key;
    pthread_mutex_init(&tee->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&tee->free_, &attr);
    pthread_condattr_destroy(&attr);
    mkt_status status = mkt_arena_open(&tee->arena, KEPT_ARENA, err);
    if (status == MKT_OK) status = mkt_arena_open(&arena, FIRST_ARENA, err);
    if (status == MKT_OK) status = choose(tee, &arena, err);
    mkt_arena_close(&arena);
    if (status != MKT_OK) {
        mkt_tee_close(tee);
        return status;
    }
    *out = tee;
    return MKT_OK;
}

void mkt_tee_close(struct mkt_tee *tee)
{
    if (!tee) return;
    mkt_arena_close(&tee->arena);
    pthread_cond_destroy(&tee->free_);
    pthread_mutex_destroy(&tee->lock);
    free(tee);
}

const char *mkt_tee_source_name(const struct mkt_tee *tee)
{
    return tee->source < SOURCES ? sources[tee->source].name : "none";
}

bool mkt_tee_attested(struct mkt_tee *tee, struct mkt_err *why)
{
    pthread_mutex_lock(&tee->lock);
    if (tee->source == SOURCES)
        mkt_err_set(why, MKT_E_NOT_FOUND, "this machine has no TEE");
    else if (tee->problem.status != MKT_OK)
        mkt_err_set(why, tee->problem.status, "the TEE gives no evidence: %s", tee->problem.text);
    bool good = tee->source < SOURCES && tee->problem.status == MKT_OK;
    pthread_mutex_unlock(&tee->lock);
    return good;
}
