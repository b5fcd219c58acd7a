#include "net/call.h"

#include <string.h>

#include "base/buf.h"
#include "net/http.h"

#define HEADER ((size_t)64 << 10) /* bytes of all header lines of an answer */
#define LOOK_MS 100               /* how often the flag is looked at while nothing comes */

/* An answer as it comes. */
struct arriving {
    struct mkt_buf body;
    size_t most, header;
    bool full, endless;
    const atomic_bool *cancel;
};

/* The library keeps header lines, of however many interim answers, for as long as they come. */
static size_t take_header(char *bytes, size_t one, size_t n, void *user)
{
    struct arriving *a = user;
    (void)bytes, (void)one;
    a->header += n;
    a->endless = a->header > HEADER;
    return a->endless ? 0 : n;
}

static size_t take(char *bytes, size_t one, size_t n, void *user)
{
    struct arriving *a = user;
    (void)one;
    if (n > a->most - a->body.length) {
        a->full = true;
        return 0;
    }
    mkt_buf_add(&a->body, bytes, n);
    return a->body.failed ? 0 : n;
}

static int look(void *user, curl_off_t all, curl_off_t now, curl_off_t up_all, curl_off_t up)
{
    const struct arriving *a = user;
    (void)all, (void)now, (void)up_all, (void)up;
    return a->cancel && atomic_load(a->cancel);
}

static mkt_status verdict(CURLcode code, const struct mkt_call *call, const struct arriving *a,
                          struct mkt_err *err)
{
    if (code == CURLE_OK) return MKT_OK;
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return mkt_err_set(err, MKT_E_CANCELLED, "nobody waits for %.200s any more", call->url);
    if (a->full)
        return mkt_err_set(err, MKT_E_LIMIT, "%.200s answers with more than %zu bytes", call->url,
                           a->most);
    if (a->endless)
        return mkt_err_set(err, MKT_E_LIMIT, "%.200s answers with a header of more than %zu bytes",
                           call->url, HEADER);
    if (a->body.failed || code == CURLE_OUT_OF_MEMORY)
        return mkt_err_set(err, MKT_E_NOMEM, "no memory for the answer of %.200s", call->url);
    return mkt_err_set(err, MKT_E_IO, "%.200s does not answer: %s", call->url,
                       curl_easy_strerror(code));
}

static void describe(CURL *c, const struct mkt_call *call, struct curl_slist *headers,
                     struct arriving *a)
{
    if (call->socket) curl_easy_setopt(c, CURLOPT_UNIX_SOCKET_PATH, call->socket);
    if (call->body) {
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, call->body);
        curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->bytes);
    }
    if (strcmp(call->method, "GET") != 0) curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, call->method);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, call->timeout_ms);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, a);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, a);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, look);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, a);
    /* A name server that hangs holds up neither the end of the time nor a cancellation. */
    curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L);
}

/* As curl_easy_perform, which looks at the flag once a second only. */
static CURLcode perform(CURL *c)
{
    CURLcode code = CURLE_OUT_OF_MEMORY;
    CURLM *multi = curl_multi_init();
    int running = 1;
    if (!multi) return code;
    if (curl_multi_add_handle(multi, c) == CURLM_OK) {
        while (curl_multi_perform(multi, &running) == CURLM_OK && running &&
               curl_multi_poll(multi, NULL, 0, LOOK_MS, NULL) == CURLM_OK) {
        }
        const CURLMsg *message = curl_multi_info_read(multi, &running);
        if (message && message->msg == CURLMSG_DONE) code = message->data.result;
        curl_multi_remove_handle(multi, c);
    }
    curl_multi_cleanup(multi);
    return code;
}

mkt_status mkt_call_make(struct mkt_arena *arena, const struct mkt_call *call,
                         struct mkt_called *out, struct mkt_err *err)
{
    struct mkt_http_url parts;
    struct arriving a = {.most = call->most, .cancel = call->cancel};
    struct curl_slist *headers = NULL;
    CURL *c = NULL;
    mkt_buf_init(&a.body, arena);
    MKT_TRY(mkt_buf_check(&a.body, err));
    MKT_TRY(mkt_http_url_read(call->url, &parts, err));
    MKT_TRY(mkt_http_make(call->url, call->proxies, &c, err));
    mkt_status status = mkt_http_header(&headers, "Expect", "", err); /* no pause before a body */
    for (size_t i = 0; i < MKT_CALL_HEADERS && call->header[i].name && status == MKT_OK; i++)
        status = mkt_http_header(&headers, call->header[i].name, call->header[i].value, err);
    if (status == MKT_OK) {
        describe(c, call, headers, &a);
        status = verdict(perform(c), call, &a, err);
    }
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &out->status);
    curl_slist_free_all(headers);
    curl_easy_cleanup(c);
    if (status != MKT_OK) return status;
    out->body = a.body.data;
    out->bytes = a.body.length;
    return MKT_OK;
}
