#include "server/api.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "attest/envelope.h"
#include "attest/hex.h"
#include "base/json.h"
#include "server/attestation.h"
#include "server/hub_host.h"
#include "server/openapi.h"
#include "server/reply.h"

/* The names of the origin that hold for what is built; see docs/service.md. */
const char *const mkt_api_offers[] = {"marketing_analysis", "campaign_performance", "roi_analysis",
                                      "optimization_recommendations"};
static const char *const specializations[] = {"Campaign Performance Analysis",
                                              "Marketing ROI Calculation", "Campaign Optimization",
                                              "Cross-Channel Attribution"};
static const char *const collaborations[] = {"roi_collaboration", "campaign_optimization"};
#define COUNT(a) (sizeof(a) / sizeof *(a))
const size_t mkt_api_offers_count = COUNT(mkt_api_offers);

static void write_names(struct mkt_json *w, const char *key, const char *const *name, size_t n)
{
    mkt_json_key(w, key);
    mkt_json_open(w, '[');
    for (size_t i = 0; i < n; i++) mkt_json_string(w, name[i]);
    mkt_json_close(w, ']');
}

static void write_agent(struct mkt_json *w, const struct mkt_server *server)
{
    mkt_json_member_string(w, "service", "marketing-agent");
    mkt_json_member_string(w, "version", MKT_VERSION);
    mkt_json_member_string(w, "agent_id", server->agent_id);
    mkt_json_member_string(w, "agent_type", server->settings->type);
}

/* The state of the model, why it is so, and how far it is loaded. */
static void write_model(struct mkt_json *w, struct mkt_server *server)
{
    struct mkt_writer_view view;
    mkt_writer_view(server->engine->writer, &view);
    mkt_json_member_string(w, "model", mkt_writer_state_name(view.state));
    mkt_json_member_string(w, "model_name", view.name[0] ? view.name : server->settings->model);
    mkt_json_member_bool(w, "model_loaded", view.state == MKT_WRITER_READY);
    if (view.state == MKT_WRITER_LOADING && view.done > 0)
        mkt_json_member_number(w, "model_progress", round(100 * view.done) / 100);
    if (view.why[0]) mkt_json_member_string(w, "model_problem", view.why);
    mkt_json_member_string(w, "model_status",
                           view.state == MKT_WRITER_READY ? "loaded" : "unloaded");
}

/* The facts need no model. */
static void write_work(struct mkt_json *w, struct mkt_server *server)
{
    char time[40];
    int64_t us = atomic_load(&server->boardroom.answered_us);
    if (us) mkt_envelope_write_time(us, time);
    mkt_json_member_string(w, "analysis_capabilities", "operational");
    mkt_json_member_string(w, "last_analysis", us ? time : NULL);
}

mkt_status mkt_api_health_write(struct mkt_server *server, struct mkt_buf *out, struct mkt_err *err)
{
    const struct mkt_settings *s = server->settings;
    double total = (double)s->memory_mb, used = (double)(mkt_metrics_resident() >> 20);
    struct mkt_json w;
    mkt_json_init(&w, out);
    mkt_json_open(&w, '{');
    mkt_json_member_string(&w, "status", "healthy");
    write_agent(&w, server);
    write_names(&w, "capabilities", mkt_api_offers, mkt_api_offers_count);
    mkt_json_member_int(&w, "uptime_seconds",
                        (mkt_watch_now(server->watch) - server->started_ms) / 1000);
    mkt_json_key(&w, "memory_usage");
    mkt_json_open(&w, '{');
    mkt_json_member_number(&w, "used_mb", used);
    mkt_json_member_number(&w, "total_mb", total);
    mkt_json_member_number(&w, "percentage", round(1000 * used / total) / 10);
    mkt_json_close(&w, '}');
    write_model(&w, server);
    write_work(&w, server);
    mkt_hub_host_health(server, &w);
    mkt_json_member_bool(&w, "development_mode", mkt_attestation_development(server->attestation));
    mkt_json_member_int(&w, "port", server->port);
    mkt_json_member_int(&w, "attestation_port", mkt_attestation_port(server->attestation));
    mkt_json_close(&w, '}');
    mkt_buf_char(out, '\n');
    return mkt_buf_check(out, err);
}

bool mkt_api_is_ready(struct mkt_server *server)
{
    struct mkt_pool_stats pool;
    mkt_pool_stats(server->engine->pool, &pool);
    return !atomic_load(&server->draining) && pool.queued < pool.queue;
}

