#include "server/watch.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

#define STEP_MS 100 /* how often phases and deadlines are looked at */
#define TICK_MS 1000

struct mkt_watch_client {
    struct mkt_watch_client *next, *previous;
    int fd;
    atomic_int phase;
    atomic_llong since; /* ms */
    atomic_llong bytes;
    /* with the lock held */
    bool waiting, armed; /* armed: in the epoll set */
    int64_t deadline;
    mkt_watch_notify *notify;
    void *user;
};

struct mkt_watch {
    struct mkt_watch_options options;
    pthread_mutex_t lock;
    pthread_t thread;
    struct mkt_watch_client *first;
    int epoll, wake;
    atomic_llong now;
    atomic_bool closing;
};

static void disarm(struct mkt_watch *w, struct mkt_watch_client *c)
{
    if (c->armed) epoll_ctl(w->epoll, EPOLL_CTL_DEL, c->fd, NULL);
    c->armed = false;
}

/* With the lock held. */
static void tell(struct mkt_watch *w, struct mkt_watch_client *c, mkt_watch_reason reason)
{
    if (!c->waiting) return;
    c->waiting = false;
    disarm(w, c);
    c->notify(c->user, reason);
}

/* True when the client takes longer than its phase allows. */
static bool too_slow(const struct mkt_watch *w, struct mkt_watch_client *c, int64_t now)
{
    const struct mkt_watch_options *o = &w->options;
    int64_t age = now - atomic_load_explicit(&c->since, memory_order_relaxed);
    switch ((mkt_watch_phase)atomic_load_explicit(&c->phase, memory_order_relaxed)) {
    case MKT_WATCH_HEADER:
        return age > o->header_ms;
    case MKT_WATCH_BODY:
        return age > o->body_ms;
    case MKT_WATCH_UPLOAD:
        return age > o->body_ms && atomic_load(&c->bytes) < age * o->upload_bytes_a_second / 1000;
    case MKT_WATCH_REPLY:
        return age > o->reply_ms;
    case MKT_WATCH_RUN:
    case MKT_WATCH_STREAM:
        break;
    }
    return false;
}

static void look(struct mkt_watch *w, int64_t now)
{
    pthread_mutex_lock(&w->lock);
    for (struct mkt_watch_client *c = w->first; c; c = c->next) {
        if (c->waiting && now >= c->deadline)
            tell(w, c, MKT_WATCH_DEADLINE);
        else if (too_slow(w, c, now))
            shutdown(c->fd, SHUT_RDWR); /* the library sees the end and closes it */
    }
    pthread_mutex_unlock(&w->lock);
}

/* The event may be that of a client long gone, whose place this one has taken. */
static bool hung_up(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLRDHUP};
    return poll(&p, 1, 0) == 1 && p.revents & (POLLRDHUP | POLLHUP | POLLERR);
}

static void hear(struct mkt_watch *w, const struct epoll_event *event, int n)
{
    pthread_mutex_lock(&w->lock);
    for (int i = 0; i < n; i++) {
        if (!event[i].data.ptr) { /* awake: something may have changed */
            eventfd_t count;
            eventfd_read(w->wake, &count);
            continue;
        }
        /* the client may have been removed since: look for it */
        struct mkt_watch_client *c = w->first;
        while (c && c != event[i].data.ptr) c = c->next;
        if (c && c->armed && hung_up(c->fd)) tell(w, c, MKT_WATCH_GONE);
    }
    pthread_mutex_unlock(&w->lock);
}

static void *run(void *user)
{
    struct mkt_watch *w = user;
    struct epoll_event event[64];
    int64_t looked = mkt_clock_ms(), ticked = looked;
    while (!atomic_load(&w->closing)) {
        int n = epoll_wait(w->epoll, event, 64, STEP_MS);
        int64_t now = mkt_clock_ms();
        atomic_store_explicit(&w->now, now, memory_order_relaxed);
        if (n > 0) hear(w, event, n);
        if (now - looked >= STEP_MS) {
            looked = now;
            look(w, now);
        }
        if (now - ticked >= TICK_MS) {
            ticked = now;
            if (w->options.tick) w->options.tick(w->options.user);
        }
    }
    return NULL;
}

