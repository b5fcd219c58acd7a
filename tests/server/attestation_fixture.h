/* A service whose machine has a TEE: a socket that plays dstack, with quotes of the made-up vendor. */
#ifndef MKT_TESTS_SERVER_ATTESTATION_FIXTURE_H
#define MKT_TESTS_SERVER_ATTESTATION_FIXTURE_H

struct mkt_tee_options;
static inline const struct mkt_tee_options *test_tee(void);
#define FIXTURE_TEE test_tee()

#include "server/attestation.h"

#include <sys/stat.h>

#include "attest/evidence.h"
#include "attest/fake_dstack.h"
#include "attest/fake_peer.h"
#include "attest/peer.h"
#include "server/exchange.h"
#include "server/fixture.h"

#define NONCE "000102030405060708090a0b0c0d0e0f"

static struct vendor vendor;
static struct fake_dstack dstack;
static struct mkt_tee_options tee;
static struct mkt_arena arena;
static int port; /* of attestation */

static inline const struct mkt_tee_options *test_tee(void)
{
    return &tee;
}

static int open_all(void **state)
{
    (void)state;
    open_vendor(&vendor);
    return mkt_arena_open(&arena, (size_t)32 << 20, &fixture_err) == MKT_OK ? 0 : -1;
}

static int close_all(void **state)
{
    (void)state;
    close_vendor(&vendor);
    mkt_arena_close(&arena);
    return 0;
}

static int begin(void **state)
{
    mkt_arena_reset(&arena, 1 << 20);
    tee = (struct mkt_tee_options){.dstack = dstack.path, .tsm = "/nowhere"};
    if (fake_dstack_open(&dstack, &vendor) != 0) return -1;
    return fixture_set_up(state);
}

static int end(void **state)
{
    fixture_tear_down(state);
    fake_dstack_close(&dstack);
    return 0;
}

static inline void start(void)
{
    fixture_start();
    port = mkt_server_attestation_port(fixture.server);
    assert_true(port > 0);
    assert_int_not_equal(port, fixture.port);
}

/* By both ports. */
static inline void both(const char *path, int status, const char *words)
{
    expect(client_ask(port, "GET", path, NULL), status, words);
    expect(client_ask(fixture.port, "GET", path, NULL), status, words);
}

#endif
