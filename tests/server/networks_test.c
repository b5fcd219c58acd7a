#include "server/networks.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct mkt_networks networks;
static struct mkt_err err;

static mkt_status read_text(const char *text)
{
    mkt_err_clear(&err);
    return mkt_networks_read(text, &networks, &err);
}

static bool holds(const char *address)
{
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, address, &four.sin_addr) == 1)
        return mkt_networks_hold(&networks, (struct sockaddr *)&four);
    assert_int_equal(inet_pton(AF_INET6, address, &six.sin6_addr), 1);
    return mkt_networks_hold(&networks, (struct sockaddr *)&six);
}

static void addresses_and_networks(void **state)
{
    (void)state;
    assert_int_equal(read_text("10.0.0.7, 172.18.0.0/15 fd00::/8,::1"), MKT_OK);
    assert_int_equal(networks.networks, 4);
    assert_true(holds("10.0.0.7"));
    assert_true(holds("::ffff:10.0.0.7")); /* over an IPv6 socket */
    assert_false(holds("10.0.0.6"));
    assert_true(holds("172.18.0.0"));
    assert_true(holds("172.19.255.255"));
    assert_false(holds("172.20.0.0"));
    assert_false(holds("172.17.255.255"));
    assert_true(holds("fd12::1"));
    assert_false(holds("fe80::1"));
    assert_true(holds("::1"));
    assert_false(holds("::2"));
    assert_int_equal(read_text("0.0.0.0/0"), MKT_OK);
    assert_true(holds("8.8.8.8"));
    assert_false(holds("::1")); /* every IPv4 address, and no other */
    const struct sockaddr local = {.sa_family = AF_UNIX};
    assert_false(mkt_networks_hold(&networks, &local));
}

static void none_holds_nobody(void **state)
{
    (void)state;
    assert_int_equal(read_text(""), MKT_OK);
    assert_int_equal(networks.networks, 0);
    assert_false(holds("127.0.0.1"));
    assert_int_equal(read_text(" , ,"), MKT_OK);
    assert_int_equal(networks.networks, 0);
}

static void what_is_neither_is_named(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "hub",
        "10.0.0",
        "10.0.0.7/33",
        "fd00::/129",
        "10.0.0.0/",
        "10.0.0.0/a",
        "10.0.0.0/-1",
        "/8",
        "fd00::1::2",
        "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(read_text(bad[i]), MKT_E_ARG);
        assert_non_null(strstr(err.text, "neither an address nor a network"));
    }
    assert_int_equal(read_text("10.0.0.7/8"), MKT_E_ARG);
    assert_non_null(strstr(err.text, "\"10.0.0.7/8\" is an address within a network"));
    assert_int_equal(read_text("1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 "
                               "1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 "
                               "1.1.1.1"),
                     MKT_E_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_and_networks),
        cmocka_unit_test(none_holds_nobody),
        cmocka_unit_test(what_is_neither_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
