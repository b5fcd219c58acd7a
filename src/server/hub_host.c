#include "server/hub_host.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "boardroom/hub_address.h"
#include "server/api.h"

#define RETRY_MS 1000
#define MOST_RETRY_MS 60000

struct mkt_hub_host {
    struct mkt_server *server;
    struct mkt_hub *hub;
    mkt_hub_peers_judge *judge;
    struct mkt_hub_address address;
    char public_key[MKT_KEYS_PEM];
    struct mkt_hub_peers_taken taken; /* the hub thread's: what was last logged */
};

/* ---- what the hub tells ---- */

static void hear(void *user, const struct mkt_hub_wire_directory *directory)
{
    struct mkt_hub_host *h = user;
    struct mkt_hub_peers_taken taken;
    mkt_hub_peers_take(h->server->peers, h->server->settings->client, directory, h->judge,
                       h->server, &taken);
    if (memcmp(&taken, &h->taken, sizeof taken) != 0)
        mkt_log(taken.changed || taken.foreign || taken.refused ? MKT_LOG_WARN : MKT_LOG_INFO,
                "hub_agents", "taken=%zu keyless=%zu changed=%zu foreign=%zu refused=%zu",
                taken.taken, taken.keyless, taken.changed, taken.foreign, taken.refused);
    h->taken = taken;
}

/* ---- the handle ---- */

static mkt_status open_hub(struct mkt_server *s, struct mkt_hub_host *h,
                           const struct mkt_hub_host_attestation *attestation, struct mkt_err *err)
{
    const struct mkt_settings *set = s->settings;
    struct mkt_err why = {0};
    MKT_TRY(mkt_hub_address_find(set, s->port, attestation->port, &h->address, err));
    mkt_keys_pem(mkt_keys_public(s->keys), h->public_key);
    const struct mkt_hub_options options = {.url = set->hub,
                                            .self = {.agent_id = s->agent_id,
                                                     .type = set->type,
                                                     .client = set->client,
                                                     .endpoint = h->address.endpoint,
                                                     .attestation_endpoint = h->address.attestation,
                                                     .public_key = h->public_key,
                                                     .capability = mkt_api_offers,
                                                     .capabilities = mkt_api_offers_count},
                                            .heartbeat_ms = set->hub_heartbeat_seconds * 1000,
                                            .directory_ms = set->hub_directory_seconds * 1000,
                                            .timeout_ms = set->hub_timeout_ms,
                                            .inactive_ms = MKT_HUB_INACTIVE_MS,
                                            .retry_ms = RETRY_MS,
                                            .most_retry_ms = MOST_RETRY_MS,
                                            .quote = attestation->quote,
                                            .quote_user = s,
                                            .listener = hear,
                                            .listener_user = h};
    mkt_status status = mkt_hub_open(&options, &h->hub, &why);
    if (status != MKT_OK) return mkt_err_set(err, status, "HUB_ENDPOINT: %s", why.text);
    return MKT_OK;
}

mkt_status mkt_hub_host_open(struct mkt_server *server,
                             const struct mkt_hub_host_attestation *attestation,
                             struct mkt_err *err)
{
    if (!server->settings->hub[0]) return MKT_OK;
    struct mkt_hub_host *h = calloc(1, sizeof *h);
    if (!h) return mkt_err_set(err, MKT_E_NOMEM, "no memory for the hub");
    h->server = server;
    h->judge = attestation->judge;
    mkt_status status = open_hub(server, h, attestation, err);
    if (status != MKT_OK) {
        free(h);
        return status;
    }
    pthread_mutex_lock(&server->desk_lock); /* the watch may be writing /health */
    server->hub_host = h;
    pthread_mutex_unlock(&server->desk_lock);
    return MKT_OK;
}

void mkt_hub_host_stop(struct mkt_server *server)
{
    if (server->hub_host) mkt_hub_stop(server->hub_host->hub);
}

void mkt_hub_host_close(struct mkt_server *server)
{
    if (!server->hub_host) return;
    mkt_hub_close(server->hub_host->hub);
    free(server->hub_host);
}

/* ---- what is shown ---- */

void mkt_hub_host_health(struct mkt_server *server, struct mkt_json *w)
{
    struct mkt_hub_view view;
    if (!server->hub_host) {
        mkt_json_member_bool(w, "hub_registered", false);
        mkt_json_member_string(w, "hub", "none");
        return;
    }
    mkt_hub_view(server->hub_host->hub, &view);
    mkt_json_member_bool(w, "hub_registered", view.state == MKT_HUB_REGISTERED);
    mkt_json_member_string(w, "hub", mkt_hub_state_name(view.state));
    if (view.why[0] || view.directory[0])
        mkt_json_member_string(w, "hub_problem", view.why[0] ? view.why : view.directory);
    mkt_json_member_int(w, "hub_agents", (int64_t)view.agents);
}

static void head(struct mkt_buf *out, const char *name, const char *type, const char *help)
{
    mkt_buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void mkt_hub_host_metrics(struct mkt_server *server, struct mkt_buf *out)
{
    static const char calls[] = "mkt_hub_calls_total";
    struct mkt_hub_view view;
    if (!server->hub_host) return;
    mkt_hub_view(server->hub_host->hub, &view);
    head(out, "mkt_hub_registered", "gauge", "1 while the hub knows this agent.");
    mkt_buf_printf(out, "mkt_hub_registered %d\n", view.state == MKT_HUB_REGISTERED);
    head(out, "mkt_hub_agents", "gauge", "Other agents in the hub's directory.");
    mkt_buf_printf(out, "mkt_hub_agents %zu\n", view.agents);
    if (view.silent_ms >= 0) {
        head(out, "mkt_hub_silence_seconds", "gauge",
             "Time since the hub last said that it knows this agent.");
        mkt_buf_printf(out, "mkt_hub_silence_seconds %.3f\n", (double)view.silent_ms / 1000);
    }
    head(out, calls, "counter", "Calls to the hub, by call and outcome.");
    for (int c = 0; c < MKT_HUB_CALLS; c++)
        mkt_buf_printf(out,
                       "%s{call=\"%s\",outcome=\"ok\"} %" PRIu64 "\n"
                       "%s{call=\"%s\",outcome=\"failed\"} %" PRIu64 "\n",
                       calls, mkt_hub_call_name((mkt_hub_call)c), view.done[c], calls,
                       mkt_hub_call_name((mkt_hub_call)c), view.failed[c]);
}
