/* Agents that must be attested and are not are refused: what their machines show, and what a registry
 * shows of them, goes into the register of agents. */
#include "server/attestation_fixture.h"

#define A48 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" /* 24 bytes in hex */

/* The same names, valid for a lifetime: the service asks the clock. */
static void open_long_vendor(struct vendor *v)
{
    int64_t from = NOW - YEAR, to = NOW + 50 * YEAR;
    open_vendor(v);
    X509_free(v->root);
    X509_free(v->ca);
    X509_free(v->pck);
    v->root = made_cert("Intel SGX Root CA", v->root_key, "Intel SGX Root CA", v->root_key, true,
                        from, to, NULL, NULL, 0);
    v->ca = made_cert("Intel SGX PCK Platform CA", v->ca_key, "Intel SGX Root CA", v->root_key,
                      true, from, to, NULL, NULL, 0);
    v->pck = made_cert("Intel SGX PCK Certificate", v->pck_key, "Intel SGX PCK Platform CA",
                       v->ca_key, false, from, to, NULL, NULL, 0);
    mkt_chain_key_hash(v->root, v->root_hash);
}

static void private_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    assert_int_equal(chmod(path, 0600), 0);
}

static mkt_status admit(const char *id, const struct mkt_public_key *key)
{
    struct mkt_peers_record record;
    mkt_err_clear(&fixture_err);
    assert_true(mkt_peers_find(fixture.server->peers, id, &record));
    return mkt_attestation_admit(fixture.server, &arena, &record, key, &fixture_err);
}

static const struct mkt_peers_record *record_of(const char *id)
{
    static struct mkt_peers_record record;
    assert_true(mkt_peers_find(fixture.server->peers, id, &record));
    return &record;
}

static void a_peer_must_be_attested(void **state)
{
    (void)state;
    struct vendor vendor_now;
    struct fake_peer peer;
    struct mkt_public_key key;
    char pins[300], allowed[300], text[700], hex[97];
    open_long_vendor(&vendor_now);
    memset(key.raw, 0x11, sizeof key.raw);
    memset(hex, 'a', 96);
    hex[96] = '\0';
    assert_int_equal(fake_peer_open(&peer, &vendor_now, &key), 0);
    snprintf(pins, sizeof pins, "%s/pins", fixture.folder.path);
    snprintf(allowed, sizeof allowed, "%s/allowed", fixture.folder.path);
    snprintf(text, sizeof text,
             "finance ERERERERERERERERERERERERERERERERERERERERERE= endpoint=%s/ attested=required\n"
             "finance REREREREREREREREREREREREREREREREREREREREREQ=\n"
             "sales IiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiI= endpoint=%s\n"
             "legal MzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzM= attested=required\n",
             peer.server.url, peer.server.url);
    private_file(pins, text);
    snprintf(text, sizeof text, "mrtd %s\n", hex);
    private_file(allowed, text);
    fixture.settings.peers_file = pins;
    fixture.settings.peer_measurements = allowed;
    start();
    struct mkt_public_key sales, legal, second;
    memset(second.raw, 0x44, sizeof second.raw);
    memset(sales.raw, 0x22, sizeof sales.raw);
    memset(legal.raw, 0x33, sizeof legal.raw);

    /* the made-up vendor is none of the product's */
    assert_int_equal(admit("finance", &key), MKT_E_FORBIDDEN);
    assert_non_null(strstr(fixture_err.text, "pinned root"));
    assert_int_equal(record_of("finance")->evidence, MKT_PEERS_REFUTED);
    int asked = atomic_load(&peer.server.requests);
    assert_int_equal(admit("finance", &key), MKT_E_FORBIDDEN); /* told, not asked again so soon */
    assert_int_equal(atomic_load(&peer.server.requests), asked);

    fixture_stop();
    start();
    struct mkt_peer_demand *demand = /* to which the root is handed here, and nowhere else */
        (struct mkt_peer_demand *)(uintptr_t)mkt_attestation_demand(fixture.server->attestation);
    demand->policy.root = vendor_now.root_hash;
    if (admit("finance", &key) != MKT_OK) fail_msg("%s", fixture_err.text);
    assert_int_equal(record_of("finance")->evidence, MKT_PEERS_ATTESTED);
    asked = atomic_load(&peer.server.requests);
    assert_int_equal(admit("finance", &key), MKT_OK);
    assert_int_equal(atomic_load(&peer.server.requests), asked);

    /* its machine vouches for one of its two keys: whoever has the other is not on that machine */
    assert_int_equal(admit("finance", &second), MKT_E_FORBIDDEN);
    assert_non_null(strstr(fixture_err.text, "another key"));
    assert_int_equal(record_of("finance")->evidence, MKT_PEERS_REFUTED);
    assert_int_equal(admit("finance", &key), MKT_OK);
    assert_int_equal(record_of("finance")->evidence, MKT_PEERS_ATTESTED);

    assert_int_equal(admit("sales", &sales), MKT_OK); /* nobody demands it of this one */
    assert_int_equal(admit("legal", &legal), MKT_E_FORBIDDEN);
    assert_non_null(strstr(fixture_err.text, "not known where to ask"));
    assert_int_equal(mkt_attestation_admit(fixture.server, &arena, NULL, &key, &fixture_err),
                     MKT_OK);
    demand->required = true; /* now of everybody; the endpoint shows evidence of another's key */
    assert_int_equal(admit("sales", &sales), MKT_E_FORBIDDEN);
    assert_non_null(strstr(fixture_err.text, "another key"));

    mkt_err_clear(&fixture_err);
    assert_int_equal(mkt_attestation_admit(fixture.server, &arena, NULL, &key, &fixture_err),
                     MKT_E_FORBIDDEN);

    /* what comes with a registry's record: it can make attested, and shut out nobody */
    struct made_quote *q = malloc(sizeof *q);
    make_quote(&vendor_now, 4, q);
    memset(q->bytes + q->body + 520, 0, 64);
    memcpy(q->bytes + q->body + 520, legal.raw, 32);
    sign_quote(&vendor_now, q);
    char *quote = mkt_hex_write_base64(&arena, q->bytes, q->n);
    const char *none = "{\"unattested\":\"x\",\"report_body\":{}}";
    mkt_attestation_look(fixture.server, "legal", &legal, quote); /* who knows of when it is? */
    assert_int_equal(record_of("legal")->evidence, MKT_PEERS_UNKNOWN);
    demand->old_will_do = true;
    mkt_attestation_look(fixture.server, "nobody", &legal, none);
    mkt_attestation_look(fixture.server, "legal", &sales, quote); /* a key that is not its own */
    assert_int_equal(record_of("legal")->evidence, MKT_PEERS_UNKNOWN);
    mkt_attestation_look(fixture.server, "legal", &legal, none);
    assert_int_equal(record_of("legal")->evidence, MKT_PEERS_REFUTED);
    assert_non_null(strstr(record_of("legal")->why, "development mode"));
    mkt_attestation_look(fixture.server, "legal", &legal, quote);
    assert_int_equal(record_of("legal")->evidence, MKT_PEERS_ATTESTED);
    mkt_attestation_look(fixture.server, "legal", &legal, none);
    assert_int_equal(admit("legal", &legal), MKT_OK);
    free(q);
    fake_close(&peer.server);
    close_vendor(&vendor_now);
}

