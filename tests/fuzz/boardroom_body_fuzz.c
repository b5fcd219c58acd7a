/* What other agents send under libFuzzer: a body of /process, an envelope, and the payload of an
 * envelope that is signed as it should be. Whatever comes is answered or refused with a sentence,
 * and what is answered is JSON. The first byte chooses. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "attest/hex.h"
#include "attest/seal.h"
#include "base/log.h"
#include "boardroom/collaborate.h"
#include "boardroom/process.h"
#include "wire/pyjson.h"

#define SELF "marketing-agent-acme"
#define NOW_US (INT64_C(1767182400) * 1000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct mkt_settings settings;
static struct mkt_boardroom board = {.self = SELF};
static struct mkt_keys *own, *finance;
static struct mkt_arena arena, reading;
static struct mkt_flag *flag;
static char folder[64];

static const char *no_setting(void *user, const char *name)
{
    (void)user;
    (void)name;
    return NULL;
}

static void forget(void)
{
    char command[96];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command) != 0) _Exit(1);
}

static void pin(const char *path, struct mkt_err *err)
{
    FILE *file = fopen(path, "w");
    assert(file);
    fprintf(file, "finance %s", mkt_hex_write_base64(&arena, mkt_keys_public(finance)->raw, 32));
    fprintf(file, " seal=%s\n", mkt_hex_write_base64(&arena, mkt_seal_public(board.seal), 32));
    fclose(file);
    assert(chmod(path, 0600) == 0);
    assert(mkt_peers_open(path, &board.peers, err) == MKT_OK);
}

static void begin(void)
{
    struct mkt_err err = {0};
    char path[128];
    strcpy(folder, "/dev/shm/mkt-fuzz-XXXXXX"); /* nothing here need outlive the machine */
    assert(mkdtemp(folder));
    atexit(forget);
    mkt_log_set_level(MKT_LOG_OFF);
    assert(mkt_settings_read(&settings, no_setting, NULL, &err) == MKT_OK);
    settings.data_dir = settings.model_dir = folder;
    settings.words = "plain";
    const struct mkt_engine_options options = {.settings = &settings, .service = true};
    assert(mkt_engine_open(&options, &board.engine, &err) == MKT_OK);
    assert(mkt_arena_open(&arena, (size_t)256 << 20, &err) == MKT_OK);
    assert(mkt_arena_open(&reading, (size_t)256 << 20, &err) == MKT_OK);
    assert(mkt_flag_make(&flag, &err) == MKT_OK);
    snprintf(path, sizeof path, "%s/own", folder);
    assert(mkt_keys_open(path, &own, &err) == MKT_OK);
    assert(mkt_seal_open(path, &board.seal, &err) == MKT_OK);
    snprintf(path, sizeof path, "%s/finance", folder);
    assert(mkt_keys_open(path, &finance, &err) == MKT_OK);
    snprintf(path, sizeof path, "%s/peers", folder);
    pin(path, &err);
    board.keys = own;
    snprintf(path, sizeof path, "%s/audit.jsonl", folder);
    assert(mkt_boardroom_open(&board, path, "strict", &err) == MKT_OK);
}

static void check(const struct mkt_buf *out)
{
    const struct mkt_json_limits limits = {(size_t)64 << 20, 64, 5000000};
    struct mkt_pyvalue *root;
    struct mkt_err err = {0};
    mkt_arena_reset(&reading, (size_t)1 << 20);
    assert(mkt_pyjson_read(&reading, out->data, out->length, &limits, &root, &err) == MKT_OK);
    assert(mkt_pyjson_is_object(root));
}

static void collaborate(const char *bytes, size_t n, struct mkt_boardroom_call *call)
{
    struct mkt_err err = {0};
    struct mkt_buf out;
    mkt_buf_init(&out, &arena);
    mkt_status status = mkt_collaborate_answer(&board, &arena, bytes, n, call, &out, &err);
    if (status == MKT_OK) check(&out);
    assert(status == MKT_OK || status == MKT_E_NOMEM);
}

/* Whatever the bytes are, the seal around them is good. */
static void collaborate_sealed(const char *bytes, size_t n, const char *nonce,
                               struct mkt_boardroom_call *call)
{
    const struct mkt_seal_context context = {"finance", SELF, nonce};
    struct mkt_err err = {0};
    struct mkt_buf text;
    mkt_buf_init(&text, &arena);
    if (mkt_seal_write(&arena, mkt_seal_public(board.seal), &context, bytes, n, NULL, &text,
                       &err) == MKT_OK)
        collaborate(text.data, text.length, call);
}

/* Each with a nonce of its own, which stands outside the seal, too. */
static void collaborate_signed(const char *payload, bool seal, struct mkt_boardroom_call *call)
{
    static unsigned count;
    struct mkt_err err = {0};
    struct mkt_buf text;
    char nonce[33];
    snprintf(nonce, sizeof nonce, "%032x", ++count);
    mkt_buf_init(&text, &arena);
    if (mkt_envelope_write(&arena, finance, "finance", SELF, "collaboration_request", NOW_US - 1,
                           nonce, payload, &text, &err) != MKT_OK)
        return;
    if (seal)
        collaborate_sealed(text.data, text.length, nonce, call);
    else
        collaborate(text.data, text.length, call);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int runs;
    struct mkt_err err = {0};
    struct mkt_buf out;
    if (!flag) begin();
    if (size == 0) return 0;
    mkt_arena_reset(&arena, (size_t)1 << 20);
    struct mkt_boardroom_call call = {.flag = flag, .now_us = NOW_US, .until_ms = INT64_MAX / 2};
    const char *text = mkt_arena_strndup(&arena, (const char *)data + 1, size - 1);
    bool seal = data[0] & 128;
    board.mode = data[0] & 64 ? MKT_BOARDROOM_OPEN : MKT_BOARDROOM_STRICT;
    if (data[0] % 3 == 0) {
        mkt_buf_init(&out, &arena);
        mkt_status status =
            mkt_process_answer(&board, &arena, text, size - 1, "hub", &call, &out, &err);
        if (status == MKT_OK) check(&out);
        assert(status == MKT_OK || err.text[0]);
    } else if (data[0] % 3 == 1) {
        if (seal)
            collaborate_sealed(text, size - 1, "00112233445566778899aabbccddeeff", &call);
        else
            collaborate(text, size - 1, &call);
    } else {
        collaborate_signed(text, seal, &call);
    }
    if (++runs % 20000 == 0) { /* the log starts anew, so that it does not fill the memory */
        char path[128];
        mkt_boardroom_close(&board);
        snprintf(path, sizeof path, "%s/audit.jsonl", folder);
        assert(remove(path) == 0);
        assert(mkt_boardroom_open(&board, path, "strict", &err) == MKT_OK);
    }
    return 0;
}
