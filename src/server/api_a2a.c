/* A2A over HTTP: the card at its well-known place, and one message in a POST, answered as JSON or by
 * a stream of events. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "a2a/a2a_card.h"
#include "base/hash.h"
#include "base/log.h"
#include "server/api.h"
#include "server/gate.h"
#include "server/reply.h"
#include "server/stream.h"

#define MESSAGE_VALUES 100000 /* of one message; a table's text is one */
#define MESSAGE_DEPTH 24
#define ADDRESS 512

/* ---- the cards, made once ---- */

/* "https://marketing.example.com/agents", without what an address of a service has not. */
static bool is_address(const char *text, size_t n)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                "-._~:/[]%";
    size_t scheme = strncmp(text, "http://", 7) == 0    ? 7
                    : strncmp(text, "https://", 8) == 0 ? 8
                                                        : 0;
    return scheme && n > scheme && n < ADDRESS - 1 && strspn(text, plain) >= n;
}

/* The address for other agents: as it is set, else where the service listens. Never what a request
 * says: that is anybody's. */
static mkt_status find_base(const struct mkt_server *s, char out[ADDRESS], struct mkt_err *err)
{
    const char *set = s->settings->advertise, *host = s->settings->host;
    char machine[256] = "localhost";
    size_t n = strlen(set);
    while (n && set[n - 1] == '/') n--;
    if (n && !is_address(set, n))
        return mkt_err_set(
            err, MKT_E_ARG,
            "ADVERTISE_URL: \"%.200s\" is no address such as https://marketing.example.com", set);
    if (n) {
        snprintf(out, ADDRESS, "%.*s", (int)n, set);
        return MKT_OK;
    }
    if (strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0) { /* everywhere: by its name */
        if (gethostname(machine, sizeof machine - 1) == 0) host = machine;
        mkt_log(MKT_LOG_WARN, "card", "address=%s set=ADVERTISE_URL", host);
    }
    bool six = strchr(host, ':') != NULL;
    snprintf(out, ADDRESS, "http://%s%.400s%s:%d", six ? "[" : "", host, six ? "]" : "", s->port);
    return MKT_OK;
}

static mkt_status keep(struct mkt_server *s, struct mkt_buf *text, struct mkt_blob **out,
                       struct mkt_err *err)
{
    MKT_TRY(mkt_blob_make("application/json", text->data, text->length, out, err));
    mkt_arena_reset(&s->desk, 0);
    mkt_buf_init(text, &s->desk);
    return MKT_OK;
}

static mkt_status make_cards(struct mkt_server *s, struct mkt_err *err)
{
    char base[ADDRESS], digest[MKT_SHA256_TEXT];
    struct mkt_buf text;
    MKT_TRY(find_base(s, base, err));
    const struct mkt_a2a_card card = {.base = base,
                                      .analysis = s->engine->analysis,
                                      .analyses = s->engine->analyses,
                                      .tokens = s->tokens != NULL,
                                      .keys = s->keys};
    mkt_buf_init(&text, &s->desk);
    for (int v = MKT_A2A_03; v <= MKT_A2A_10; v++) {
        MKT_TRY(mkt_a2a_card_write(&text, &card, (mkt_a2a_version)v, err));
        MKT_TRY(mkt_hash_bytes(text.data, text.length, digest, err));
        snprintf(s->card_tag[v], sizeof s->card_tag[v], "\"%.32s\"", digest);
        MKT_TRY(keep(s, &text, &s->card[v], err));
    }
    MKT_TRY(mkt_a2a_card_write_keys(&text, mkt_keys_public(s->keys), err));
    MKT_TRY(mkt_hash_bytes(text.data, text.length, digest, err));
    snprintf(s->card_keys_tag, sizeof s->card_keys_tag, "\"%.32s\"", digest);
    return keep(s, &text, &s->card_keys, err);
}

static mkt_status log_answer(void *boardroom, const struct mkt_audit_entry *entry,
                             struct mkt_err *err)
{
    return mkt_boardroom_log(boardroom, entry, err);
}

mkt_status mkt_api_a2a_open(struct mkt_server *server, struct mkt_err *err)
{
    const struct mkt_settings *set = server->settings;
    mkt_a2a_registered_open(&server->a2a_data, server->engine, log_answer, &server->boardroom);
    const struct mkt_a2a_options options = {
        .host = &server->a2a_data.host,
        .limits = {.bytes = server->limits.bytes, .depth = MESSAGE_DEPTH, .values = MESSAGE_VALUES},
        .tasks = (size_t)set->jobs,
        .keep_ms = set->job_keep_seconds * 1000};
    return mkt_a2a_open(&options, &server->a2a, err);
}

mkt_status mkt_api_a2a_announce(struct mkt_server *server, struct mkt_err *err)
{
    pthread_mutex_lock(&server->desk_lock); /* the watch ticks already */
    mkt_status status = make_cards(server, err);
    mkt_arena_reset(&server->desk, 0);
    pthread_mutex_unlock(&server->desk_lock);
    return status;
}

void mkt_api_a2a_close(struct mkt_server *server)
{
    mkt_a2a_close(server->a2a);
    mkt_blob_release(server->card[MKT_A2A_03]);
    mkt_blob_release(server->card[MKT_A2A_10]);
    mkt_blob_release(server->card_keys);
}

/* Whether one of the tags in If-None-Match is this one. */
static bool has_tag(const char *said, const char *tag)
{
    return said && (strcmp(said, "*") == 0 || strstr(said, tag));
}

