#include "engine/settings.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/text.h"

const struct mkt_setting mkt_settings_table[] = {
#define MKT_SETTINGS_TEXT(field, name, fallback, help) {name, fallback, help},
#define MKT_SETTINGS_INTEGER(field, name, fallback, least, most, help) {name, #fallback, help},
    MKT_SETTINGS_LIST(MKT_SETTINGS_TEXT, MKT_SETTINGS_INTEGER)
#undef MKT_SETTINGS_TEXT
#undef MKT_SETTINGS_INTEGER
};

const size_t mkt_settings_count = sizeof mkt_settings_table / sizeof *mkt_settings_table;

static const char *from_environment(void *user, const char *name)
{
    (void)user;
    return getenv(name);
}

static mkt_status read_integer(const char *name, const char *text, int64_t least, int64_t most,
                               int64_t *out, struct mkt_err *err)
{
    int64_t value;
    if (!mkt_text_to_int(text, &value))
        return mkt_err_set(err, MKT_E_ARG, "%s is \"%s\": it must be a whole number", name, text);
    if (value < least || value > most)
        return mkt_err_set(err, MKT_E_ARG, "%s is %s: it must lie between %" PRId64 " and %" PRId64,
                           name, text, least, most);
    *out = value;
    return MKT_OK;
}

mkt_status mkt_settings_flag(const char *name, const char *text, bool *out, struct mkt_err *err)
{
    static const char *const yes[] = {"true", "1", "yes", "on"};
    static const char *const no[] = {"false", "0", "no", "off"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        *out = mkt_text_equal_nocase(text, yes[i]);
        if (*out || mkt_text_equal_nocase(text, no[i])) return MKT_OK;
    }
    return mkt_err_set(err, MKT_E_ARG, "%s is \"%s\": it must be true or false", name, text);
}

mkt_status mkt_settings_read(struct mkt_settings *out, mkt_settings_source *source, void *user,
                             struct mkt_err *err)
{
    struct mkt_settings s;
    const char *text;
    if (!source) source = from_environment;
#define MKT_SETTINGS_TEXT(field, name, fallback, help)                                             \
    text = source(user, name);                                                                     \
    s.field = text && *text ? text : fallback;
#define MKT_SETTINGS_INTEGER(field, name, fallback, least, most, help)                             \
    s.field = fallback;                                                                            \
    text = source(user, name);                                                                     \
    if (text && *text) MKT_TRY(read_integer(name, text, least, most, &s.field, err));
    MKT_SETTINGS_LIST(MKT_SETTINGS_TEXT, MKT_SETTINGS_INTEGER)
#undef MKT_SETTINGS_TEXT
#undef MKT_SETTINGS_INTEGER
    *out = s;
    return MKT_OK;
}
