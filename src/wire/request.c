#include "wire/request.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "wire/rows.h"

static mkt_status wrong_type(const char *name, const char *wanted, const struct mkt_value *got,
                             struct mkt_err *err)
{
    return mkt_err_set(err, MKT_E_ARG, "\"%s\" must be %s, not %s", name, wanted,
                       mkt_json_read_type_name(got->type));
}

static mkt_status read_text(const struct mkt_value *v, const char **out, struct mkt_err *err)
{
    if (v->type == MKT_VALUE_NULL) return MKT_OK;
    if (v->type != MKT_VALUE_STRING) return wrong_type(v->key, "a string", v, err);
    *out = v->text;
    return MKT_OK;
}

void mkt_request_init(struct mkt_request *request)
{
    *request = (struct mkt_request){.deadline_ms = -1};
}

static mkt_status set_deadline(int64_t ms, struct mkt_request *r, struct mkt_err *err)
{
    if (ms < 0 || ms > MKT_REQUEST_DEADLINE)
        return mkt_err_set(err, MKT_E_ARG,
                           "deadline_ms is %" PRId64 ": it must lie between 0 and %d", ms,
                           MKT_REQUEST_DEADLINE);
    r->deadline_ms = ms;
    return MKT_OK;
}

static mkt_status read_parameters(struct mkt_arena *arena, const struct mkt_value *v,
                                  struct mkt_request *r, struct mkt_err *err)
{
    if (v->type == MKT_VALUE_NULL) return MKT_OK;
    if (v->type != MKT_VALUE_OBJECT) return wrong_type("parameters", "an object", v, err);
    r->parameter = MKT_NEW(arena, struct mkt_pair, v->items);
    if (!r->parameter) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < v->items; i++) {
        const struct mkt_value *p = &v->item[i];
        if (p->type == MKT_VALUE_NULL) continue; /* not given: the default holds */
        if (p->type == MKT_VALUE_ARRAY || p->type == MKT_VALUE_OBJECT)
            return wrong_type(p->key, "a number or a string", p, err);
        const char *text = mkt_json_read_scalar_text(arena, p);
        if (!text) return mkt_arena_full(arena, err);
        r->parameter[r->parameters++] = (struct mkt_pair){p->key, text};
    }
    return MKT_OK;
}

static mkt_status read_map(struct mkt_arena *arena, const struct mkt_value *v,
                           struct mkt_request *r, struct mkt_err *err)
{
    if (v->type != MKT_VALUE_ARRAY) return wrong_type("map", "an array of strings", v, err);
    r->map = MKT_NEW(arena, const char *, v->items);
    if (!r->map) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < v->items; i++) {
        if (v->item[i].type != MKT_VALUE_STRING)
            return wrong_type("map", "an array of strings", v, err);
        r->map[r->maps++] = v->item[i].text;
    }
    return MKT_OK;
}

static mkt_status read_options(struct mkt_arena *arena, const struct mkt_value *v,
                               struct mkt_request *r, struct mkt_err *err)
{
    if (v->type == MKT_VALUE_NULL) return MKT_OK;
    if (v->type != MKT_VALUE_OBJECT) return wrong_type("options", "an object", v, err);
    for (size_t i = 0; i < v->items; i++) {
        const struct mkt_value *o = &v->item[i];
        if (strcmp(o->key, "map") == 0)
            MKT_TRY(read_map(arena, o, r, err));
        else if (strcmp(o->key, "dates") == 0)
            MKT_TRY(read_text(o, &r->dates, err));
        else if (strcmp(o->key, "decimal") == 0)
            MKT_TRY(read_text(o, &r->decimal, err));
        else if (strcmp(o->key, "currency") == 0)
            MKT_TRY(read_text(o, &r->currency, err));
        else
            return mkt_err_set(err, MKT_E_ARG,
                               "there is no option \"%s\"; there are map, dates, decimal, currency",
                               o->key);
    }
    return MKT_OK;
}

static mkt_status read_member(struct mkt_arena *arena, const struct mkt_value *v,
                              struct mkt_request *r, struct mkt_err *err)
{
    if (strcmp(v->key, "dataset") == 0) return read_text(v, &r->dataset, err);
    if (strcmp(v->key, "question") == 0) return read_text(v, &r->question, err);
    if (strcmp(v->key, "parameters") == 0) return read_parameters(arena, v, r, err);
    if (strcmp(v->key, "options") == 0) return read_options(arena, v, r, err);
    if (strcmp(v->key, "async") == 0) {
        if (v->type != MKT_VALUE_BOOL) return wrong_type("async", "true or false", v, err);
        r->async = v->truth;
        return MKT_OK;
    }
    if (strcmp(v->key, "words") == 0) return read_text(v, &r->words, err);
    if (strcmp(v->key, "deadline_ms") == 0) {
        if (v->type == MKT_VALUE_NULL) return MKT_OK;
        if (v->type != MKT_VALUE_INTEGER)
            return wrong_type("deadline_ms", "a whole number", v, err);
        return set_deadline(v->integer, r, err);
    }
    if (strcmp(v->key, "csv") == 0) {
        MKT_TRY(read_text(v, &r->table, err));
        if (r->table) r->table_bytes = strlen(r->table);
        return MKT_OK;
    }
    if (strcmp(v->key, "table") == 0) {
        struct mkt_buf csv;
        mkt_buf_init(&csv, arena);
        MKT_TRY(mkt_rows_write_csv(arena, v, &csv, err));
        r->table = csv.data;
        r->table_bytes = csv.length;
        return MKT_OK;
    }
    return mkt_err_set(err, MKT_E_ARG,
                       "there is no member \"%s\"; a request has dataset (or table, or csv), "
                       "parameters, options, async, words, deadline_ms",
                       v->key);
}

