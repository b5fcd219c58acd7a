#include "llm/remote_reply.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "wire/json_read.h"

#define SENTENCE 240 /* bytes of a server's own words that are shown */

static const struct mkt_json_limits limits = {
    .bytes = (size_t)1 << 20, .depth = 32, .values = 20000};

void mkt_remote_reply_init(struct mkt_remote_reply *reply, struct mkt_arena *scratch, size_t limit)
{
    *reply = (struct mkt_remote_reply){.scratch = scratch, .limit = limit};
}

void mkt_remote_reply_close(struct mkt_remote_reply *reply)
{
    free(reply->raw);
    free(reply->text);
    *reply = (struct mkt_remote_reply){0};
}

/* Appends, with a NUL behind. */
static mkt_status append(char **to, size_t *used, size_t *capacity, const char *bytes, size_t n,
                         struct mkt_err *err)
{
    if (*used + n + 1 > *capacity) {
        size_t more = 2 * (*used + n + 1);
        char *grown = realloc(*to, more);
        if (!grown) return mkt_err_set(err, MKT_E_NOMEM, "no memory for a server's answer");
        *to = grown;
        *capacity = more;
    }
    memcpy(*to + *used, bytes, n);
    *used += n;
    (*to)[*used] = '\0';
    return MKT_OK;
}

/* ---- one JSON object ---- */

static const char *text_of(const struct mkt_value *object, const char *key)
{
    const struct mkt_value *v = mkt_json_read_member(object, key);
    return v && v->type == MKT_VALUE_STRING ? v->text : NULL;
}

static const char *problem_of(const struct mkt_value *root)
{
    static const char *const names[] = {"error", "detail", "message"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct mkt_value *v = mkt_json_read_member(root, names[i]);
        const char *inner = text_of(v, "message");
        if (inner) return inner;
        if (v && v->type == MKT_VALUE_STRING) return v->text;
    }
    return NULL;
}

static mkt_status take_choice(struct mkt_remote_reply *r, const struct mkt_value *choice,
                              struct mkt_err *err)
{
    const struct mkt_value *said = mkt_json_read_member(choice, "delta");
    if (!said) said = mkt_json_read_member(choice, "message");
    const char *content = text_of(said, "content"), *why = text_of(choice, "finish_reason");
    if (!said && !why)
        return mkt_err_set(err, MKT_E_IO, "the server's answer has a choice without a text");
    if (content && *content) {
        size_t n = strlen(content);
        MKT_TRY(append(&r->text, &r->text_bytes, &r->text_capacity, content, n, err));
        if (!r->counted) r->tokens++;
        if (r->piece) r->piece(r->user, content, n);
    }
    if (why) {
        r->ended = true;
        r->complete = strcmp(why, "stop") == 0;
    }
    return MKT_OK;
}

static mkt_status take_root(struct mkt_remote_reply *r, const struct mkt_value *root,
                            struct mkt_err *err)
{
    const struct mkt_value *error = mkt_json_read_member(root, "error");
    if (error && error->type != MKT_VALUE_NULL) {
        const char *said = problem_of(root);
        if (said) said = mkt_text_clean(r->scratch, said, strlen(said), SENTENCE);
        return mkt_err_set(err, MKT_E_IO, "the server says: %s",
                           said ? said : "an error without a sentence");
    }
    const struct mkt_value *choices = mkt_json_read_member(root, "choices");
    if (!choices || choices->type != MKT_VALUE_ARRAY)
        return mkt_err_set(err, MKT_E_IO, "the server answered JSON that is no chat completion");
    const struct mkt_value *used =
        mkt_json_read_member(mkt_json_read_member(root, "usage"), "completion_tokens");
    if (used && used->type == MKT_VALUE_INTEGER && used->integer >= 0 && used->integer <= 1 << 24) {
        r->tokens = (int)used->integer;
        r->counted = true;
    }
    return choices->items ? take_choice(r, &choices->item[0], err) : MKT_OK;
}

