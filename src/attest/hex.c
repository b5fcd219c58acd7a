#include "attest/hex.h"

#include <limits.h>
#include <openssl/evp.h>

char *mkt_hex_write(struct mkt_arena *arena, const void *bytes, size_t n)
{
    static const char digit[] = "0123456789abcdef";
    const unsigned char *b = bytes;
    char *out = MKT_NEW(arena, char, 2 * n + 1);
    if (!out) return NULL;
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digit[b[i] >> 4];
        out[2 * i + 1] = digit[b[i] & 15];
    }
    return out;
}

static int value_of(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool mkt_hex_read(const char *text, size_t length, void *out, size_t n)
{
    unsigned char *b = out;
    if (length != 2 * n) return false;
    for (size_t i = 0; i < n; i++) {
        int high = value_of(text[2 * i]), low = value_of(text[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        b[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

static mkt_status not_base64(struct mkt_err *err)
{
    return mkt_err_set(err, MKT_E_SYNTAX, "this is not base64");
}

mkt_status mkt_hex_read_base64(struct mkt_arena *arena, const char *text, size_t length,
                               unsigned char **out, size_t *n, struct mkt_err *err)
{
    char *packed = MKT_NEW(arena, char, length + 1);
    if (!packed) return mkt_arena_full(arena, err);
    size_t digits = 0, padding = 0;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
        bool digit = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                     c == '+' || c == '/';
        if (c == '=' ? ++padding > 2 : !digit || padding) return not_base64(err);
        packed[digits++] = c;
    }
    if (digits % 4 || digits > INT_MAX) return not_base64(err);
    unsigned char *bytes = MKT_NEW(arena, unsigned char, digits / 4 * 3 + 1);
    if (!bytes) return mkt_arena_full(arena, err);
    int got = digits ? EVP_DecodeBlock(bytes, (const unsigned char *)packed, (int)digits) : 0;
    if (got < 0) return not_base64(err);
    *out = bytes;
    *n = (size_t)got - padding;
    for (size_t i = *n; i < (size_t)got; i++) /* bits that stand for nothing */
        if (bytes[i]) return not_base64(err);
    return MKT_OK;
}

char *mkt_hex_write_base64(struct mkt_arena *arena, const void *bytes, size_t n)
{
    if (n > INT_MAX / 2) return NULL;
    char *out = MKT_NEW(arena, char, (n + 2) / 3 * 4 + 1);
    if (out) EVP_EncodeBlock((unsigned char *)out, bytes, (int)n);
    return out;
}

char *mkt_hex_write_base64url(struct mkt_arena *arena, const void *bytes, size_t n)
{
    char *out = mkt_hex_write_base64(arena, bytes, n);
    for (char *c = out; c && *c; c++)
        if (*c == '=')
            *c = '\0';
        else
            *c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
    return out;
}
