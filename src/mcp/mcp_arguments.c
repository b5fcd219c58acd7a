#include "mcp/mcp_arguments.h"

#include <string.h>

#include "mcp/mcp_schema.h"

#define NAMED 20 /* data sets, at most */

static mkt_status wrong_type(const struct mkt_value *v, const char *wanted, struct mkt_err *err)
{
    return mkt_err_set(err, MKT_E_ARG, "\"%.60s\" must be %s, not %s", v->key, wanted,
                       mkt_json_read_type_name(v->type));
}

static mkt_status read_map(struct mkt_arena *arena, const struct mkt_value *v,
                           struct mkt_question *q, struct mkt_err *err)
{
    if (v->type != MKT_VALUE_ARRAY) return wrong_type(v, "an array of strings", err);
    const char **map = MKT_NEW(arena, const char *, v->items);
    if (!map) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < v->items; i++) {
        if (v->item[i].type != MKT_VALUE_STRING) return wrong_type(v, "an array of strings", err);
        map[i] = v->item[i].text;
    }
    q->reading.map = map;
    q->reading.maps = v->items;
    return MKT_OK;
}

static mkt_status read_usual(const struct mkt_value *v, struct mkt_question *q, struct mkt_err *err)
{
    if (v->type != MKT_VALUE_STRING) return wrong_type(v, "a string", err);
    if (strcmp(v->key, "words") == 0) return mkt_writer_wanted(v->text, &q->words, err);
    const char **place = strcmp(v->key, "data") == 0      ? &q->dataset
                         : strcmp(v->key, "dates") == 0   ? &q->reading.dates
                         : strcmp(v->key, "decimal") == 0 ? &q->reading.decimal
                                                          : &q->reading.currency;
    *place = v->text;
    return MKT_OK;
}

/* Of a question in words: "parameters" are for whichever analysis takes them. */
static mkt_status read_given(struct mkt_arena *arena, const struct mkt_value *v,
                             struct mkt_question *q, struct mkt_err *err)
{
    if (v->type != MKT_VALUE_OBJECT) return wrong_type(v, "an object", err);
    struct mkt_given *given = MKT_NEW(arena, struct mkt_given, v->items);
    if (!given) return mkt_arena_full(arena, err);
    for (size_t i = 0; i < v->items; i++) {
        const struct mkt_value *one = &v->item[i];
        if (one->type == MKT_VALUE_NULL) continue;
        if (one->type == MKT_VALUE_ARRAY || one->type == MKT_VALUE_OBJECT)
            return wrong_type(one, "a number or a string", err);
        const char *text = mkt_json_read_scalar_text(arena, one);
        if (!text) return mkt_arena_full(arena, err);
        given[q->givens++] = (struct mkt_given){one->key, text};
    }
    q->given = given;
    return MKT_OK;
}

static mkt_status read_words(struct mkt_arena *arena, const struct mkt_value *v,
                             struct mkt_question *q, struct mkt_err *err)
{
    if (strcmp(v->key, "parameters") == 0) return read_given(arena, v, q, err);
    if (strcmp(v->key, "question") != 0)
        return mkt_err_set(err, MKT_E_ARG,
                           "there is no argument \"%.60s\"; there are question, data, parameters, "
                           "map, dates, decimal, currency, words",
                           v->key);
    if (v->type != MKT_VALUE_STRING) return wrong_type(v, "a string", err);
    q->asked = v->text;
    return MKT_OK;
}

static mkt_status read_argument(struct mkt_arena *arena, const struct mkt_value *v,
                                struct mkt_question *q, struct mkt_err *err)
{
    if (v->type == MKT_VALUE_NULL) return MKT_OK; /* not given */
    if (strcmp(v->key, "map") == 0) return read_map(arena, v, q, err);
    if (mkt_mcp_schema_is_reserved(v->key)) return read_usual(v, q, err);
    if (!q->analysis) return read_words(arena, v, q, err);
    if (v->type == MKT_VALUE_ARRAY || v->type == MKT_VALUE_OBJECT)
        return wrong_type(v, "a number or a string", err);
    const char *text = mkt_json_read_scalar_text(arena, v);
    if (!text) return mkt_arena_full(arena, err);
    return mkt_args_set(&q->args, q->analysis, v->key, text, err);
}

/* What there is, for whoever named none. */
static mkt_status no_data(struct mkt_mcp_call *call, struct mkt_err *err)
{
    const char **name;
    size_t count;
    struct mkt_buf list;
    MKT_TRY(call->host->names(call->host->user, call->arena, &name, &count, err));
    if (count == 0)
        return mkt_err_set(err, MKT_E_ARG, "\"data\" is missing, and there are no data sets yet");
    mkt_buf_init(&list, call->arena);
    for (size_t i = 0; i < count; i++)
        if (mkt_buf_listed(&list, i, count, NAMED)) mkt_buf_str(&list, name[i]);
    if (list.failed) return mkt_arena_full(call->arena, err);
    return mkt_err_set(err, MKT_E_ARG, "\"data\" is missing: it names a data set; there %s %s",
                       count == 1 ? "is" : "are", list.data);
}

mkt_status mkt_mcp_arguments_read(struct mkt_mcp_call *call, const struct mkt_value *arguments,
                                  struct mkt_question *question, struct mkt_err *err)
{
    for (size_t i = 0; arguments && i < arguments->items; i++)
        MKT_TRY(read_argument(call->arena, &arguments->item[i], question, err));
    if (!question->analysis && !question->asked)
        return mkt_err_set(err, MKT_E_ARG, "\"question\" is missing: what is asked, in words");
    return question->dataset ? MKT_OK : no_data(call, err);
}