static void *admit_legal(void *user)
{
    static struct mkt_peers_record record;
    struct mkt_arena own;
    struct mkt_err why = {0};
    mkt_status *status = user;
    assert_int_equal(mkt_arena_open(&own, (size_t)32 << 20, &why), MKT_OK);
    assert_true(mkt_peers_find(fixture.server->peers, "legal", &record));
    *status = mkt_attestation_admit(fixture.server, &own, &record, &record.key[0], &why);
    mkt_arena_close(&own);
    return NULL;
}

/* One worker waits for an agent that hangs; who must be asked meanwhile is told to come again. */
static void an_agent_that_hangs_holds_one_worker(void **state)
{
    (void)state;
    struct fake_peer slow;
    struct mkt_public_key key;
    pthread_t thread;
    mkt_status status = MKT_OK;
    char pins[300], allowed[300], text[700];
    memset(key.raw, 0x33, sizeof key.raw);
    assert_int_equal(fake_peer_open(&slow, &vendor, &key), 0);
    slow.said = "nothing of evidence";
    atomic_store(&slow.hangs, true);
    snprintf(pins, sizeof pins, "%s/pins", fixture.folder.path);
    snprintf(allowed, sizeof allowed, "%s/allowed", fixture.folder.path);
    snprintf(text, sizeof text,
             "finance ERERERERERERERERERERERERERERERERERERERERERE= endpoint=%s attested=required\n"
             "legal MzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzM= endpoint=%s attested=required\n",
             slow.server.url, slow.server.url);
    private_file(pins, text);
    private_file(allowed, "mrtd " A48 A48 "\n");
    fixture.settings.peers_file = pins;
    fixture.settings.peer_measurements = allowed;
    start();
    assert_int_equal(pthread_create(&thread, NULL, admit_legal, &status), 0);
    while (!atomic_load(&slow.asked)) fixture_pause(2);
    struct mkt_public_key finance;
    memset(finance.raw, 0x11, sizeof finance.raw);
    assert_int_equal(admit("finance", &finance), MKT_E_BUSY);
    assert_int_equal(record_of("finance")->evidence, MKT_PEERS_UNKNOWN); /* nothing is held to it */
    atomic_store(&slow.hangs, false);
    pthread_join(thread, NULL);
    assert_int_equal(status, MKT_E_FORBIDDEN);
    assert_int_equal(record_of("legal")->evidence, MKT_PEERS_REFUTED);
    assert_int_equal(admit("finance", &finance), MKT_E_FORBIDDEN); /* it is asked now */
    fake_close(&slow.server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_peer_must_be_attested, begin, end),
        cmocka_unit_test_setup_teardown(an_agent_that_hangs_holds_one_worker, begin, end),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
