#include "mcp/mcp_schema.h"

#include <string.h>

#include "base/text.h"
#include "wire/json_value.h"

_Static_assert(sizeof(size_t) == 8, "the size below is written as 8 bytes");

__asm__(".section .rodata\n"
        ".global mkt_mcp_schema_answer\n"
        ".global mkt_mcp_schema_answer_size\n"
        "mkt_mcp_schema_answer:\n"
        ".incbin \"docs/answer.schema.json\"\n"
        ".Lend_mkt_mcp_schema_answer:\n"
        ".byte 0\n"
        ".balign 8\n"
        "mkt_mcp_schema_answer_size:\n"
        ".8byte .Lend_mkt_mcp_schema_answer - mkt_mcp_schema_answer\n"
        ".previous\n");
extern const char mkt_mcp_schema_answer[];
extern const size_t mkt_mcp_schema_answer_size;

/* ---- arguments ---- */

struct usual {
    const char *name, *help;
    const char *choice[4]; /* of a string, or none */
};

static const struct usual usuals[] = {
    {"dates", "how dates such as 01/02/2026 are read", {"day-first", "month-first", NULL}},
    {"decimal", "the decimal mark of amounts such as 1.234", {"comma", "point", NULL}},
    {"currency", "keep only the rows of this currency (ISO code)", {NULL}},
    {"words", "who writes the sentences", {"auto", "plain", "model", NULL}},
};
#define USUALS (sizeof usuals / sizeof *usuals)

bool mkt_mcp_schema_is_reserved(const char *name)
{
    for (size_t i = 0; i < USUALS; i++)
        if (strcmp(usuals[i].name, name) == 0) return true;
    return strcmp(name, "data") == 0 || strcmp(name, "map") == 0;
}

static void open_property(struct mkt_json *w, const char *name, const char *type, const char *help)
{
    mkt_json_key(w, name);
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "type", type);
    mkt_json_member_string(w, "description", help);
}

static void write_usual(struct mkt_json *w, const struct usual *u)
{
    open_property(w, u->name, "string", u->help);
    if (u->choice[0]) {
        mkt_json_key(w, "enum");
        mkt_json_open(w, '[');
        for (const char *const *c = u->choice; *c; c++) mkt_json_string(w, *c);
        mkt_json_close(w, ']');
    }
    mkt_json_close(w, '}');
}

static void write_param(struct mkt_arena *arena, struct mkt_json *w, const struct mkt_param *p)
{
    double fallback;
    bool number = p->type == MKT_PARAM_NUMBER || p->type == MKT_PARAM_INTEGER;
    const char *help = mkt_arena_printf(
        arena, "%s (%s%s)", p->help, p->unit,
        p->type == MKT_PARAM_PERIOD
            ? "; such as 2025, 2025-Q4, 2025-11, 2025-10-01..2025-12-31, last-90 or all"
            : "");
    open_property(w, p->name,
                  p->type == MKT_PARAM_INTEGER  ? "integer"
                  : p->type == MKT_PARAM_NUMBER ? "number"
                                                : "string",
                  help);
    if (number) {
        mkt_json_member_number(w, "minimum", p->least);
        mkt_json_member_number(w, "maximum", p->most);
    }
    if (p->fallback && number && mkt_text_to_double(p->fallback, &fallback))
        mkt_json_member_number(w, "default", fallback);
    else if (p->fallback)
        mkt_json_member_string(w, "default", p->fallback);
    mkt_json_close(w, '}');
}

/* How the data are read and who writes: of every tool that takes data. */
static void write_usuals(struct mkt_json *w, const char *data_help)
{
    open_property(w, "data", "string", data_help);
    mkt_json_close(w, '}');
    for (size_t i = 0; i < USUALS; i++) write_usual(w, &usuals[i]);
    open_property(w, "map", "array",
                  "columns for roles, where they are not recognised: \"spend=Amount (EUR)\"");
    mkt_json_key(w, "items");
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "type", "string");
    mkt_json_close(w, '}');
    mkt_json_close(w, '}');
}

static void open_object(struct mkt_json *w)
{
    mkt_json_open(w, '{');
    mkt_json_member_string(w, "type", "object");
    mkt_json_key(w, "properties");
    mkt_json_open(w, '{');
}

/* `first` may be NULL. */
static void close_object(struct mkt_json *w, const char *first)
{
    mkt_json_close(w, '}');
    mkt_json_key(w, "required");
    mkt_json_open(w, '[');
    if (first) mkt_json_string(w, first);
    mkt_json_string(w, "data");
    mkt_json_close(w, ']');
    mkt_json_member_bool(w, "additionalProperties", false);
    mkt_json_close(w, '}');
}

void mkt_mcp_schema_input(struct mkt_arena *arena, struct mkt_json *w,
                          const struct mkt_analysis *analysis, const char *data_help)
{
    open_object(w);
    write_usuals(w, data_help);
    for (size_t i = 0; i < analysis->params; i++) write_param(arena, w, &analysis->param[i]);
    close_object(w, NULL);
}

/* ---- a question in words ---- */

void mkt_mcp_schema_ask_input(struct mkt_json *w, const char *data_help)
{
    open_object(w);
    open_property(w, "question", "string", "what is asked, in the words of whoever asks");
    mkt_json_close(w, '}');
    write_usuals(w, data_help);
    open_property(w, "parameters", "object",
                  "of the analyses, where they are known: {\"period\": \"2025-Q4\"}; a question "
                  "back names those that pick its readings");
    mkt_json_close(w, '}');
    close_object(w, "question");
}

void mkt_mcp_schema_ask_output(struct mkt_json *w)
{
    mkt_buf_str(w->out,
                "{\"type\":\"object\",\"properties\":{\"analysis_type\":{\"const\":\"ask\"},"
                "\"status\":{\"enum\":[\"answered\",\"partly\",\"question\","
                "\"not_understood\"]},\"question\":{\"type\":\"string\"},\"reply\":{\"type\":"
                "\"string\"},\"understood\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},"
                "\"unanswered\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},\"plan\":{"
                "\"type\":\"array\",\"items\":{\"type\":\"object\"}},\"answers\":{\"type\":"
                "\"array\",\"items\":{\"type\":\"object\"}}},\"required\":[\"status\",\"reply\","
                "\"plan\",\"answers\"]}");
    w->comma = true;
}

/* ---- the answer ---- */

mkt_status mkt_mcp_schema_output(struct mkt_arena *arena, const char **out, struct mkt_err *err)
{
    struct mkt_value *schema;
    struct mkt_buf text;
    struct mkt_json w;
    MKT_TRY(mkt_json_read_value(arena, mkt_mcp_schema_answer, mkt_mcp_schema_answer_size,
                                &mkt_json_read_limits, &schema, err));
    mkt_buf_init(&text, arena);
    mkt_json_init(&w, &text);
    mkt_json_value_write(&w, schema, "$schema");
    MKT_TRY(mkt_buf_check(&text, err));
    *out = text.data;
    return MKT_OK;
}
