/* Another agent's /attestation: a quote of the made-up vendor for its key and the nonce it was asked
 * with, or whatever the test wants it to say. */
#ifndef TESTS_ATTEST_FAKE_PEER_H
#define TESTS_ATTEST_FAKE_PEER_H

#include "attest/hierarchy.h"
#include "attest/tee.h"
#include "net/fake_server.h"

struct fake_peer {
    struct fake_server server;
    const struct vendor *vendor;
    struct mkt_public_key key;
    const char *said;         /* in place of a quote */
    bool stale;               /* a quote for another nonce */
    atomic_bool hangs, asked; /* it answers when it does not hang any more */
};

static inline void fake_peer_answer(int fd, const struct fake_request *r, void *user)
{
    struct fake_peer *p = user;
    atomic_store(&p->asked, true);
    while (atomic_load(&p->hangs)) fake_pause(2);
    unsigned char nonce[32];
    char *text = malloc(65536), *at = text;
    const char *hex = strstr(r->text, "nonce=");
    bool asked = strncmp(r->text, "GET /attestation?", 17) == 0 && hex &&
                 mkt_hex_read(hex + 6, 64, nonce, 32);
    if (p->said || !asked) {
        fake_reply(fd, p->said ? 200 : 400, "application/json", p->said ? p->said : "");
        free(text);
        return;
    }
    struct made_quote *q = malloc(sizeof *q);
    make_quote(p->vendor, 4, q);
    if (p->stale) nonce[0] ^= 1;
    mkt_tee_report_data(&p->key, nonce, 32, q->bytes + q->body + 520);
    sign_quote(p->vendor, q);
    at += sprintf(at, "{\"status\":\"healthy\",\"attestation\":{\"platform\":\"tdx\",\"quote\":\"");
    for (size_t i = 0; i < q->n; i++) at += sprintf(at, "%02x", q->bytes[i]);
    sprintf(at, "\"}}");
    fake_reply(fd, 200, "application/json", text);
    free(q);
    free(text);
}

static inline int fake_peer_open(struct fake_peer *p, const struct vendor *vendor,
                                 const struct mkt_public_key *key)
{
    memset(p, 0, sizeof *p);
    p->vendor = vendor;
    p->key = *key;
    return fake_open(&p->server, fake_peer_answer, p);
}

#endif
