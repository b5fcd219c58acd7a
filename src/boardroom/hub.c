#include "boardroom/hub.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "boardroom/hub_directory.h"
#include "boardroom/hub_pace.h"

#define MOST_RELIST_MS 3600000 /* between registrations that do not get us listed */

struct mkt_hub {
    struct mkt_hub_options options;
    struct mkt_hub_ask ask;
    pthread_t thread;
    atomic_bool cancel;

    pthread_mutex_t lock; /* all up to the blank line */
    pthread_cond_t change;
    bool closing;
    struct mkt_hub_view view;
    int64_t heard_ms; /* when the hub last said that it knows us; 0: never */

    /* the thread's own */
    struct mkt_arena arena, scratch; /* of one step; nothing of it is kept */
    bool known;                      /* registered, as far as we know */
    unsigned relists;                /* registered for the directory's sake, in a row */
    int64_t relist_due;
    unsigned failures, directory_failures; /* in a row */
    int64_t contact_due, directory_due;
};

const char *mkt_hub_state_name(mkt_hub_state state)
{
    static const char *const name[] = {"joining", "registered", "failing", "refused"};
    return name[state];
}

const char *mkt_hub_call_name(mkt_hub_call call)
{
    static const char *const name[] = {"register", "heartbeat", "directory"};
    return name[call];
}

/* Goes on while the machine sleeps, as the hub's clock does. */
static int64_t clock_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_BOOTTIME, &t);
    return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

static uint32_t random_bits(void)
{
    uint32_t bits;
    if (getrandom(&bits, sizeof bits, GRND_NONBLOCK) != (ssize_t)sizeof bits)
        bits = (uint32_t)clock_ms() * 2654435761U; /* spread is all that is asked for */
    return bits;
}

/* ---- what is told ---- */

static void count(struct mkt_hub *h, mkt_hub_call call, mkt_status status)
{
    pthread_mutex_lock(&h->lock);
    ++*(status == MKT_OK ? &h->view.done[call] : &h->view.failed[call]);
    pthread_mutex_unlock(&h->lock);
}

/* Sets state and reason; a change is logged, and only a change. */
static void tell(struct mkt_hub *h, mkt_hub_state state, const struct mkt_hub_outcome *o)
{
    pthread_mutex_lock(&h->lock);
    bool changed = h->view.state != state || strcmp(h->view.why, o->err.text) != 0;
    h->view.state = state;
    snprintf(h->view.why, sizeof h->view.why, "%.*s", (int)sizeof h->view.why - 1, o->err.text);
    if (state == MKT_HUB_REGISTERED) h->heard_ms = clock_ms();
    pthread_mutex_unlock(&h->lock);
    if (changed)
        mkt_log(state == MKT_HUB_REGISTERED ? MKT_LOG_INFO : MKT_LOG_WARN, "hub",
                "state=%s reason=%s http=%ld detail=%s", mkt_hub_state_name(state),
                mkt_status_name(o->err.status), o->http, o->detail);
}

static void tell_failure(struct mkt_hub *h, const struct mkt_hub_outcome *o)
{
    if (o->err.status == MKT_E_CANCELLED) return; /* the end */
    tell(h, o->err.status == MKT_E_FORBIDDEN ? MKT_HUB_REFUSED : MKT_HUB_FAILING, o);
}

static void tell_directory(struct mkt_hub *h, const struct mkt_hub_wire_directory *d,
                           const struct mkt_hub_outcome *o)
{
    bool failed = o->err.status != MKT_OK;
    if (o->err.status == MKT_E_CANCELLED) return;
    pthread_mutex_lock(&h->lock);
    bool changed =
        strcmp(h->view.directory, o->err.text) != 0 || (d->agent && h->view.agents != d->agents);
    snprintf(h->view.directory, sizeof h->view.directory, "%.*s", (int)sizeof h->view.directory - 1,
             o->err.text);
    if (d->agent) h->view.agents = d->agents;
    size_t agents = h->view.agents;
    pthread_mutex_unlock(&h->lock);
    if (changed)
        mkt_log(failed ? MKT_LOG_WARN : MKT_LOG_INFO, "hub_directory",
                "agents=%zu skipped=%zu reason=%s http=%ld detail=%s", agents, d->skipped,
                mkt_status_name(o->err.status), o->http, o->detail);
}

