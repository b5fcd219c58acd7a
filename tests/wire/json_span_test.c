/* Members are found byte for byte, whatever stands around and within them. */
#include "wire/json_span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void spans(const char *text, const char *key, const char *wanted)
{
    const char *value = NULL;
    size_t n = 0;
    bool found = mkt_json_span_member(text, strlen(text), key, &value, &n);
    if (!wanted) {
        assert_false(found);
        return;
    }
    if (!found || n != strlen(wanted) || memcmp(value, wanted, n) != 0)
        fail_msg("%s of %s: %.*s", key, text, (int)n, value ? value : "");
}

static void members_are_found_as_they_stand(void **state)
{
    (void)state;
    const char *text =
        " { \"a\" : {\"b\":[1, \"}\\\"]\"]} ,\"c\":\"x,\\\"y\" , \"d\":-1.5e3,\"e\":[ ]}";
    spans(text, "a", "{\"b\":[1, \"}\\\"]\"]}");
    spans(text, "c", "\"x,\\\"y\"");
    spans(text, "d", "-1.5e3");
    spans(text, "e", "[ ]");
    spans(text, "b", NULL);
    spans(text, "", NULL);
    spans("{}", "a", NULL);
    spans("[1]", "a", NULL);
    spans("", "a", NULL);
}

static void cut_texts_end(void **state)
{
    (void)state;
    const char *text = "{\"a\":{\"b\":\"c\\\"\"},\"z\":1}", *value;
    size_t size;
    for (size_t n = 0; n < strlen(text); n++)
        assert_false(mkt_json_span_member(text, n, "y", &value, &size));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_found_as_they_stand),
        cmocka_unit_test(cut_texts_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
