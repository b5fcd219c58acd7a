#include "server/openapi.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "server/routes.h"

#define ANALYSIS "/api/v1/analyses/{name}"
#define ASK "/api/v1/ask"

static void object(struct mkt_json *w, const char *key)
{
    mkt_json_key(w, key);
    mkt_json_open(w, '{');
}

static void end(struct mkt_json *w)
{
    mkt_json_close(w, '}');
}

static void reference(struct mkt_json *w, const char *to)
{
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "$ref", to);
    end(w);
}

/* {name} parts of the path as parameters */
static void write_places(struct mkt_json *w, const char *path)
{
    char name[32];
    mkt_json_key(w, "parameters");
    mkt_json_open(w, '[');
    while ((path = strchr(path, '{'))) {
        snprintf(name, sizeof name, "%.*s", (int)strcspn(path + 1, "}"), path + 1);
        path++;
        mkt_json_open(w, '{');
        mkt_json_member_string(w, "name", name);
        mkt_json_member_string(w, "in", "path");
        mkt_json_member_bool(w, "required", true);
        object(w, "schema");
        mkt_json_member_string(w, "type", "string");
        end(w);
        end(w);
    }
    mkt_json_close(w, ']');
}

static void write_responses(struct mkt_json *w, bool job)
{
    object(w, "responses");
    object(w, "default");
    mkt_json_member_string(w, "description", "An error: its name and a sentence.");
    object(w, "content");
    object(w, "application/json");
    mkt_json_key(w, "schema");
    reference(w, "#/components/schemas/Error");
    end(w);
    end(w);
    end(w);
    object(w, "2XX");
    mkt_json_member_string(w, "description", job ? "The answer, or a job (202)." : "Done.");
    end(w);
    end(w);
}

static void write_parameter(struct mkt_json *w, const struct mkt_param *p)
{
    double value;
    object(w, p->name);
    mkt_json_member_string(w, "description", p->help);
    if (p->type == MKT_PARAM_PERIOD || p->type == MKT_PARAM_TEXT) {
        mkt_json_member_string(w, "type", "string");
    } else {
        mkt_json_member_string(w, "type", p->type == MKT_PARAM_INTEGER ? "integer" : "number");
        mkt_json_member_number(w, "minimum", p->least);
        mkt_json_member_number(w, "maximum", p->most);
    }
    if (p->fallback && p->type != MKT_PARAM_PERIOD && mkt_text_to_double(p->fallback, &value))
        mkt_json_member_number(w, "default", value);
    else if (p->fallback)
        mkt_json_member_string(w, "default", p->fallback);
    end(w);
}

static void write_text_property(struct mkt_json *w, const char *name, const char *type,
                                const char *help)
{
    object(w, name);
    mkt_json_member_string(w, "type", type);
    mkt_json_member_string(w, "description", help);
    end(w);
}

/* The body of an analysis, or of a question in words (NULL): data, parameters, options. */
static void write_question(struct mkt_json *w, const struct mkt_analysis *a)
{
    object(w, "requestBody");
    object(w, "content");
    object(w, "application/json");
    object(w, "schema");
    mkt_json_member_string(w, "type", "object");
    mkt_json_member_bool(w, "additionalProperties", false);
    object(w, "properties");
    if (!a) write_text_property(w, "question", "string", "The question, in words.");
    write_text_property(w, "dataset", "string", "Name of a registered data set.");
    write_text_property(w, "table", "array", "Rows of a table, each an object.");
    write_text_property(w, "csv", "string", "Text of a table.");
    write_text_property(w, "async", "boolean", "Answer with a job (202).");
    write_text_property(w, "words", "string", "Who writes: auto, plain or model.");
    write_text_property(w, "deadline_ms", "integer",
                        "Time for the words; what is not finished is written plainly.");
    object(w, "options");
    mkt_json_member_string(w, "type", "object");
    mkt_json_member_string(w, "description", "How to read the data.");
    object(w, "properties");
    write_text_property(w, "map", "array", "role=column, as with --map.");
    write_text_property(w, "dates", "string", "day-first or month-first.");
    write_text_property(w, "decimal", "string", "comma or point.");
    write_text_property(w, "currency", "string", "ISO code whose rows are kept.");
    end(w);
    end(w);
    object(w, "parameters");
    mkt_json_member_string(w, "type", "object");
    if (!a)
        mkt_json_member_string(w, "description",
                               "Parameters of any analysis, and \"analysis\": they go before what "
                               "the words say.");
    mkt_json_member_bool(w, "additionalProperties", !a);
    object(w, "properties");
    for (size_t i = 0; a && i < a->params; i++) write_parameter(w, &a->param[i]);
    end(w);
    end(w);
    end(w);
    end(w);
    end(w);
    object(w, "text/csv");
    object(w, "schema");
    mkt_json_member_string(w, "type", "string");
    end(w);
    end(w);
    end(w);
    end(w);
}

