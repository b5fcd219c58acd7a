#include "boardroom/collaborate.h"

#include <string.h>

#include "attest/envelope.h"
#include "attest/hex.h"
#include "base/log.h"
#include "base/text.h"
#include "boardroom/result.h"

/* The origin refuses what lies ahead of its clock: ours may run a little before it. */
#define EARLIER_US 1000000

static const struct mkt_json_limits limits = {
    .bytes = (size_t)8 << 20, .depth = 32, .values = 500000};

struct work {
    struct mkt_boardroom *b;
    struct mkt_arena *arena;
    struct mkt_boardroom_call *call;
    struct mkt_envelope envelope;
    struct mkt_errand errand;
    struct mkt_err wrong;                  /* with the errand, so that it cannot be done */
    unsigned char reply_key[MKT_SEAL_KEY]; /* the reply is sealed for it, when the request was */
};

static mkt_status sign(const struct work *w, const char *recipient, const char *type,
                       const struct mkt_buf *payload, struct mkt_buf *out, char *digest,
                       struct mkt_err *err)
{
    return mkt_envelope_write_canonical(w->arena, w->b->keys, w->b->self, recipient, type,
                                        w->call->now_us - EARLIER_US, NULL, payload->data,
                                        payload->length, out, digest, err);
}

/* ---- who is not answered ---- */

/* Why, in one word, and the sentence that goes with it. What is wrong with a signature, or whose
 * keys are known, is nobody's business. */
struct refusal {
    const char *class, *sentence;
};

static const struct refusal malformed = {"malformed", "Malformed message"},
                            unauthorized = {"unauthorized", "Invalid message signature"},
                            forbidden = {"forbidden", "Message not accepted"},
                            stale = {"stale", "Message timestamp too old or ahead"},
                            replayed = {"replayed", "Message already answered"},
                            unsupported = {"unsupported", "Unsupported message type"},
                            unsealed = {"no_reply_key", "No key to seal the answer for"};

static mkt_status refuse(const struct work *w, const struct refusal *why, struct mkt_buf *out,
                         struct mkt_err *err)
{
    struct mkt_buf payload;
    mkt_buf_init(&payload, w->arena);
    mkt_buf_printf(&payload, "{\"class\": \"%s\", \"error\": \"%s\"}", why->class, why->sentence);
    MKT_TRY(mkt_buf_check(&payload, err));
    mkt_log(MKT_LOG_WARN, "collaborate", "refused=%s", why->class);
    return sign(w, "requester", "error", &payload, out, NULL, err);
}

static const struct refusal *refusal_of(mkt_status status, bool verified)
{
    return status == MKT_E_AUTH        ? verified ? &stale : &unauthorized
           : status == MKT_E_FORBIDDEN ? &forbidden
                                       : &malformed;
}

/* Whether the sender is one of those who are answered. Evidence that is asked of it is looked at now,
 * after its signature: nobody else can have it fetched. */
static mkt_status look_at_sender(struct work *w, struct mkt_peers_record *peer, bool known,
                                 bool *welcome, struct mkt_err *err)
{
    struct mkt_err ignored = {0}, why = {0};
    *welcome = known ? w->b->mode != MKT_BOARDROOM_STRICT || peer->origin == MKT_PEERS_PINNED
                     : w->b->mode == MKT_BOARDROOM_OPEN;
    if (*welcome && w->b->admit) {
        mkt_status status =
            w->b->admit(w->b->attestation, w->arena, known ? peer : NULL, &w->envelope.key, &why);
        if (status == MKT_E_NOMEM || status == MKT_E_BUSY)
            return mkt_err_set(err, status, "%s", why.text);
        *welcome = status == MKT_OK;
        if (known) *welcome = mkt_peers_find(w->b->peers, peer->id, peer) && *welcome;
    }
    if (*welcome && known) *welcome = mkt_peers_check(peer, &ignored) == MKT_OK;
    return MKT_OK;
}