mkt_status mkt_api_health(struct mkt_exchange *x, struct mkt_reply *reply, struct mkt_arena *arena,
                          struct mkt_err *err)
{
    struct mkt_buf text;
    mkt_buf_init(&text, arena);
    MKT_TRY(mkt_api_health_write(x->server, &text, err));
    return mkt_reply_text(reply, 200, "application/json", &text, err);
}

mkt_status mkt_api_ready(struct mkt_exchange *x, struct mkt_reply *reply, struct mkt_arena *arena,
                         struct mkt_err *err)
{
    struct mkt_buf text;
    bool ready = mkt_api_is_ready(x->server);
    mkt_buf_init(&text, arena);
    mkt_buf_printf(&text, "{\"ready\":%s}\n", ready ? "true" : "false");
    reply->retry = !ready;
    return mkt_reply_text(reply, ready ? 200 : 503, "application/json", &text, err);
}

mkt_status mkt_api_metrics(struct mkt_exchange *x, struct mkt_reply *reply, struct mkt_arena *arena,
                           struct mkt_err *err)
{
    struct mkt_server *s = x->server;
    struct mkt_buf text;
    double uptime = (double)(mkt_watch_now(s->watch) - s->started_ms) / 1000;
    mkt_buf_init(&text, arena);
    MKT_TRY(mkt_metrics_write(s->metrics, s->engine, uptime, &text, err));
    mkt_hub_host_metrics(s, &text);
    MKT_TRY(mkt_buf_check(&text, err));
    return mkt_reply_text(reply, 200, "text/plain; version=0.0.4; charset=utf-8", &text, err);
}

/* ---- pages that never change ---- */

static void write_parameter(struct mkt_json *w, const struct mkt_param *p)
{
    static const char *const type[] = {"number", "integer", "period", "text"};
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "name", p->name);
    mkt_json_member_string(w, "type", type[p->type]);
    mkt_json_member_string(w, "unit", p->unit);
    if (p->type != MKT_PARAM_PERIOD && p->type != MKT_PARAM_TEXT) {
        mkt_json_member_number(w, "least", p->least);
        mkt_json_member_number(w, "most", p->most);
    }
    mkt_json_member_string(w, "default", p->fallback);
    mkt_json_member_string(w, "help", p->help);
    mkt_json_close(w, '}');
}

static void write_analyses(struct mkt_json *w, const struct mkt_engine *engine)
{
    mkt_json_key(w, "analyses");
    mkt_json_open(w, '[');
    for (size_t i = 0; i < engine->analyses; i++) {
        const struct mkt_analysis *a = &engine->analysis[i];
        mkt_json_open(w, '{');
        mkt_json_member_string(w, "name", a->name);
        mkt_json_member_string(w, "analysis_type", a->type);
        mkt_json_member_string(w, "area", a->area);
        mkt_json_member_string(w, "question", a->question);
        mkt_json_member_string(w, "summary", a->summary);
        mkt_json_member_string(w, "needs", a->needs);
        mkt_json_key(w, "parameters");
        mkt_json_open(w, '[');
        for (size_t p = 0; p < a->params; p++) write_parameter(w, &a->param[p]);
        mkt_json_close(w, ']');
        mkt_json_close(w, '}');
    }
    mkt_json_close(w, ']');
}

static mkt_status keep(struct mkt_arena *arena, struct mkt_buf *text, struct mkt_blob **out,
                       struct mkt_err *err)
{
    mkt_buf_char(text, '\n');
    MKT_TRY(mkt_buf_check(text, err));
    MKT_TRY(mkt_blob_make("application/json", text->data, text->length, out, err));
    mkt_arena_reset(arena, 0);
    mkt_buf_init(text, arena);
    return MKT_OK;
}