static mkt_status take_json(struct mkt_remote_reply *r, const char *bytes, size_t n,
                            struct mkt_err *err)
{
    struct mkt_err fault = {0};
    struct mkt_value *root;
    size_t mark = mkt_arena_mark(r->scratch);
    mkt_status status = mkt_json_read_value(r->scratch, bytes, n, &limits, &root, &fault);
    if (status == MKT_OK)
        status = take_root(r, root, err);
    else
        status = mkt_err_set(err, status == MKT_E_NOMEM ? status : MKT_E_IO,
                             "the server's answer cannot be read: %s", fault.text);
    mkt_arena_release(r->scratch, mark);
    return status;
}

/* ---- events ---- */

static mkt_status take_line(struct mkt_remote_reply *r, const char *line, size_t n,
                            struct mkt_err *err)
{
    if (n > 0 && line[n - 1] == '\r') n--;
    if (n < 5 || memcmp(line, "data:", 5) != 0) { /* empty, a comment, another field */
        if (n > 0 && !memchr(line, ':', n))
            return mkt_err_set(err, MKT_E_IO, "the server answered neither JSON nor events");
        return MKT_OK;
    }
    line += 5;
    n -= 5;
    if (n > 0 && *line == ' ') {
        line++;
        n--;
    }
    if (n == 6 && memcmp(line, "[DONE]", 6) == 0) {
        r->ended = true;
        return MKT_OK;
    }
    return n ? take_json(r, line, n, err) : MKT_OK;
}

static mkt_status take_lines(struct mkt_remote_reply *r, struct mkt_err *err)
{
    size_t at = 0;
    for (char *end; (end = memchr(r->raw + at, '\n', r->raw_bytes - at));) {
        size_t n = (size_t)(end - r->raw) - at;
        MKT_TRY(take_line(r, r->raw + at, n, err));
        at += n + 1;
    }
    memmove(r->raw, r->raw + at, r->raw_bytes - at);
    r->raw_bytes -= at;
    return MKT_OK;
}

mkt_status mkt_remote_reply_add(struct mkt_remote_reply *reply, const char *bytes, size_t n,
                                struct mkt_err *err)
{
    if (n > reply->limit - reply->seen)
        return mkt_err_set(err, MKT_E_LIMIT, "the server's answer has more than %zu KB",
                           reply->limit >> 10);
    if (reply->seen == 0) { /* an object may be on several lines; an event begins with a field */
        while (n > 0 && memchr(" \t\r\n", *bytes, 4)) {
            bytes++;
            n--;
        }
        if (n == 0) return MKT_OK;
        reply->events = *bytes != '{';
    }
    reply->seen += n;
    MKT_TRY(append(&reply->raw, &reply->raw_bytes, &reply->raw_capacity, bytes, n, err));
    return reply->events ? take_lines(reply, err) : MKT_OK;
}

mkt_status mkt_remote_reply_end(struct mkt_remote_reply *reply, struct mkt_err *err)
{
    if (reply->seen == 0) return mkt_err_set(err, MKT_E_IO, "the server answered nothing");
    if (!reply->events) {
        MKT_TRY(take_json(reply, reply->raw, reply->raw_bytes, err));
        reply->ended = true;
    } else if (reply->raw_bytes) { /* a last line without its end */
        MKT_TRY(take_line(reply, reply->raw, reply->raw_bytes, err));
        reply->raw_bytes = 0;
    }
    if (!reply->ended)
        return mkt_err_set(err, MKT_E_IO,
                           "the server's answer ended in the middle, after %d pieces",
                           reply->tokens);
    return MKT_OK;
}

const char *mkt_remote_reply_problem(struct mkt_arena *arena, const char *bytes, size_t n)
{
    struct mkt_err none = {0};
    struct mkt_value *root;
    if (!bytes || mkt_json_read_value(arena, bytes, n, &limits, &root, &none) != MKT_OK)
        return NULL;
    const char *said = problem_of(root);
    return said ? mkt_text_clean(arena, said, strlen(said), SENTENCE) : NULL;
}
