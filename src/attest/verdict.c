#include "attest/verdict.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "attest/hex.h"

const char *mkt_check_result_name(mkt_check_result result)
{
    static const char *const name[] = {"passed", "failed", "skipped"};
    return name[result];
}

static void note(struct mkt_verdict *v, const char *name, mkt_check_result result, const char *text)
{
    if (result == MKT_CHECK_FAILED || !text) v->failed = true;
    if (v->checks == MKT_VERDICT_CHECKS) {
        v->failed = true;
        return;
    }
    v->check[v->checks++] =
        (struct mkt_check){.name = name, .result = result, .text = text ? text : "no memory"};
}

void mkt_verdict_note(struct mkt_verdict *verdict, const char *name, mkt_check_result result,
                      const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    note(verdict, name, result, mkt_arena_strdup(verdict->arena, text));
}

bool mkt_verdict_check(struct mkt_verdict *verdict, const char *name, bool holds,
                       const char *passed, const char *failed)
{
    note(verdict, name, holds ? MKT_CHECK_PASSED : MKT_CHECK_FAILED, holds ? passed : failed);
    return holds;
}

void mkt_verdict_measure(struct mkt_verdict *verdict, const char *name, const void *bytes, size_t n)
{
    char *hex = mkt_hex_write(verdict->arena, bytes, n);
    if (!hex || verdict->measures == MKT_VERDICT_MEASURED) {
        verdict->failed = true;
        return;
    }
    verdict->measured[verdict->measures++] = (struct mkt_measured){.name = name, .hex = hex};
}

const char *mkt_verdict_measured(const struct mkt_verdict *verdict, const char *name)
{
    for (size_t i = 0; i < verdict->measures; i++)
        if (strcmp(verdict->measured[i].name, name) == 0) return verdict->measured[i].hex;
    return NULL;
}

const struct mkt_check *mkt_verdict_find(const struct mkt_verdict *verdict, const char *name)
{
    for (size_t i = 0; i < verdict->checks; i++)
        if (strcmp(verdict->check[i].name, name) == 0) return &verdict->check[i];
    return NULL;
}
