#include "server/mcp_header.h"

#include <string.h>

#include "base/text.h"

#define PREFIX "=?base64?"
#define SUFFIX "?="

static int digit(char c)
{
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : c >= '0' && c <= '9' ? c - '0' + 52
           : c == '+'             ? 62
           : c == '/'             ? 63
                                  : -1;
}

/* Whether `n` characters of base64 (RFC 4648, padded) are the bytes of `value`. */
static bool decodes_to(const char *text, size_t n, const char *value)
{
    size_t bytes = strlen(value), at = 0;
    unsigned bits = 0, held = 0;
    if (n % 4 != 0) return false;
    while (n > 0 && text[n - 1] == '=' && (4 * bytes) / 3 + 3 >= n) n--;
    for (size_t i = 0; i < n; i++) {
        int d = digit(text[i]);
        if (d < 0) return false;
        bits = bits << 6 | (unsigned)d;
        held += 6;
        if (held < 8) continue;
        held -= 8;
        if (at == bytes || (unsigned char)value[at++] != (bits >> held & 0xffU)) return false;
    }
    return at == bytes && (bits & ((1U << held) - 1)) == 0;
}

static bool says(const char *header, const char *value)
{
    size_t n = strlen(header), around = strlen(PREFIX) + strlen(SUFFIX);
    if (strcmp(header, value) == 0) return true;
    if (n < around || !mkt_text_has_prefix(header, PREFIX) ||
        strcmp(header + n - strlen(SUFFIX), SUFFIX) != 0)
        return false;
    return decodes_to(header + strlen(PREFIX), n - around, value);
}

static mkt_status check_one(const char *label, const char *header, const char *value,
                            struct mkt_err *err)
{
    if (!header)
        return mkt_err_set(err, MKT_E_ARG, "the header %s is missing; the message says \"%.100s\"",
                           label, value);
    if (!says(header, value))
        return mkt_err_set(err, MKT_E_ARG,
                           "the header %s is \"%.100s\"; the message says \"%.100s\"", label,
                           header, value);
    return MKT_OK;
}

mkt_status mkt_mcp_header_check(const struct mkt_mcp_header *header,
                                const struct mkt_mcp_message *message, struct mkt_err *err)
{
    MKT_TRY(check_one("MCP-Protocol-Version", header->version, message->version, err));
    MKT_TRY(check_one("Mcp-Method", header->method, message->rpc.method, err));
    return message->name ? check_one("Mcp-Name", header->name, message->name, err) : MKT_OK;
}
