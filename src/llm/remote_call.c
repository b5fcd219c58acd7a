#include "llm/remote_call.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"

#define SEED_MOST 0x7FFFFFFF /* what every server takes */

/* A server renders the message into its model's template and may read control tokens in it. They
 * are written <s>, </s>, <|im_start|>, [INST], [/INST] and the like: a space breaks them. */
static void add_neutral(struct mkt_buf *out, const char *text)
{
    for (const char *p = text; *p; p++) {
        char next = p[1];
        bool letter = (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
        bool upper = next >= 'A' && next <= 'Z';
        mkt_buf_char(out, *p);
        if ((*p == '<' && (letter || next == '/' || next == '_' || next == '|')) ||
            (*p == '<' && (unsigned char)next >= 0x80) || (*p == '[' && (upper || next == '/')))
            mkt_buf_char(out, ' ');
    }
}

static void write_grammar(struct mkt_json *w, mkt_remote_dialect dialect, const char *grammar)
{
    switch (dialect) {
    case MKT_REMOTE_LLAMA:
        mkt_json_member_string(w, "grammar", grammar);
        break;
    case MKT_REMOTE_VLLM:
        mkt_json_key(w, "structured_outputs");
        mkt_json_open(w, '{');
        mkt_json_member_string(w, "grammar", grammar);
        mkt_json_close(w, '}');
        break;
    case MKT_REMOTE_GUIDED:
        mkt_json_member_string(w, "guided_grammar", grammar);
        break;
    case MKT_REMOTE_AUTO:
    case MKT_REMOTE_NONE:
        break;
    }
}

mkt_status mkt_remote_call_body(struct mkt_buf *out, const struct mkt_remote_server *server,
                                const struct mkt_llm_task *task, size_t part, struct mkt_err *err)
{
    const struct mkt_llm_part *p = &task->part[part];
    struct mkt_buf content;
    struct mkt_json w;
    mkt_buf_init(&content, out->arena);
    mkt_buf_str(&content, task->constant ? task->constant : "");
    add_neutral(&content, task->data ? task->data : "");
    add_neutral(&content, p->ask ? p->ask : "");
    MKT_TRY(mkt_buf_check(&content, err));

    mkt_json_init(&w, out);
    mkt_json_open(&w, '{');
    mkt_json_member_string(&w, "model", server->model);
    mkt_json_key(&w, "messages");
    mkt_json_open(&w, '[');
    mkt_json_open(&w, '{');
    mkt_json_member_string(&w, "role", "user");
    mkt_json_member_string(&w, "content", content.data ? content.data : "");
    mkt_json_close(&w, '}');
    mkt_json_close(&w, ']');
    mkt_json_member_int(&w, "max_tokens", p->tokens);
    mkt_json_member_number(&w, "temperature", task->temperature);
    mkt_json_member_int(&w, "seed", (int64_t)(p->seed & SEED_MOST));
    mkt_json_member_bool(&w, "stream", true);
    mkt_json_key(&w, "stream_options");
    mkt_json_open(&w, '{');
    mkt_json_member_bool(&w, "include_usage", true);
    mkt_json_close(&w, '}');
    if (p->grammar) write_grammar(&w, server->dialect, p->grammar);
    mkt_json_close(&w, '}');
    return mkt_buf_check(out, err);
}

/* ---- what comes ---- */

static void heard(void *user, const char *text, size_t n)
{
    struct mkt_remote_call *call = user;
    if (!call->first_ms) call->first_ms = mkt_clock_ms();
    if (call->task->piece) call->task->piece(call->task->user, call->part, text, n);
}

static size_t take(char *bytes, size_t one, size_t n, void *user)
{
    struct mkt_remote_call *call = user;
    long code = 0;
    (void)one;
    curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &code);
    if (code == 200)
        return mkt_remote_reply_add(&call->reply, bytes, n, &call->err) == MKT_OK ? n : 0;
    size_t room = sizeof call->problem - call->problem_bytes;
    if (n > room) return 0; /* enough of it */
    memcpy(call->problem + call->problem_bytes, bytes, n);
    call->problem_bytes += n;
    return n;
}

static mkt_status set_up(struct mkt_remote_call *call, struct mkt_arena *scratch,
                         struct mkt_err *err)
{
    struct mkt_buf body;
    CURL *c = call->easy;
    mkt_buf_init(&body, scratch);
    MKT_TRY(mkt_remote_call_body(&body, call->server, call->task, call->part, err));
    MKT_TRY(mkt_http_header(&call->headers, "Content-Type", "application/json", err));
    MKT_TRY(mkt_http_header(&call->headers, "Accept", "text/event-stream, application/json", err));
    MKT_TRY(mkt_http_header(&call->headers, "Expect", "", err)); /* no 100-continue */
    if (call->server->authorization)
        MKT_TRY(mkt_http_header(&call->headers, "Authorization", call->server->authorization, err));
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, call->headers);
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.length);
    if (curl_easy_setopt(c, CURLOPT_COPYPOSTFIELDS, body.data) != CURLE_OK)
        return mkt_err_set(err, MKT_E_NOMEM, "no memory for a request");
    curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(c, CURLOPT_PRIVATE, call);
    return MKT_OK;
}

mkt_status mkt_remote_call_start(struct mkt_remote_call *call, struct mkt_arena *scratch,
                                 size_t limit, struct mkt_err *err)
{
    char url[1300];
    snprintf(url, sizeof url, "%s/chat/completions", call->server->base);
    mkt_remote_reply_init(&call->reply, scratch, limit);
    call->reply.piece = heard;
    call->reply.user = call;
    MKT_TRY(mkt_http_make(url, false, &call->easy, err));
    size_t mark = mkt_arena_mark(scratch);
    mkt_status status = set_up(call, scratch, err);
    mkt_arena_release(scratch, mark);
    call->began_ms = mkt_clock_ms();
    return status;
}

static mkt_status judge(struct mkt_remote_call *call, CURLcode code, struct mkt_err *err)
{
    long status = 0;
    curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
    if (call->err.status != MKT_OK) return call->err.status; /* said while it came */
    if (status >= 300 && status < 400)
        return mkt_err_set(err, MKT_E_IO,
                           "the model server answers %ld, a redirect, which is not followed: give "
                           "the address it leads to",
                           status);
    if (status != 200 && status != 0) {
        const char *said =
            mkt_remote_reply_problem(call->reply.scratch, call->problem, call->problem_bytes);
        return mkt_err_set(err, MKT_E_IO, "the model server answers %ld%s%s", status,
                           said ? ": " : "", said ? said : "");
    }
    if (code == CURLE_PARTIAL_FILE || code == CURLE_RECV_ERROR)
        return mkt_err_set(err, MKT_E_IO, "the server's answer ended in the middle");
    if (code != CURLE_OK)
        return mkt_err_set(err, MKT_E_IO, "the model server at %s fails: %s", call->server->base,
                           curl_easy_strerror(code));
    return mkt_remote_reply_end(&call->reply, err);
}

void mkt_remote_call_finish(struct mkt_remote_call *call, CURLcode code)
{
    size_t mark = mkt_arena_mark(call->reply.scratch);
    mkt_status status = judge(call, code, &call->err);
    mkt_arena_release(call->reply.scratch, mark);
    call->err.status = status;
    call->ended_ms = mkt_clock_ms();
    call->over = true;
}

void mkt_remote_call_close(struct mkt_remote_call *call)
{
    if (call->easy) curl_easy_cleanup(call->easy);
    call->easy = NULL;
    curl_slist_free_all(call->headers);
    call->headers = NULL;
    mkt_remote_reply_close(&call->reply);
}
