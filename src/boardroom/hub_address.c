#include "boardroom/hub_address.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "net/http.h"

static mkt_status take(const char *setting, const char *url, char out[256], struct mkt_err *err)
{
    struct mkt_http_url parts;
    struct mkt_err why = {0};
    size_t n = strlen(url);
    if (mkt_http_url_read(url, &parts, &why) != MKT_OK)
        return mkt_err_set(err, why.status, "%s: %s", setting, why.text);
    while (n > 0 && url[n - 1] == '/') n--;
    if (n > 255 || strchr(url, '?'))
        return mkt_err_set(err, MKT_E_ARG, "%s has more than 255 bytes, or a \"?\": %.200s",
                           setting, url);
    snprintf(out, 256, "%.*s", (int)n, url);
    return MKT_OK;
}

static mkt_status derive(const char *host, int port, char out[256], struct mkt_err *err)
{
    char name[128] = "";
    if (strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0) {
        if (gethostname(name, sizeof name - 1) != 0 || !name[0])
            return mkt_err_set(err, MKT_E_ARG,
                               "this machine has no name that others could reach it by: set "
                               "ADVERTISE_URL");
        host = name;
    }
    snprintf(out, 256, strchr(host, ':') ? "http://[%.120s]:%d" : "http://%.120s:%d", host, port);
    return MKT_OK;
}

static void warn_of_loopback(const char *hub_url, const struct mkt_http_url *own)
{
    struct mkt_http_url hub;
    struct mkt_err none = {0};
    if (mkt_http_url_read(hub_url, &hub, &none) == MKT_OK && own->loopback && !hub.loopback)
        mkt_log(MKT_LOG_WARN, "hub", "reason=advertises_loopback");
}

mkt_status mkt_hub_address_find(const struct mkt_settings *settings, int port, int attestation_port,
                                struct mkt_hub_address *out, struct mkt_err *err)
{
    const struct mkt_settings *s = settings;
    struct mkt_http_url own;
    if (s->advertise[0])
        MKT_TRY(take("ADVERTISE_URL", s->advertise, out->endpoint, err));
    else
        MKT_TRY(derive(s->host, port, out->endpoint, err));
    MKT_TRY(mkt_http_url_read(out->endpoint, &own, err));
    warn_of_loopback(s->hub, &own);
    if (s->advertise_attestation[0])
        return take("ADVERTISE_ATTESTATION_URL", s->advertise_attestation, out->attestation, err);
    if (attestation_port > 0)
        snprintf(out->attestation, sizeof out->attestation, "http://%.200s:%d", own.host,
                 attestation_port);
    else
        memcpy(out->attestation, out->endpoint, sizeof out->attestation);
    return MKT_OK;
}
