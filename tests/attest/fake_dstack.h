/* dstack's guest agent: a socket that answers GetQuote with quotes of the made-up vendor. */
#ifndef TESTS_ATTEST_FAKE_DSTACK_H
#define TESTS_ATTEST_FAKE_DSTACK_H

#include "attest/hierarchy.h"
#include "net/fake_server.h"

struct fake_dstack {
    struct fake_server server;
    char folder[32], path[64];
    const struct vendor *vendor;
    const char *body;      /* said in place of a quote, when not NULL */
    int status;            /* 0: 200 */
    const char *event_log; /* JSON text, without anything to escape; NULL for an empty list */
    atomic_bool hold;      /* no answer until it is false */
};

static inline void fake_dstack_answer(int fd, const struct fake_request *r, void *user)
{
    struct fake_dstack *d = user;
    const char *hex = strstr(r->body, "\"report_data\":\"");
    unsigned char data[64];
    while (atomic_load(&d->hold)) fake_pause(2);
    if (d->body) {
        fake_reply(fd, d->status ? d->status : 200, "application/json", d->body);
        return;
    }
    if (strncmp(r->text, "POST /GetQuote ", 15) != 0 || !hex ||
        !mkt_hex_read(hex + 15, 128, data, 64)) {
        fake_reply(fd, 400, "application/json", "{\"error\":\"no such method\"}");
        return;
    }
    struct made_quote *q = malloc(sizeof *q);
    char *text = malloc(2 * sizeof q->bytes + 4096), *at = text;
    make_quote(d->vendor, 4, q);
    memcpy(q->bytes + q->body + 520, data, 64);
    sign_quote(d->vendor, q);
    at += sprintf(at, "{\"quote\":\"");
    for (size_t i = 0; i < q->n; i++) at += sprintf(at, "%02x", q->bytes[i]);
    sprintf(at, "\",\"event_log\":\"%s\",\"report_data\":\"%.128s\",\"vm_config\":\"{}\"}",
            d->event_log ? d->event_log : "[]", hex + 15);
    fake_reply(fd, 200, "application/json", text);
    free(text);
    free(q);
}

static inline int fake_dstack_open(struct fake_dstack *d, const struct vendor *vendor)
{
    memset(d, 0, sizeof *d);
    d->vendor = vendor;
    strcpy(d->folder, "/tmp/mkt-dstack-XXXXXX");
    if (!mkdtemp(d->folder)) return -1;
    snprintf(d->path, sizeof d->path, "%s/dstack.sock", d->folder);
    return fake_open_unix(&d->server, d->path, fake_dstack_answer, d);
}

static inline void fake_dstack_close(struct fake_dstack *d)
{
    atomic_store(&d->hold, false);
    fake_close(&d->server);
    unlink(d->path);
    rmdir(d->folder);
}

#endif
