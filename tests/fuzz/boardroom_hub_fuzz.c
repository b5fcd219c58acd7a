/* What a hub answers: never a crash; of a directory nothing that is not as its header says, and the
 * register of agents takes it. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "boardroom/hub_peers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_agent(const struct mkt_hub_wire_agent *a)
{
    assert(a->id[0] && strlen(a->id) <= 128);
    assert(a->endpoint[0] && strlen(a->endpoint) <= 255);
    assert(!a->type || (a->type[0] && strlen(a->type) <= 63));
    assert(a->capabilities <= MKT_HUB_WIRE_CAPABILITIES);
    for (size_t i = 0; i < a->capabilities; i++)
        assert(a->capability[i][0] && strlen(a->capability[i]) <= 63);
}

static void check_directory(struct mkt_arena *arena, const char *bytes, size_t size)
{
    struct mkt_hub_wire_directory d;
    struct mkt_hub_peers_taken taken;
    struct mkt_peers *peers;
    struct mkt_err err = {0};
    if (mkt_hub_wire_read_directory(arena, bytes, size, &d, &err) != MKT_OK) {
        assert(err.text[0]);
        return;
    }
    assert(d.agents <= MKT_HUB_WIRE_AGENTS);
    for (size_t i = 0; i < d.agents; i++) {
        check_agent(&d.agent[i]);
        if (d.agent[i].capabilities) assert(mkt_hub_wire_escape(arena, d.agent[i].capability[0]));
    }
    if (mkt_peers_open("", &peers, &err) != MKT_OK) return;
    mkt_hub_peers_take(peers, "acme", &d, NULL, NULL, &taken);
    assert(taken.taken + taken.foreign + taken.refused == d.agents);
    mkt_peers_close(peers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct mkt_arena arena;
    char detail[MKT_HUB_WIRE_DETAIL];
    struct mkt_err err = {0};
    const char *bytes = (const char *)data;
    if (!arena.base && mkt_arena_open(&arena, (size_t)64 << 20, &err) != MKT_OK) return 0;
    check_directory(&arena, bytes, size);
    (void)!mkt_hub_wire_read_registered(&arena, bytes, size, "me", &err);
    mkt_err_clear(&err);
    (void)!mkt_hub_wire_read_heartbeat(&arena, bytes, size, &err);
    mkt_hub_wire_detail(&arena, bytes, size, detail);
    assert(!strpbrk(detail, " \n\r\t"));
    mkt_arena_reset(&arena, 1 << 20);
    return 0;
}
