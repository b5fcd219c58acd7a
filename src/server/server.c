#include "server/server.h"

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "boardroom/peers_file.h"
#include "server/api.h"
#include "server/attestation.h"
#include "server/daemon.h"
#include "server/gate.h"
#include "server/hub_host.h"
#include "server/listen.h"
#include "server/routes.h"

#define DESK ((size_t)64 << 20)  /* arena of the handlers on the network's threads */
#define REPLY_MS INT64_C(300000) /* time to take an answer */
#define SETTLE_MS 5000           /* for what was cancelled to end */

/* ---- once a second ---- */

static void renew_health(struct mkt_server *s)
{
    struct mkt_err none = {0};
    struct MHD_Response *response = NULL, *old;
    struct mkt_buf text;
    pthread_mutex_lock(&s->desk_lock);
    mkt_buf_init(&text, &s->desk);
    if (mkt_api_health_write(s, &text, &none) == MKT_OK)
        response = MHD_create_response_from_buffer(text.length, text.data, MHD_RESPMEM_MUST_COPY);
    mkt_arena_reset(&s->desk, (size_t)1 << 20);
    pthread_mutex_unlock(&s->desk_lock);
    if (!response) return; /* the last one stays */
    MHD_add_response_header(response, "Content-Type", "application/json");
    MHD_add_response_header(response, "Cache-Control", "no-store");
    pthread_mutex_lock(&s->health_lock);
    old = s->health;
    s->health = response;
    pthread_mutex_unlock(&s->health_lock);
    if (old) MHD_destroy_response(old);
}

static void tick(void *user)
{
    struct mkt_server *s = user;
    renew_health(s);
    mkt_jobs_tick(s->engine->jobs);
    mkt_a2a_tick(s->a2a);
}

/* ---- start ---- */

static mkt_status open_gate(struct mkt_server *s, struct mkt_err *err)
{
    const struct mkt_settings *set = s->settings;
    struct mkt_err why = {0};
    snprintf(s->host, sizeof s->host, "%s", set->host);
    if (mkt_networks_read(set->hub_address, &s->hub_networks, &why) != MKT_OK)
        return mkt_err_set(err, why.status, "HUB_ADDRESS: %s", why.text);
    if (set->tokens_file[0]) return mkt_tokens_open(set->tokens_file, &s->tokens, err);
    if (mkt_gate_is_loopback(set->host)) return MKT_OK;
    return mkt_err_set(err, MKT_E_ARG,
                       "without tokens the service listens on this machine only, not on %s: set "
                       "AGENT_TOKENS_FILE, or AGENT_HOST to 127.0.0.1",
                       set->host);
}

/* Who this is among other agents. */
static mkt_status open_identity(struct mkt_server *s, const struct mkt_server_options *o,
                                struct mkt_err *err)
{
    const struct mkt_settings *set = s->settings;
    struct mkt_err why = {0};
    char folder[2100];
    snprintf(s->agent_id, sizeof s->agent_id, set->agent[0] ? "%.159s" : "marketing-agent-%.100s",
             set->agent[0] ? set->agent : set->client);
    if (set->agent[0] && mkt_peers_file_check_id(set->agent, &why) != MKT_OK)
        return mkt_err_set(err, why.status, "AGENT_ID: %s", why.text);
    snprintf(folder, sizeof folder, "%s", set->keys_dir);
    if (!folder[0]) snprintf(folder, sizeof folder, "%s/keys", set->data_dir);
    MKT_TRY(mkt_keys_open(folder, &s->keys, err));
    MKT_TRY(mkt_seal_open(folder, &s->seal, err));
    MKT_TRY(mkt_peers_open(set->peers_file, &s->peers, err));
    return mkt_attestation_open(s, folder, o->tee, &s->attestation, err);
}

static mkt_status open_boardroom(struct mkt_server *s, struct mkt_err *err)
{
    const struct mkt_settings *set = s->settings;
    char log[2100];
    snprintf(log, sizeof log, "%s", set->audit_file);
    if (!log[0]) snprintf(log, sizeof log, "%s/audit.jsonl", set->data_dir);
    s->boardroom.engine = s->engine;
    s->boardroom.self = s->agent_id;
    s->boardroom.keys = s->keys;
    s->boardroom.peers = s->peers;
    s->boardroom.seal = s->seal;
    s->boardroom.admit = mkt_attestation_admit;
    s->boardroom.claim = mkt_attestation_claim;
    s->boardroom.attestation = s;
    return mkt_boardroom_open(&s->boardroom, log, set->collaboration, err);
}

