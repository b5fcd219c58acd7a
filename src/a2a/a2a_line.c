/* What a job tells, said to a client that follows its task. */
#include <string.h>

#include "a2a/a2a_shape.h"
#include "wire/json_value.h"

struct saying {
    struct mkt_a2a_line *line;
    struct mkt_arena *arena;
    struct mkt_a2a_view view;
    mkt_a2a_send *send;
    void *user;
    struct mkt_buf text;
    struct mkt_json w;
};

void mkt_a2a_line_close(struct mkt_a2a_line *line)
{
    mkt_a2a_task_release(line->task);
    line->task = NULL;
}

/* {"jsonrpc":"2.0","id":…,"result":{"statusUpdate": in 1.0; of 0.3 the value is the result. */
static void begin(struct saying *s, const char *member)
{
    const struct mkt_a2a_line *l = s->line;
    const struct mkt_value id = {.type = l->numbered ? MKT_VALUE_INTEGER : MKT_VALUE_STRING,
                                 .integer = l->number,
                                 .text = l->id};
    mkt_buf_init(&s->text, s->arena);
    mkt_json_init(&s->w, &s->text);
    mkt_jsonrpc_begin(&s->w, &id);
    mkt_json_key(&s->w, "result");
    if (l->version == MKT_A2A_03) return;
    mkt_json_open(&s->w, '{');
    mkt_json_key(&s->w, member);
}

static mkt_status end(struct saying *s, struct mkt_err *err)
{
    if (s->line->version == MKT_A2A_10) mkt_json_close(&s->w, '}');
    mkt_json_close(&s->w, '}');
    MKT_TRY(mkt_buf_check(&s->text, err));
    s->send(s->user, s->text.data, s->text.length);
    return MKT_OK;
}

static mkt_status say_status(struct saying *s, const char *stage, struct mkt_err *err)
{
    begin(s, "statusUpdate");
    mkt_a2a_shape_status_update(&s->w, s->line->version, &s->view, stage);
    return end(s, err);
}

/* In memory that stays: whoever hears it may keep it there, too. */
static mkt_status say_chunk(struct saying *s, mkt_a2a_artifact which, const char *content,
                            bool append, bool last, struct mkt_err *err)
{
    begin(s, "artifactUpdate");
    mkt_a2a_shape_chunk(&s->w, s->line->version, &s->view, which, content, append, last);
    return end(s, err);
}

/* The whole artifacts take the place of what came of them, then the state ends the stream. */
static mkt_status say_end(struct saying *s, struct mkt_err *err)
{
    for (int i = 0; i < MKT_A2A_ARTIFACTS; i++) {
        const char *content = mkt_a2a_shape_content(&s->view, (mkt_a2a_artifact)i);
        if (content) MKT_TRY(say_chunk(s, (mkt_a2a_artifact)i, content, false, true, err));
    }
    return say_status(s, NULL, err);
}

static mkt_status say_facts(struct saying *s, const char *json, struct mkt_err *err)
{
    if (!(s->view.wanted & MKT_A2A_WANT_DATA)) return MKT_OK;
    return say_chunk(s, MKT_A2A_ANSWER, json, s->line->facts++ > 0, false, err);
}

/* Words that are taken back stay said until the whole of them takes their place. */
static mkt_status say_sentence(struct saying *s, const char *data, struct mkt_err *err)
{
    const char *sentence = mkt_a2a_shape_sentence(s->arena, data);
    if (!sentence || !(s->view.wanted & MKT_A2A_WANT_TEXT)) return MKT_OK;
    return say_chunk(s, MKT_A2A_WORDS, sentence, s->line->sentences++ > 0, false, err);
}

static mkt_status say_task(struct saying *s, struct mkt_err *err)
{
    begin(s, "task");
    mkt_a2a_shape_task(&s->w, s->line->version, &s->view, s->line->history, true);
    return end(s, err);
}

static mkt_status say(struct saying *s, const struct mkt_job_event *event, struct mkt_err *err)
{
    if (strcmp(event->name, "facts") == 0) return say_facts(s, event->data, err);
    if (strcmp(event->name, "sentence") == 0) return say_sentence(s, event->data, err);
    if (strcmp(event->name, "working") != 0) return say_end(s, err);
    /* what is over by now is said at its end */
    return s->view.state == MKT_A2A_WORKING
               ? say_status(s, mkt_a2a_shape_sentence(s->arena, event->data), err)
               : MKT_OK;
}

static bool is_end(const struct mkt_job_event *event)
{
    return strcmp(event->name, "done") == 0 || strcmp(event->name, "failed") == 0 ||
           strcmp(event->name, "cancelled") == 0;
}

mkt_status mkt_a2a_line_say(struct mkt_a2a_line *line, struct mkt_arena *arena,
                            const struct mkt_job_event *event, mkt_a2a_send *send, void *user,
                            struct mkt_err *err)
{
    struct saying s = {.line = line, .arena = arena, .send = send, .user = user};
    if (line->waits && !is_end(event)) return MKT_OK;
    MKT_TRY(mkt_a2a_task_view(line->task, arena, &s.view, err));
    mkt_status status = line->waits ? say_task(&s, err) : say(&s, event, err);
    mkt_a2a_view_drop(&s.view);
    return status;
}