/* The key that the answer to a sealed request is sealed for: the one the message names, which its
 * signature vouches for, else the pinned one. */
static mkt_status find_reply_key(struct work *w, const struct mkt_peers_record *peer, bool known,
                                 const struct refusal **why, struct mkt_err *err)
{
    const char *text = mkt_pyjson_text(mkt_pyjson_member(w->envelope.payload, "reply_seal_key"));
    unsigned char *raw;
    size_t n;
    struct mkt_err inner = {0};
    if (!text) {
        if (known && peer->sealed)
            memcpy(w->reply_key, peer->seal, MKT_SEAL_KEY);
        else
            *why = &unsealed;
        return MKT_OK;
    }
    mkt_status status = mkt_hex_read_base64(w->arena, text, strlen(text), &raw, &n, &inner);
    if (status == MKT_E_NOMEM) return mkt_err_set(err, status, "%s", inner.text);
    if (status == MKT_OK && n == MKT_SEAL_KEY)
        memcpy(w->reply_key, raw, MKT_SEAL_KEY);
    else
        *why = &unsealed;
    return MKT_OK;
}

/* Opens the message; `*why` is set when it is not to be answered. */
static mkt_status open_message(struct work *w, const char *bytes, size_t n,
                               const struct refusal **why, struct mkt_err *err)
{
    struct mkt_envelope_policy policy = {.self = w->b->self,
                                         .now_us = w->call->now_us,
                                         .open_to_all = w->b->mode == MKT_BOARDROOM_OPEN,
                                         .weak_encryption = w->b->mode == MKT_BOARDROOM_OPEN,
                                         .seal = w->b->seal};
    struct mkt_peers_record *peer = MKT_NEW(w->arena, struct mkt_peers_record, 1);
    struct mkt_peer *keys;
    struct mkt_err wrong = {0};
    if (!peer) return mkt_arena_full(w->arena, err);
    MKT_TRY(mkt_peers_keys(w->b->peers, w->arena, &keys, &policy.peers, err));
    policy.peer = keys;
    mkt_status status = mkt_envelope_open(w->arena, bytes, n, &policy, &w->envelope, &wrong);
    if (status == MKT_E_NOMEM || status == MKT_E_INTERNAL)
        return mkt_err_set(err, status, "%s", wrong.text);
    if (status != MKT_OK) {
        *why = refusal_of(status, w->envelope.verified);
        return MKT_OK;
    }
    bool welcome, known = mkt_peers_find(w->b->peers, w->envelope.sender, peer);
    MKT_TRY(look_at_sender(w, peer, known, &welcome, err));
    if (!welcome)
        *why = &unauthorized;
    else if (strcmp(w->envelope.type, "collaboration_request") != 0)
        *why = &unsupported;
    else if (w->envelope.sealed)
        return find_reply_key(w, peer, known, why, err);
    return MKT_OK;
}

/* ---- what is answered ---- */

static mkt_status read_errand(struct work *w, struct mkt_err *err)
{
    struct mkt_buf text;
    struct mkt_value *body;
    mkt_buf_init(&text, w->arena);
    mkt_pyjson_write(&text, w->envelope.payload);
    MKT_TRY(mkt_buf_check(&text, err));
    MKT_TRY(mkt_json_read_value(w->arena, text.data, text.length, &limits, &body, err));
    return mkt_errand_read(w->arena, body, &w->errand, err);
}

/* Of the request as a whole, not of what it asks. */
static bool is_fatal(mkt_status status)
{
    return status == MKT_E_CANCELLED || status == MKT_E_NOMEM || status == MKT_E_BUSY ||
           status == MKT_E_INTERNAL || status == MKT_E_IO || status == MKT_E_NOSPACE;
}

