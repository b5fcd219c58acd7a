#include "source/jsonrows.h"

#include <string.h>

#include "base/hash.h"
#include "base/text.h"

#define DEPTH_MOST 64
#define NO_COLUMN SIZE_MAX

/* A reader over bytes: `more` is set where they end too early. */
struct reader {
    const char *s, *end;
    bool more, bad;
};

static void skip_space(struct reader *r)
{
    while (r->s < r->end && (*r->s == ' ' || *r->s == '\t' || *r->s == '\n' || *r->s == '\r'))
        r->s++;
    if (r->s == r->end) r->more = true;
}

static bool expect(struct reader *r, char c)
{
    skip_space(r);
    if (r->more) return false;
    if (*r->s != c) return r->bad = true, false;
    r->s++;
    return true;
}

/* A string's inside; r stands on its opening quote. */
static bool take_string(struct reader *r, struct mkt_cell *out)
{
    const char *begin = ++r->s;
    bool escaped = false;
    for (; r->s < r->end; r->s++) {
        if (*r->s == '\\') {
            escaped = true;
            r->s++;
            continue;
        }
        if (*r->s == '"') {
            *out = (struct mkt_cell){begin, (size_t)(r->s - begin), escaped};
            r->s++;
            return true;
        }
        if ((unsigned char)*r->s < 0x20) return r->bad = true, false;
    }
    r->more = true;
    return false;
}

/* Passes over an object or array; r stands on its opening bracket. */
static bool take_nested(struct reader *r, struct mkt_cell *out)
{
    const char *begin = r->s;
    struct mkt_cell ignored;
    int depth = 0;
    while (r->s < r->end) {
        char c = *r->s;
        if (c == '"') {
            if (!take_string(r, &ignored)) return false;
            continue;
        }
        if (c == '{' || c == '[') {
            if (++depth > DEPTH_MOST) return r->bad = true, false;
        }
        r->s++;
        if ((c == '}' || c == ']') && --depth == 0) {
            *out = (struct mkt_cell){begin, (size_t)(r->s - begin), false};
            return true;
        }
    }
    r->more = true;
    return false;
}

static bool take_value(struct reader *r, struct mkt_cell *out)
{
    skip_space(r);
    if (r->more) return false;
    if (*r->s == '"') return take_string(r, out);
    if (*r->s == '{' || *r->s == '[') return take_nested(r, out);
    const char *begin = r->s;
    while (r->s < r->end && !strchr(",}] \t\r\n", *r->s)) r->s++;
    if (r->s == r->end) return r->more = true, false;
    size_t n = (size_t)(r->s - begin);
    bool number = n && ((*begin >= '0' && *begin <= '9') || *begin == '-');
    bool null = n == 4 && memcmp(begin, "null", 4) == 0;
    bool word = (n == 4 && memcmp(begin, "true", 4) == 0) ||
                (n == 5 && memcmp(begin, "false", 5) == 0) ||
                (n == 3 && memcmp(begin, "NaN", 3) == 0) || null;
    if (!number && !word) return r->bad = true, false;
    *out = (struct mkt_cell){begin, null ? 0 : n, false};
    return true;
}

mkt_jsonrows_shape mkt_jsonrows_find(const char *s, size_t n, size_t *begin)
{
    static const char *const wrappers[] = {
        "data",  "rows",   "results",     "items",     "records", "report",  "values",
        "value", "result", "performance", "campaigns", "table",   "elements"};
    struct reader r = {s, s + n, false, false};
    struct mkt_cell key, value;
    skip_space(&r);
    if (r.more) return MKT_JSONROWS_NONE;
    *begin = (size_t)(r.s - s);
    if (*r.s == '[') {
        r.s++;
        skip_space(&r);
        if (r.more || *r.s != '{') return MKT_JSONROWS_NONE;
        *begin = (size_t)(r.s - s);
        return MKT_JSONROWS_ARRAY;
    }
    if (*r.s != '{') return MKT_JSONROWS_NONE;
    r.s++;
    for (;;) {
        skip_space(&r);
        if (r.more || *r.s != '"' || !take_string(&r, &key) || !expect(&r, ':')) break;
        skip_space(&r);
        if (r.more) break;
        struct reader at = r;
        bool wraps = false;
        for (size_t i = 0; i < sizeof wrappers / sizeof *wrappers; i++)
            wraps |= strlen(wrappers[i]) == key.n && memcmp(wrappers[i], key.s, key.n) == 0;
        if (wraps && *at.s == '[') {
            at.s++;
            skip_space(&at);
            if (!at.more && *at.s == '{') {
                *begin = (size_t)(at.s - s);
                return MKT_JSONROWS_ARRAY;
            }
        }
        if (!take_value(&r, &value)) break;
        skip_space(&r);
        if (r.more || *r.s != ',') break;
        r.s++;
    }
    return MKT_JSONROWS_LINES;
}

