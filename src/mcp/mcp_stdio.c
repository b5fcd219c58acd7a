#include "mcp/mcp_stdio.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#define MESSAGE_ROOM ((size_t)8 << 20) /* address space for one message and its tree */
#define DESK ((size_t)64 << 20)        /* for what is answered at once */
#define KEEP ((size_t)1 << 20)

struct stdio;

/* A request that runs or waits. */
struct call {
    struct stdio *owner;
    bool taken;
    struct mkt_arena arena; /* the message; opened when first needed */
    struct mkt_mcp_message message;
    struct mkt_flag *flag;
};

struct stdio {
    const struct mkt_mcp_stdio_options *options;
    struct mkt_mcp_peer peer;
    struct mkt_pool *pool; /* opened when first needed: a listing starts no thread */
    struct mkt_arena desk;
    pthread_mutex_t lock; /* calls */
    struct call call[MKT_MCP_STDIO_CALLS];
    pthread_mutex_t out_lock;
    bool broken; /* nobody reads the output */

    char *line; /* mkt_mcp_limits.bytes and one more */
    size_t length;
    bool skipping; /* the rest of a line that was too long */
};

/* ---- out ---- */

static bool write_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t written = write(fd, bytes, n);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes += written;
        n -= (size_t)written;
    }
    return true;
}

static void send_line(void *user, const char *json, size_t n)
{
    struct stdio *s = user;
    pthread_mutex_lock(&s->out_lock);
    if (!s->broken)
        s->broken = !write_all(s->options->out, json, n) || !write_all(s->options->out, "\n", 1);
    pthread_mutex_unlock(&s->out_lock);
}

static bool is_broken(struct stdio *s)
{
    pthread_mutex_lock(&s->out_lock);
    bool broken = s->broken;
    pthread_mutex_unlock(&s->out_lock);
    return broken;
}

static void send_error(struct stdio *s, const struct mkt_value *id, int code,
                       const struct mkt_err *err)
{
    const struct mkt_mcp_message m = {.rpc = {.id = id}, .code = code};
    mkt_mcp_refuse(&m, err, send_line, s);
}

/* ---- calls ---- */

static void give_back(struct call *c)
{
    struct stdio *s = c->owner;
    pthread_mutex_lock(&s->lock);
    mkt_flag_release(c->flag);
    c->flag = NULL;
    mkt_arena_reset(&c->arena, 0);
    c->taken = false;
    pthread_mutex_unlock(&s->lock);
}

static void work(struct mkt_arena *arena, void *user)
{
    struct call *c = user;
    if (!atomic_load(&c->flag->set))
        mkt_mcp_answer(c->owner->options->host, arena, &c->message, c->flag, send_line, c->owner);
    give_back(c);
}

/* A place for a call; NULL when all are taken, or one has that id. */
static struct call *take_place(struct stdio *s, const struct mkt_value *id, struct mkt_err *err)
{
    struct call *place = NULL;
    bool twice = false;
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < MKT_MCP_STDIO_CALLS; i++) {
        struct call *c = &s->call[i];
        if (!c->taken)
            place = c;
        else
            twice = twice || mkt_jsonrpc_same_id(c->message.rpc.id, id);
    }
    if (place && !twice) place->taken = true;
    pthread_mutex_unlock(&s->lock);
    if (twice)
        mkt_err_set(err, MKT_E_ARG, "a request with this id is still running");
    else if (!place)
        mkt_err_set(err, MKT_E_BUSY, "%d requests are running or waiting, as many as allowed",
                    MKT_MCP_STDIO_CALLS);
    return twice ? NULL : place;
}

/* A flag and a copy of the message for the call. */
static mkt_status fill(struct stdio *s, struct call *c, struct mkt_err *err)
{
    struct mkt_flag *flag;
    if (!c->arena.base) MKT_TRY(mkt_arena_open(&c->arena, MESSAGE_ROOM, err));
    MKT_TRY(mkt_mcp_read(&c->arena, s->line, s->length, &s->peer, &c->message, err));
    MKT_TRY(mkt_flag_make(&flag, err));
    pthread_mutex_lock(&s->lock);
    c->owner = s;
    c->flag = flag;
    pthread_mutex_unlock(&s->lock);
    return MKT_OK;
}

static mkt_status open_pool(struct stdio *s, struct mkt_err *err)
{
    const struct mkt_pool_options pool = {.workers = s->options->workers,
                                          .queue = MKT_MCP_STDIO_CALLS,
                                          .arena = s->options->arena,
                                          .keep = KEEP};
    return s->pool ? MKT_OK : mkt_pool_open(&pool, &s->pool, err);
}

