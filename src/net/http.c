#include "net/http.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define CONNECT_MS 10000L

static pthread_once_t once = PTHREAD_ONCE_INIT;
static CURLcode started = CURLE_FAILED_INIT;

static void start(void)
{
    started = curl_global_init(CURL_GLOBAL_DEFAULT);
}

static bool is_loopback(const char *host)
{
    struct in_addr four;
    if (strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0) return true;
    return inet_pton(AF_INET, host, &four) == 1 && (ntohl(four.s_addr) >> 24) == 127;
}

/* The part as text in `out`; false when it is absent or too long. */
static bool part(CURLU *u, CURLUPart which, char *out, size_t size)
{
    char *text = NULL;
    int n = -1;
    if (curl_url_get(u, which, &text, 0) == CURLUE_OK) n = snprintf(out, size, "%s", text);
    curl_free(text);
    return n >= 0 && (size_t)n < size;
}

static mkt_status read_parts(CURLU *u, const char *url, struct mkt_http_url *out,
                             struct mkt_err *err)
{
    char text[64];
    if (curl_url_set(u, CURLUPART_URL, url, 0) != CURLUE_OK ||
        !part(u, CURLUPART_SCHEME, text, sizeof text) ||
        !part(u, CURLUPART_HOST, out->host, sizeof out->host) ||
        !part(u, CURLUPART_PATH, out->path, sizeof out->path))
        return mkt_err_set(err, MKT_E_ARG, "\"%.200s\" is not an address such as https://host/path",
                           url);
    out->tls = strcmp(text, "https") == 0;
    if (!out->tls && strcmp(text, "http") != 0)
        return mkt_err_set(err, MKT_E_ARG, "an address begins with https:// or http://, not %s://",
                           text);
    char *secret = NULL;
    bool named = curl_url_get(u, CURLUPART_USER, &secret, 0) == CURLUE_OK;
    curl_free(secret);
    if (named) /* not repeated: it may hold a password */
        return mkt_err_set(err, MKT_E_ARG, "an address holds no name or password; use a key file");
    if (strchr(url, '#'))
        return mkt_err_set(err, MKT_E_ARG, "an address holds no \"#\": %.200s", url);
    out->loopback = is_loopback(out->host);
    return MKT_OK;
}

mkt_status mkt_http_url_read(const char *url, struct mkt_http_url *out, struct mkt_err *err)
{
    memset(out, 0, sizeof *out);
    CURLU *u = curl_url();
    if (!u) return mkt_err_set(err, MKT_E_NOMEM, "no memory for an address");
    mkt_status status = read_parts(u, url, out, err);
    curl_url_cleanup(u);
    return status;
}

mkt_status mkt_http_make(const char *url, bool proxies, CURL **out, struct mkt_err *err)
{
    pthread_once(&once, start);
    CURL *c = started == CURLE_OK ? curl_easy_init() : NULL;
    if (!c) return mkt_err_set(err, MKT_E_NOMEM, "the HTTP library cannot start");
    bool set = curl_easy_setopt(c, CURLOPT_URL, url) == CURLE_OK &&
               curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https,http") == CURLE_OK &&
               curl_easy_setopt(c, CURLOPT_USERAGENT, "marketing-agent/" MKT_VERSION) == CURLE_OK;
    if (!proxies) set = set && curl_easy_setopt(c, CURLOPT_PROXY, "") == CURLE_OK;
    if (!set) {
        curl_easy_cleanup(c);
        return mkt_err_set(err, MKT_E_NOMEM, "no memory for a request");
    }
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L); /* threads */
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
    *out = c;
    return MKT_OK;
}

mkt_status mkt_http_header(struct curl_slist **list, const char *name, const char *value,
                           struct mkt_err *err)
{
    char line[8448];
    int n = snprintf(line, sizeof line, "%s: %s", name, value);
    struct curl_slist *more =
        n < 0 || (size_t)n >= sizeof line ? NULL : curl_slist_append(*list, line);
    explicit_bzero(line, sizeof line); /* it may hold a key */
    if (!more) return mkt_err_set(err, MKT_E_NOMEM, "no memory for a header");
    *list = more;
    return MKT_OK;
}
