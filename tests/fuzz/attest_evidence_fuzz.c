/* Evidence, collateral and policies from anyone: no crash, no leak, and never trusted. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "attest/evidence.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct mkt_arena arena;
    struct mkt_err err = {0};
    struct mkt_evidence evidence;
    struct mkt_collateral collateral = {0};
    struct mkt_verdict verdict;
    if (size < 1 || size > 1 << 16) return 0;
    if (!arena.base && mkt_arena_open(&arena, (size_t)64 << 20, &err) != MKT_OK) return 0;
    mkt_arena_reset(&arena, 1 << 20);
    char *text = mkt_arena_strndup(&arena, (const char *)data + 1, size - 1);
    struct mkt_policy policy = {.time = 1700000000, .debug = true, .sept_ve = true};
    if (data[0] & 8) {
        policy.key = data; /* whatever is there */
        policy.nonce = data;
        policy.nonce_bytes = size < 33 ? 0 : 33;
        if (size < 33) policy.key = NULL;
    }
    if (data[0] & 1) {
        mkt_status ignored = mkt_collateral_add(&arena, &collateral, text, size - 1, &err);
        (void)ignored;
        mkt_err_clear(&err);
    }
    if (data[0] & 2) {
        policy.event_log = text;
        policy.event_log_bytes = size - 1;
    }
    if (data[0] & 4 && mkt_policy_read_allowed(&arena, text, &policy, &err) != MKT_OK)
        policy.alloweds = 0;
    mkt_err_clear(&err);
    if (mkt_evidence_read(&arena, text, size - 1, &evidence, &err) == MKT_OK &&
        mkt_evidence_verify(&arena, &evidence, &collateral, &policy, &verdict, &err) == MKT_OK &&
        !verdict.failed)
        abort(); /* nobody forges Intel's or AMD's signature */
    mkt_collateral_clear(&collateral);
    return 0;
}