static mkt_status open_parts(struct mkt_server *s, const struct mkt_server_options *o,
                             struct mkt_err *err)
{
    const struct mkt_settings *set = s->settings;
    const char *names[64];
    unsigned char random[4];
    for (size_t i = 0; i < mkt_routes_count; i++) {
        names[i] = mkt_routes[i].path;
        if (mkt_daemon_is_health(names[i], mkt_routes[i].method)) s->health_route = i;
    }
    names[mkt_routes_count] = "none";
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random) memset(random, 0, 4);
    snprintf(s->id_prefix, sizeof s->id_prefix, "%02x%02x%02x%02x", random[0], random[1], random[2],
             random[3]);
    s->limits = mkt_json_read_limits;
    s->limits.bytes = (size_t)set->body_kb * 1024;

    MKT_TRY(open_gate(s, err));
    MKT_TRY(mkt_arena_open(&s->desk, DESK, err));
    struct mkt_engine_options engine = {.settings = set,
                                        .service = true,
                                        .threads = 1, /* of one run: requests run side by side */
                                        .analysis = o->analysis,
                                        .analyses = o->analyses,
                                        .opener = o->opener};
    MKT_TRY(mkt_engine_open(&engine, &s->engine, err));
    MKT_TRY(open_identity(s, o, err)); /* the data folder is ours now */
    MKT_TRY(open_boardroom(s, err));
    MKT_TRY(mkt_sessions_open(&s->sessions, err));
    MKT_TRY(mkt_metrics_open(names, mkt_routes_count + 1, &s->metrics, err));
    MKT_TRY(mkt_api_prepare(s, err));
    MKT_TRY(mkt_api_a2a_open(s, err));
    struct mkt_watch_options watch = {.header_ms = set->header_seconds * 1000,
                                      .body_ms = set->body_seconds * 1000,
                                      .reply_ms = REPLY_MS,
                                      .upload_bytes_a_second = 1024,
                                      .tick = tick,
                                      .user = s};
    MKT_TRY(mkt_watch_open(&watch, &s->watch, err));
    s->started_ms = mkt_watch_now(s->watch);
    MKT_TRY(mkt_listen_open(set->host, (int)set->port, &s->listener, &s->port, err));
    return mkt_api_a2a_announce(s, err);
}

static void free_server(struct mkt_server *s)
{
    mkt_hub_host_stop(s);
    mkt_watch_close(s->watch);   /* it ticks for the engine; no connection is left */
    mkt_engine_close(s->engine); /* its workers may still use all the rest */
    mkt_sessions_close(s->sessions);
    mkt_api_a2a_close(s);
    if (s->listener >= 0) close(s->listener);
    if (s->health) MHD_destroy_response(s->health);
    mkt_api_forget(s);
    mkt_metrics_close(s->metrics);
    mkt_tokens_close(s->tokens);
    mkt_hub_host_close(s);
    mkt_boardroom_close(&s->boardroom);
    mkt_attestation_close(s->attestation);
    mkt_peers_close(s->peers);
    mkt_seal_close(s->seal);
    mkt_keys_close(s->keys);
    mkt_arena_close(&s->desk);
    pthread_mutex_destroy(&s->health_lock);
    pthread_mutex_destroy(&s->desk_lock);
    free(s);
}

mkt_status mkt_server_start(const struct mkt_server_options *options, struct mkt_server **out,
                            struct mkt_err *err)
{
    struct mkt_server *s = calloc(1, sizeof *s);
    if (!s) return mkt_err_set(err, MKT_E_NOMEM, "no memory for the service");
    s->settings = options->settings;
    s->listener = -1;
    pthread_mutex_init(&s->desk_lock, NULL);
    pthread_mutex_init(&s->health_lock, NULL);
    mkt_status status = open_parts(s, options, err);
    if (status == MKT_OK) {
        renew_health(s);
        pthread_mutex_lock(&s->health_lock); /* the watch renews it too */
        if (!s->health) status = mkt_err_set(err, MKT_E_NOMEM, "no memory for the service");
        pthread_mutex_unlock(&s->health_lock);
    }
    if (status == MKT_OK) status = mkt_daemon_open(s, err);
    if (status == MKT_OK) {
        const struct mkt_hub_host_attestation attestation = {
            mkt_attestation_quote, mkt_attestation_look, mkt_attestation_port(s->attestation)};
        status = mkt_hub_host_open(s, &attestation, err); /* who finds us there is answered */
        if (status != MKT_OK) mkt_daemon_stop(s);
    }
    if (status != MKT_OK) {
        free_server(s);
        return status;
    }
    mkt_log(MKT_LOG_INFO, "listening", "port=%d tokens=%zu workers=%d", s->port,
            s->tokens ? mkt_tokens_count(s->tokens) : (size_t)0, (int)s->settings->workers);
    *out = s;
    return MKT_OK;
}

