#include "server/api.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "server/reply.h"
#include "server/stream.h"

mkt_status mkt_api_job_write(struct mkt_job *job, struct mkt_buf *out, struct mkt_err *err)
{
    struct mkt_job_view v;
    struct mkt_json w;
    mkt_jobs_view(job, &v);
    mkt_json_init(&w, out);
    mkt_json_open(&w, '{');
    mkt_json_member_string(&w, "id", v.id);
    mkt_json_member_string(&w, "analysis", v.what);
    mkt_json_member_string(&w, "state", mkt_jobs_state_name(v.state));
    mkt_json_member_number(&w, "age_seconds", (double)v.age_ms / 1000);
    mkt_json_member_number(&w, "run_seconds", (double)v.run_ms / 1000);
    mkt_json_key(&w, "events");
    mkt_buf_printf(out, "\"/api/v1/jobs/%s/events\"", v.id);
    w.comma = true;
    mkt_json_key(&w, "answer");
    if (v.answer)
        mkt_buf_printf(out, "\"/api/v1/jobs/%s/answer\"", v.id);
    else
        mkt_buf_str(out, "null");
    w.comma = true;
    if (v.state == MKT_JOB_FAILED) {
        mkt_json_key(&w, "error");
        mkt_json_open(&w, '{');
        mkt_json_member_string(&w, "status", mkt_status_name(v.err.status));
        mkt_json_member_string(&w, "message", v.err.text);
        mkt_json_close(&w, '}');
    }
    mkt_json_close(&w, '}');
    mkt_buf_char(out, '\n');
    mkt_blob_release(v.answer);
    return mkt_buf_check(out, err);
}

static mkt_status find(struct mkt_exchange *x, struct mkt_job **out, struct mkt_err *err)
{
    return mkt_jobs_find(x->server->engine->jobs, x->place[0], out, err);
}

static mkt_status reply_state(struct mkt_reply *reply, struct mkt_arena *arena, struct mkt_job *job,
                              struct mkt_err *err)
{
    struct mkt_buf text;
    mkt_buf_init(&text, arena);
    MKT_TRY(mkt_api_job_write(job, &text, err));
    return mkt_reply_text(reply, 200, "application/json", &text, err);
}

mkt_status mkt_api_job(struct mkt_exchange *x, struct mkt_reply *reply, struct mkt_arena *arena,
                       struct mkt_err *err)
{
    struct mkt_job *job = NULL;
    MKT_TRY(find(x, &job, err));
    mkt_status status = reply_state(reply, arena, job, err);
    mkt_jobs_release(job);
    return status;
}

mkt_status mkt_api_job_cancel(struct mkt_exchange *x, struct mkt_reply *reply,
                              struct mkt_arena *arena, struct mkt_err *err)
{
    struct mkt_job *job = NULL;
    MKT_TRY(find(x, &job, err));
    mkt_jobs_cancel(job);
    mkt_status status = reply_state(reply, arena, job, err);
    mkt_jobs_release(job);
    return status;
}

mkt_status mkt_api_job_answer(struct mkt_exchange *x, struct mkt_reply *reply,
                              struct mkt_arena *arena, struct mkt_err *err)
{
    struct mkt_job *job = NULL;
    struct mkt_job_view v;
    (void)arena;
    MKT_TRY(find(x, &job, err));
    mkt_jobs_view(job, &v);
    mkt_jobs_release(job);
    if (v.answer) {
        reply->blob = v.answer;
        reply->html = strncmp(v.answer->type, "text/html", 9) == 0;
        return MKT_OK;
    }
    if (v.state == MKT_JOB_FAILED) return mkt_err_set(err, v.err.status, "%s", v.err.text);
    return mkt_err_set(err, MKT_E_CONFLICT, "the job is %s: it has no answer",
                       mkt_jobs_state_name(v.state));
}

mkt_status mkt_api_job_events(struct mkt_exchange *x, struct mkt_reply *reply,
                              struct mkt_arena *arena, struct mkt_err *err)
{
    struct mkt_job *job = NULL;
    int64_t last = 0;
    (void)arena;
    MKT_TRY(find(x, &job, err));
    if (x->last_event[0] && (!mkt_text_to_int(x->last_event, &last) || last < 0)) {
        mkt_jobs_release(job);
        return mkt_err_set(err, MKT_E_ARG, "Last-Event-ID is not the id of an event");
    }
    return mkt_stream_make(job, (size_t)last, false, &reply->stream, err);
}
