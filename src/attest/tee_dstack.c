#include <string.h>
#include <sys/stat.h>

#include "attest/hex.h"
#include "attest/tee_source.h"
#include "net/call.h"
#include "wire/json_read.h"

#define SOCKET "/var/run/dstack.sock"
#define ANSWER_BYTES ((size_t)8 << 20) /* the event log is the most of it: 40 KB as recorded */
#define WAIT_MS 20000L

static const char *text_of(const struct mkt_value *whole, const char *key)
{
    const struct mkt_value *v = mkt_json_read_member(whole, key);
    return v && v->type == MKT_VALUE_STRING ? v->text : NULL;
}

mkt_status mkt_tee_source_dstack_read(struct mkt_arena *arena, const char *body, size_t n,
                                      struct mkt_tee_evidence *out, struct mkt_err *err)
{
    static const struct mkt_json_limits limits = {.bytes = ANSWER_BYTES, .depth = 8, .values = 64};
    struct mkt_value *whole;
    struct mkt_err inner = {0};
    mkt_status status = mkt_json_read_value(arena, body, n, &limits, &whole, &inner);
    if (status == MKT_E_NOMEM) return mkt_err_set(err, status, "%s", inner.text);
    if (status != MKT_OK)
        return mkt_err_set(err, MKT_E_DATA, "dstack does not answer in JSON: %s", inner.text);
    const char *hex = text_of(whole, "quote"), *log = text_of(whole, "event_log");
    const char *problem = text_of(whole, "error");
    if (problem) return mkt_err_set(err, MKT_E_IO, "dstack gives no quote: %.300s", problem);
    if (!hex) return mkt_err_set(err, MKT_E_DATA, "dstack's answer holds no quote");
    size_t digits = strlen(hex);
    if (!digits)
        return mkt_err_set(err, MKT_E_DATA,
                           "dstack's quote is empty: the machine is none of Intel TDX");
    if (digits / 2 > MKT_TEE_QUOTE_BYTES)
        return mkt_err_set(err, MKT_E_LIMIT, "dstack's quote has more than %zu bytes",
                           MKT_TEE_QUOTE_BYTES);
    unsigned char *quote = MKT_NEW(arena, unsigned char, digits / 2 + 1);
    if (!quote) return mkt_arena_full(arena, err);
    if (!mkt_hex_read(hex, digits, quote, digits / 2))
        return mkt_err_set(err, MKT_E_DATA, "dstack's quote is not in hex");
    out->quote = quote;
    out->quote_bytes = digits / 2;
    if (log && *log) {
        out->event_log = log;
        out->event_log_bytes = strlen(log);
    }
    return MKT_OK;
}

mkt_status mkt_tee_source_dstack(struct mkt_arena *arena, const struct mkt_tee_options *options,
                                 const unsigned char report_data[MKT_TEE_REPORT_DATA],
                                 struct mkt_tee_evidence *out, struct mkt_err *err)
{
    const char *path = options->dstack ? options->dstack : SOCKET;
    struct stat st;
    struct mkt_called called;
    if (stat(path, &st) != 0 || !S_ISSOCK(st.st_mode))
        return mkt_err_set(err, MKT_E_NOT_FOUND, "there is no socket %s", path);
    char *hex = mkt_hex_write(arena, report_data, MKT_TEE_REPORT_DATA);
    char *body = hex ? mkt_arena_printf(arena, "{\"report_data\":\"%s\"}", hex) : NULL;
    if (!body) return mkt_arena_full(arena, err);
    const struct mkt_call call = {.method = "POST",
                                  .url = "http://dstack/GetQuote",
                                  .socket = path,
                                  .header = {{"Content-Type", "application/json"}},
                                  .body = body,
                                  .bytes = strlen(body),
                                  .timeout_ms = WAIT_MS,
                                  .most = ANSWER_BYTES};
    MKT_TRY(mkt_call_make(arena, &call, &called, err));
    mkt_status status = mkt_tee_source_dstack_read(arena, called.body, called.bytes, out, err);
    if (status != MKT_OK || called.status == 200) return status;
    return mkt_err_set(err, MKT_E_IO, "dstack gives no quote: HTTP status %ld", called.status);
}