/* ---- registration and heartbeat ---- */

static mkt_status post(struct mkt_hub *h, const char *asked, const char *path,
                       const struct mkt_buf *body, struct mkt_called *out,
                       struct mkt_hub_outcome *o)
{
    return mkt_hub_ask_make(&h->ask, &h->arena, asked, path, body, MKT_HUB_ASK_SMALL, out, o);
}

static mkt_status try_register(struct mkt_hub *h, struct mkt_hub_outcome *o)
{
    const struct mkt_hub_options *p = &h->options;
    const char *quote = "";
    struct mkt_called answer;
    struct mkt_buf body;
    if (p->quote) MKT_TRY(p->quote(p->quote_user, &h->arena, &quote, &o->err));
    mkt_buf_init(&body, &h->arena);
    mkt_hub_wire_register(&body, &p->self, quote);
    MKT_TRY(post(h, "the registration", "register", &body, &answer, o));
    return mkt_hub_wire_read_registered(&h->arena, answer.body, answer.bytes, p->self.agent_id,
                                        &o->err);
}

static void enter(struct mkt_hub *h)
{
    struct mkt_hub_outcome o = {0};
    mkt_status status = try_register(h, &o);
    count(h, MKT_HUB_REGISTER, status);
    h->known = status == MKT_OK;
    if (!h->known) {
        h->failures++;
        tell_failure(h, &o);
        return;
    }
    h->failures = h->directory_failures = 0;
    h->directory_due = clock_ms(); /* it may be another hub than before */
    tell(h, MKT_HUB_REGISTERED, &o);
}

static mkt_status try_heartbeat(struct mkt_hub *h, struct mkt_hub_outcome *o)
{
    struct mkt_called answer;
    struct mkt_buf body;
    mkt_buf_init(&body, &h->arena);
    mkt_hub_wire_heartbeat(&body, h->options.self.agent_id, mkt_clock_wall_us());
    MKT_TRY(post(h, "a heartbeat", "heartbeat", &body, &answer, o));
    return mkt_hub_wire_read_heartbeat(&h->arena, answer.body, answer.bytes, &o->err);
}

static void beat(struct mkt_hub *h)
{
    struct mkt_hub_outcome o = {0};
    mkt_status status = try_heartbeat(h, &o);
    count(h, MKT_HUB_HEARTBEAT, status);
    if (status == MKT_OK) {
        h->failures = 0;
        tell(h, MKT_HUB_REGISTERED, &o);
    } else if (o.http == 404) { /* a hub that has started anew */
        enter(h);
    } else {
        h->failures++;
        tell_failure(h, &o);
    }
}

/* ---- directory ---- */

/* Inactive, forgotten, or its record is another's now: registering mends it, or it does not. */
static void relist(struct mkt_hub *h)
{
    int64_t now = clock_ms();
    if (h->relists > 0 && now < h->relist_due) return;
    h->relists++;
    h->relist_due = now + mkt_hub_pace_retry(h->relists, h->options.directory_ms, MOST_RELIST_MS,
                                             random_bits());
    h->known = false;
    h->contact_due = now;
}

static void look_around(struct mkt_hub *h)
{
    struct mkt_hub_wire_directory d = {0};
    struct mkt_hub_outcome o = {0};
    bool listed = true;
    mkt_status status =
        mkt_hub_directory_read(&h->ask, &h->arena, &h->scratch, &h->options.self, &d, &listed, &o);
    count(h, MKT_HUB_DIRECTORY, status);
    h->directory_failures = status == MKT_OK ? 0 : h->directory_failures + 1;
    /* keys that could not be had leave what was read before in place */
    if (d.agent && h->options.listener) h->options.listener(h->options.listener_user, &d);
    if (!listed && status == MKT_OK)
        (void)mkt_err_set(&o.err, MKT_E_DATA,
                          "the hub's directory does not list this agent as it registered");
    tell_directory(h, &d, &o);
    if (!listed)
        relist(h);
    else if (d.agent)
        h->relists = 0;
}

/* ---- the thread ---- */