static uint64_t hash_key(const char *s, size_t n)
{
    uint64_t h = 14695981039346656037ULL;
    for (size_t i = 0; i < n; i++) h = (h ^ (unsigned char)s[i]) * 1099511628211ULL;
    return h ^ h >> 29;
}

static bool is_name(const char *name, const char *s, size_t n)
{
    return strncmp(name, s, n) == 0 && name[n] == '\0';
}

static size_t find_column(const struct mkt_rowfile *file, const char *s, size_t n, size_t guess)
{
    if (guess < file->columns && is_name(file->name[guess], s, n)) return guess;
    if (!file->lookup_size) return NO_COLUMN;
    for (uint64_t i = hash_key(s, n);; i++) {
        uint32_t at = file->lookup[i & (file->lookup_size - 1)];
        if (!at) return NO_COLUMN;
        if (is_name(file->name[at - 1], s, n)) return at - 1;
    }
}

static size_t add_column(struct mkt_arena *arena, struct mkt_rowfile *file, const char *s, size_t n)
{
    if (file->columns == MKT_ROWFILE_COLUMNS || memchr(s, '\0', n)) return NO_COLUMN;
    if (!file->lookup) {
        file->lookup_size = 4 * MKT_ROWFILE_COLUMNS;
        file->lookup = MKT_NEW(arena, uint32_t, file->lookup_size);
        if (!file->lookup) return file->lookup_size = 0, NO_COLUMN;
    }
    char *name = mkt_arena_strndup(arena, s, n);
    const char **slot =
        name ? mkt_arena_push(arena, &file->name, &file->columns, &file->column_cap, sizeof *slot)
             : NULL;
    if (!slot) return NO_COLUMN;
    *slot = name;
    uint64_t i = hash_key(s, n);
    while (file->lookup[i & (file->lookup_size - 1)]) i++;
    file->lookup[i & (file->lookup_size - 1)] = (uint32_t)file->columns;
    return file->columns - 1;
}

/* `learner` is file, or NULL when unknown keys are passed over. */
static mkt_row_state read_object(struct mkt_arena *arena, struct reader *r,
                                 const struct mkt_rowfile *file, struct mkt_rowfile *learner,
                                 struct mkt_row *row, bool *full)
{
    size_t guess = 0;
    row->cells = 0;
    memset(row->cell, 0, file->columns * sizeof *row->cell);
    r->s++;
    skip_space(r);
    if (!r->more && *r->s == '}') {
        r->s++;
        return MKT_ROW_WHOLE;
    }
    for (;;) {
        struct mkt_cell key, value;
        char plain[256];
        skip_space(r);
        if (r->more) return MKT_ROW_MORE;
        if (*r->s != '"') return r->bad = true, MKT_ROW_MALFORMED;
        if (!take_string(r, &key) || !expect(r, ':') || !take_value(r, &value))
            return r->bad ? MKT_ROW_MALFORMED : MKT_ROW_MORE;
        if (key.escaped) {
            size_t n = key.n < sizeof plain ? key.n : sizeof plain;
            memcpy(plain, key.s, n);
            key = (struct mkt_cell){plain, mkt_jsonrows_plain(plain, n), false};
        }
        row->cells++;
        size_t column = find_column(file, key.s, key.n, guess);
        if (column == NO_COLUMN && learner) {
            column = add_column(arena, learner, key.s, key.n);
            if (column == NO_COLUMN) return *full = true, MKT_ROW_MALFORMED;
            row->cell[column] = (struct mkt_cell){NULL, 0, false};
        }
        if (column != NO_COLUMN) {
            row->cell[column] = value;
            guess = column + 1;
        }
        skip_space(r);
        if (r->more) return MKT_ROW_MORE;
        if (*r->s == '}') break;
        if (*r->s != ',') return r->bad = true, MKT_ROW_MALFORMED;
        r->s++;
    }
    r->s++;
    return MKT_ROW_WHOLE;
}

