#include "base/json.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/text.h"

void mkt_json_init(struct mkt_json *w, struct mkt_buf *out)
{
    w->out = out;
    w->comma = false;
}

static void separate(struct mkt_json *w)
{
    if (w->comma) mkt_buf_char(w->out, ',');
    w->comma = true;
}

void mkt_json_open(struct mkt_json *w, char bracket)
{
    separate(w);
    mkt_buf_char(w->out, bracket);
    w->comma = false;
}

void mkt_json_close(struct mkt_json *w, char bracket)
{
    mkt_buf_char(w->out, bracket);
    w->comma = true;
}

static void quoted(struct mkt_buf *out, const char *text)
{
    static const char hex[] = "0123456789abcdef";
    mkt_buf_char(out, '"');
    const char *from = text;
    for (const char *c = text; *c; c++) {
        unsigned char u = (unsigned char)*c;
        if (u >= 0x20 && u != '"' && u != '\\') continue;
        mkt_buf_add(out, from, (size_t)(c - from));
        from = c + 1;
        const char *two = strchr("\"\"\\\\\bb\ff\nn\rr\tt", u);
        if (two) {
            char escaped[2] = {'\\', two[1]};
            mkt_buf_add(out, escaped, 2);
        } else {
            char escaped[6] = {'\\', 'u', '0', '0', hex[u >> 4], hex[u & 15]};
            mkt_buf_add(out, escaped, 6);
        }
    }
    mkt_buf_str(out, from);
    mkt_buf_char(out, '"');
}

void mkt_json_key(struct mkt_json *w, const char *name)
{
    separate(w);
    quoted(w->out, name);
    mkt_buf_char(w->out, ':');
    w->comma = false;
}

void mkt_json_string(struct mkt_json *w, const char *text)
{
    separate(w);
    if (text)
        quoted(w->out, text);
    else
        mkt_buf_str(w->out, "null");
}

void mkt_json_number(struct mkt_json *w, double value)
{
    char text[MKT_TEXT_NUMBER];
    separate(w);
    mkt_buf_str(w->out, isfinite(value) ? mkt_text_number(value, text) : "null");
}

void mkt_json_int(struct mkt_json *w, int64_t value)
{
    separate(w);
    mkt_buf_printf(w->out, "%" PRId64, value);
}

void mkt_json_bool(struct mkt_json *w, bool value)
{
    separate(w);
    mkt_buf_str(w->out, value ? "true" : "false");
}

void mkt_json_null(struct mkt_json *w)
{
    separate(w);
    mkt_buf_str(w->out, "null");
}

void mkt_json_member_string(struct mkt_json *w, const char *name, const char *text)
{
    mkt_json_key(w, name);
    mkt_json_string(w, text);
}

void mkt_json_member_number(struct mkt_json *w, const char *name, double value)
{
    mkt_json_key(w, name);
    mkt_json_number(w, value);
}

void mkt_json_member_int(struct mkt_json *w, const char *name, int64_t value)
{
    mkt_json_key(w, name);
    mkt_json_int(w, value);
}

void mkt_json_member_bool(struct mkt_json *w, const char *name, bool value)
{
    mkt_json_key(w, name);
    mkt_json_bool(w, value);
}
