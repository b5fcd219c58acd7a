#include "source/naming.h"

#include <string.h>

#include "base/text.h"
#include "source/money.h"

/* Folds a two-byte Latin letter (U+00C0..U+017F) to ASCII; "" when there is none to fold to. */
static const char *fold(unsigned code)
{
    static const char *const latin[64] = {
        "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",
        "d", "n", "o", "o", "o", "o", "o",  "",  "o", "u", "u", "u", "u", "y", "th", "ss",
        "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",
        "d", "n", "o", "o", "o", "o", "o",  "",  "o", "u", "u", "u", "u", "y", "th", "y",
    };
    if (code >= 0xC0 && code <= 0xFF) return latin[code - 0xC0];
    if (code == 0x141 || code == 0x142) return "l";
    if (code == 0x15A || code == 0x15B || code == 0x160 || code == 0x161) return "s";
    return "";
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void add(struct mkt_naming *out, size_t *n, char c)
{
    if (*n + 1 < sizeof out->text) out->text[(*n)++] = c;
}

static void add_break(struct mkt_naming *out, size_t *n)
{
    if (*n && out->text[*n - 1] != '_') add(out, n, '_');
}

/* A bracket that only names a currency, "(in EUR)": its length, and the unit. */
static size_t unit_bracket(const char *s, const char **unit)
{
    char close = *s == '(' ? ')' : *s == '[' ? ']' : 0;
    const char *end = close ? strchr(s, close) : NULL;
    if (!end) return 0;
    const char *in = s + 1;
    if (strncmp(in, "in ", 3) == 0) in += 3;
    const char *code = mkt_money_code(in, (size_t)(end - in));
    if (!code) return 0;
    *unit = code;
    return (size_t)(end - s) + 1;
}

/* The rough form: lower case, accents folded, words parted. */
static size_t words(const char *name, struct mkt_naming *out)
{
    size_t n = 0;
    char before = 0; /* the last ASCII character as it stood in the name */
    for (const char *s = name; *s;) {
        size_t bracket = unit_bracket(s, &out->unit);
        if (bracket) {
            add_break(out, &n);
            s += bracket;
            continue;
        }
        const char *code;
        size_t sign =
            (unsigned char)*s >= 0x80 || *s == '$' ? mkt_money_match(s, strlen(s), &code) : 0;
        if (sign && *code) {
            out->unit = code;
            add_break(out, &n);
            s += sign;
            continue;
        }
        size_t len = mkt_text_utf8(s, strlen(s));
        if (len == 2) {
            unsigned point = ((unsigned)(unsigned char)s[0] & 0x1F) << 6 |
                             ((unsigned)(unsigned char)s[1] & 0x3F);
            const char *ascii = fold(point);
            for (const char *a = ascii; *a; a++) add(out, &n, *a);
            if (!*ascii) add_break(out, &n);
            before = *ascii ? 'a' : 0;
            s += 2;
            continue;
        }
        if (len != 1) {
            add_break(out, &n);
            before = 0;
            s += len ? len : 1;
            continue;
        }
        char c = *s;
        if (c == '%') out->percent = true;
        if (is_upper(c)) {
            if (is_lower(before) || is_digit(before) || (is_upper(before) && is_lower(s[1])))
                add_break(out, &n);
            add(out, &n, (char)(c + 32));
        } else if (is_lower(c)) {
            if (is_digit(before)) add_break(out, &n);
            add(out, &n, c);
        } else if (is_digit(c)) {
            if (before && !is_digit(before)) add_break(out, &n);
            add(out, &n, c);
        } else {
            add_break(out, &n);
        }
        before = is_upper(c) || is_lower(c) || is_digit(c) ? c : 0;
        s++;
    }
    while (n && out->text[n - 1] == '_') n--;
    out->text[n] = '\0';
    return n;
}

/* Removes `what` where it stands as whole words; true if it stood there. */
static bool drop(char *text, const char *what)
{
    size_t len = strlen(what);
    for (char *at = text; (at = strstr(at, what)); at++) {
        bool left = at == text || at[-1] == '_', right = at[len] == '\0' || at[len] == '_';
        if (!left || !right) continue;
        char *from = at, *to = at + len;
        if (from > text)
            from--;
        else if (*to)
            to++;
        memmove(from, to, strlen(to) + 1);
        return true;
    }
    return false;
}

/* A currency code as the last word: "spend_eur", "cost_in_usd". */
static void drop_code(struct mkt_naming *out)
{
    char *last = strrchr(out->text, '_');
    if (!last || strlen(last + 1) != 3) return;
    const char *code = mkt_money_code(last + 1, 3);
    if (!code) return;
    out->unit = code;
    *last = '\0';
    size_t n = strlen(out->text);
    if (n > 3 && strcmp(out->text + n - 3, "_in") == 0) out->text[n - 3] = '\0';
}

void mkt_naming_read(const char *name, struct mkt_naming *out)
{
    memset(out, 0, sizeof *out);
    words(name, out);
    if (drop(out->text, "in_micro_dollar") || drop(out->text, "micro_dollar") ||
        drop(out->text, "micros") || drop(out->text, "micro") || drop(out->text, "microcurrency"))
        out->micros = true;
    if (drop(out->text, "in_local_currency") || drop(out->text, "local")) {
        char rest[MKT_NAMING_MAX];
        memcpy(rest, out->text, sizeof rest);
        rest[MKT_NAMING_MAX - 7] = '\0';
        memcpy(out->text, "local_", 6);
        strcpy(out->text + 6, rest);
    }
    if (!out->unit) drop_code(out);
}

bool mkt_naming_has(const char *text, const char *words_wanted)
{
    size_t len = strlen(words_wanted);
    for (const char *at = text; (at = strstr(at, words_wanted)); at++)
        if ((at == text || at[-1] == '_') && (at[len] == '\0' || at[len] == '_')) return true;
    return false;
}

/* One alternative: pattern[0..n) with '*'. */
static bool match_one(const char *text, const char *pattern, size_t n)
{
    const char *end = pattern + n, *star = NULL, *back = NULL;
    while (*text) {
        if (pattern < end && *pattern == '*') {
            star = ++pattern;
            back = text;
        } else if (pattern < end && *pattern == *text) {
            pattern++, text++;
        } else if (star) {
            pattern = star;
            text = ++back;
        } else {
            return false;
        }
    }
    while (pattern < end && *pattern == '*') pattern++;
    return pattern == end;
}

bool mkt_naming_match(const char *text, const char *pattern)
{
    for (;;) {
        size_t n = strcspn(pattern, "|");
        if (match_one(text, pattern, n)) return true;
        if (!pattern[n]) return false;
        pattern += n + 1;
    }
}

const char *mkt_naming_platform(const char *text)
{
    static const struct {
        const char *words, *platform;
    } rules[] = {
        {"google_analytics", "Google Analytics"},
        {"ga_4", "Google Analytics"},
        {"apple_search_ads", "Apple Search Ads"},
        {"apple_ads", "Apple Search Ads"},
        {"apple_search", "Apple Search Ads"},
        {"search_ads_apple", "Apple Search Ads"},
        {"asa", "Apple Search Ads"},
        {"google_ads", "Google Ads"},
        {"adwords", "Google Ads"},
        {"google", "Google Ads"},
        {"youtube", "YouTube"},
        {"you_tube", "YouTube"},
        {"facebook", "Meta Ads"},
        {"meta", "Meta Ads"},
        {"fb", "Meta Ads"},
        {"instagram", "Meta Ads"},
        {"microsoft", "Microsoft Ads"},
        {"bing", "Microsoft Ads"},
        {"bingads", "Microsoft Ads"},
        {"tiktok", "TikTok Ads"},
        {"tik_tok", "TikTok Ads"},
        {"linkedin", "LinkedIn Ads"},
        {"linked_in", "LinkedIn Ads"},
        {"pinterest", "Pinterest Ads"},
        {"snapchat", "Snapchat Ads"},
        {"snap_ads", "Snapchat Ads"},
        {"twitter", "X Ads"},
        {"x_ads", "X Ads"},
        {"reddit", "Reddit Ads"},
        {"amazon", "Amazon Ads"},
        {"apple", "Apple Search Ads"},
        {"criteo", "Criteo"},
        {"taboola", "Taboola"},
        {"outbrain", "Outbrain"},
        {"quora", "Quora Ads"},
        {"spotify", "Spotify Ads"},
        {"dv_360", "Display & Video 360"},
        {"trade_desk", "The Trade Desk"},
        {"yahoo", "Yahoo"},
        {"yandex", "Yandex"},
        {"awin", "Awin"},
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (mkt_naming_has(text, rules[i].words)) return rules[i].platform;
    return NULL;
}