/* What the agent signs with, what is sealed for it, and that the one vouches for the other. */
static mkt_status write_keys(struct mkt_json *w, const struct mkt_server *server,
                             struct mkt_arena *arena, struct mkt_err *err)
{
    static const char label[] = "marketing-agent sealing key 1"; /* its NUL goes along */
    const unsigned char *sealing = mkt_seal_public(server->seal);
    unsigned char signature[MKT_KEYS_SIGNATURE];
    char pem[MKT_KEYS_PEM], fingerprint[MKT_KEYS_FINGERPRINT];
    struct mkt_buf said;
    mkt_buf_init(&said, arena);
    mkt_buf_add(&said, label, sizeof label);
    mkt_buf_add(&said, server->agent_id, strlen(server->agent_id) + 1);
    mkt_buf_add(&said, sealing, MKT_SEAL_KEY);
    MKT_TRY(mkt_buf_check(&said, err));
    MKT_TRY(mkt_keys_sign(server->keys, said.data, said.length, signature, err));
    const char *key = mkt_hex_write_base64(arena, sealing, MKT_SEAL_KEY),
               *vouched = mkt_hex_write_base64(arena, signature, sizeof signature);
    if (!key || !vouched) return mkt_arena_full(arena, err);
    const struct mkt_public_key *own = mkt_keys_public(server->keys);
    mkt_json_key(w, "keys");
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "signing", mkt_keys_pem(own, pem));
    mkt_json_member_string(w, "fingerprint", mkt_keys_fingerprint(own, fingerprint));
    mkt_json_member_string(w, "sealing", key);
    mkt_json_member_string(w, "sealing_signature", vouched);
    mkt_json_close(w, '}');
    return MKT_OK;
}

mkt_status mkt_api_prepare(struct mkt_server *server, struct mkt_err *err)
{
    struct mkt_arena *arena = &server->desk;
    struct mkt_buf text;
    struct mkt_json w;
    mkt_buf_init(&text, arena);

    mkt_json_init(&w, &text);
    mkt_json_open(&w, '{');
    write_agent(&w, server);
    write_names(&w, "capabilities", mkt_api_offers, mkt_api_offers_count);
    write_names(&w, "specializations", specializations, COUNT(specializations));
    write_names(&w, "collaboration_types", collaborations, COUNT(collaborations));
    MKT_TRY(write_keys(&w, server, arena, err));
    write_analyses(&w, server->engine);
    mkt_json_close(&w, '}');
    MKT_TRY(keep(arena, &text, &server->capabilities, err));

    mkt_json_init(&w, &text);
    mkt_json_open(&w, '{');
    write_analyses(&w, server->engine);
    mkt_json_close(&w, '}');
    MKT_TRY(keep(arena, &text, &server->analyses, err));

    mkt_openapi_write(&text, server->engine, server->tokens != NULL);
    return keep(arena, &text, &server->openapi, err);
}

void mkt_api_forget(struct mkt_server *server)
{
    mkt_blob_release(server->capabilities);
    mkt_blob_release(server->analyses);
    mkt_blob_release(server->openapi);
}

static mkt_status give(struct mkt_reply *reply, struct mkt_blob *blob)
{
    reply->blob = mkt_blob_hold(blob);
    return MKT_OK;
}

mkt_status mkt_api_root(struct mkt_exchange *x, struct mkt_reply *reply, struct mkt_arena *arena,
                        struct mkt_err *err)
{
    struct mkt_server *server = x->server;
    struct mkt_writer_view view;
    struct mkt_buf text;
    struct mkt_json w;
    mkt_writer_view(server->engine->writer, &view);
    mkt_buf_init(&text, arena);
    mkt_json_init(&w, &text);
    mkt_json_open(&w, '{');
    write_agent(&w, server);
    mkt_json_member_string(&w, "status", "running");
    mkt_json_member_string(&w, "model", server->settings->model);
    mkt_json_member_bool(&w, "model_loaded", view.state == MKT_WRITER_READY);
    mkt_json_member_bool(&w, "development_mode", mkt_attestation_development(server->attestation));
    mkt_json_member_string(&w, "description", "/openapi.json");
    mkt_json_close(&w, '}');
    mkt_buf_char(&text, '\n');
    return mkt_reply_text(reply, 200, "application/json", &text, err);
}

mkt_status mkt_api_capabilities(struct mkt_exchange *x, struct mkt_reply *reply,
                                struct mkt_arena *arena, struct mkt_err *err)
{
    (void)arena;
    (void)err;
    return give(reply, x->server->capabilities);
}

mkt_status mkt_api_analyses(struct mkt_exchange *x, struct mkt_reply *reply,
                            struct mkt_arena *arena, struct mkt_err *err)
{
    (void)arena;
    (void)err;
    return give(reply, x->server->analyses);
}

mkt_status mkt_api_openapi(struct mkt_exchange *x, struct mkt_reply *reply, struct mkt_arena *arena,
                           struct mkt_err *err)
{
    (void)arena;
    (void)err;
    return give(reply, x->server->openapi);
}
