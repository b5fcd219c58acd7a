#include "server/routes.h"

#include <string.h>

#include "server/api.h"

const struct mkt_route mkt_routes[] = {
    {"GET", "/", "What this service is.", mkt_api_root, NULL, MKT_BODY_NONE, true, true},
    {"GET", "/health", "Alive.", mkt_api_health, NULL, MKT_BODY_NONE, true, true},
    {"GET", "/api/v1/health", "Alive, in the origin's place.", mkt_api_health, NULL, MKT_BODY_NONE,
     true, true},
    {"GET", "/ready", "Ready for requests: 503 while shutting down or when the queue is full.",
     mkt_api_ready, NULL, MKT_BODY_NONE, true, true},
    {"GET", "/metrics", "Counts for Prometheus.", mkt_api_metrics, NULL, MKT_BODY_NONE, true,
     false},
    {"GET", "/openapi.json", "This description.", mkt_api_openapi, NULL, MKT_BODY_NONE, true,
     false},
    {"GET", "/api/v1/analyses", "The analyses and their parameters.", mkt_api_analyses, NULL,
     MKT_BODY_NONE, true, false},
    {"POST", "/api/v1/analyses/{name}", "Run an analysis.", mkt_api_analyse, mkt_api_analyse_quick,
     MKT_BODY_KEEP, false, false},
    {"POST", "/api/v1/ask", "Ask a question in words.", mkt_api_ask, mkt_api_ask_quick,
     MKT_BODY_KEEP, false, false},
    {"GET", "/api/v1/capabilities", "What this agent can do, for other agents.",
     mkt_api_capabilities, NULL, MKT_BODY_NONE, true, false},
    {"GET", "/api/v1/datasets", "The registered data sets.", mkt_api_datasets, NULL, MKT_BODY_NONE,
     false, false},
    {"GET", "/api/v1/datasets/{name}", "One data set: its files and what was recognised in them.",
     mkt_api_dataset, NULL, MKT_BODY_NONE, false, false},
    {"PUT", "/api/v1/datasets/{name}", "Register a data set of one file, or replace it.",
     mkt_api_dataset_put, NULL, MKT_BODY_UPLOAD, false, false},
    {"DELETE", "/api/v1/datasets/{name}", "Forget a data set.", mkt_api_dataset_delete, NULL,
     MKT_BODY_NONE, false, false},
    {"PUT", "/api/v1/datasets/{name}/{file}", "Add a file to a data set, or replace it.",
     mkt_api_dataset_put, NULL, MKT_BODY_UPLOAD, false, false},
    {"POST", "/api/v1/campaign/analyze", "Figures of one campaign from its totals.",
     mkt_api_campaign, NULL, MKT_BODY_KEEP, false, false},
    {"POST", "/api/v1/campaign/optimize", "What to change in a campaign, in the origin's shape.",
     mkt_api_optimize, NULL, MKT_BODY_KEEP, false, false},
    {"POST", "/api/v1/collaborate",
     "A signed request of another agent; its signature is its token.", mkt_api_collaborate, NULL,
     MKT_BODY_KEEP, false, true},
    {"POST", "/api/v1/process", "A request that the hub passes on.", mkt_api_process, NULL,
     MKT_BODY_KEEP, false, false},
    {"POST", "/mcp", "The analyses as tools for a language model (Model Context Protocol).",
     mkt_api_mcp, mkt_api_mcp_quick, MKT_BODY_KEEP, false, false},
    {"GET", "/.well-known/agent-card.json",
     "The card by which other agents find this one (Agent2Agent).", mkt_api_a2a_card, NULL,
     MKT_BODY_NONE, true, true},
    {"GET", "/.well-known/jwks.json", "The key that signs the card.", mkt_api_a2a_keys, NULL,
     MKT_BODY_NONE, true, true},
    {"POST", "/a2a", "Tasks of other agents (Agent2Agent, JSON-RPC).", mkt_api_a2a, mkt_api_a2a,
     MKT_BODY_KEEP, false, false},
    {"GET", "/api/v1/jobs/{id}", "State of a job.", mkt_api_job, NULL, MKT_BODY_NONE, true, false},
    {"GET", "/api/v1/jobs/{id}/answer", "Answer of a finished job.", mkt_api_job_answer, NULL,
     MKT_BODY_NONE, true, false},
    {"GET", "/api/v1/jobs/{id}/events", "Events of a job, as they come (Server-Sent Events).",
     mkt_api_job_events, NULL, MKT_BODY_NONE, true, false},
    {"DELETE", "/api/v1/jobs/{id}", "Cancel a job.", mkt_api_job_cancel, NULL, MKT_BODY_NONE, true,
     false},
    {"GET", "/attestation", "Whether a TEE vouches for this agent's key; ?nonce=HEX, ?quote=true.",
     mkt_api_attestation, mkt_api_attestation_quick, MKT_BODY_NONE, false, MKT_OPEN_ATTESTATION},
    {"GET", "/cpu", "The quote alone: hex of TDX, base64 of SEV-SNP; ?nonce=HEX.", mkt_api_cpu,
     mkt_api_cpu_quick, MKT_BODY_NONE, false, MKT_OPEN_ATTESTATION},
    {"GET", "/.well-known/keys.json", "The keys this agent signs with, and those of before.",
     mkt_api_keys, NULL, MKT_BODY_NONE, true, MKT_OPEN_ATTESTATION},
    {"GET", "/.well-known/attestation.json", "How it is attested, and what it asks of others.",
     mkt_api_attestation_policy, NULL, MKT_BODY_NONE, true, MKT_OPEN_ATTESTATION},
};

const size_t mkt_routes_count = sizeof mkt_routes / sizeof *mkt_routes;

/* Does `path` fit `pattern`? Its parts in braces go to `place`. */
static bool fits(const char *pattern, const char *path, char place[MKT_EXCHANGE_PLACES][160])
{
    size_t places = 0;
    while (*pattern) {
        if (*pattern != '{') {
            if (*pattern++ != *path++) return false;
            continue;
        }
        size_t n = strcspn(path, "/");
        if (n == 0 || n >= 160) return false;
        memcpy(place[places], path, n);
        place[places++][n] = '\0';
        path += n;
        pattern += strcspn(pattern, "}") + 1;
    }
    return *path == '\0';
}

const struct mkt_route *mkt_routes_find(const char *method, const char *path,
                                        char place[MKT_EXCHANGE_PLACES][160], const char **allow)
{
    /* every set of methods that the table above has for one path */
    static const char *const sets[] = {"GET, HEAD", "POST", "PUT", "GET, HEAD, PUT, DELETE",
                                       "GET, HEAD, DELETE"};
    unsigned seen = 0; /* bits: GET, POST, PUT, DELETE */
    *allow = NULL;
    for (size_t i = 0; i < mkt_routes_count; i++) {
        const struct mkt_route *r = &mkt_routes[i];
        memset(place, 0, MKT_EXCHANGE_PLACES * sizeof *place);
        if (!fits(r->path, path, place)) continue;
        if (strcmp(r->method, method) == 0) return r;
        seen |= r->method[0] == 'G' ? 1U : r->method[0] == 'D' ? 8U : r->method[1] == 'O' ? 2U : 4U;
    }
    memset(place, 0, MKT_EXCHANGE_PLACES * sizeof *place);
    switch (seen) {
    case 1:
        *allow = sets[0];
        break;
    case 2:
        *allow = sets[1];
        break;
    case 4:
        *allow = sets[2];
        break;
    case 13:
        *allow = sets[3];
        break;
    case 9:
        *allow = sets[4];
        break;
    default:
        break;
    }
    return NULL;
}
