/* A signed request is answered once, by whom it was meant for, whatever the clock does. */
#include "boardroom/collaborate.h"

#include <sys/stat.h>

#include "boardroom/fixture.h"

#define TOTALS                                                                                     \
    "{\"task_description\": \"campaign ROI\", \"context\": {\"spend\": 1000, \"conversions\": "    \
    "10, "                                                                                         \
    "\"revenue\": 3000.5}}"

static struct mkt_buf reply;

static char *message(const struct mkt_keys *keys, const char *sender, int64_t sent,
                     const char *payload)
{
    struct mkt_buf out;
    mkt_buf_init(&out, &arena);
    mkt_err_clear(&err);
    if (mkt_envelope_write(&arena, keys, sender, SELF, "collaboration_request", sent, NULL, payload,
                           &out, &err) != MKT_OK)
        fail_msg("%s", err.text);
    return out.data;
}

static mkt_status send_at(const char *text, int64_t now)
{
    struct mkt_boardroom_call call = call_at(now);
    mkt_err_clear(&err);
    mkt_buf_init(&reply, &arena);
    return mkt_collaborate_answer(&board, &arena, text, strlen(text), &call, &reply, &err);
}

/* Sends it and opens the reply as its reader would. */
static struct mkt_envelope exchange(const char *text, int64_t now, const char *reader)
{
    const struct mkt_peer marketing = {.id = SELF, .key = *mkt_keys_public(own_keys)};
    const struct mkt_envelope_policy policy = {
        .self = reader, .peer = &marketing, .peers = 1, .now_us = now};
    struct mkt_envelope e;
    if (send_at(text, now) != MKT_OK) fail_msg("%s", err.text);
    if (mkt_envelope_open(&arena, reply.data, reply.length, &policy, &e, &err) != MKT_OK)
        fail_msg("%s: %s", err.text, reply.data);
    return e;
}

static void answered(const char *text, int64_t now)
{
    struct mkt_envelope e = exchange(text, now, FINANCE);
    if (strcmp(e.type, "collaboration_response") != 0) fail_msg("%s", reply.data);
}

static void refused(const char *text, int64_t now, const char *class)
{
    struct mkt_envelope e = exchange(text, now, "requester");
    assert_string_equal(e.type, "error");
    assert_string_equal(mkt_pyjson_text(mkt_pyjson_member(e.payload, "class")), class);
}

static int64_t logged(void)
{
    char head[MKT_SHA256_TEXT];
    return mkt_audit_head(board.audit, head);
}

static void a_request_is_answered_and_logged(void **state)
{
    (void)state;
    char *text = message(finance, FINANCE, NOW_US - 5, TOTALS);
    struct mkt_envelope e = exchange(text, NOW_US, FINANCE);
    assert_string_equal(e.type, "collaboration_response");
    const struct mkt_pyvalue *result = mkt_pyjson_member(e.payload, "result");
    assert_string_equal(mkt_pyjson_text(mkt_pyjson_member(result, "analysis_type")),
                        "campaign_roi");
    assert_non_null(strstr(reply.data, "\"confidence_score\": null"));
    assert_non_null(strstr(reply.data, "\"revenue\": 3000.5"));
    assert_int_equal(logged(), 1);
    assert_int_equal(e.sent_us, NOW_US - 1000000); /* never ahead of a clock that is behind ours */
}

static void the_same_figures_twice_are_the_same_bytes(void **state)
{
    (void)state;
    static char first[1 << 16];
    put_set("shop", shop_csv(40));
    for (int i = 0; i < 2; i++) {
        struct mkt_buf result;
        struct mkt_envelope e = exchange(
            message(finance, FINANCE, NOW_US - 5 - i, "{\"task_description\": \"ROI by channel\"}"),
            NOW_US, FINANCE);
        mkt_buf_init(&result, &arena);
        mkt_pyjson_write(&result, mkt_pyjson_member(e.payload, "result"));
        assert_true(result.length > 1000);
        if (i == 0) snprintf(first, sizeof first, "%s", result.data);
        if (i == 1) assert_memory_equal(first, result.data, strlen(first));
    }
}

