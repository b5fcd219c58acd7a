/* An engine with the agent at Boardroom's table, and a finance agent whose key is pinned. */
#ifndef MKT_TESTS_BOARDROOM_FIXTURE_H
#define MKT_TESTS_BOARDROOM_FIXTURE_H

#include <stdio.h>

#include "boardroom/collaborate.h"
#include "boardroom/process.h"
#include "engine/fixture.h"

#include "attest/hex.h"

#define SELF "marketing-agent-acme"
#define FINANCE "finance-agent-acme"
#define NOW_US (INT64_C(1767182400) * 1000000)

static struct mkt_boardroom board;
static struct mkt_keys *own_keys, *finance, *stranger;
static char log_path[256];

static inline struct mkt_keys *make_keys(const char *name)
{
    struct mkt_keys *keys = NULL;
    char path[256];
    snprintf(path, sizeof path, "%s/keys-%s", folder.path, name);
    assert_int_equal(mkt_keys_open(path, &keys, &err), MKT_OK);
    return keys;
}

/* Finance is pinned, or nobody is. */
static inline struct mkt_peers *make_peers(bool pinned)
{
    char path[256], line[512];
    struct mkt_peers *peers = NULL;
    const char *key = mkt_hex_write_base64(&arena, mkt_keys_public(finance)->raw, 32);
    snprintf(path, sizeof path, "%s/peers", folder.path);
    snprintf(line, sizeof line, "%s %s\n", pinned ? FINANCE : "another", key);
    assert_int_equal(temp_folder_write(path, line), 0);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(mkt_peers_open(path, &peers, &err), MKT_OK);
    return peers;
}

static inline void open_board(const char *mode)
{
    mkt_err_clear(&err);
    snprintf(log_path, sizeof log_path, "%s/audit.jsonl", folder.path);
    board.engine = engine;
    board.self = SELF;
    board.keys = own_keys;
    if (mkt_boardroom_open(&board, log_path, mode, &err) != MKT_OK) fail_msg("%s", err.text);
}

static int sit_down(void **state)
{
    if (set_up(state) != 0) return -1;
    char path[256];
    snprintf(path, sizeof path, "%s/keys-own", folder.path);
    own_keys = make_keys("own");
    finance = make_keys("finance");
    stranger = make_keys("stranger");
    if (mkt_seal_open(path, &board.seal, &err) != MKT_OK) return -1;
    board.peers = make_peers(true);
    open_board("strict");
    return 0;
}

static int stand_up(void **state)
{
    mkt_boardroom_close(&board);
    mkt_peers_close(board.peers);
    mkt_seal_close(board.seal);
    mkt_keys_close(own_keys);
    mkt_keys_close(finance);
    mkt_keys_close(stranger);
    return tear_down(state);
}

static inline struct mkt_boardroom_call call_at(int64_t now_us)
{
    return (struct mkt_boardroom_call){.flag = flag, .until_ms = INT64_MAX / 2, .now_us = now_us};
}

#endif
