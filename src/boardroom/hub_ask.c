#include "boardroom/hub_ask.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "net/http.h"

/* Printable ASCII, with spaces within only: what a header's value may be. */
static mkt_status check_client(const char *text, struct mkt_err *err)
{
    size_t n = strlen(text);
    bool plain = n > 0 && text[0] != ' ' && text[n - 1] != ' ';
    for (size_t i = 0; i < n; i++) plain &= text[i] >= 0x20 && text[i] < 0x7F;
    if (plain) return MKT_OK;
    return mkt_err_set(err, MKT_E_ARG,
                       "the client id is \"%.100s\": a hub takes printable ASCII only", text);
}

mkt_status mkt_hub_ask_prepare(struct mkt_hub_ask *ask, const char *url, const char *client,
                               struct mkt_err *err)
{
    struct mkt_http_url parts;
    size_t n = strlen(url);
    MKT_TRY(check_client(client, err));
    MKT_TRY(mkt_http_url_read(url, &parts, err));
    if (n > MKT_HUB_ASK_URL)
        return mkt_err_set(err, MKT_E_ARG, "the hub's address is longer than %d bytes",
                           MKT_HUB_ASK_URL);
    if (strchr(url, '?'))
        return mkt_err_set(err, MKT_E_ARG, "the hub's address holds no \"?\": %s", url);
    while (n > 0 && url[n - 1] == '/') n--;
    snprintf(ask->url, sizeof ask->url, "%.*s", (int)n, url);
    ask->client = client;
    if (!parts.tls && !parts.loopback)
        mkt_log(MKT_LOG_WARN, "hub", "reason=plain_http"); /* docs/hub.md says what that means */
    return MKT_OK;
}

static mkt_status judge(long http, const char *asked, struct mkt_err *err)
{
    if (http >= 200 && http < 300) return MKT_OK;
    if (http >= 300 && http < 400)
        return mkt_err_set(err, MKT_E_DATA,
                           "the hub answers %s with a redirect (%ld), which is not followed", asked,
                           http);
    if (http >= 400 && http < 500)
        return mkt_err_set(err, MKT_E_FORBIDDEN, "the hub refuses %s (%ld)", asked, http);
    return mkt_err_set(err, MKT_E_IO, "the hub answers %s with %ld", asked, http);
}

mkt_status mkt_hub_ask_make(const struct mkt_hub_ask *ask, struct mkt_arena *arena,
                            const char *asked, const char *path, const struct mkt_buf *body,
                            size_t most, struct mkt_called *out, struct mkt_hub_outcome *o)
{
    struct mkt_err why = {0};
    const char *url = mkt_arena_printf(arena, "%s/api/v1/agents/%s", ask->url, path);
    if (!url) return mkt_arena_full(arena, &o->err);
    if (body) MKT_TRY(mkt_buf_check(body, &o->err));
    const struct mkt_call call = {.method = body ? "POST" : "GET",
                                  .url = url,
                                  .header = {{"X-Client-ID", ask->client},
                                             {"Accept", "application/json"},
                                             {body ? "Content-Type" : NULL, "application/json"}},
                                  .body = body ? body->data : NULL,
                                  .bytes = body ? body->length : 0,
                                  .timeout_ms = (long)ask->timeout_ms,
                                  .most = most,
                                  .cancel = ask->cancel};
    mkt_status status = mkt_call_make(arena, &call, out, &why);
    if (status != MKT_OK) { /* "ADDRESS does not ...": whoever reads it need not know where */
        const char *text = why.text;
        if (strncmp(text, url, strlen(url)) == 0) text += strlen(url);
        return mkt_err_set(&o->err, status, "the hub%s%s", text == why.text ? ": " : "", text);
    }
    o->http = out->status;
    if (out->status >= 400) mkt_hub_wire_detail(arena, out->body, out->bytes, o->detail);
    return judge(out->status, asked, &o->err);
}
