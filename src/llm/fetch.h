/* One large file from an address to its place: resumable, checked, there whole or not at all.
 *
 * What has come lies beside the place as PATH.part, with what identifies the version on the server
 * in PATH.part.etag, so that a later run goes on where one ended (Range with If-Range). Then its
 * sha256 is compared and it is renamed. PATH.sha256 keeps the hash, in the form of sha256sum: where
 * none was known before, it is what later checks compare with ("trust on first use").
 *
 * https only, verified, with at most five redirects, each to https again; http is taken from this
 * machine alone. The environment's proxies hold.
 */
#ifndef MKT_LLM_FETCH_H
#define MKT_LLM_FETCH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"

struct mkt_fetch {
    const char *url;
    const char *path;   /* its folder is there */
    const char *sha256; /* what it must be; NULL: not known */
    int64_t pause_ms;   /* before the first new try after a fault of the network; 0: 1,000 */
    /* Bytes that are here, and of the whole (0: not known); `checking` while the hash is computed.
     * May be NULL. */
    void (*progress)(void *user, int64_t have, int64_t whole, bool checking);
    void *user;
    const atomic_bool *cancel; /* may be NULL */
};

struct mkt_fetched {
    char sha256[MKT_SHA256_TEXT];
    int64_t bytes;
    bool resumed; /* a part was there before */
};

/* Fetches it. Faults of the network are tried again, five times without a byte gained, each time
 * after twice the pause.
 *
 * Errors  MKT_E_ARG        an address that is not taken; a sha256 that is none
 *         MKT_E_NOT_FOUND  404, or the folder is not there
 *         MKT_E_FORBIDDEN  401, 403, or no right to write
 *         MKT_E_IO         the network, the server or the disk failed: what has come is kept
 *         MKT_E_DATA       the bytes are not those of the sha256: they are removed
 *         MKT_E_NOSPACE    the disk has no room, before or while it comes: gives both numbers
 *         MKT_E_CONFLICT   another process is fetching it
 *         MKT_E_CANCELLED  the flag was set: what has come is kept
 * Checked tests/llm/fetch_test.c, against a server that misbehaves */
MKT_MUST_CHECK mkt_status mkt_fetch_file(const struct mkt_fetch *what, struct mkt_fetched *out,
                                         struct mkt_err *err);

/* The hash that PATH.sha256 keeps, or an empty text. */
void mkt_fetch_kept(const char *path, char out[MKT_SHA256_TEXT]);

/* 64 hex digits, in lower case. */
bool mkt_fetch_is_sha256(const char *text);

#endif
