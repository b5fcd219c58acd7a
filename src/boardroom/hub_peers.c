#include "boardroom/hub_peers.h"

#include <stdio.h>
#include <string.h>

static void describe(const struct mkt_hub_wire_agent *agent, struct mkt_peers_record *out)
{
    struct mkt_public_key key;
    size_t most = sizeof out->capability / sizeof *out->capability;
    memset(out, 0, sizeof *out);
    snprintf(out->id, sizeof out->id, "%s", agent->id);
    snprintf(out->endpoint, sizeof out->endpoint, "%s", agent->endpoint);
    snprintf(out->type, sizeof out->type, "%s", agent->type ? agent->type : "");
    for (size_t i = 0; i < agent->capabilities && i < most; i++)
        snprintf(out->capability[out->capabilities++], sizeof *out->capability, "%s",
                 agent->capability[i]);
    if (!agent->public_key ||
        !mkt_keys_read_pem(agent->public_key, strlen(agent->public_key), &key))
        return;
    out->key[0] = key;
    out->keys = 1;
}

void mkt_hub_peers_take(struct mkt_peers *peers, const char *client,
                        const struct mkt_hub_wire_directory *directory, mkt_hub_peers_judge *judge,
                        void *user, struct mkt_hub_peers_taken *out)
{
    *out = (struct mkt_hub_peers_taken){0};
    for (size_t i = 0; i < directory->agents; i++) {
        const struct mkt_hub_wire_agent *agent = &directory->agent[i];
        struct mkt_peers_record said;
        struct mkt_err none = {0};
        bool changed = false;
        if (agent->client && strcmp(agent->client, client) != 0) {
            out->foreign++;
            continue;
        }
        describe(agent, &said);
        if (mkt_peers_learn(peers, &said, &changed, &none) != MKT_OK) {
            out->refused++;
            continue;
        }
        out->taken++;
        out->keyless += said.keys == 0;
        out->changed += changed;
        if (judge && agent->quote && said.keys) judge(user, agent->id, &said.key[0], agent->quote);
    }
}