/* Members in the order in which Python sorts them. */
static mkt_status write_error(const struct work *w, const struct mkt_err *why,
                              struct mkt_buf *payload, struct mkt_err *err)
{
    const char *sentence = mkt_text_clean(w->arena, why->text, strlen(why->text), MKT_ERR_TEXT);
    if (!sentence) return mkt_arena_full(w->arena, err);
    mkt_buf_printf(payload, "{\"class\": \"%s\", \"error\": ", mkt_status_name(why->status));
    mkt_pyjson_write_string(payload, sentence);
    mkt_buf_str(payload, ", \"request_id\": ");
    mkt_pyjson_write_string(payload, w->envelope.nonce);
    mkt_buf_str(payload, "}");
    return mkt_buf_check(payload, err);
}

/* The first member of an answer, as Python sorts them. */
static mkt_status write_claim(const struct work *w, struct mkt_buf *payload, struct mkt_err *err)
{
    struct mkt_buf text;
    struct mkt_pyvalue *claim;
    if (!w->b->claim) return MKT_OK;
    mkt_buf_init(&text, w->arena);
    MKT_TRY(w->b->claim(w->b->attestation, w->arena, &text, err));
    MKT_TRY(mkt_pyjson_read(w->arena, text.data, text.length, &limits, &claim, err));
    mkt_buf_str(payload, "\"attestation\": ");
    mkt_pyjson_write(payload, claim);
    mkt_buf_str(payload, ", ");
    return mkt_buf_check(payload, err);
}

static mkt_status write_result(const struct work *w, const struct mkt_result *result,
                               struct mkt_buf *payload, struct mkt_err *err)
{
    struct mkt_buf number; /* a real as JSON has it may be written otherwise by Python */
    struct mkt_pyvalue *confidence;
    mkt_buf_init(&number, w->arena);
    MKT_TRY(mkt_pyjson_read(w->arena, result->confidence, strlen(result->confidence), &limits,
                            &confidence, err));
    mkt_pyjson_write(&number, confidence);
    MKT_TRY(mkt_buf_check(&number, err));
    mkt_buf_char(payload, '{');
    MKT_TRY(write_claim(w, payload, err));
    mkt_buf_printf(payload, "\"confidence_score\": %s, \"processing_time_ms\": ", number.data);
    mkt_pyjson_write_double(payload, mkt_boardroom_elapsed_ms(w->call));
    mkt_buf_str(payload, ", \"request_id\": ");
    mkt_pyjson_write_string(payload, w->envelope.nonce);
    mkt_buf_str(payload, ", \"result\": ");
    mkt_buf_add(payload, result->canonical, result->bytes);
    mkt_buf_str(payload, ", \"status\": \"completed\"}");
    return mkt_buf_check(payload, err);
}

static mkt_status do_errand(struct work *w, struct mkt_buf *payload, struct mkt_err *err)
{
    const struct mkt_answering_options options = {
        .late = w->call->late,
        .until_ms = mkt_boardroom_until(w->call, w->errand.timeout_ms),
        .flag = w->call->flag};
    struct mkt_result result;
    if (w->wrong.status != MKT_OK) return mkt_err_set(err, w->wrong.status, "%s", w->wrong.text);
    MKT_TRY(
        mkt_result_make(w->b->engine, w->arena, &w->errand, &options, w->b->self, &result, err));
    mkt_status status = write_result(w, &result, payload, err);
    mkt_result_release(&result);
    return status;
}

static mkt_status seal(const struct work *w, const struct mkt_buf *plain, struct mkt_buf *out,
                       struct mkt_err *err)
{
    /* outside stands the nonce of the request: the reader finds its own again */
    const struct mkt_seal_context context = {
        .sender = w->b->self, .recipient = w->envelope.sender, .nonce = w->envelope.nonce};
    return mkt_seal_write(w->arena, w->reply_key, &context, plain->data, plain->length, NULL, out,
                          err);
}

