#include "wire/json_value.h"

#include <string.h>

static void write_children(struct mkt_json *w, const struct mkt_value *value, const char *without)
{
    bool object = value->type == MKT_VALUE_OBJECT;
    mkt_json_open(w, object ? '{' : '[');
    for (size_t i = 0; i < value->items; i++) {
        const struct mkt_value *child = &value->item[i];
        if (object && without && strcmp(child->key, without) == 0) continue;
        if (object) mkt_json_key(w, child->key);
        mkt_json_value_write(w, child, NULL);
    }
    mkt_json_close(w, object ? '}' : ']');
}

void mkt_json_value_write(struct mkt_json *w, const struct mkt_value *value, const char *without)
{
    switch (value->type) {
    case MKT_VALUE_NULL:
        mkt_json_null(w);
        break;
    case MKT_VALUE_BOOL:
        mkt_json_bool(w, value->truth);
        break;
    case MKT_VALUE_INTEGER:
        mkt_json_int(w, value->integer);
        break;
    case MKT_VALUE_NUMBER:
        mkt_json_number(w, value->number);
        break;
    case MKT_VALUE_STRING:
        mkt_json_string(w, value->text);
        break;
    case MKT_VALUE_ARRAY:
    case MKT_VALUE_OBJECT:
        write_children(w, value, without);
        break;
    }
}