int mkt_server_port(const struct mkt_server *server)
{
    return server->port;
}

int mkt_server_attestation_port(const struct mkt_server *server)
{
    return mkt_attestation_port(server->attestation);
}

/* ---- end ---- */

static void pause_ms(long ms)
{
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&t, NULL);
}

static bool busy(struct mkt_server *s)
{
    return atomic_load(&s->active) > 0 || mkt_jobs_active(s->engine->jobs) > 0;
}

/* The signals that end the service. A terminal that is closed sends SIGHUP, but to whoever was
 * started to outlive it (nohup). */
static void set_of_ends(sigset_t *set)
{
    struct sigaction hangup;
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN)
        sigaddset(set, SIGHUP);
}

/* Another of these signals, which the caller has blocked. */
static bool asked_again(void)
{
    struct timespec none = {0};
    sigset_t set;
    set_of_ends(&set);
    return sigtimedwait(&set, NULL, &none) > 0;
}

static void drain(struct mkt_server *s, int64_t drain_ms)
{
    int64_t until = mkt_clock_us() + drain_ms * 1000;
    while (busy(s) && mkt_clock_us() < until && !asked_again()) pause_ms(5);
    bool cut = busy(s);
    mkt_jobs_cancel_all(s->engine->jobs);
    until = mkt_clock_us() +
            INT64_C(1000) * SETTLE_MS / 5; /* so that streams see the end of their job */
    while (mkt_jobs_active(s->engine->jobs) > 0 && mkt_clock_us() < until) pause_ms(5);
    until = mkt_clock_us() + INT64_C(1000) * SETTLE_MS;
    while (atomic_load(&s->active) > 0 && mkt_clock_us() < until) {
        mkt_watch_stop(s->watch);
        pause_ms(5);
    }
    mkt_log(MKT_LOG_INFO, "drained", "cut=%d", cut);
}

void mkt_server_stop(struct mkt_server *server, int64_t drain_ms)
{
    atomic_store(&server->draining, true);
    mkt_hub_host_stop(server);
    mkt_daemon_refuse(server);
    drain(server, drain_ms);
    mkt_daemon_stop(server);
    free_server(server);
}

mkt_status mkt_server_run(const struct mkt_settings *settings, struct mkt_err *err)
{
    const struct mkt_server_options options = {.settings = settings};
    struct mkt_server *server = NULL;
    sigset_t set, old;
    int signal_number;
    set_of_ends(&set);
    pthread_sigmask(SIG_BLOCK, &set, &old); /* in all threads that are started from here on */
    /* Answers are given back to the system when they are freed, whichever thread does it: left to
     * itself the allocator raises this bound to the largest it sees, and its heaps fill with holes. */
    mallopt(M_MMAP_THRESHOLD, 64 << 10);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file too large is an error of write */
    mkt_log_set_level(mkt_log_level_of(settings->log_level, MKT_LOG_INFO));

    mkt_status status = mkt_server_start(&options, &server, err);
    if (status == MKT_OK && server) {
        const char *host = settings->host;
        fprintf(stderr, "marketing-agent listens on http://%s%s%s:%d\n",
                strchr(host, ':') ? "[" : "", host, strchr(host, ':') ? "]" : "", server->port);
        mkt_attestation_say(server->attestation, stderr);
        while (sigwait(&set, &signal_number) != 0) {
        }
        mkt_log(MKT_LOG_INFO, "draining", "signal=%d", signal_number);
        mkt_server_stop(server, settings->drain_seconds * 1000);
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return status;
}
