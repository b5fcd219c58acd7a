#include "wire/jcs.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"

/* The first UTF-16 code unit of a character of valid UTF-8, which is enough to order two that
 * differ: of those beyond U+FFFF the pair is ordered as the character. */
static unsigned unit_of(const unsigned char *c)
{
    if (c[0] < 0x80) return c[0];
    if (c[0] < 0xE0) return (c[0] & 0x1FU) << 6 | (c[1] & 0x3FU);
    if (c[0] < 0xF0) return (c[0] & 0xFU) << 12 | (c[1] & 0x3FU) << 6 | (c[2] & 0x3FU);
    unsigned point = (c[0] & 7U) << 18 | (c[1] & 0x3FU) << 12 | (c[2] & 0x3FU) << 6;
    return 0xD800 + ((point - 0x10000) >> 10);
}

static int compare(const char *a, const char *b)
{
    const unsigned char *x = (const unsigned char *)a, *y = (const unsigned char *)b;
    while (*x && *x == *y) x++, y++;
    /* back to where the characters begin: what comes before is the same in both */
    while (x > (const unsigned char *)a && ((*x & 0xC0) == 0x80 || (*y & 0xC0) == 0x80)) x--, y--;
    unsigned left = unit_of(x), right = unit_of(y);
    if (left != right) return left < right ? -1 : 1;
    return strcmp((const char *)x, (const char *)y);
}

static int by_name(const void *a, const void *b)
{
    const struct mkt_value *const *x = a, *const *y = b;
    return compare((*x)->key, (*y)->key);
}

static void write_value(struct mkt_json *w, const struct mkt_value *v, const char *without);

static void write_object(struct mkt_json *w, const struct mkt_value *v, const char *without)
{
    const struct mkt_value **member =
        MKT_NEW(w->out->arena, const struct mkt_value *, v->items ? v->items : 1);
    if (!member) {
        w->out->failed = true;
        return;
    }
    for (size_t i = 0; i < v->items; i++) member[i] = &v->item[i];
    qsort(member, v->items, sizeof *member, by_name);
    mkt_json_open(w, '{');
    for (size_t i = 0; i < v->items; i++) {
        if (without && strcmp(member[i]->key, without) == 0) continue;
        mkt_json_key(w, member[i]->key);
        write_value(w, member[i], NULL);
    }
    mkt_json_close(w, '}');
}

static void write_value(struct mkt_json *w, const struct mkt_value *v, const char *without)
{
    switch (v->type) {
    case MKT_VALUE_NULL:
        mkt_json_null(w);
        break;
    case MKT_VALUE_BOOL:
        mkt_json_bool(w, v->truth);
        break;
    case MKT_VALUE_INTEGER:
        mkt_json_int(w, v->integer);
        break;
    case MKT_VALUE_NUMBER:
        mkt_json_number(w, v->number);
        break;
    case MKT_VALUE_STRING:
        mkt_json_string(w, v->text);
        break;
    case MKT_VALUE_ARRAY:
        mkt_json_open(w, '[');
        for (size_t i = 0; i < v->items; i++) write_value(w, &v->item[i], NULL);
        mkt_json_close(w, ']');
        break;
    case MKT_VALUE_OBJECT:
        write_object(w, v, without);
        break;
    }
}

void mkt_jcs_write(struct mkt_buf *out, const struct mkt_value *value, const char *without)
{
    struct mkt_json w;
    mkt_json_init(&w, out);
    write_value(&w, value, without);
}
