#include "boardroom/process.h"

#include <string.h>

#include "attest/envelope.h"
#include "base/json.h"

static const struct mkt_json_limits limits = {
    .bytes = (size_t)1 << 30, .depth = 32, .values = 500000};

/* ---- which shape ---- */

static mkt_status read_type(const struct mkt_value *body, const char **out, struct mkt_err *err)
{
    const struct mkt_value *type = mkt_json_read_member(body, "type");
    *out = "";
    if (!type || type->type == MKT_VALUE_NULL) return MKT_OK;
    if (type->type != MKT_VALUE_STRING)
        return mkt_err_set(err, MKT_E_ARG, "\"type\" must be a string, not %s",
                           mkt_json_read_type_name(type->type));
    *out = type->text;
    return MKT_OK;
}

static mkt_shape shape_of(const char *type)
{
    return strcmp(type, "collaboration_request") == 0   ? MKT_SHAPE_COLLABORATION
           : strcmp(type, "roi_collaboration") == 0     ? MKT_SHAPE_ROI
           : strcmp(type, "campaign_optimization") == 0 ? MKT_SHAPE_OPTIMIZATION
                                                        : MKT_SHAPE_CAMPAIGN;
}

/* A request of a type that is about campaigns is, whatever its words are. */
static void set_kind(struct mkt_errand *e, mkt_shape shape)
{
    if (shape == MKT_SHAPE_ROI) e->kind = MKT_ERRAND_ROI;
    if (shape == MKT_SHAPE_OPTIMIZATION) e->kind = MKT_ERRAND_OPTIMIZATION;
    if (shape == MKT_SHAPE_CAMPAIGN) e->kind = MKT_ERRAND_CAMPAIGN;
}

/* ---- the answer ---- */

static mkt_status write_shape(struct mkt_boardroom *b, struct mkt_arena *arena,
                              const struct mkt_errand *errand, mkt_shape shape,
                              const struct mkt_boardroom_call *call, struct mkt_buf *out,
                              struct mkt_err *err)
{
    const struct mkt_answering_options options = {.late = call->late,
                                                  .until_ms =
                                                      mkt_boardroom_until(call, errand->timeout_ms),
                                                  .flag = call->flag};
    struct mkt_answering answering;
    struct mkt_shape_source source = {
        .errand = errand, .answering = &answering, .agent_id = b->self};
    MKT_TRY(mkt_answering_dataset(b->engine, arena, errand, &source.dataset, err));
    MKT_TRY(mkt_answering_run(b->engine, arena, errand, &options, &answering, err));
    mkt_status status = mkt_shape_write(arena, shape, &source, out, NULL, err);
    mkt_answering_release(&answering);
    return status;
}

/* The origin's time: UTC without a mark. */
static void write_time(int64_t us, char out[40])
{
    mkt_envelope_write_time(us, out);
    out[strcspn(out, "Z")] = '\0';
}

/* The members that are of this moment, behind the others. */
static void write_moment(struct mkt_buf *out, const struct mkt_boardroom_call *call)
{
    char time[40];
    struct mkt_json w = {.out = out, .comma = true};
    write_time(call->now_us, time);
    out->length--; /* the last brace */
    mkt_json_member_string(&w, "analysis_timestamp", time);
    mkt_json_member_number(&w, "processing_time_ms", mkt_boardroom_elapsed_ms(call));
    mkt_json_close(&w, '}');
}

static mkt_status write_wrapper(struct mkt_boardroom *b, const struct mkt_buf *result,
                                const struct mkt_boardroom_call *call, struct mkt_buf *out,
                                struct mkt_err *err)
{
    char time[40];
    struct mkt_json w;
    write_time(call->now_us, time);
    mkt_json_init(&w, out);
    mkt_json_open(&w, '{');
    mkt_json_member_string(&w, "status", "completed");
    mkt_json_key(&w, "result");
    mkt_buf_add(out, result->data, result->length);
    w.comma = true;
    mkt_json_member_string(&w, "agent_id", b->self);
    mkt_json_member_string(&w, "agent_type", b->engine->settings->type);
    mkt_json_member_string(&w, "processed_at", time);
    mkt_json_member_number(&w, "processing_time_ms", mkt_boardroom_elapsed_ms(call));
    mkt_json_close(&w, '}');
    return mkt_buf_check(out, err);
}

