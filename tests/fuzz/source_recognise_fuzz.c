/* The column rules: lines of "name<TAB>value<TAB>value..." as columns, the first line the table's name. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "source/recognise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mkt_arena arena;
    struct mkt_err err;
    mkt_err_clear(&err);
    if (size > 4096 || mkt_arena_open(&arena, 4 << 20, &err) != MKT_OK) return 0;
    char *text = mkt_arena_strndup(&arena, (const char *)data, size);
    struct mkt_relation r;
    memset(&r, 0, sizeof r);
    r.column = MKT_NEW(&arena, struct mkt_column, 64);
    char *save = NULL, *line = strtok_r(text, "\n", &save);
    struct mkt_naming words;
    mkt_naming_read(line ? line : "", &words);
    r.show = line ? line : "";
    r.words = words.text;
    r.platform = mkt_naming_platform(words.text);
    struct mkt_recognise_choice choice = {.role = -1};
    size_t choices = 0;
    while (r.columns < 64 && (line = strtok_r(NULL, "\n", &save))) {
        struct mkt_column *c = &r.column[r.columns++];
        char *cell = strchr(line, '\t');
        if (cell) *cell++ = '\0';
        c->name = line;
        c->type = (mkt_column_type)((unsigned char)line[0] % (MKT_TYPE_OTHER + 1));
        if (line[0] >= 'a') c->type = MKT_TYPE_TEXT;
        mkt_naming_read(line, &c->naming);
        while (cell) {
            char *next = strchr(cell, '\t');
            mkt_recognise_sample(c, cell, next ? (size_t)(next - cell) : strlen(cell));
            cell = next ? next + 1 : NULL;
        }
    }
    if (size && data[0] % 8 == 7 && r.columns) {
        choice.role = data[0] % MKT_ROLES;
        choice.column = data[size - 1] % r.columns;
        choices = 1;
    }
    if (size && data[0] % 8 == 6) {
        choice.kind = (mkt_kind)(data[size - 1] % MKT_KINDS);
        choices = 1;
    }
    mkt_status status = mkt_recognise(&arena, &r, &choice, choices, &err);
    if (status != MKT_OK && status != MKT_E_AMBIGUOUS) abort();
    if (status == MKT_OK && !r.is.why) abort();
    if (status == MKT_OK && r.is.kind == MKT_KIND_PERFORMANCE &&
        (!r.is.parts[MKT_ROLE_DATE] || !r.is.parts[MKT_ROLE_SPEND]))
        abort();
    for (int role = 0; role < MKT_ROLES; role++)
        for (size_t k = 0; k < r.is.parts[role]; k++)
            if (r.is.column[role][k] >= r.columns) abort();
    mkt_arena_close(&arena);
    return 0;
}
