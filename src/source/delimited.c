#include "source/delimited.h"

#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { ORDINARY, LINE, HIGH, NUL };

static int class_of(unsigned char c)
{
    if (c >= 0x80) return HIGH;
    if (c == '\n' || c == '\r') return LINE;
    return c == 0 ? NUL : ORDINARY;
}

/* Past bytes that are no delimiter, line end, NUL or part of a longer character, up to the first that is
 * one or to the last few of all.   Source of the eight at a time, where a byte of x is 0 if x - 1
 * borrows and x has no high bit, and the lowest such byte is one for sure: Warren, Hacker's Delight, 6-1 */
static const char *pass_ordinary(const char *s, const char *end, char delimiter)
{
#ifdef __SSE2__
    const __m128i wide_mark = _mm_set1_epi8(delimiter), line = _mm_set1_epi8('\n');
    const __m128i carriage = _mm_set1_epi8('\r'), nul = _mm_setzero_si128();
    for (; end - s >= 16; s += 16) {
        __m128i x = _mm_loadu_si128((const __m128i *)(const void *)s);
        __m128i marks = _mm_or_si128(_mm_cmpeq_epi8(x, wide_mark), _mm_cmpeq_epi8(x, nul));
        __m128i lines = _mm_or_si128(_mm_cmpeq_epi8(x, line), _mm_cmpeq_epi8(x, carriage));
        int found = _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(marks, lines), x));
        if (found) return s + __builtin_ctz((unsigned)found);
    }
#endif
    const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
    const uint64_t mark = ones * (unsigned char)delimiter;
    for (uint64_t x; end - s >= 8; s += 8) {
        memcpy(&x, s, sizeof x);
        uint64_t d = x ^ mark, n = x ^ ones * '\n', r = x ^ ones * '\r';
        uint64_t found =
            ((d - ones) & ~d) | ((n - ones) & ~n) | ((r - ones) & ~r) | ((x - ones) & ~x) | x;
        if (!(found & high)) continue;
        return s +
               (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? __builtin_ctzll(found & high) / 8 : 0);
    }
    return s;
}

static void add_cell(struct mkt_row *row, const char *s, size_t n, bool escaped)
{
    if (row->cells < row->room)
        row->cell[row->cells] = (struct mkt_cell){s, n, escaped};
    else if (n)
        row->extra_filled = true;
    row->cells++;
}

/* The closing quote of the cell that opens at s[-1], or `end`. */
static const char *closing_quote(const char *s, const char *end, struct mkt_row *row, bool *escaped)
{
    for (; s < end; s++) {
        unsigned char c = (unsigned char)*s;
        if (c >= 0x80) row->high = true;
        if (c == 0) row->nul = true;
        if (c != '"') continue;
        if (s + 1 < end && s[1] == '"') {
            *escaped = true;
            s++;
            continue;
        }
        return s;
    }
    return end;
}

mkt_row_state mkt_delimited_row(const char *s, const char *end, bool last, char delimiter,
                                struct mkt_row *row)
{
    row->cells = 0;
    row->extra_filled = row->high = row->nul = false;
    const char *begin = s;
    for (;;) {
        const char *cell = s;
        if (s < end && *s == '"') {
            bool escaped = false;
            const char *close = closing_quote(s + 1, end, row, &escaped);
            if (close == end) {
                row->cells++;
                return last ? MKT_ROW_UNCLOSED : MKT_ROW_MORE;
            }
            /* a quote at the very end of the bytes may be half of a doubled one */
            if (close + 1 == end && !last) {
                row->cells++;
                return MKT_ROW_MORE;
            }
            s = close + 1;
            if (s == end || *s == delimiter || *s == '\n' || *s == '\r') {
                add_cell(row, cell + 1, (size_t)(close - cell - 1), escaped);
                goto after;
            }
            /* "5" pipe: quotes that do not wrap the cell are ordinary characters */
        }
        for (s = pass_ordinary(s, end, delimiter); s < end; s++) {
            unsigned char c = (unsigned char)*s;
            if (c == (unsigned char)delimiter) break;
            int class = class_of(c);
            if (class == ORDINARY) continue;
            if (class == LINE) break;
            if (class == HIGH)
                row->high = true;
            else
                row->nul = true;
        }
        add_cell(row, cell, (size_t)(s - cell), false);
    after:
        if (s == end) {
            if (!last) return MKT_ROW_MORE;
            row->end = end;
            break;
        }
        if (*s == delimiter) {
            s++;
            continue;
        }
        if (*s == '\r') {
            if (s + 1 == end && !last) return MKT_ROW_MORE;
            s++;
            if (s < end && *s == '\n') s++;
        } else {
            s++;
        }
        row->end = s;
        break;
    }
    bool blank = row->cells == 1 && (begin == end || *begin == '\n' || *begin == '\r');
    return blank ? MKT_ROW_BLANK : MKT_ROW_WHOLE;
}