static void a_message_is_answered_once(void **state)
{
    (void)state;
    char *text = message(finance, FINANCE, NOW_US - 5, TOTALS);
    answered(text, NOW_US);
    refused(text, NOW_US, "replayed");
    refused(text, NOW_US + 1, "replayed");
    /* after a restart */
    mkt_boardroom_close(&board);
    open_board("strict");
    refused(text, NOW_US, "replayed");
    assert_int_equal(logged(), 1);
}

static void clocks_that_jump_open_nothing(void **state)
{
    (void)state;
    const int64_t hour = INT64_C(3600) * 1000000;
    char *text = message(finance, FINANCE, NOW_US - 5, TOTALS);
    answered(text, NOW_US);
    /* forward: it is old; back: it is in time again, and known */
    refused(text, NOW_US + hour, "stale");
    refused(text, NOW_US, "replayed");
    char *ahead = message(finance, FINANCE, NOW_US + hour, TOTALS);
    refused(ahead, NOW_US, "stale");
    /* a clock an hour ahead answers it; back again, and at its time, it is known */
    answered(ahead, NOW_US + hour);
    refused(ahead, NOW_US, "stale");
    refused(ahead, NOW_US + hour + 1, "replayed");
    /* and others are answered all the while */
    answered(message(finance, FINANCE, NOW_US - 7, TOTALS), NOW_US);
    mkt_boardroom_close(&board);
    open_board("strict");
    refused(ahead, NOW_US + hour + 1, "replayed");
    /* the window, to the microsecond */
    const int64_t window = INT64_C(300) * 1000000;
    answered(message(finance, FINANCE, NOW_US - window, TOTALS), NOW_US);
    refused(message(finance, FINANCE, NOW_US - window - 1, TOTALS), NOW_US, "stale");
    answered(message(finance, FINANCE, NOW_US, TOTALS), NOW_US);
    refused(message(finance, FINANCE, NOW_US + 1, TOTALS), NOW_US, "stale");
}

static void set_mode(const char *mode, bool pinned)
{
    mkt_boardroom_close(&board);
    mkt_peers_close(board.peers);
    board.peers = make_peers(pinned);
    open_board(mode);
}

static void learn(const char *id, const struct mkt_keys *keys)
{
    struct mkt_peers_record said = {.keys = 1, .key[0] = *mkt_keys_public(keys)};
    snprintf(said.id, sizeof said.id, "%s", id);
    assert_int_equal(mkt_peers_learn(board.peers, &said, NULL, &err), MKT_OK);
}

static void who_is_answered_is_chosen(void **state)
{
    (void)state;
    struct mkt_envelope e;
    learn("stranger", stranger);
    refused(message(stranger, "stranger", NOW_US - 5, TOTALS), NOW_US, "unauthorized");
    set_mode("known", true);
    refused(message(stranger, "stranger", NOW_US - 5, TOTALS), NOW_US, "unauthorized");
    learn("stranger", stranger);
    e = exchange(message(stranger, "stranger", NOW_US - 5, TOTALS), NOW_US, "stranger");
    assert_string_equal(e.type, "collaboration_response");
    answered(message(finance, FINANCE, NOW_US - 5, TOTALS), NOW_US);
    /* the registry names another key: neither is answered */
    learn("stranger", own_keys);
    refused(message(stranger, "stranger", NOW_US - 6, TOTALS), NOW_US, "unauthorized");
    refused(message(own_keys, "stranger", NOW_US - 6, TOTALS), NOW_US, "unauthorized");
    set_mode("open", true);
    e = exchange(message(stranger, "stranger", NOW_US - 7, TOTALS), NOW_US, "stranger");
    assert_string_equal(e.type, "collaboration_response");
    refused(message(stranger, FINANCE, NOW_US - 7, TOTALS), NOW_US, "unauthorized");
    mkt_boardroom_close(&board);
    assert_int_equal(mkt_boardroom_open(&board, log_path, "lax", &err), MKT_E_ARG);
    mkt_err_clear(&err);
    open_board("strict");
}