/* Signed, sealed where the request was, and in the log. */
static mkt_status dispatch(struct work *w, const char *type, const struct mkt_buf *payload,
                           struct mkt_buf *out, struct mkt_err *err)
{
    char digest[MKT_SHA256_TEXT], fingerprint[MKT_KEYS_FINGERPRINT];
    const struct mkt_audit_entry entry = {.kind = "collaborate",
                                          .peer = w->envelope.sender,
                                          .peer_key =
                                              mkt_keys_fingerprint(&w->envelope.key, fingerprint),
                                          .request = w->envelope.digest,
                                          .answer = digest};
    struct mkt_buf plain;
    struct mkt_buf *signed_ = out;
    if (w->envelope.sealed) {
        mkt_buf_init(&plain, w->arena);
        signed_ = &plain;
    }
    MKT_TRY(sign(w, w->envelope.sender, type, payload, signed_, digest, err));
    if (w->envelope.sealed) MKT_TRY(seal(w, &plain, out, err));
    return mkt_boardroom_log(w->b, &entry, err);
}

static mkt_status answer(struct work *w, struct mkt_buf *out, struct mkt_err *err)
{
    struct mkt_err why = {0};
    struct mkt_buf payload;
    mkt_buf_init(&payload, w->arena);
    mkt_status status = do_errand(w, &payload, &why);
    if (is_fatal(status)) return mkt_err_set(err, status, "%s", why.text);
    if (status == MKT_OK) return dispatch(w, "collaboration_response", &payload, out, err);
    mkt_buf_init(&payload, w->arena);
    MKT_TRY(write_error(w, &why, &payload, err));
    return dispatch(w, "error", &payload, out, err);
}

/* A narrator has to do it, if a model would write and this is no narrator's thread. */
static mkt_status look_for_narrator(struct work *w, struct mkt_err *err)
{
    bool narrated = false;
    if (w->wrong.status != MKT_OK || w->call->narrating || w->call->late) return MKT_OK;
    struct mkt_err why = {0}; /* it comes again when it is answered */
    mkt_status status =
        mkt_answering_is_narrated(w->b->engine, w->arena, &w->errand, &narrated, &why);
    if (status == MKT_E_NOMEM) return mkt_err_set(err, status, "%s", why.text);
    w->call->narrate = status == MKT_OK && narrated;
    return MKT_OK;
}

static mkt_status take(const struct work *w, const struct refusal **why, struct mkt_err *err)
{
    struct mkt_err inner = {0};
    mkt_status status =
        mkt_nonces_take(w->b->nonces, w->envelope.digest, w->envelope.sent_us, &inner);
    if (status == MKT_OK) return MKT_OK;
    if (status != MKT_E_CONFLICT && status != MKT_E_AUTH)
        return mkt_err_set(err, status, "%s", inner.text);
    *why = status == MKT_E_CONFLICT ? &replayed : &stale;
    return MKT_OK;
}

mkt_status mkt_collaborate_answer(struct mkt_boardroom *boardroom, struct mkt_arena *arena,
                                  const char *bytes, size_t n, struct mkt_boardroom_call *call,
                                  struct mkt_buf *out, struct mkt_err *err)
{
    struct work w = {.b = boardroom, .arena = arena, .call = call};
    const struct refusal *why = NULL;
    call->narrate = false;
    MKT_TRY(open_message(&w, bytes, n, &why, err));
    if (why) return refuse(&w, why, out, err);
    if (read_errand(&w, &w.wrong) == MKT_E_NOMEM)
        return mkt_err_set(err, MKT_E_NOMEM, "%s", w.wrong.text);
    MKT_TRY(look_for_narrator(&w, err));
    if (call->narrate) return MKT_OK;
    MKT_TRY(take(&w, &why, err));
    if (why) return refuse(&w, why, out, err);
    mkt_status status = answer(&w, out, err);
    if (status != MKT_OK) mkt_nonces_give_back(boardroom->nonces, w.envelope.digest);
    return status;
}