static int64_t after(unsigned failures, int64_t interval, int64_t first, int64_t most)
{
    int64_t ms = failures ? mkt_hub_pace_retry(failures, first, most, random_bits())
                          : mkt_hub_pace_repeat(interval, random_bits());
    return clock_ms() + ms;
}

/* What is due. */
static void step(struct mkt_hub *h)
{
    const struct mkt_hub_options *p = &h->options;
    if (clock_ms() >= h->contact_due) {
        if (h->known && clock_ms() - h->heard_ms <= p->inactive_ms)
            beat(h);
        else
            enter(h);
        h->contact_due = after(h->failures, p->heartbeat_ms, p->retry_ms, p->most_retry_ms);
    }
    if (h->known && h->failures == 0 && clock_ms() >= h->directory_due) {
        look_around(h); /* what fails is not looked at less often than what does not */
        int64_t most = p->directory_ms < p->most_retry_ms ? p->directory_ms : p->most_retry_ms;
        h->directory_due = after(h->directory_failures, p->directory_ms, p->retry_ms, most);
    }
    mkt_arena_reset(&h->arena, 0);
}

/* False at the end. */
static bool wait_until(struct mkt_hub *h, int64_t due)
{
    struct timespec until;
    int64_t ms = due - clock_ms();
    if (ms < 0) ms = 0;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&h->lock);
    while (!h->closing && pthread_cond_timedwait(&h->change, &h->lock, &until) == 0) {
    }
    bool go_on = !h->closing;
    pthread_mutex_unlock(&h->lock);
    return go_on;
}

static void *run(void *user)
{
    struct mkt_hub *h = user;
    int64_t due;
    do {
        step(h);
        due = h->contact_due;
        if (h->known && h->failures == 0 && h->directory_due < due) due = h->directory_due;
    } while (wait_until(h, due));
    return NULL;
}

/* ---- the handle ---- */

static void free_hub(struct mkt_hub *h)
{
    mkt_arena_close(&h->arena);
    mkt_arena_close(&h->scratch);
    pthread_cond_destroy(&h->change);
    pthread_mutex_destroy(&h->lock);
    free(h);
}

mkt_status mkt_hub_open(const struct mkt_hub_options *options, struct mkt_hub **out,
                        struct mkt_err *err)
{
    pthread_condattr_t monotonic;
    struct mkt_hub *h = calloc(1, sizeof *h);
    if (!h) return mkt_err_set(err, MKT_E_NOMEM, "no memory for the hub");
    h->options = *options;
    pthread_mutex_init(&h->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&h->change, &monotonic);
    pthread_condattr_destroy(&monotonic);
    h->ask.timeout_ms = options->timeout_ms;
    h->ask.cancel = &h->cancel;
    mkt_status status = mkt_hub_ask_prepare(&h->ask, options->url, options->self.client, err);
    if (status == MKT_OK) status = mkt_arena_open(&h->arena, MKT_HUB_DIRECTORY_MEMORY, err);
    if (status == MKT_OK) status = mkt_arena_open(&h->scratch, MKT_HUB_DIRECTORY_SCRATCH, err);
    if (status == MKT_OK && pthread_create(&h->thread, NULL, run, h) != 0)
        status = mkt_err_set(err, MKT_E_IO, "cannot start a thread for the hub");
    if (status != MKT_OK) {
        free_hub(h);
        return status;
    }
    *out = h;
    return MKT_OK;
}

void mkt_hub_stop(struct mkt_hub *hub)
{
    if (!hub || hub->closing) return;
    atomic_store(&hub->cancel, true);
    pthread_mutex_lock(&hub->lock);
    hub->closing = true;
    pthread_cond_broadcast(&hub->change);
    pthread_mutex_unlock(&hub->lock);
    pthread_join(hub->thread, NULL);
}

void mkt_hub_close(struct mkt_hub *hub)
{
    if (!hub) return;
    mkt_hub_stop(hub);
    free_hub(hub);
}

void mkt_hub_view(struct mkt_hub *hub, struct mkt_hub_view *out)
{
    pthread_mutex_lock(&hub->lock);
    *out = hub->view;
    out->silent_ms = hub->heard_ms ? clock_ms() - hub->heard_ms : -1;
    pthread_mutex_unlock(&hub->lock);
}