static void who_must_be_attested_is_not_answered_before(void **state)
{
    (void)state;
    char path[256], line[512];
    const char *key = mkt_hex_write_base64(&arena, mkt_keys_public(finance)->raw, 32);
    snprintf(path, sizeof path, "%s/peers", folder.path);
    snprintf(line, sizeof line, FINANCE " %s attested=required\n", key);
    assert_int_equal(temp_folder_write(path, line), 0);
    mkt_peers_close(board.peers);
    assert_int_equal(mkt_peers_open(path, &board.peers, &err), MKT_OK);
    refused(message(finance, FINANCE, NOW_US - 5, TOTALS), NOW_US, "unauthorized");
    assert_int_equal(
        mkt_peers_attest(board.peers, FINANCE, mkt_keys_public(finance), true, "TDX", NOW_US, &err),
        MKT_OK);
    answered(message(finance, FINANCE, NOW_US - 5, TOTALS), NOW_US);
}

/* Evidence as somebody else sees it. */
static struct {
    int asked;
    bool known;
    struct mkt_public_key key;
    mkt_status status;
} witness;

static mkt_status bear_witness(void *user, struct mkt_arena *a,
                               const struct mkt_peers_record *record,
                               const struct mkt_public_key *key, struct mkt_err *e)
{
    (void)user;
    (void)a;
    witness.asked++;
    witness.known = record != NULL;
    witness.key = *key;
    return witness.status == MKT_OK ? MKT_OK : mkt_err_set(e, witness.status, "no evidence");
}

static mkt_status claim_none(void *user, struct mkt_arena *a, struct mkt_buf *out,
                             struct mkt_err *e)
{
    (void)user;
    (void)a;
    mkt_buf_str(out, "{\"tee\":\"none\",\"key_fingerprint\":\"x\"}");
    return mkt_buf_check(out, e);
}

static void evidence_is_asked_of_senders_and_told_of_us(void **state)
{
    (void)state;
    witness.asked = 0;
    witness.status = MKT_E_FORBIDDEN;
    board.admit = bear_witness;
    board.claim = claim_none;
    /* a message that nobody signed has nobody asked */
    refused(message(stranger, FINANCE, NOW_US - 4, TOTALS), NOW_US, "unauthorized");
    assert_int_equal(witness.asked, 0);
    refused(message(finance, FINANCE, NOW_US - 5, TOTALS), NOW_US, "unauthorized");
    assert_int_equal(witness.asked, 1);
    assert_true(witness.known);
    assert_memory_equal(&witness.key, mkt_keys_public(finance), sizeof witness.key);
    assert_null(strstr(reply.data, "attestation"));
    witness.status = MKT_OK;
    answered(message(finance, FINANCE, NOW_US - 6, TOTALS), NOW_US);
    assert_non_null(strstr(reply.data, "\"payload\": {\"attestation\": {\"key_fingerprint\": "
                                       "\"x\", \"tee\": \"none\"}, \"confidence_score\""));
    witness.status = MKT_E_NOMEM;
    assert_int_equal(send_at(message(finance, FINANCE, NOW_US - 7, TOTALS), NOW_US), MKT_E_NOMEM);
    witness.status = MKT_E_BUSY; /* the same message may come again */
    const char *patient = message(finance, FINANCE, NOW_US - 9, TOTALS);
    assert_int_equal(send_at(patient, NOW_US), MKT_E_BUSY);
    witness.status = MKT_OK;
    answered(patient, NOW_US);
    /* one that no register knows is asked about, too */
    set_mode("open", false);
    witness.status = MKT_E_FORBIDDEN;
    refused(message(stranger, "stranger", NOW_US - 8, TOTALS), NOW_US, "unauthorized");
    assert_false(witness.known);
    board.admit = NULL;
    board.claim = NULL;
}

