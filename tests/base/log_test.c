/* A log line is one line of JSON, whatever it is given. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/log.h"

/* What `level event pairs` writes to standard error; "" for nothing. */
static const char *logged(mkt_log_level level, const char *event, const char *pairs)
{
    static char line[8192];
    FILE *file = tmpfile();
    assert_non_null(file);
    int saved = dup(STDERR_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    mkt_log(level, event, "%s", pairs);
    dup2(saved, STDERR_FILENO);
    close(saved);
    rewind(file);
    size_t n = fread(line, 1, sizeof line - 1, file);
    line[n] = '\0';
    fclose(file);
    return line;
}

static json_t *members_of(const char *pairs)
{
    const char *line = logged(MKT_LOG_ERROR, "event", pairs);
    size_t n = strlen(line);
    assert_true(n > 1 && line[n - 1] == '\n');
    assert_ptr_equal(strchr(line, '\n'), line + n - 1);
    json_t *read = json_loads(line, 0, NULL);
    if (!read) fail_msg("not JSON: %s", line);
    return read;
}

static const char *member(json_t *read, const char *name)
{
    return json_string_value(json_object_get(read, name));
}

static void a_line_has_time_level_event_and_pairs(void **state)
{
    (void)state;
    json_t *read = members_of("method=GET status=200 ms=1.5 empty= loose");
    assert_string_equal(member(read, "level"), "error");
    assert_string_equal(member(read, "event"), "event");
    assert_string_equal(member(read, "method"), "GET");
    assert_string_equal(member(read, "status"), "200");
    assert_string_equal(member(read, "ms"), "1.5");
    assert_string_equal(member(read, "empty"), "");
    assert_int_equal(json_object_size(read), 7);
    int y, mo, d, h, mi, s, ms, end = 0;
    assert_int_equal(sscanf(member(read, "time"), "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ%n", &y, &mo, &d, &h,
                            &mi, &s, &ms, &end),
                     7);
    assert_int_equal(end, 24);
    json_decref(read);
}

static void hostile_values_stay_inside(void **state)
{
    (void)state;
    json_t *read = members_of("path=\"},{\\\"x\\\n\r\x1b\x7f end=1");
    assert_string_equal(member(read, "path"), "\"},{\\\"x\\????");
    assert_string_equal(member(read, "end"), "1");
    json_decref(read);
}

static void the_longest_line_is_still_json(void **state)
{
    (void)state;
    char pairs[4000];
    static const char *const units[] = {"\"", "\\", "= ", "a=\" ", "==", "x", " ", "\x01="};
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        size_t step = strlen(units[u]), n = 0;
        n += (size_t)sprintf(pairs, "v=");
        for (; n + step < sizeof pairs; n += step) memcpy(pairs + n, units[u], step + 1);
        json_decref(members_of(pairs));
    }
}

static void levels_below_the_least_are_silent(void **state)
{
    (void)state;
    assert_string_equal(logged(MKT_LOG_INFO, "quiet", "a=1"), ""); /* WARN until set */
    assert_string_not_equal(logged(MKT_LOG_WARN, "heard", "a=1"), "");
    mkt_log_set_level(MKT_LOG_DEBUG);
    assert_string_not_equal(logged(MKT_LOG_DEBUG, "heard", ""), "");
    mkt_log_set_level(MKT_LOG_OFF);
    assert_string_equal(logged(MKT_LOG_ERROR, "quiet", ""), "");
    mkt_log_set_level(MKT_LOG_WARN);
}

static void levels_have_names(void **state)
{
    (void)state;
    assert_int_equal(mkt_log_level_of("debug", MKT_LOG_OFF), MKT_LOG_DEBUG);
    assert_int_equal(mkt_log_level_of("off", MKT_LOG_INFO), MKT_LOG_OFF);
    assert_int_equal(mkt_log_level_of("loud", MKT_LOG_INFO), MKT_LOG_INFO);
    assert_int_equal(mkt_log_level_of(NULL, MKT_LOG_ERROR), MKT_LOG_ERROR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_time_level_event_and_pairs),
        cmocka_unit_test(hostile_values_stay_inside),
        cmocka_unit_test(the_longest_line_is_still_json),
        cmocka_unit_test(levels_below_the_least_are_silent),
        cmocka_unit_test(levels_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
