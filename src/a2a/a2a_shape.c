#include "a2a/a2a_shape.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "attest/hex.h"
#include "base/date.h"
#include "base/text.h"

#define DAY_MS INT64_C(86400000)

/* ---- times and states ---- */

char *mkt_a2a_shape_time(int64_t ms, char out[MKT_A2A_SHAPE_TIME])
{
    char day[MKT_DATE_TEXT];
    int64_t in_day = (ms % DAY_MS + DAY_MS) % DAY_MS;
    mkt_date_text((int32_t)((ms - in_day) / DAY_MS), day);
    snprintf(out, MKT_A2A_SHAPE_TIME, "%sT%02d:%02d:%02d.%03dZ", day, (int)(in_day / 3600000),
             (int)(in_day / 60000 % 60), (int)(in_day / 1000 % 60), (int)(in_day % 1000));
    return out;
}

/* Two digits below a limit; -1 for anything else. */
static int two(const char *text, int limit)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9') return -1;
    int value = (text[0] - '0') * 10 + text[1] - '0';
    return value < limit ? value : -1;
}

bool mkt_a2a_shape_read_time(const char *text, int64_t *ms)
{
    char day[11];
    int32_t days;
    size_t n = strlen(text);
    if (n < 20 || n > 31 || text[10] != 'T' || text[13] != ':' || text[16] != ':') return false;
    snprintf(day, sizeof day, "%.10s", text);
    int h = two(text + 11, 24), m = two(text + 14, 60), s = two(text + 17, 60);
    if (!mkt_date_parse(day, &days) || h < 0 || m < 0 || s < 0) return false;
    int64_t value = days * DAY_MS + h * INT64_C(3600000) + m * INT64_C(60000) + s * INT64_C(1000);
    const char *rest = text + 19;
    if (*rest == '.') {
        int place = 100;
        for (rest++; *rest >= '0' && *rest <= '9'; rest++, place /= 10)
            value += (*rest - '0') * place;
        if (rest == text + 20) return false;
    }
    *ms = value;
    return strcmp(rest, "Z") == 0;
}

static const char *const states[2][7] = {
    [MKT_A2A_03] = {"submitted", "working", "completed", "failed", "canceled", "input-required",
                    "rejected"},
    [MKT_A2A_10] = {"TASK_STATE_SUBMITTED", "TASK_STATE_WORKING", "TASK_STATE_COMPLETED",
                    "TASK_STATE_FAILED", "TASK_STATE_CANCELED", "TASK_STATE_INPUT_REQUIRED",
                    "TASK_STATE_REJECTED"}};

const char *mkt_a2a_shape_state(mkt_a2a_version version, mkt_a2a_state state)
{
    return states[version][state];
}

bool mkt_a2a_shape_read_state(const char *name, mkt_a2a_state *out)
{
    for (int i = 0; i <= MKT_A2A_REJECTED; i++)
        if (strcmp(states[MKT_A2A_10][i], name) == 0) {
            *out = (mkt_a2a_state)i;
            return true;
        }
    return false;
}

/* ---- parts ---- */

static void write_kind(struct mkt_json *w, mkt_a2a_version version, const char *kind)
{
    if (version == MKT_A2A_03) mkt_json_member_string(w, "kind", kind);
}

static void write_type(struct mkt_json *w, mkt_a2a_version version, const char *type)
{
    if (version == MKT_A2A_10 && type) mkt_json_member_string(w, "mediaType", type);
}

static void write_text_part(struct mkt_json *w, mkt_a2a_version version, const char *text,
                            const char *type)
{
    mkt_json_open(w, '{');
    write_kind(w, version, "text");
    mkt_json_member_string(w, "text", text);
    write_type(w, version, type);
    mkt_json_close(w, '}');
}

/* JSON as it is, but for its line ends, which are between its values: a message is one line. */
static void write_data_part(struct mkt_json *w, mkt_a2a_version version, const char *json)
{
    mkt_json_open(w, '{');
    write_kind(w, version, "data");
    mkt_json_key(w, "data");
    for (const char *line = json; *line;) {
        size_t n = strcspn(line, "\n");
        mkt_buf_add(w->out, line, n);
        line += n + (line[n] == '\n');
    }
    w->comma = true;
    write_type(w, version, "application/json");
    mkt_json_close(w, '}');
}

/* `base64` is NULL of a file that is only remembered. */
static void write_file_part(struct mkt_json *w, mkt_a2a_version version, const char *base64,
                            const char *name, const char *type)
{
    bool newer = version == MKT_A2A_10;
    mkt_json_open(w, '{');
    if (!newer) {
        mkt_json_member_string(w, "kind", "file");
        mkt_json_key(w, "file");
        mkt_json_open(w, '{');
    }
    mkt_json_member_string(w, newer ? "raw" : "bytes", base64 ? base64 : "");
    if (name) mkt_json_member_string(w, newer ? "filename" : "name", name);
    if (type) mkt_json_member_string(w, newer ? "mediaType" : "mimeType", type);
    if (!newer) mkt_json_close(w, '}');
    mkt_json_close(w, '}');
}

