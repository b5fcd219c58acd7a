#include "base/caseless.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"

/* Capitals first..last, a step apart, become small ones by adding. */
struct run {
    uint16_t first, last, step;
    int32_t plus;
};

/* A letter and what it is made of; mark 0: another letter alone. */
struct pair {
    uint16_t whole, letter, mark;
};

#include "base/caseless_table.h"

#define MOST_BYTES 3 /* of the folded form for each byte of a name */

static char *put(char *out, uint32_t c)
{
    if (c < 0x80) {
        *out++ = mkt_text_small((char)c);
    } else if (c < 0x800) {
        *out++ = (char)(0xC0 | c >> 6);
        *out++ = (char)(0x80 | (c & 0x3F));
    } else {
        *out++ = (char)(0xE0 | c >> 12);
        *out++ = (char)(0x80 | (c >> 6 & 0x3F));
        *out++ = (char)(0x80 | (c & 0x3F));
    }
    return out;
}

static const struct pair *pair_of(uint32_t c)
{
    size_t from = 0, to = sizeof apart / sizeof *apart;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (apart[middle].whole < c)
            from = middle + 1;
        else
            to = middle;
    }
    return from < sizeof apart / sizeof *apart && apart[from].whole == c ? &apart[from] : NULL;
}

static uint32_t small_of(uint32_t c)
{
    for (size_t i = 0; i < sizeof small / sizeof *small && small[i].first <= c; i++)
        if (c <= small[i].last && (c - small[i].first) % small[i].step == 0)
            return (uint32_t)((int32_t)c + small[i].plus);
    return c;
}

/* The Unicode Standard, section 3.12: a syllable is a lead, a vowel and perhaps a tail. */
static char *put_hangul(char *out, uint32_t syllable)
{
    out = put(out, 0x1100 + syllable / (21 * 28));
    out = put(out, 0x1161 + syllable / 28 % 21);
    return syllable % 28 ? put(out, 0x11A7 + syllable % 28) : out;
}

static char *put_folded(char *out, uint32_t c)
{
    if (c < 0x80) return put(out, c);
    if (c >= 0xAC00 && c <= 0xD7A3) return put_hangul(out, c - 0xAC00);
    const struct pair *p = pair_of(c);
    if (!p) return put(out, small_of(c));
    out = put_folded(out, p->letter);
    return p->mark ? put_folded(out, p->mark) : out;
}

static uint32_t code_of(const unsigned char *s, size_t n)
{
    if (n == 1) return s[0];
    if (n == 2) return (s[0] & 0x1FU) << 6 | (s[1] & 0x3FU);
    return (s[0] & 0xFU) << 12 | (s[1] & 0x3FU) << 6 | (s[2] & 0x3FU);
}

char *mkt_caseless_name(struct mkt_arena *arena, const char *name)
{
    while (*name == ' ') name++;
    size_t length = strlen(name);
    while (length && name[length - 1] == ' ') length--;
    char *folded = mkt_arena_alloc(arena, MOST_BYTES * length + 1, 1), *out = folded;
    for (size_t i = 0; out && i < length;) {
        size_t n = mkt_text_utf8(name + i, length - i);
        if (n == 0 || n > 3) { /* beyond the basic plane: as it is */
            n = n ? n : 1;
            memcpy(out, name + i, n);
            out += n;
        } else {
            out = put_folded(out, code_of((const unsigned char *)name + i, n));
        }
        i += n;
    }
    if (out) *out = '\0';
    return folded;
}