static mkt_status give(struct mkt_exchange *x, struct mkt_reply *reply, struct mkt_blob *blob,
                       const char *tag)
{
    reply->etag = tag;
    if (has_tag(MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, "If-None-Match"), tag))
        reply->status = 304;
    else
        reply->blob = mkt_blob_hold(blob);
    return MKT_OK;
}

mkt_status mkt_api_a2a_card(struct mkt_exchange *x, struct mkt_reply *reply,
                            struct mkt_arena *arena, struct mkt_err *err)
{
    mkt_a2a_version version;
    (void)arena;
    if (!mkt_a2a_version_read(x->a2a_version, &version))
        return mkt_err_set(err, MKT_E_ARG,
                           "there are cards for the versions 1.0 and 0.3 of the protocol, not for "
                           "\"%.20s\"",
                           x->a2a_version);
    return give(x, reply, x->server->card[version], x->server->card_tag[version]);
}

mkt_status mkt_api_a2a_keys(struct mkt_exchange *x, struct mkt_reply *reply,
                            struct mkt_arena *arena, struct mkt_err *err)
{
    (void)arena;
    (void)err;
    return give(x, reply, x->server->card_keys, x->server->card_keys_tag);
}

/* ---- one message ---- */

/* Texts as they are sent: each on a line of its own, or framed as an event. */
struct letters {
    struct mkt_buf text;
    bool framed;
};

static void take(void *user, const char *json, size_t n)
{
    struct letters *l = user;
    if (l->framed) mkt_buf_str(&l->text, "data: ");
    mkt_buf_add(&l->text, json, n);
    mkt_buf_str(&l->text, l->framed ? "\n\n" : "\n");
}

/* Lines as events: those were sent before it was known that they are. */
static mkt_status frame(struct mkt_arena *arena, const struct mkt_buf *lines, struct mkt_buf *out,
                        struct mkt_err *err)
{
    mkt_buf_init(out, arena);
    for (const char *line = lines->data, *end; line && (end = strchr(line, '\n')); line = end + 1) {
        mkt_buf_str(out, "data: ");
        mkt_buf_add(out, line, (size_t)(end - line));
        mkt_buf_str(out, "\n\n");
    }
    return mkt_buf_check(out, err);
}

static bool say(void *user, struct mkt_job *job, const struct mkt_job_event *event,
                struct mkt_buf *out)
{
    struct mkt_a2a_line *line = user;
    struct letters l = {.text = *out, .framed = !line->waits};
    struct mkt_err none = {0};
    (void)job;
    bool said = mkt_a2a_line_say(line, out->arena, event, take, &l, &none) == MKT_OK;
    *out = l.text;
    return said;
}

static void drop(void *user)
{
    mkt_a2a_line_close(user);
    free(user);
}

/* The line goes on as a stream; a client that hangs up leaves the task to itself. */
static mkt_status follow(struct mkt_reply *reply, const struct mkt_a2a_line *opened,
                         const struct mkt_buf *first, struct mkt_err *err)
{
    struct mkt_a2a_line *line = malloc(sizeof *line);
    char *text = first->length ? strdup(first->data) : NULL;
    if (!line || (first->length && !text)) {
        struct mkt_a2a_line lost = *opened;
        mkt_a2a_line_close(&lost);
        mkt_jobs_release(opened->job);
        free(line);
        free(text);
        return mkt_err_set(err, MKT_E_NOMEM, "no memory for a stream");
    }
    *line = *opened;
    const struct mkt_stream_voice voice = {.type = line->waits ? "application/json"
                                                               : "text/event-stream",
                                           .ping = line->waits ? " " : ": still here\n\n",
                                           .say = say,
                                           .drop = drop,
                                           .user = line};
    mkt_status status = mkt_stream_make(line->job, line->after, false, &reply->stream, err);
    if (status == MKT_OK) {
        mkt_stream_speak(reply->stream, &voice, text);
        return MKT_OK;
    }
    drop(line);
    free(text);
    return status;
}

/* Nothing of it waits: what takes long is a job. */
mkt_status mkt_api_a2a(struct mkt_exchange *x, struct mkt_reply *reply, struct mkt_arena *arena,
                       struct mkt_err *err)
{
    char type[128];
    struct mkt_a2a_outcome outcome;
    if (x->foreign)
        return mkt_err_set(err, MKT_E_FORBIDDEN, "this is not for pages of other origins");
    if (strcmp(mkt_exchange_type(x, type), "application/json") != 0)
        return mkt_err_set(err, MKT_E_TYPE, "a message is sent as application/json");
    const struct mkt_a2a_peer peer = {.version = x->a2a_version, .owner = x->bearer};
    struct letters l = {0};
    struct mkt_buf events;
    mkt_buf_init(&l.text, arena);
    mkt_a2a_answer(x->server->a2a, arena, x->body ? x->body : "", x->body_bytes, &peer, &outcome,
                   take, &l);
    switch (outcome.manner) {
    case MKT_A2A_NOTHING:
        reply->status = 202;
        return MKT_OK;
    case MKT_A2A_SINGLE:
        reply->retry = outcome.busy;
        return mkt_reply_text(reply,
                              outcome.unread ? 400
                              : outcome.busy ? 503
                                             : 200,
                              "application/json", &l.text, err);
    case MKT_A2A_EVENTS:
        MKT_TRY(frame(arena, &l.text, &events, err));
        return mkt_reply_text(reply, 200, "text/event-stream", &events, err);
    case MKT_A2A_FOLLOW:
        break;
    }
    mkt_status status = frame(arena, &l.text, &events, err); /* nothing yet, for one that waits */
    if (status == MKT_OK) return follow(reply, &outcome.line, &events, err);
    mkt_a2a_line_close(&outcome.line);
    mkt_jobs_release(outcome.line.job);
    return status;
}