static void write_kept_part(struct mkt_json *w, mkt_a2a_version version,
                            const struct mkt_a2a_kept_part *p)
{
    if (p->kind == MKT_A2A_FILE || p->kind == MKT_A2A_ADDRESS)
        write_file_part(w, version, NULL, p->name, p->type);
    else if (!p->text)
        write_text_part(w, version, "(too long to be remembered)", NULL);
    else if (p->kind == MKT_A2A_DATA)
        write_data_part(w, version, p->text);
    else
        write_text_part(w, version, p->text, p->type);
}

/* ---- messages and statuses ---- */

static void open_message(struct mkt_json *w, mkt_a2a_version version,
                         const struct mkt_a2a_task *task, bool agent)
{
    mkt_json_open(w, '{');
    write_kind(w, version, "message");
    if (version == MKT_A2A_10)
        mkt_json_member_string(w, "role", agent ? "ROLE_AGENT" : "ROLE_USER");
    else
        mkt_json_member_string(w, "role", agent ? "agent" : "user");
    mkt_json_member_string(w, "taskId", task->id);
    mkt_json_member_string(w, "contextId", task->context);
    mkt_json_key(w, "parts");
    mkt_json_open(w, '[');
}

static void close_message(struct mkt_json *w, const char *id)
{
    mkt_json_close(w, ']');
    mkt_json_member_string(w, "messageId", id);
    mkt_json_close(w, '}');
}

static void write_status(struct mkt_json *w, mkt_a2a_version version,
                         const struct mkt_a2a_view *view, const char *sentence)
{
    char id[MKT_JOBS_ID + 48], time[MKT_A2A_SHAPE_TIME];
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "state", states[version][view->state]);
    if (sentence) {
        snprintf(id, sizeof id, "%s-%u-%s", view->task->id, view->turns,
                 states[MKT_A2A_03][view->state]);
        mkt_json_key(w, "message");
        open_message(w, version, view->task, true);
        write_text_part(w, version, sentence, NULL);
        close_message(w, id);
    }
    mkt_json_member_string(w, "timestamp", mkt_a2a_shape_time(view->at_ms, time));
    mkt_json_close(w, '}');
}

static void write_history(struct mkt_json *w, mkt_a2a_version version, struct mkt_a2a_task *task,
                          int64_t most)
{
    if (most == 0) return;
    mkt_json_key(w, "history");
    mkt_json_open(w, '[');
    pthread_mutex_lock(&task->lock);
    size_t from = most > 0 && (size_t)most < task->kept ? task->kept - (size_t)most : 0;
    for (size_t i = from; i < task->kept; i++) {
        const struct mkt_a2a_kept *k = &task->history[i];
        open_message(w, version, task, k->agent);
        for (size_t p = 0; p < k->parts; p++) write_kept_part(w, version, &k->part[p]);
        close_message(w, k->id);
    }
    pthread_mutex_unlock(&task->lock);
    mkt_json_close(w, ']');
}

/* ---- artifacts ---- */

const char *mkt_a2a_shape_sentence(struct mkt_arena *arena, const char *data)
{
    struct mkt_value *value;
    struct mkt_err none = {0};
    if (mkt_json_read_value(arena, data, strlen(data), &mkt_json_read_limits, &value, &none) !=
        MKT_OK)
        return NULL;
    return value->type == MKT_VALUE_STRING ? value->text : NULL;
}

const char *mkt_a2a_shape_content(const struct mkt_a2a_view *view, mkt_a2a_artifact which)
{
    static const unsigned bit[] = {MKT_A2A_WANT_DATA, MKT_A2A_WANT_TEXT, MKT_A2A_WANT_PAGE};
    if (!view->answer || !(view->wanted & bit[which])) return NULL;
    const char *at = view->answer->bytes, *end = at + view->answer->length;
    for (int i = 0; i < (int)which && at < end; i++) at += strlen(at) + 1;
    return at < end ? at : NULL;
}

/* Opens the artifact and its parts. */
static void open_artifact(struct mkt_json *w, const struct mkt_a2a_view *view,
                          mkt_a2a_artifact which)
{
    static const char *const id[] = {"answer", "words", "report"};
    static const char *const about[] = {
        "The facts and all that rests on them, as every face gives them.",
        "The answer in words, for people.", "The answer as one page."};
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "artifactId", id[which]);
    mkt_json_member_string(w, "name", which == MKT_A2A_ANSWER ? view->name : id[which]);
    mkt_json_member_string(w, "description", about[which]);
    mkt_json_key(w, "parts");
    mkt_json_open(w, '[');
}

static void close_artifact(struct mkt_json *w)
{
    mkt_json_close(w, ']');
    mkt_json_close(w, '}');
}