static void start_call(struct stdio *s, const struct mkt_value *id)
{
    struct mkt_err err = {0};
    struct call *c = take_place(s, id, &err);
    mkt_status status = c ? fill(s, c, &err) : err.status;
    if (status == MKT_OK) status = open_pool(s, &err);
    if (status == MKT_OK) status = mkt_pool_submit(s->pool, work, c, &err);
    if (status == MKT_OK) return;
    if (c) {
        c->owner = s;
        give_back(c);
    }
    send_error(s, id, status == MKT_E_ARG ? MKT_JSONRPC_INVALID : mkt_status_jsonrpc(status), &err);
}

/* Sets the flag of the call with that id; of all calls when it is NULL. */
static void stop_calls(struct stdio *s, const struct mkt_value *id)
{
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < MKT_MCP_STDIO_CALLS; i++) {
        struct call *c = &s->call[i];
        if (!c->taken || !c->flag) continue;
        if (!id || mkt_jsonrpc_same_id(c->message.rpc.id, id)) atomic_store(&c->flag->set, true);
    }
    pthread_mutex_unlock(&s->lock);
}

/* ---- in ---- */

static void take_notice(struct stdio *s, const struct mkt_mcp_message *m)
{
    const struct mkt_value *id = mkt_json_read_member(m->rpc.params, "requestId");
    if (id && strcmp(m->rpc.method, "notifications/cancelled") == 0) stop_calls(s, id);
}

static void take_message(struct stdio *s)
{
    struct mkt_mcp_message m;
    struct mkt_err err = {0};
    if (mkt_mcp_read(&s->desk, s->line, s->length, &s->peer, &m, &err) != MKT_OK) {
        if (m.rpc.kind != MKT_JSONRPC_NOTIFICATION) mkt_mcp_refuse(&m, &err, send_line, s);
        return;
    }
    if (m.rpc.kind == MKT_JSONRPC_NOTIFICATION)
        take_notice(s, &m);
    else if (m.rpc.kind == MKT_JSONRPC_REQUEST && mkt_mcp_is_slow(&m))
        start_call(s, m.rpc.id);
    else if (m.rpc.kind == MKT_JSONRPC_REQUEST) {
        int code = mkt_mcp_answer(s->options->host, &s->desk, &m, NULL, send_line, s);
        if (code == 0 && strcmp(m.rpc.method, "initialize") == 0) s->peer.greeted = true;
    }
}

static bool is_blank(const char *line, size_t n)
{
    return strspn(line, " \t\r") >= n;
}

static void take_line(struct stdio *s)
{
    struct mkt_err err = {0};
    s->line[s->length] = '\0';
    if (s->skipping) {
        mkt_err_set(&err, MKT_E_LIMIT, "a message has at most %zu bytes", mkt_mcp_limits.bytes);
        send_error(s, NULL, MKT_JSONRPC_INVALID, &err);
    } else if (!is_blank(s->line, s->length)) {
        take_message(s);
    }
    s->skipping = false;
    s->length = 0;
    mkt_arena_reset(&s->desk, KEEP);
}

/* Bytes as they come, cut into lines; of one that is too long only its end is looked for. */
static void take_bytes(struct stdio *s, const char *bytes, size_t n)
{
    while (n > 0) {
        const char *end = memchr(bytes, '\n', n);
        size_t part = end ? (size_t)(end - bytes) : n;
        if (s->length + part > mkt_mcp_limits.bytes) {
            s->skipping = true;
            s->length = 0;
        }
        if (!s->skipping) {
            memcpy(s->line + s->length, bytes, part);
            s->length += part;
        }
        if (end) take_line(s);
        part += end != NULL;
        bytes += part;
        n -= part;
    }
}

static mkt_status serve(struct stdio *s, struct mkt_err *err)
{
    char bytes[16384];
    while (!is_broken(s)) {
        ssize_t n = read(s->options->in, bytes, sizeof bytes);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0)
            return mkt_err_set(err, MKT_E_IO, "cannot read standard input: %s", strerror(errno));
        if (n == 0) break;
        take_bytes(s, bytes, (size_t)n);
    }
    return MKT_OK;
}

mkt_status mkt_mcp_stdio_run(const struct mkt_mcp_stdio_options *options, struct mkt_err *err)
{
    struct stdio s = {.options = options};
    struct mkt_arena room;
    MKT_TRY(mkt_arena_open(&room, mkt_mcp_limits.bytes + 64, err));
    mkt_status status = mkt_arena_open(&s.desk, DESK, err);
    s.line = mkt_arena_alloc(&room, mkt_mcp_limits.bytes + 1, 1);
    pthread_mutex_init(&s.lock, NULL);
    pthread_mutex_init(&s.out_lock, NULL);
    if (status == MKT_OK) status = s.line ? serve(&s, err) : mkt_arena_full(&room, err);
    stop_calls(&s, NULL);
    mkt_pool_close(s.pool);
    for (size_t i = 0; i < MKT_MCP_STDIO_CALLS; i++) mkt_arena_close(&s.call[i].arena);
    pthread_mutex_destroy(&s.out_lock);
    pthread_mutex_destroy(&s.lock);
    mkt_arena_close(&s.desk);
    mkt_arena_close(&room);
    return status;
}