static void write_operation(struct mkt_json *w, const struct mkt_route *r,
                            const struct mkt_analysis *a)
{
    char method[8];
    size_t n = 0;
    for (; n < sizeof method - 1 && r->method[n]; n++) method[n] = (char)(r->method[n] | 0x20);
    method[n] = '\0';
    object(w, method);
    mkt_json_member_string(w, "summary", a ? a->question : r->help);
    if (a) mkt_json_member_string(w, "description", a->summary);
    bool words = strcmp(r->path, ASK) == 0;
    if (a || words)
        write_question(w, a);
    else
        write_places(w, r->path);
    if (!a && !words && r->body != MKT_BODY_NONE) {
        object(w, "requestBody");
        object(w, "content");
        object(w, r->body == MKT_BODY_UPLOAD ? "application/octet-stream" : "application/json");
        end(w);
        end(w);
        end(w);
    }
    write_responses(w, a || words);
    if (r->open) {
        mkt_json_key(w, "security");
        mkt_json_open(w, '[');
        mkt_json_close(w, ']');
    }
    end(w);
}

static bool is_first_of_path(size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (strcmp(mkt_routes[j].path, mkt_routes[i].path) == 0) return false;
    return true;
}

static void write_paths(struct mkt_json *w, const struct mkt_engine *engine)
{
    char path[128];
    object(w, "paths");
    for (size_t i = 0; i < mkt_routes_count; i++) {
        const struct mkt_route *r = &mkt_routes[i];
        if (strcmp(r->path, ANALYSIS) == 0) {
            for (size_t a = 0; a < engine->analyses; a++) {
                snprintf(path, sizeof path, "/api/v1/analyses/%s", engine->analysis[a].name);
                object(w, path);
                write_operation(w, r, &engine->analysis[a]);
                end(w);
            }
        } else if (is_first_of_path(i)) {
            object(w, r->path);
            for (size_t j = i; j < mkt_routes_count; j++)
                if (strcmp(mkt_routes[j].path, r->path) == 0)
                    write_operation(w, &mkt_routes[j], NULL);
            end(w);
        }
    }
    end(w);
}

static void write_error_schema(struct mkt_json *w)
{
    static const char *const name[] = {
#define NAME(code, text, http, rpc, exit) text,
        MKT_STATUS_LIST(NAME)
#undef NAME
    };
    object(w, "Error");
    mkt_json_member_string(w, "type", "object");
    object(w, "properties");
    object(w, "error");
    mkt_json_member_string(w, "type", "object");
    object(w, "properties");
    object(w, "status");
    mkt_json_member_string(w, "type", "string");
    mkt_json_key(w, "enum");
    mkt_json_open(w, '[');
    for (size_t i = 1; i < sizeof name / sizeof *name; i++) mkt_json_string(w, name[i]);
    mkt_json_close(w, ']');
    end(w);
    write_text_property(w, "message", "string", "What is wrong, and where.");
    end(w);
    end(w);
    end(w);
    end(w);
}

void mkt_openapi_write(struct mkt_buf *out, const struct mkt_engine *engine, bool tokens)
{
    struct mkt_json json, *w = &json;
    mkt_json_init(w, out);
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "openapi", "3.1.0");
    object(w, "info");
    mkt_json_member_string(w, "title", "marketing-agent");
    mkt_json_member_string(w, "version", MKT_VERSION);
    end(w);
    write_paths(w, engine);
    object(w, "components");
    object(w, "schemas");
    write_error_schema(w);
    end(w);
    if (tokens) {
        object(w, "securitySchemes");
        object(w, "token");
        mkt_json_member_string(w, "type", "http");
        mkt_json_member_string(w, "scheme", "bearer");
        end(w);
        end(w);
    }
    end(w);
    if (tokens) {
        mkt_json_key(w, "security");
        mkt_json_open(w, '[');
        mkt_json_open(w, '{');
        mkt_json_key(w, "token");
        mkt_json_open(w, '[');
        mkt_json_close(w, ']');
        end(w);
        mkt_json_close(w, ']');
    }
    end(w);
}