static void free_watch(struct mkt_watch *w)
{
    if (w->wake >= 0) close(w->wake);
    if (w->epoll >= 0) close(w->epoll);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

mkt_status mkt_watch_open(const struct mkt_watch_options *options, struct mkt_watch **out,
                          struct mkt_err *err)
{
    struct mkt_watch *w = calloc(1, sizeof *w);
    if (!w) return mkt_err_set(err, MKT_E_NOMEM, "no memory to watch connections");
    w->options = *options;
    pthread_mutex_init(&w->lock, NULL);
    atomic_init(&w->now, mkt_clock_ms());
    w->epoll = epoll_create1(EPOLL_CLOEXEC);
    w->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    if (w->epoll < 0 || w->wake < 0 || epoll_ctl(w->epoll, EPOLL_CTL_ADD, w->wake, &event) != 0 ||
        pthread_create(&w->thread, NULL, run, w) != 0) {
        free_watch(w);
        return mkt_err_set(err, MKT_E_IO, "cannot watch connections: no thread or no epoll");
    }
    *out = w;
    return MKT_OK;
}

void mkt_watch_close(struct mkt_watch *watch)
{
    if (!watch) return;
    atomic_store(&watch->closing, true);
    eventfd_write(watch->wake, 1);
    pthread_join(watch->thread, NULL);
    free_watch(watch);
}

int64_t mkt_watch_now(const struct mkt_watch *watch)
{
    return atomic_load_explicit(&watch->now, memory_order_relaxed);
}

struct mkt_watch_client *mkt_watch_add(struct mkt_watch *watch, int fd)
{
    struct mkt_watch_client *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    c->fd = fd;
    atomic_init(&c->phase, MKT_WATCH_HEADER);
    atomic_init(&c->since, mkt_watch_now(watch));
    pthread_mutex_lock(&watch->lock);
    c->next = watch->first;
    if (c->next) c->next->previous = c;
    watch->first = c;
    pthread_mutex_unlock(&watch->lock);
    return c;
}

void mkt_watch_remove(struct mkt_watch *watch, struct mkt_watch_client *client)
{
    if (!client) return;
    pthread_mutex_lock(&watch->lock);
    disarm(watch, client);
    *(client->previous ? &client->previous->next : &watch->first) = client->next;
    if (client->next) client->next->previous = client->previous;
    pthread_mutex_unlock(&watch->lock);
    free(client);
}

void mkt_watch_enter(struct mkt_watch *watch, struct mkt_watch_client *client,
                     mkt_watch_phase phase)
{
    if (!client) return;
    atomic_store_explicit(&client->since, mkt_watch_now(watch), memory_order_relaxed);
    atomic_store_explicit(&client->phase, (int)phase, memory_order_relaxed);
    atomic_store_explicit(&client->bytes, 0, memory_order_relaxed);
}

void mkt_watch_count(struct mkt_watch_client *client, size_t bytes)
{
    if (client) atomic_fetch_add(&client->bytes, (long long)bytes);
}

void mkt_watch_wait(struct mkt_watch *watch, struct mkt_watch_client *client, int64_t after_ms,
                    mkt_watch_notify *notify, void *user)
{
    if (!client) return;
    struct epoll_event event = {.events = EPOLLRDHUP, .data.ptr = client};
    pthread_mutex_lock(&watch->lock);
    client->waiting = true;
    client->deadline = mkt_clock_ms() + after_ms;
    client->notify = notify;
    client->user = user;
    if (!client->armed)
        client->armed = epoll_ctl(watch->epoll, EPOLL_CTL_ADD, client->fd, &event) == 0;
    pthread_mutex_unlock(&watch->lock);
}

void mkt_watch_leave(struct mkt_watch *watch, struct mkt_watch_client *client)
{
    if (!client) return;
    pthread_mutex_lock(&watch->lock);
    client->waiting = false;
    disarm(watch, client);
    pthread_mutex_unlock(&watch->lock);
}

void mkt_watch_stop(struct mkt_watch *watch)
{
    pthread_mutex_lock(&watch->lock);
    for (struct mkt_watch_client *c = watch->first; c; c = c->next) tell(watch, c, MKT_WATCH_STOP);
    pthread_mutex_unlock(&watch->lock);
}
