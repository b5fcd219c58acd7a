#include "cli/attest.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "attest/event_log.h"
#include "attest/evidence.h"
#include "attest/hex.h"
#include "attest/tee.h"
#include "base/date.h"
#include "base/json.h"
#include "cli/output.h"

#define ARENA ((size_t)64 << 20)

/* What a verification holds until it ends. */
struct work {
    const struct mkt_options *options;
    struct mkt_arena arena;
    struct mkt_collateral collateral;
    struct mkt_policy policy;
    unsigned char report_data[64], nonce[MKT_TEE_NONCE_MOST];
    struct mkt_public_key key;
    struct mkt_verdict verdict;
};

/* "2023-07-01" or "2023-07-01T12:00:00Z" */
static mkt_status read_time(const char *text, int64_t *out, struct mkt_err *err)
{
    char day[11] = "";
    int hour = 0, minute = 0, second = 0, length = 0;
    int32_t days;
    if (!text) {
        *out = (int64_t)time(NULL);
        return MKT_OK;
    }
    size_t n = strlen(text);
    if (n >= 10) memcpy(day, text, 10);
    bool good = mkt_date_parse(day, &days);
    if (n > 10)
        good = good &&
               sscanf(text + 10, "T%2d:%2d:%2dZ%n", &hour, &minute, &second, &length) == 3 &&
               length == 10 && n == 20 && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 &&
               second >= 0 && second < 60;
    if (!good)
        return mkt_err_set(err, MKT_E_ARG,
                           "--at takes a time such as 2023-07-01 or 2023-07-01T12:00:00Z, not "
                           "\"%s\"",
                           text);
    *out = (int64_t)days * 86400 + hour * 3600 + minute * 60 + second;
    return MKT_OK;
}

static bool lists(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = list; at && *at;) {
        size_t length = strcspn(at, ",");
        if (length == n && memcmp(at, word, n) == 0) return true;
        at += length;
        if (*at) at++;
    }
    return false;
}

/* A PEM file, 64 hex digits, or base64 of 32 bytes. */
static mkt_status read_key(struct work *w, const char *text, struct mkt_err *err)
{
    struct mkt_err none = {0};
    unsigned char *raw;
    char *pem;
    size_t n;
    w->policy.key = w->key.raw;
    if (mkt_hex_read(text, strlen(text), w->key.raw, sizeof w->key.raw)) return MKT_OK;
    if (mkt_hex_read_base64(&w->arena, text, strlen(text), &raw, &n, &none) == MKT_OK &&
        n == sizeof w->key.raw) {
        memcpy(w->key.raw, raw, n);
        return MKT_OK;
    }
    MKT_TRY(mkt_collateral_file(&w->arena, text, 4096, &pem, &n, err));
    if (mkt_keys_read_pem(pem, n, &w->key)) return MKT_OK;
    return mkt_err_set(
        err, MKT_E_ARG,
        "--key takes an Ed25519 key: a PEM file, 64 hex digits or 44 of base64; %s is "
        "none of them",
        text);
}

static mkt_status read_nonce(struct work *w, const char *hex, struct mkt_err *err)
{
    size_t n = strlen(hex);
    if (n < 2 * MKT_TEE_NONCE_LEAST || n > 2 * MKT_TEE_NONCE_MOST ||
        !mkt_hex_read(hex, n, w->nonce, n / 2))
        return mkt_err_set(err, MKT_E_ARG, "--nonce takes %d to %d hex digits, two for each byte",
                           2 * MKT_TEE_NONCE_LEAST, 2 * MKT_TEE_NONCE_MOST);
    w->policy.nonce = w->nonce;
    w->policy.nonce_bytes = n / 2;
    return MKT_OK;
}

