#include "server/sessions.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/hash.h"

struct session {
    char id[MKT_SESSIONS_ID]; /* "" when the place is free */
    char bearer[MKT_SHA256_TEXT];
    uint64_t used; /* when, counted in uses */
};

struct mkt_sessions_request {
    struct mkt_sessions *owner;
    struct mkt_sessions_request *next, **place;
    char session[MKT_SESSIONS_ID];
    char text[MKT_JSONRPC_ID + 1]; /* the id: a string, or */
    struct mkt_value id;
    struct mkt_flag *flag; /* NULL until it is attached */
    bool cancelled;
};

struct mkt_sessions {
    pthread_mutex_t lock;
    uint64_t uses;
    struct mkt_sessions_request *first;
    struct session session[MKT_SESSIONS_MOST];
};

mkt_status mkt_sessions_open(struct mkt_sessions **out, struct mkt_err *err)
{
    struct mkt_sessions *s = calloc(1, sizeof *s);
    if (!s) return mkt_err_set(err, MKT_E_NOMEM, "no memory for sessions");
    pthread_mutex_init(&s->lock, NULL);
    *out = s;
    return MKT_OK;
}

void mkt_sessions_close(struct mkt_sessions *sessions)
{
    if (!sessions) return;
    pthread_mutex_destroy(&sessions->lock);
    free(sessions);
}

static bool digest(const char *bearer, char out[MKT_SHA256_TEXT])
{
    struct mkt_err none = {0};
    const char *text = bearer ? bearer : "";
    return mkt_hash_bytes(text, strlen(text), out, &none) == MKT_OK;
}

/* A free place, or the one used longest ago. */
static struct session *oldest(struct mkt_sessions *s)
{
    struct session *found = &s->session[0];
    for (size_t i = 1; i < MKT_SESSIONS_MOST && found->id[0]; i++)
        if (!s->session[i].id[0] || s->session[i].used < found->used) found = &s->session[i];
    return found;
}

mkt_status mkt_sessions_make(struct mkt_sessions *sessions, const char *bearer,
                             char id[MKT_SESSIONS_ID], struct mkt_err *err)
{
    unsigned char random[(MKT_SESSIONS_ID - 1) / 2];
    struct session made = {0};
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random ||
        !digest(bearer, made.bearer))
        return mkt_err_set(err, MKT_E_IO, "the system gives no random bits for a session");
    for (size_t i = 0; i < sizeof random; i++) snprintf(made.id + 2 * i, 3, "%02x", random[i]);
    pthread_mutex_lock(&sessions->lock);
    made.used = ++sessions->uses;
    *oldest(sessions) = made;
    pthread_mutex_unlock(&sessions->lock);
    memcpy(id, made.id, MKT_SESSIONS_ID);
    return MKT_OK;
}

bool mkt_sessions_know(struct mkt_sessions *sessions, const char *id, const char *bearer)
{
    char who[MKT_SHA256_TEXT];
    bool known = false;
    if (!id[0] || !digest(bearer, who)) return false;
    pthread_mutex_lock(&sessions->lock);
    for (size_t i = 0; i < MKT_SESSIONS_MOST && !known; i++) {
        struct session *s = &sessions->session[i];
        known = strcmp(s->id, id) == 0 && strcmp(s->bearer, who) == 0;
        if (known) s->used = ++sessions->uses;
    }
    pthread_mutex_unlock(&sessions->lock);
    return known;
}

struct mkt_sessions_request *mkt_sessions_begin(struct mkt_sessions *sessions, const char *session,
                                                const struct mkt_value *id)
{
    struct mkt_sessions_request *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    r->owner = sessions;
    snprintf(r->session, sizeof r->session, "%s", session);
    r->id = *id;
    if (id->type == MKT_VALUE_STRING) {
        snprintf(r->text, sizeof r->text, "%s", id->text);
        r->id.text = r->text;
    }
    pthread_mutex_lock(&sessions->lock);
    r->next = sessions->first;
    r->place = &sessions->first;
    if (r->next) r->next->place = &r->next;
    sessions->first = r;
    pthread_mutex_unlock(&sessions->lock);
    return r;
}

void mkt_sessions_attach(struct mkt_sessions_request *request, struct mkt_flag *flag)
{
    if (!request) return;
    pthread_mutex_lock(&request->owner->lock);
    request->flag = mkt_flag_hold(flag);
    if (request->cancelled) atomic_store(&flag->set, true);
    pthread_mutex_unlock(&request->owner->lock);
}

void mkt_sessions_end(struct mkt_sessions_request *request)
{
    if (!request) return;
    pthread_mutex_lock(&request->owner->lock);
    *request->place = request->next;
    if (request->next) request->next->place = request->place;
    pthread_mutex_unlock(&request->owner->lock);
    mkt_flag_release(request->flag);
    free(request);
}

void mkt_sessions_cancel(struct mkt_sessions *sessions, const char *session,
                         const struct mkt_value *id)
{
    pthread_mutex_lock(&sessions->lock);
    for (struct mkt_sessions_request *r = sessions->first; r; r = r->next) {
        if (strcmp(r->session, session) != 0 || !mkt_jsonrpc_same_id(&r->id, id)) continue;
        r->cancelled = true;
        if (r->flag) atomic_store(&r->flag->set, true);
    }
    pthread_mutex_unlock(&sessions->lock);
}
