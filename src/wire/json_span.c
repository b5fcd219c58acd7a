#include "wire/json_span.h"

#include <string.h>

struct scan {
    const char *at, *end;
};

static void skip_space(struct scan *s)
{
    while (s->at < s->end && strchr(" \t\r\n", *s->at) && *s->at) s->at++;
}

static void skip_string(struct scan *s)
{
    for (s->at++; s->at < s->end && *s->at != '"'; s->at++)
        if (*s->at == '\\') s->at++;
    if (s->at < s->end) s->at++;
    if (s->at > s->end) s->at = s->end;
}

static void skip_value(struct scan *s)
{
    size_t depth = 0;
    while (s->at < s->end) {
        char c = *s->at;
        if (c == '"') {
            skip_string(s);
            if (depth == 0) return;
            continue;
        }
        if (depth == 0 && (c == ',' || c == '}' || c == ']' || strchr(" \t\r\n", c))) return;
        if (c == '{' || c == '[') depth++;
        if ((c == '}' || c == ']') && --depth == 0) {
            s->at++;
            return;
        }
        s->at++;
    }
}

bool mkt_json_span_member(const char *text, size_t n, const char *key, const char **value,
                          size_t *bytes)
{
    struct scan s = {.at = text, .end = text + n};
    size_t length = strlen(key);
    skip_space(&s);
    if (s.at >= s.end || *s.at != '{') return false;
    s.at++;
    for (;;) {
        skip_space(&s);
        if (s.at >= s.end || *s.at != '"') return false;
        const char *name = s.at + 1;
        skip_string(&s);
        size_t name_bytes = (size_t)(s.at - name) - 1;
        skip_space(&s);
        if (s.at >= s.end || *s.at != ':') return false;
        s.at++;
        skip_space(&s);
        const char *start = s.at;
        skip_value(&s);
        if (name_bytes == length && memcmp(name, key, length) == 0) {
            *value = start;
            *bytes = (size_t)(s.at - start);
            return *bytes > 0;
        }
        skip_space(&s);
        if (s.at >= s.end || *s.at != ',') return false;
        s.at++;
    }
}
