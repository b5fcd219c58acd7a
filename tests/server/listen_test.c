#include "server/listen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "server/client.h"
#include "server/gate.h"

static struct mkt_err err;

static void a_free_port_can_be_reached(void **state)
{
    (void)state;
    static const char *const host[] = {"127.0.0.1", "localhost", "0.0.0.0"};
    for (size_t i = 0; i < 3; i++) {
        int fd, port;
        mkt_err_clear(&err);
        assert_int_equal(mkt_listen_open(host[i], 0, &fd, &port, &err), MKT_OK);
        assert_true(port > 0);
        int client = client_connect(port);
        assert_true(client >= 0);
        close(client);
        close(fd);
    }
}

static void faults_name_address_and_port(void **state)
{
    (void)state;
    int fd, other, port;
    mkt_err_clear(&err);
    assert_int_equal(mkt_listen_open("127.0.0.1", 0, &fd, &port, &err), MKT_OK);
    assert_int_equal(mkt_listen_open("127.0.0.1", port, &other, &port, &err), MKT_E_CONFLICT);
    assert_non_null(strstr(err.text, "cannot listen on 127.0.0.1 port"));
    close(fd);
    static const char *const bad[] = {"", "example", "1.2.3", "256.1.1.1", "203.0.113.7"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        mkt_err_clear(&err);
        assert_int_equal(mkt_listen_open(bad[i], 0, &fd, &port, &err), MKT_E_ARG);
    }
}

static void what_counts_as_this_machine(void **state)
{
    (void)state;
    static const char *const yes[] = {"127.0.0.1", "127.1.2.3", "::1", "localhost", "LOCALHOST"};
    static const char *const no[] = {"0.0.0.0", "::", "10.0.0.1", "128.0.0.1", "localhost.x", ""};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) assert_true(mkt_gate_is_loopback(yes[i]));
    for (size_t i = 0; i < sizeof no / sizeof *no; i++) assert_false(mkt_gate_is_loopback(no[i]));

    static const char *const good_host[] = {"localhost", "localhost:8082", "127.0.0.1:1",
                                            "[::1]",     "[::1]:8082",     "127.0.0.2:9"};
    static const char *const bad_host[] = {
        "", "evil", "localhost.evil", "127.0.0.1.evil", "::1", "evil:localhost", "127.0.0.3"};
    for (size_t i = 0; i < sizeof good_host / sizeof *good_host; i++)
        assert_true(mkt_gate_host_allowed(good_host[i], "127.0.0.2"));
    for (size_t i = 0; i < sizeof bad_host / sizeof *bad_host; i++)
        assert_false(mkt_gate_host_allowed(bad_host[i], "127.0.0.2"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_free_port_can_be_reached),
        cmocka_unit_test(faults_name_address_and_port),
        cmocka_unit_test(what_counts_as_this_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