static mkt_status read_policy(struct work *w, struct mkt_err *err)
{
    const struct mkt_options *o = w->options;
    const char *hex = o->value[MKT_OPTION_REPORT_DATA], *allow = o->value[MKT_OPTION_ALLOW];
    char *text;
    size_t n;
    MKT_TRY(read_time(o->value[MKT_OPTION_AT], &w->policy.time, err));
    w->policy.debug = lists(allow, "debug");
    w->policy.sept_ve = lists(allow, "sept-ve");
    size_t known = (w->policy.debug ? strlen("debug") : 0) +
                   (w->policy.sept_ve ? strlen("sept-ve") : 0) +
                   (w->policy.debug && w->policy.sept_ve);
    if (allow && strlen(allow) != known)
        return mkt_err_set(err, MKT_E_ARG, "--allow takes debug, sept-ve or both, not \"%s\"",
                           allow);
    w->policy.accept = o->value[MKT_OPTION_ACCEPT];
    w->policy.tcb_needed = mkt_options_flag(o, MKT_OPTION_TCB);
    if (hex) {
        n = strlen(hex);
        if (n == 0 || n > 128 || !mkt_hex_read(hex, n, w->report_data, n / 2))
            return mkt_err_set(err, MKT_E_ARG, "--report-data takes 2 to 128 hex digits");
        w->policy.report_data = w->report_data;
        w->policy.report_data_bytes = n / 2;
    }
    if (o->value[MKT_OPTION_KEY]) MKT_TRY(read_key(w, o->value[MKT_OPTION_KEY], err));
    if (o->value[MKT_OPTION_NONCE]) MKT_TRY(read_nonce(w, o->value[MKT_OPTION_NONCE], err));
    if (o->value[MKT_OPTION_EVENT_LOG]) {
        MKT_TRY(mkt_collateral_file(&w->arena, o->value[MKT_OPTION_EVENT_LOG], MKT_EVENT_LOG_BYTES,
                                    &text, &n, err));
        w->policy.event_log = text;
        w->policy.event_log_bytes = n;
    }
    if (o->value[MKT_OPTION_MEASUREMENTS]) {
        MKT_TRY(mkt_collateral_file(&w->arena, o->value[MKT_OPTION_MEASUREMENTS], 1 << 20, &text,
                                    &n, err));
        MKT_TRY(mkt_policy_read_allowed(&w->arena, text, &w->policy, err));
    }
    if (!o->value[MKT_OPTION_COLLATERAL]) return MKT_OK;
    return mkt_collateral_read(&w->arena, o->value[MKT_OPTION_COLLATERAL], &w->collateral, err);
}

static void write_text(struct mkt_buf *out, const struct mkt_verdict *v)
{
    mkt_buf_printf(out, "%s\n  tee  %s\n  tcb  %s\n\n", v->failed ? "NOT TRUSTED" : "trusted",
                   v->tee, v->tcb);
    for (size_t i = 0; i < v->checks; i++)
        mkt_buf_printf(out, "  %-8s %-18s %s\n", mkt_check_result_name(v->check[i].result),
                       v->check[i].name, v->check[i].text);
    mkt_buf_char(out, '\n');
    for (size_t i = 0; i < v->measures; i++)
        mkt_buf_printf(out, "  %-18s %s\n", v->measured[i].name, v->measured[i].hex);
}

static mkt_status print(struct work *w, struct mkt_err *err)
{
    struct mkt_buf out;
    mkt_buf_init(&out, &w->arena);
    if (mkt_options_flag(w->options, MKT_OPTION_JSON)) {
        struct mkt_json json;
        mkt_json_init(&json, &out);
        mkt_evidence_write(&json, &w->verdict);
        mkt_buf_char(&out, '\n');
    } else {
        write_text(&out, &w->verdict);
    }
    MKT_TRY(mkt_buf_check(&out, err));
    return mkt_output_print(out.data, out.length, err);
}

/* The failed checks by name. */
static mkt_status not_trusted(const struct work *w, struct mkt_err *err)
{
    char names[512] = "";
    size_t used = 0;
    for (size_t i = 0; i < w->verdict.checks && used < sizeof names; i++)
        if (w->verdict.check[i].result == MKT_CHECK_FAILED)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "",
                                     w->verdict.check[i].name);
    return mkt_err_set(err, MKT_E_DATA, "the evidence is not trusted: %s failed", names);
}

static mkt_status verify(struct work *w, struct mkt_err *err)
{
    struct mkt_evidence evidence;
    char *bytes;
    size_t n;
    MKT_TRY(mkt_arena_open(&w->arena, ARENA, err));
    MKT_TRY(read_policy(w, err));
    MKT_TRY(
        mkt_collateral_file(&w->arena, w->options->input[0], MKT_EVIDENCE_BYTES, &bytes, &n, err));
    MKT_TRY(mkt_evidence_read(&w->arena, bytes, n, &evidence, err));
    MKT_TRY(
        mkt_evidence_verify(&w->arena, &evidence, &w->collateral, &w->policy, &w->verdict, err));
    MKT_TRY(print(w, err));
    return w->verdict.failed ? not_trusted(w, err) : MKT_OK;
}

mkt_status mkt_attest_run(const char *verb, const struct mkt_options *options, struct mkt_err *err)
{
    struct work w = {.options = options};
    if (strcmp(verb, "verify") != 0)
        return mkt_err_set(err, MKT_E_ARG, "attest can verify, not \"%s\"", verb);
    if (options->inputs != 1)
        return mkt_err_set(err, MKT_E_ARG, "attest verify needs the file with the evidence");
    mkt_status status = verify(&w, err);
    mkt_collateral_clear(&w.collateral);
    mkt_arena_close(&w.arena);
    return status;
}