size_t mkt_delimited_plain(char *s, size_t n)
{
    size_t out = 0;
    for (size_t i = 0; i < n; i++) {
        s[out++] = s[i];
        if (s[i] == '"' && i + 1 < n && s[i + 1] == '"') i++;
    }
    return out;
}

#define GUESS_ROWS 100
#define PREAMBLE_MOST 20

/* How the first rows fall apart under one delimiter. */
struct fall {
    size_t cells[GUESS_ROWS]; /* a row */
    size_t filled[GUESS_ROWS];
    const char *begin[GUESS_ROWS];
    size_t lines[GUESS_ROWS]; /* rows and blank lines before it */
    int rows;
    size_t usual; /* the commonest number of cells */
    int usual_rows;
};

static void fall_apart(const char *s, const char *end, bool last, char delimiter, struct fall *f)
{
    struct mkt_cell cell[64] = {{NULL, 0, false}};
    struct mkt_row row = {.cell = cell, .room = 64};
    size_t lines = 0;
    f->rows = 0;
    while (s < end && f->rows < GUESS_ROWS) {
        mkt_row_state state = mkt_delimited_row(s, end, last, delimiter, &row);
        if (state == MKT_ROW_MORE || state == MKT_ROW_UNCLOSED) break;
        if (state == MKT_ROW_WHOLE) {
            f->cells[f->rows] = row.cells;
            f->begin[f->rows] = s;
            f->lines[f->rows] = lines;
            f->filled[f->rows] = row.extra_filled;
            for (size_t i = 0; i < row.cells && i < row.room; i++)
                f->filled[f->rows] += cell[i].n > 0;
            f->rows++;
        }
        lines++;
        s = row.end;
    }
    f->usual = f->usual_rows = 0;
    for (int i = 0; i < f->rows; i++) {
        int same = 0;
        for (int k = 0; k < f->rows; k++) same += f->cells[k] == f->cells[i];
        if (same > f->usual_rows || (same == f->usual_rows && f->cells[i] > f->usual)) {
            f->usual = f->cells[i];
            f->usual_rows = same;
        }
    }
}

static double score(const struct fall *f)
{
    if (f->rows == 0 || f->usual < 2) return 0;
    double agree = (double)f->usual_rows / f->rows;
    double first = f->cells[0] == f->usual ? 0.5 : 0;
    double wide = f->usual > 50 ? 50 : (double)f->usual;
    return agree + first + wide / 1000;
}

/* A title or two above the header: rows of at most two filled cells, narrower than the rest. */
static void skip_preamble(const struct fall *f, const char *s, struct mkt_dialect *out)
{
    int header = 0;
    while (header < f->rows && header < PREAMBLE_MOST && f->cells[header] != f->usual) {
        if (f->cells[header] > f->usual || f->filled[header] > 2) return;
        header++;
    }
    if (f->usual < 3 || header == 0 || header >= f->rows || header == PREAMBLE_MOST) return;
    out->skip += (size_t)(f->begin[header] - s);
    out->preamble += f->lines[header];
}

void mkt_delimited_guess(const char *s, size_t n, bool last, struct mkt_dialect *out)
{
    static const char candidates[] = ",;\t|";
    const char *end = s + n;
    *out = (struct mkt_dialect){.delimiter = ','};
    struct fall fall;
    if (n > 5 && memcmp(s, "sep=", 4) == 0 && (s[5] == '\n' || s[5] == '\r')) {
        out->delimiter = s[4];
        out->skip = s[5] == '\r' && n > 6 && s[6] == '\n' ? 7 : 6;
        out->preamble = 1;
        return;
    }
    double best = 0;
    for (const char *c = candidates; *c; c++) {
        fall_apart(s, end, last, *c, &fall);
        double this = score(&fall);
        if (this > best) {
            best = this;
            out->delimiter = *c;
        }
    }
    fall_apart(s, end, last, out->delimiter, &fall);
    skip_preamble(&fall, s, out);
}
