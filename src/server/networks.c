#include "server/networks.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* The address as one of IPv6. */
static void map(const void *four, unsigned char out[16])
{
    memset(out, 0, 10);
    memset(out + 10, 0xFF, 2);
    memcpy(out + 12, four, 4);
}

/* Whether the bits [from, to) are the same; b NULL stands for zeros. */
static bool equal(const unsigned char *a, const unsigned char *b, int from, int to)
{
    for (int i = from; i < to; i++) {
        unsigned differ = (unsigned)(a[i / 8] ^ (b ? b[i / 8] : 0));
        if (differ >> (7 - i % 8) & 1) return false;
    }
    return true;
}

static mkt_status add(struct mkt_networks *n, const char *word, struct mkt_err *err)
{
    char address[64];
    unsigned char four[4], six[16];
    const char *slash = strchr(word, '/');
    size_t length = slash ? (size_t)(slash - word) : strlen(word);
    int64_t bits = -1;
    int whole = 0;
    snprintf(address, sizeof address, "%.*s", (int)length, word);
    if (length < sizeof address && inet_pton(AF_INET, address, four) == 1) {
        whole = 32;
        map(four, six);
    } else if (length < sizeof address && inet_pton(AF_INET6, address, six) == 1) {
        whole = 128;
    }
    if (!whole || (slash && (!mkt_text_to_int(slash + 1, &bits) || bits < 0 || bits > whole)))
        return mkt_err_set(err, MKT_E_ARG,
                           "\"%.60s\" is neither an address nor a network such as 10.0.0.0/8",
                           word);
    int significant = 128 - whole + (slash ? (int)bits : whole);
    if (!equal(six, NULL, significant, 128))
        return mkt_err_set(err, MKT_E_ARG, "\"%.60s\" is an address within a network: say which",
                           word);
    if (n->networks == MKT_NETWORKS_MOST)
        return mkt_err_set(err, MKT_E_LIMIT, "at most %d addresses are taken", MKT_NETWORKS_MOST);
    memcpy(n->network[n->networks].address, six, 16);
    n->network[n->networks++].bits = significant;
    return MKT_OK;
}

mkt_status mkt_networks_read(const char *text, struct mkt_networks *out, struct mkt_err *err)
{
    memset(out, 0, sizeof *out);
    for (text += strspn(text, ", "); *text; text += strspn(text, ", ")) {
        char word[64];
        size_t n = strcspn(text, ", ");
        snprintf(word, sizeof word, "%.*s", (int)n, text);
        MKT_TRY(add(out, word, err));
        text += n;
    }
    return MKT_OK;
}

bool mkt_networks_hold(const struct mkt_networks *networks, const struct sockaddr *address)
{
    struct sockaddr_in four;
    struct sockaddr_in6 six;
    unsigned char bytes[16];
    if (address->sa_family == AF_INET) {
        memcpy(&four, address, sizeof four);
        map(&four.sin_addr, bytes);
    } else if (address->sa_family == AF_INET6) {
        memcpy(&six, address, sizeof six);
        memcpy(bytes, &six.sin6_addr, sizeof bytes);
    } else {
        return false;
    }
    for (size_t i = 0; i < networks->networks; i++)
        if (equal(bytes, networks->network[i].address, 0, networks->network[i].bits)) return true;
    return false;
}