static void what_is_wrong_with_a_request_is_told_its_sender(void **state)
{
    (void)state;
    static const struct {
        const char *payload, *class;
    } bad[] = {{"[]", "bad_argument"},
               {"{\"task_description\": 5}", "bad_argument"},
               {"{\"context\": {\"dataset\": \"nowhere\"}}", "not_found"},
               {"{\"context\": {\"dataset\": \"../etc\"}}", "bad_argument"},
               {"{\"context\": {\"conversions\": 5}}", "no_data"},
               {"{\"context\": {\"spend\": -5}}", "bad_argument"},
               {"{\"context\": {\"spend\": 5, \"clicks\": 9, \"impressions\": 1}}", "bad_data"},
               {"{\"context\": {\"x\": NaN}}", "bad_syntax"},
               {"{}", "no_data"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t before = logged();
        struct mkt_envelope e =
            exchange(message(finance, FINANCE, NOW_US - 5, bad[i].payload), NOW_US, FINANCE);
        assert_string_equal(e.type, "error");
        assert_string_equal(mkt_pyjson_text(mkt_pyjson_member(e.payload, "class")), bad[i].class);
        assert_non_null(mkt_pyjson_text(mkt_pyjson_member(e.payload, "request_id")));
        assert_int_equal(logged(), before + 1);
    }
}

static void several_data_sets_are_asked_about(void **state)
{
    (void)state;
    put_set("a", shop_csv(10));
    put_set("b", shop_csv(10));
    struct mkt_envelope e =
        exchange(message(finance, FINANCE, NOW_US - 5, "{\"query\": \"ROI\"}"), NOW_US, FINANCE);
    assert_string_equal(mkt_pyjson_text(mkt_pyjson_member(e.payload, "class")), "ambiguous_data");
    answered(message(finance, FINANCE, NOW_US - 5,
                     "{\"query\": \"financial things\", \"dataset\": \"a\"}"),
             NOW_US);
    assert_non_null(strstr(reply.data, "/api/v1/analyses/roi")); /* words without an analysis */
}

static void who_hangs_up_is_not_answered(void **state)
{
    (void)state;
    char *text = message(finance, FINANCE, NOW_US - 5, "{\"query\": \"ROI by channel\"}");
    put_set("shop", shop_csv(40));
    atomic_store(&flag->set, true);
    assert_int_equal(send_at(text, NOW_US), MKT_E_CANCELLED);
    atomic_store(&flag->set, false);
    assert_int_equal(logged(), 0);
    answered(text, NOW_US); /* it may come again */
}

static void every_allocation_fails_once(void **state)
{
    (void)state;
    static char text[4096];
    snprintf(text, sizeof text, "%s", message(finance, FINANCE, NOW_US - 5, TOTALS));
    size_t failed = 0;
    for (size_t at = 1;; at++) {
        mkt_arena_reset(&arena, 1 << 20);
        arena.fail_at = at;
        mkt_status status = send_at(text, NOW_US);
        arena.fail_at = 0;
        if (status == MKT_OK && strstr(reply.data, "collaboration_response")) break;
        if (status != MKT_E_NOMEM) fail_msg("allocation %zu: %d %s", at, status, reply.data);
        failed++;
        assert_int_equal(logged(), 0);
        assert_true(at < 5000);
    }
    assert_true(failed > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_request_is_answered_and_logged, sit_down, stand_up),
        cmocka_unit_test_setup_teardown(the_same_figures_twice_are_the_same_bytes, sit_down,
                                        stand_up),
        cmocka_unit_test_setup_teardown(a_message_is_answered_once, sit_down, stand_up),
        cmocka_unit_test_setup_teardown(clocks_that_jump_open_nothing, sit_down, stand_up),
        cmocka_unit_test_setup_teardown(who_is_answered_is_chosen, sit_down, stand_up),
        cmocka_unit_test_setup_teardown(who_must_be_attested_is_not_answered_before, sit_down,
                                        stand_up),
        cmocka_unit_test_setup_teardown(evidence_is_asked_of_senders_and_told_of_us, sit_down,
                                        stand_up),
        cmocka_unit_test_setup_teardown(what_is_wrong_with_a_request_is_told_its_sender, sit_down,
                                        stand_up),
        cmocka_unit_test_setup_teardown(several_data_sets_are_asked_about, sit_down, stand_up),
        cmocka_unit_test_setup_teardown(who_hangs_up_is_not_answered, sit_down, stand_up),
        cmocka_unit_test_setup_teardown(every_allocation_fails_once, sit_down, stand_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
