#include "wire/json_read.h"

#include <assert.h>
#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "base/text.h"

#define DEPTH_MAX 512 /* the tree is copied by recursion */

const struct mkt_json_limits mkt_json_read_limits = {
    .bytes = (size_t)8 << 20, .depth = 32, .values = 500000};

struct place {
    size_t line, column;
};

static struct place place_of(const char *bytes, size_t at)
{
    struct place p = {1, 1};
    for (size_t i = 0; i < at; i++) {
        if (bytes[i] == '\n') {
            p.line++;
            p.column = 1;
        } else {
            p.column++;
        }
    }
    return p;
}

static mkt_status too_deep(const char *bytes, size_t at, size_t depth, struct mkt_err *err)
{
    struct place p = place_of(bytes, at);
    return mkt_err_set(
        err, MKT_E_ARG,
        "the JSON is nested deeper than the allowed %zu levels (line %zu, column %zu)", depth,
        p.line, p.column);
}

/* Counts depth and values and looks at every byte once, before anything is built: the library
 * would otherwise allocate many times the size of a hostile body. */
static mkt_status survey(const char *bytes, size_t n, const struct mkt_json_limits *limits,
                         struct mkt_err *err)
{
    size_t depth = 0, values = 1;
    bool quoted = false;
    for (size_t i = 0; i < n;) {
        size_t step = bytes[i] ? mkt_text_utf8(bytes + i, n - i) : 0;
        if (step == 0) {
            struct place p = place_of(bytes, i);
            return mkt_err_set(err, MKT_E_SYNTAX, "line %zu, column %zu of the JSON holds %s",
                               p.line, p.column,
                               bytes[i] ? "bytes that are not UTF-8" : "a NUL byte");
        }
        char c = step == 1 ? bytes[i] : 'x';
        i += step;
        if (quoted) {
            if (c == '\\')
                i += i < n; /* an escaped quote does not close; the library checks the escape */
            else if (c == '"')
                quoted = false;
            continue;
        }
        if (c == '"') quoted = true;
        if (c == ',') values++;
        if (c == '[' || c == '{') {
            values++;
            if (++depth > limits->depth) return too_deep(bytes, i, limits->depth, err);
        }
        if ((c == ']' || c == '}') && depth > 0) depth--;
        if (values > limits->values)
            return mkt_err_set(err, MKT_E_LIMIT, "the JSON holds more than the allowed %zu values",
                               limits->values);
    }
    return MKT_OK;
}

static bool copy(struct mkt_arena *arena, json_t *from, struct mkt_value *to);

static bool copy_object(struct mkt_arena *arena, json_t *from, struct mkt_value *to)
{
    const char *key;
    json_t *child;
    struct mkt_value *item = to->item;
    json_object_foreach(from, key, child)
    {
        item->key = mkt_arena_strdup(arena, key);
        if (!item->key || !copy(arena, child, item)) return false;
        item++;
    }
    return true;
}

static bool copy(struct mkt_arena *arena, json_t *from, struct mkt_value *to)
{
    switch (json_typeof(from)) {
    case JSON_NULL:
        to->type = MKT_VALUE_NULL;
        return true;
    case JSON_TRUE:
    case JSON_FALSE:
        to->type = MKT_VALUE_BOOL;
        to->truth = json_is_true(from);
        return true;
    case JSON_INTEGER:
        to->type = MKT_VALUE_INTEGER;
        to->integer = json_integer_value(from);
        to->number = (double)to->integer;
        return true;
    case JSON_REAL:
        to->type = MKT_VALUE_NUMBER;
        to->number = json_real_value(from);
        return true;
    case JSON_STRING:
        to->type = MKT_VALUE_STRING;
        to->text = mkt_arena_strndup(arena, json_string_value(from), json_string_length(from));
        return to->text != NULL;
    case JSON_ARRAY:
        to->type = MKT_VALUE_ARRAY;
        break;
    case JSON_OBJECT:
        to->type = MKT_VALUE_OBJECT;
        break;
    }
    to->items = json_is_array(from) ? json_array_size(from) : json_object_size(from);
    to->item = MKT_NEW(arena, struct mkt_value, to->items);
    if (!to->item) return false;
    if (to->type == MKT_VALUE_OBJECT) return copy_object(arena, from, to);
    for (size_t i = 0; i < to->items; i++)
        if (!copy(arena, json_array_get(from, i), &to->item[i])) return false;
    return true;
}

/* The library's words, without its excerpt of the text ("... near 'x'"). */
static mkt_status not_json(const json_error_t *fault, struct mkt_err *err)
{
    const char *near = strstr(fault->text, " near ");
    int length = near ? (int)(near - fault->text) : (int)strlen(fault->text);
    return mkt_err_set(err, MKT_E_SYNTAX, "line %d, column %d: this is not JSON: %.*s", fault->line,
                       fault->column, length, fault->text);
}

mkt_status mkt_json_read_value(struct mkt_arena *arena, const char *bytes, size_t n,
                               const struct mkt_json_limits *limits, struct mkt_value **out,
                               struct mkt_err *err)
{
    assert(limits->depth <= DEPTH_MAX);
    if (n > limits->bytes)
        return mkt_err_set(err, MKT_E_LIMIT, "the JSON has %zu bytes; at most %zu are taken", n,
                           limits->bytes);
    MKT_TRY(survey(bytes, n, limits, err));

    json_error_t fault;
    json_t *root = json_loadb(bytes, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &fault);
    if (!root) return not_json(&fault, err);
    struct mkt_value *value = MKT_NEW(arena, struct mkt_value, 1);
    bool copied = value && copy(arena, root, value);
    json_decref(root);
    if (!copied) return mkt_arena_full(arena, err);
    *out = value;
    return MKT_OK;
}

const struct mkt_value *mkt_json_read_member(const struct mkt_value *object, const char *key)
{
    if (!object || object->type != MKT_VALUE_OBJECT) return NULL;
    for (size_t i = 0; i < object->items; i++)
        if (strcmp(object->item[i].key, key) == 0) return &object->item[i];
    return NULL;
}

const char *mkt_json_read_type_name(mkt_value_type type)
{
    switch (type) {
    case MKT_VALUE_NULL:
        return "null";
    case MKT_VALUE_BOOL:
        return "true or false";
    case MKT_VALUE_INTEGER:
    case MKT_VALUE_NUMBER:
        return "a number";
    case MKT_VALUE_STRING:
        return "a string";
    case MKT_VALUE_ARRAY:
        return "an array";
    case MKT_VALUE_OBJECT:
        return "an object";
    }
    return "?";
}

const char *mkt_json_read_scalar_text(struct mkt_arena *arena, const struct mkt_value *value)
{
    char number[MKT_TEXT_NUMBER];
    switch (value->type) {
    case MKT_VALUE_BOOL:
        return value->truth ? "true" : "false";
    case MKT_VALUE_INTEGER:
        return mkt_arena_printf(arena, "%" PRId64, value->integer);
    case MKT_VALUE_NUMBER:
        return mkt_arena_strdup(arena, mkt_text_number(value->number, number));
    case MKT_VALUE_STRING:
        return value->text;
    case MKT_VALUE_NULL:
    case MKT_VALUE_ARRAY:
    case MKT_VALUE_OBJECT:
        break;
    }
    return NULL;
}