static mkt_status look_for_narrator(struct mkt_boardroom *b, struct mkt_arena *arena,
                                    const struct mkt_errand *errand,
                                    struct mkt_boardroom_call *call, struct mkt_err *err)
{
    bool narrated = false;
    if (call->narrating || call->late) return MKT_OK;
    MKT_TRY(mkt_answering_is_narrated(b->engine, arena, errand, &narrated, err));
    call->narrate = narrated;
    return MKT_OK;
}

static mkt_status answer(struct mkt_boardroom *b, struct mkt_arena *arena,
                         const struct mkt_value *body, mkt_shape shape,
                         struct mkt_boardroom_call *call, struct mkt_buf *out, struct mkt_err *err)
{
    struct mkt_errand errand;
    struct mkt_buf result;
    MKT_TRY(mkt_errand_read(arena, body, &errand, err));
    set_kind(&errand, shape);
    MKT_TRY(look_for_narrator(b, arena, &errand, call, err));
    if (call->narrate) return MKT_OK;
    if (shape == MKT_SHAPE_COLLABORATION) {
        mkt_buf_init(&result, arena);
        MKT_TRY(write_shape(b, arena, &errand, shape, call, &result, err));
        MKT_TRY(write_wrapper(b, &result, call, out, err));
    } else {
        MKT_TRY(write_shape(b, arena, &errand, shape, call, out, err));
        write_moment(out, call);
    }
    mkt_buf_char(out, '\n');
    return mkt_buf_check(out, err);
}

static mkt_status log_answer(struct mkt_boardroom *b, const char *bytes, size_t n, const char *peer,
                             const struct mkt_buf *out, struct mkt_err *err)
{
    char request[MKT_SHA256_TEXT], reply[MKT_SHA256_TEXT];
    const struct mkt_audit_entry entry = {
        .kind = "process", .peer = peer, .peer_key = "", .request = request, .answer = reply};
    MKT_TRY(mkt_hash_bytes(bytes, n, request, err));
    MKT_TRY(mkt_hash_bytes(out->data, out->length, reply, err));
    return mkt_boardroom_log(b, &entry, err);
}

mkt_status mkt_process_answer(struct mkt_boardroom *boardroom, struct mkt_arena *arena,
                              const char *bytes, size_t n, const char *peer,
                              struct mkt_boardroom_call *call, struct mkt_buf *out,
                              struct mkt_err *err)
{
    struct mkt_value *body;
    const char *type;
    call->narrate = false;
    MKT_TRY(mkt_json_read_value(arena, bytes, n, &limits, &body, err));
    MKT_TRY(read_type(body, &type, err));
    MKT_TRY(answer(boardroom, arena, body, shape_of(type), call, out, err));
    if (call->narrate) return MKT_OK;
    const struct mkt_value *named = mkt_json_read_member(body, "requesting_agent");
    if (named && named->type == MKT_VALUE_STRING && named->text[0]) peer = named->text;
    return log_answer(boardroom, bytes, n, peer, out, err);
}

mkt_status mkt_process_shape(struct mkt_boardroom *boardroom, struct mkt_arena *arena,
                             const char *bytes, size_t n, mkt_shape shape,
                             struct mkt_boardroom_call *call, struct mkt_buf *out,
                             struct mkt_err *err)
{
    struct mkt_value *body;
    call->narrate = false;
    MKT_TRY(mkt_json_read_value(arena, bytes, n, &limits, &body, err));
    return answer(boardroom, arena, body, shape, call, out, err);
}