static mkt_row_state read_row(struct mkt_arena *arena, const char *s, const char *end, bool last,
                              const struct mkt_rowfile *file, struct mkt_rowfile *learner,
                              struct mkt_row *row, bool *full)
{
    struct reader r = {s, end, false, false};
    row->extra_filled = row->high = row->nul = false;
    while (r.s < end &&
           (*r.s == ' ' || *r.s == '\t' || *r.s == '\n' || *r.s == '\r' || *r.s == ','))
        r.s++;
    row->end = r.s;
    if (r.s == end) return last ? MKT_ROW_LAST : MKT_ROW_MORE;
    if (*r.s == ']') return MKT_ROW_LAST;
    if (*r.s != '{') return MKT_ROW_MALFORMED;
    mkt_row_state state = read_object(arena, &r, file, learner, row, full);
    row->end = r.s < end ? r.s : end;
    if (state == MKT_ROW_MORE && last) return MKT_ROW_UNCLOSED;
    row->high = true; /* let the caller check; JSON text is UTF-8 */
    return state;
}

mkt_row_state mkt_jsonrows_row(const char *s, const char *end, bool last,
                               const struct mkt_rowfile *file, struct mkt_row *row)
{
    bool full = false;
    return read_row(NULL, s, end, last, file, NULL, row, &full);
}

mkt_row_state mkt_jsonrows_learn(struct mkt_arena *arena, const char *s, const char *end, bool last,
                                 struct mkt_rowfile *file, struct mkt_row *row, bool *full)
{
    *full = false;
    return read_row(arena, s, end, last, file, file, row, full);
}

static int hex4(const char *s)
{
    int v = 0;
    for (int i = 0; i < 4; i++) {
        char c = s[i];
        int d = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
        if (d < 0) return -1;
        v = 16 * v + d;
    }
    return v;
}

static size_t put_utf8(char *out, unsigned c)
{
    if (c < 0x80) return out[0] = (char)c, 1;
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 63));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 63));
        out[2] = (char)(0x80 | (c & 63));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 63));
    out[2] = (char)(0x80 | (c >> 6 & 63));
    out[3] = (char)(0x80 | (c & 63));
    return 4;
}

/* \uXXXX at s (behind the u), a surrogate pair as one; *used in bytes. U+FFFD for what is none. */
static unsigned unicode(const char *s, size_t n, size_t *used)
{
    int a = n >= 4 ? hex4(s) : -1;
    *used = n >= 4 ? 4 : n;
    if (a <= 0) return 0xFFFD;
    if (a < 0xD800 || a > 0xDFFF) return (unsigned)a;
    if (a < 0xDC00 && n >= 10 && s[4] == '\\' && s[5] == 'u') {
        int b = hex4(s + 6);
        if (b >= 0xDC00 && b <= 0xDFFF) {
            *used = 10;
            return 0x10000 + (((unsigned)a & 0x3FF) << 10 | ((unsigned)b & 0x3FF));
        }
    }
    return 0xFFFD;
}

size_t mkt_jsonrows_plain(char *s, size_t n)
{
    size_t out = 0;
    for (size_t i = 0; i < n; i++) {
        if (s[i] != '\\' || i + 1 == n) {
            s[out++] = s[i];
            continue;
        }
        char c = s[++i];
        if (c == 'u') {
            size_t used;
            unsigned code = unicode(s + i + 1, n - i - 1, &used);
            i += used;
            out += put_utf8(s + out, code); /* never longer than the escape */
            continue;
        }
        s[out++] = c == 'n'               ? '\n'
                   : c == 't'             ? '\t'
                   : c == 'r'             ? '\r'
                   : c == 'b' || c == 'f' ? ' '
                                          : c;
    }
    return out;
}
