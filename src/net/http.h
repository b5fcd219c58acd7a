/* What every transfer of this room has in common: protocols, certificates, proxies, user agent.
 *
 * The only protocol beyond this machine is https, its certificate is always verified, and no
 * redirect is followed unless the caller allows it. Plain http is for servers that are named as
 * such: llm/remote.h takes it, llm/fetch.h takes it from this machine only.
 */
#ifndef MKT_NET_HTTP_H
#define MKT_NET_HTTP_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* What stands in a URL. */
struct mkt_http_url {
    bool tls;      /* https */
    bool loopback; /* the host is this machine: localhost, 127.0.0.0/8, ::1 */
    char host[256];
    char path[1024]; /* with its '/', without the query */
};

/* Errors  MKT_E_ARG    neither http nor https, no host, a name or password in it, a '#'
 *         MKT_E_NOMEM  no memory
 * Checked tests/net/http_test.c */
MKT_MUST_CHECK mkt_status mkt_http_url_read(const char *url, struct mkt_http_url *out,
                                            struct mkt_err *err);

/* A transfer of that URL; the caller sets the rest and cleans it up.
 *
 *   proxies  whether https_proxy and its like hold
 *
 * Errors   MKT_E_NOMEM  no memory, or the library cannot start */
MKT_MUST_CHECK mkt_status mkt_http_make(const char *url, bool proxies, CURL **out,
                                        struct mkt_err *err);

/* Adds "name: value" to the headers of a request.      Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_http_header(struct curl_slist **list, const char *name,
                                          const char *value, struct mkt_err *err);

#endif
