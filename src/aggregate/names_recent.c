#include "aggregate/names_recent.h"

#include <string.h>

static uint64_t bytes8(const char *s)
{
    uint64_t x;
    memcpy(&x, s, sizeof x);
    return x;
}

static uint64_t bytes4(const char *s)
{
    uint32_t x;
    memcpy(&x, s, sizeof x);
    return x;
}

/* Of up to 16 bytes these are all, some of them twice. */
static void ends_of(const char *s, size_t n, uint64_t *head, uint64_t *tail)
{
    *tail = 0;
    if (n >= 8) {
        *head = bytes8(s);
        *tail = bytes8(s + n - 8);
    } else if (n >= 4) {
        *head = bytes4(s) << 32 | bytes4(s + n - 4);
    } else {
        *head = (uint64_t)(unsigned char)s[0] << 16 | (uint64_t)(unsigned char)s[n / 2] << 8 |
                (unsigned char)s[n - 1];
    }
}

mkt_status mkt_names_recent_code(struct mkt_names_recent *recent, struct mkt_names *names,
                                 const char *text, size_t length, uint32_t *out,
                                 struct mkt_err *err)
{
    uint64_t head, tail;
    if (!length) return mkt_names_code(names, text, length, out, err);
    ends_of(text, length, &head, &tail);
    uint64_t mixed = (head ^ (tail << 23 | tail >> 41) ^ length) * 0x9e3779b97f4a7c15ULL;
    struct mkt_names_recent_name *r = &recent->slot[mixed >> 56];
    if (r->head == head && r->tail == tail && r->length == length &&
        (length <= 16 || memcmp(r->name + 8, text + 8, length - 16) == 0)) {
        *out = r->code;
        return MKT_OK;
    }
    MKT_TRY(mkt_names_code(names, text, length, out, err));
    *r = (struct mkt_names_recent_name){head, tail, names->name[*out], length, *out};
    return MKT_OK;
}