static void write_content(struct mkt_json *w, mkt_a2a_version version, mkt_a2a_artifact which,
                          const char *content)
{
    if (which == MKT_A2A_ANSWER) {
        write_data_part(w, version, content);
    } else if (which == MKT_A2A_WORDS) {
        write_text_part(w, version, content, "text/plain");
    } else {
        const char *base64 = mkt_hex_write_base64(w->out->arena, content, strlen(content));
        if (!base64) w->out->failed = true;
        write_file_part(w, version, base64, "report.html", "text/html");
    }
}

static bool never(void *user)
{
    (void)user;
    return false;
}

static void no_waking(void *user)
{
    (void)user;
}

/* The next event from *index on that is a chunk of ANSWER or WORDS; NULL when there is none. */
static const char *next_chunk(const struct mkt_a2a_view *view, mkt_a2a_artifact which,
                              size_t *index)
{
    static const char *const names[] = {"facts", "sentence"};
    struct mkt_job_reader reader = {.sleep = never, .wake = no_waking};
    struct mkt_job_event event;
    for (; *index < view->events; ++*index) {
        if (mkt_jobs_next(view->job, &reader, *index, &event) != MKT_JOB_EVENT) break;
        if (strcmp(event.name, names[which]) == 0 && strcmp(event.data, "null") != 0) {
            ++*index;
            return event.data;
        }
    }
    return NULL;
}

unsigned mkt_a2a_shape_told(const struct mkt_a2a_view *view, mkt_a2a_artifact which)
{
    unsigned told = 0;
    for (size_t i = 0; view->job && next_chunk(view, which, &i);) told++;
    return told;
}

/* Of a task that is worked on: what its job has told of one artifact, each chunk as a part. */
static void write_early(struct mkt_json *w, mkt_a2a_version version,
                        const struct mkt_a2a_view *view, mkt_a2a_artifact which)
{
    const char *chunk;
    bool any = false;
    for (size_t i = 0; (chunk = next_chunk(view, which, &i));) {
        if (which == MKT_A2A_WORDS) chunk = mkt_a2a_shape_sentence(w->out->arena, chunk);
        if (!chunk) continue;
        if (!any) open_artifact(w, view, which);
        any = true;
        write_content(w, version, which, chunk);
    }
    if (any) close_artifact(w);
}

static void write_artifacts(struct mkt_json *w, mkt_a2a_version version,
                            const struct mkt_a2a_view *view)
{
    mkt_json_key(w, "artifacts");
    mkt_json_open(w, '[');
    for (int i = 0; i < MKT_A2A_ARTIFACTS; i++) {
        const char *content = mkt_a2a_shape_content(view, (mkt_a2a_artifact)i);
        if (!content) continue;
        open_artifact(w, view, (mkt_a2a_artifact)i);
        write_content(w, version, (mkt_a2a_artifact)i, content);
        close_artifact(w);
    }
    if (view->state == MKT_A2A_WORKING && view->job) {
        if (view->wanted & MKT_A2A_WANT_DATA) write_early(w, version, view, MKT_A2A_ANSWER);
        if (view->wanted & MKT_A2A_WANT_TEXT) write_early(w, version, view, MKT_A2A_WORDS);
    }
    mkt_json_close(w, ']');
}

/* ---- whole values ---- */

void mkt_a2a_shape_task(struct mkt_json *w, mkt_a2a_version version,
                        const struct mkt_a2a_view *view, int64_t history, bool artifacts)
{
    mkt_json_open(w, '{');
    write_kind(w, version, "task");
    mkt_json_member_string(w, "id", view->task->id);
    mkt_json_member_string(w, "contextId", view->task->context);
    mkt_json_key(w, "status");
    write_status(w, version, view, view->said);
    if (artifacts) write_artifacts(w, version, view);
    write_history(w, version, view->task, history);
    mkt_json_close(w, '}');
}

static void write_ids(struct mkt_json *w, const struct mkt_a2a_task *task)
{
    mkt_json_member_string(w, "taskId", task->id);
    mkt_json_member_string(w, "contextId", task->context);
}

void mkt_a2a_shape_status_update(struct mkt_json *w, mkt_a2a_version version,
                                 const struct mkt_a2a_view *view, const char *stage)
{
    mkt_json_open(w, '{');
    write_kind(w, version, "status-update");
    write_ids(w, view->task);
    mkt_json_key(w, "status");
    write_status(w, version, view, stage ? stage : view->said);
    if (version == MKT_A2A_03)
        mkt_json_member_bool(w, "final", mkt_a2a_task_is_waited(view->state));
    mkt_json_close(w, '}');
}

void mkt_a2a_shape_chunk(struct mkt_json *w, mkt_a2a_version version,
                         const struct mkt_a2a_view *view, mkt_a2a_artifact which,
                         const char *content, bool append, bool last)
{
    mkt_json_open(w, '{');
    write_kind(w, version, "artifact-update");
    write_ids(w, view->task);
    mkt_json_key(w, "artifact");
    open_artifact(w, view, which);
    write_content(w, version, which, content);
    close_artifact(w);
    mkt_json_member_bool(w, "append", append);
    mkt_json_member_bool(w, "lastChunk", last);
    mkt_json_close(w, '}');
}