static bool is_data(const struct mkt_value *v)
{
    return v->type != MKT_VALUE_NULL &&
           (strcmp(v->key, "dataset") == 0 || strcmp(v->key, "table") == 0 ||
            strcmp(v->key, "csv") == 0);
}

mkt_status mkt_request_take(struct mkt_arena *arena, const struct mkt_value *object,
                            const char *const *besides, struct mkt_request *out,
                            struct mkt_err *err)
{
    struct mkt_request r;
    int data = 0;
    mkt_request_init(&r);
    for (size_t i = 0; i < object->items; i++) {
        const struct mkt_value *v = &object->item[i];
        const char *const *other = besides;
        while (other && *other && strcmp(*other, v->key) != 0) other++;
        if (other && *other) continue;
        MKT_TRY(read_member(arena, v, &r, err));
        data += is_data(v);
    }
    if (data > 1)
        return mkt_err_set(err, MKT_E_ARG, "give one of dataset, table and csv, not several");
    *out = r;
    return MKT_OK;
}

mkt_status mkt_request_read(struct mkt_arena *arena, const char *bytes, size_t n,
                            const struct mkt_json_limits *limits, struct mkt_request *out,
                            struct mkt_err *err)
{
    struct mkt_value *root;
    struct mkt_request r;
    MKT_TRY(mkt_json_read_value(arena, bytes, n, limits, &root, err));
    if (root->type != MKT_VALUE_OBJECT)
        return mkt_err_set(err, MKT_E_ARG, "the body must be an object, not %s",
                           mkt_json_read_type_name(root->type));
    MKT_TRY(mkt_request_take(arena, root, NULL, &r, err));
    if (!r.dataset && !r.table)
        return mkt_err_set(err, MKT_E_ARG,
                           "no data: give the name of a \"dataset\", a \"table\" of rows, "
                           "or the text of a \"csv\"");
    *out = r;
    return MKT_OK;
}

static mkt_status add_map(struct mkt_arena *arena, struct mkt_request *r, const char *text,
                          struct mkt_err *err)
{
    const char **more =
        mkt_arena_grow(arena, r->map, r->maps * sizeof *more, (r->maps + 1) * sizeof *more);
    if (!more) return mkt_arena_full(arena, err);
    r->map = more;
    r->map[r->maps++] = text;
    return MKT_OK;
}

mkt_status mkt_request_add_query(struct mkt_arena *arena, struct mkt_request *request,
                                 const char *name, const char *value, struct mkt_err *err)
{
    if (!mkt_text_is_utf8(name, strlen(name)) || !mkt_text_is_utf8(value, strlen(value)))
        return mkt_err_set(err, MKT_E_ARG, "the query of the address is not UTF-8");
    char *copy = mkt_arena_strdup(arena, value);
    char *label = mkt_arena_strdup(arena, name);
    if (!copy || !label) return mkt_arena_full(arena, err);

    if (strcmp(name, "map") == 0) return add_map(arena, request, copy, err);
    if (strcmp(name, "dates") == 0)
        request->dates = copy;
    else if (strcmp(name, "decimal") == 0)
        request->decimal = copy;
    else if (strcmp(name, "currency") == 0)
        request->currency = copy;
    else if (strcmp(name, "dataset") == 0)
        request->dataset = copy;
    else if (strcmp(name, "question") == 0)
        request->question = copy;
    else if (strcmp(name, "words") == 0)
        request->words = copy;
    else if (strcmp(name, "deadline_ms") == 0) {
        int64_t ms;
        if (!mkt_text_to_int(value, &ms))
            return mkt_err_set(err, MKT_E_ARG, "deadline_ms is a whole number, not \"%s\"", value);
        return set_deadline(ms, request, err);
    } else if (strcmp(name, "async") == 0) {
        request->async = strcmp(value, "true") == 0;
        if (!request->async && strcmp(value, "false") != 0)
            return mkt_err_set(err, MKT_E_ARG, "async is true or false, not \"%s\"", value);
    } else {
        struct mkt_pair *more =
            mkt_arena_grow(arena, request->parameter, request->parameters * sizeof *more,
                           (request->parameters + 1) * sizeof *more);
        if (!more) return mkt_arena_full(arena, err);
        request->parameter = more;
        request->parameter[request->parameters++] = (struct mkt_pair){label, copy};
    }
    return MKT_OK;
}
