/* The file of measurements that are allowed, hex, base64 and public keys in PEM: what is read is
 * what stands there, and written again it reads the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "attest/hex.h"
#include "attest/keys.h"
#include "attest/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct mkt_arena arena;

static void read_allowed(const char *text)
{
    struct mkt_policy policy = {0};
    struct mkt_err err = {0};
    mkt_status status = mkt_policy_read_allowed(&arena, text, &policy, &err);
    if ((status != MKT_OK) != (err.text[0] != '\0')) abort();
    for (size_t i = 0; status == MKT_OK && i < policy.alloweds; i++) {
        size_t digits = strlen(policy.allowed[i].hex);
        if (digits != 96 && (digits != 64 || strcmp(policy.allowed[i].name, "host_data") != 0))
            abort();
        if (strspn(policy.allowed[i].hex, "0123456789abcdef") != digits) abort();
    }
}

static void read_base64(const char *text, size_t n)
{
    unsigned char *bytes, *again;
    size_t length, same;
    struct mkt_err err = {0};
    if (mkt_hex_read_base64(&arena, text, n, &bytes, &length, &err) != MKT_OK) return;
    if (length > n) abort();
    const char *written = mkt_hex_write_base64(&arena, bytes, length);
    if (!written || mkt_hex_read_base64(&arena, written, strlen(written), &again, &same, &err) ||
        same != length || memcmp(bytes, again, length) != 0)
        abort();
}

static void read_hex(const char *text, size_t n)
{
    unsigned char *bytes = MKT_NEW(&arena, unsigned char, n / 2 + 1);
    if (!bytes || !mkt_hex_read(text, n, bytes, n / 2)) return;
    const char *written = mkt_hex_write(&arena, bytes, n / 2);
    for (size_t i = 0; written && i < n; i++)
        if (written[i] != (text[i] >= 'A' && text[i] <= 'F' ? text[i] + 32 : text[i])) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mkt_public_key key;
    struct mkt_err err = {0};
    char pem[MKT_KEYS_PEM];
    if (size > 1 << 16) return 0;
    if (!arena.base && mkt_arena_open(&arena, (size_t)64 << 20, &err) != MKT_OK) abort();
    mkt_arena_reset(&arena, 1 << 20);
    char *text = malloc(size + 1);
    memcpy(text, data, size);
    text[size] = '\0';
    read_allowed(text);
    read_base64(text, size);
    read_hex(text, size);
    if (mkt_keys_read_pem(text, size, &key)) mkt_keys_pem(&key, pem);
    free(text);
    return 0;
}
