/* The one table of settings: environment variables, defaults and help.
 *
 * The seed's variables keep their names and defaults. --help, docs/service.md
 * and the reading below all follow this list. A value outside its domain is an
 * error with a sentence, never silently replaced.
 */
#ifndef MKT_ENGINE_SETTINGS_H
#define MKT_ENGINE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* clang-format off */
#define MKT_SETTINGS_LIST(TEXT, INTEGER)                                                           \
    TEXT(type,        "AGENT_TYPE",        "marketing",            "what this agent is called in a team of agents")           \
    TEXT(client,      "CLIENT_ID",         "default",              "company this agent works for; part of its agent_id")      \
    TEXT(agent,       "AGENT_ID",          "",                     "its id among other agents; else marketing-agent-CLIENT_ID") \
    TEXT(model,       "AGENT_MODEL_NAME",  "mistralai/Mistral-7B-Instruct-v0.3", "language model: its name on Hugging Face; see model fetch") \
    TEXT(model_path,  "AGENT_MODEL_PATH",  "",                     "file of the model, in place of what AGENT_MODEL_NAME leads to") \
    TEXT(model_dir,   "AGENT_MODEL_DIR",   "",                     "folder of models; else $XDG_DATA_HOME/marketing-agent, else ~/.local/share/marketing-agent") \
    TEXT(llm_url,     "AGENT_LLM_URL",     "",                     "OpenAI-compatible server that writes in place of the built-in model") \
    TEXT(llm_model,   "AGENT_LLM_MODEL",   "",                     "its model, where it has several")                           \
    TEXT(llm_key_file, "AGENT_LLM_KEY_FILE", "",                   "file with the key of that server, its owner's alone")      \
    TEXT(llm_grammar, "AGENT_LLM_GRAMMAR", "auto",                 "how that server takes a grammar: auto, llama, vllm, guided or none") \
    TEXT(words,       "AGENT_WORDS",       "auto",                 "who writes: auto, the model when there is one; plain, never; model, nobody else") \
    INTEGER(gpu_layers, "AGENT_GPU_LAYERS", 0,    0, 1000,        "layers of the built-in model on the GPU")                  \
    INTEGER(model_threads, "AGENT_MODEL_THREADS", 0, 0, 1024,      "threads of the built-in model; 0 for all cores; one fewer while facts are computed") \
    INTEGER(deadline_ms, "AGENT_DEADLINE_MS", 50000, 0, 86400000,  "time for the words while a client waits; what is not finished is written plainly; 0 for none") \
    INTEGER(narrations, "AGENT_NARRATIONS", 4,    1, 256,          "answers that a model writes at once; more are written plainly") \
    INTEGER(port,     "AGENT_API_PORT",    8082,  0, 65535,        "port of the HTTP service; 0 takes a free one")             \
    INTEGER(attestation_port, "AGENT_ATTESTATION_PORT", 29345, -1, 65535, "port for attestation alone; 0 takes a free one, -1 opens none") \
    TEXT(attestation_required, "ATTESTATION_REQUIRED", "false",   "true: without evidence of a TEE no collaboration is served") \
    TEXT(development, "DEVELOPMENT_MODE",  "false",                "true: a hub is shown a wrapper that says unattested, where there is no TEE") \
    TEXT(peer_attestation, "AGENT_PEER_ATTESTATION", "off",       "required: agents that are not attested are refused")       \
    TEXT(peer_nonce,  "AGENT_PEER_NONCE",  "required",             "optional: their quote need not be fresh, as SecretVM's cannot be") \
    TEXT(peer_measurements, "AGENT_PEER_MEASUREMENTS", "",        "file of measurements that attested agents may have; see docs/attest.md") \
    TEXT(peer_collateral, "AGENT_PEER_COLLATERAL", "",            "folder of certificates, revocation lists and TCB statements for them; with it their TCB must do") \
    TEXT(peer_tcb,    "AGENT_PEER_TCB",    "",                     "TCB statuses that do besides UpToDate, separated by commas") \
    INTEGER(memory_mb, "AGENT_MAX_MEMORY_MB", 7000, 256, 16777216, "memory for model, data, requests and cache together, in MB")      \
    TEXT(host,        "AGENT_HOST",        "127.0.0.1",            "address to listen on; beyond this machine only with tokens") \
    TEXT(data_dir,    "AGENT_DATA_DIR",    "marketing-agent-data", "folder where registered data sets are kept")               \
    TEXT(keys_dir,    "AGENT_KEYS_DIR",    "",                     "folder of the agent's signing key; else keys in the data folder") \
    TEXT(peers_file,  "AGENT_PEERS_FILE",  "",                     "file of agents whose keys are pinned, its owner's alone; see docs/protocols.md") \
    TEXT(collaboration, "AGENT_COLLABORATION", "strict",           "whose messages are answered: strict, pinned agents; known, also those of the hub's registry; open, anybody") \
    TEXT(audit_file,  "AGENT_AUDIT_FILE",  "",                     "log of what other agents were answered; else audit.jsonl in the data folder") \
    TEXT(hub,         "HUB_ENDPOINT",      "",                     "address of the Boardroom hub, such as http://hub:8080; without it there is none; see docs/hub.md") \
    TEXT(advertise,   "ADVERTISE_URL",     "",                     "address that other agents reach this one at; else where it listens") \
    TEXT(advertise_attestation, "ADVERTISE_ATTESTATION_URL", "",   "address of its attestation port; else the same machine's") \
    TEXT(hub_address, "HUB_ADDRESS",       "",                     "addresses or networks that the hub may call from without a token: 10.0.0.7, 172.18.0.0/16") \
    INTEGER(hub_heartbeat_seconds, "HUB_HEARTBEAT_SECONDS", 60, 1, 240, "time between two heartbeats to the hub")           \
    INTEGER(hub_directory_seconds, "HUB_DIRECTORY_SECONDS", 300, 1, 86400, "time between two looks into the hub's directory") \
    INTEGER(hub_timeout_ms, "HUB_TIMEOUT_MS", 10000, 100, 60000,   "time for an answer of the hub, in ms")                     \
    TEXT(tokens_file, "AGENT_TOKENS_FILE", "",                     "file of bearer tokens, one a line: token or name:token")   \
    TEXT(log_level,   "AGENT_LOG_LEVEL",   "info",                 "debug, info, warn, error or off")                          \
    INTEGER(workers,  "AGENT_WORKERS",     0,     0, 1024,         "analyses that run at once; 0 for one a core, at least 2")  \
    INTEGER(queue,    "AGENT_QUEUE",       64,    1, 100000,       "requests that may wait for a worker; more are answered 503") \
    INTEGER(http_threads, "AGENT_HTTP_THREADS", 1, 1, 64,          "threads that talk to the network")                         \
    INTEGER(request_mb, "AGENT_REQUEST_MB", 512,  16, 1048576,     "memory of one request, in MB")                             \
    INTEGER(body_kb,  "AGENT_MAX_BODY_KB", 8192,  1, 1048576,      "largest request body, in KB; larger is answered 413")      \
    INTEGER(upload_mb, "AGENT_MAX_UPLOAD_MB", 4096, 1, 16777216,   "largest file of a data set, in MB; larger is answered 413") \
    INTEGER(header_kb, "AGENT_MAX_HEADER_KB", 16, 1, 1024,         "largest request header, in KB; larger is answered 431")    \
    INTEGER(run_seconds, "AGENT_RUN_SECONDS", 60, 1, 86400,        "time for an answer while the client waits; then 504")      \
    INTEGER(job_seconds, "AGENT_JOB_SECONDS", 3600, 1, 604800,     "time for a job")                                           \
    INTEGER(jobs,     "AGENT_JOBS",        256,   1, 100000,       "jobs kept, running and finished")                          \
    INTEGER(job_keep_seconds, "AGENT_JOB_KEEP_SECONDS", 3600, 1, 604800, "time a finished job is kept")                        \
    INTEGER(connections, "AGENT_CONNECTIONS", 1024, 1, 20000,      "open connections; more wait to be accepted")               \
    INTEGER(connections_per_ip, "AGENT_CONNECTIONS_PER_IP", 256, 1, 20000, "open connections of one address; more are closed")  \
    INTEGER(header_seconds, "AGENT_HEADER_SECONDS", 30, 1, 3600,   "time to send a request header, and to sit idle between requests") \
    INTEGER(body_seconds, "AGENT_BODY_SECONDS", 30, 1, 86400,      "time to send a request body; an upload must also keep up 1 KB/s after it") \
    INTEGER(drain_seconds, "AGENT_DRAIN_SECONDS", 30, 0, 3600,     "time for requests to finish after SIGTERM")                \
    INTEGER(cache_mb, "AGENT_CACHE_MB",    64,    0, 1048576,      "finished answers kept, in MB; 0 for none")                 \
    INTEGER(open_datasets, "AGENT_OPEN_DATASETS", 8, 1, 1024,      "registered data sets kept open; fewer where each had under 128 MB") \
    INTEGER(datasets, "AGENT_DATASETS",    1000,  1, 100000,       "registered data sets")
/* clang-format on */

struct mkt_settings {
#define MKT_SETTINGS_TEXT(field, name, fallback, help) const char *field;
#define MKT_SETTINGS_INTEGER(field, name, fallback, least, most, help) int64_t field;
    MKT_SETTINGS_LIST(MKT_SETTINGS_TEXT, MKT_SETTINGS_INTEGER)
#undef MKT_SETTINGS_TEXT
#undef MKT_SETTINGS_INTEGER
};

struct mkt_setting {
    const char *name; /* environment variable */
    const char *fallback;
    const char *help;
};

extern const struct mkt_setting mkt_settings_table[];
extern const size_t mkt_settings_count;

/* "true", "1", "yes", "on" or their contraries, in any case.
 * Errors  MKT_E_ARG  another word: the sentence names variable and value */
MKT_MUST_CHECK mkt_status mkt_settings_flag(const char *name, const char *text, bool *out,
                                            struct mkt_err *err);

/* Where values come from: like getenv. */
typedef const char *mkt_settings_source(void *user, const char *name);

/* Reads all settings; `source` NULL reads the environment. An empty value counts as not given.
 * Errors  MKT_E_ARG  not a whole number, or outside its domain: the sentence names variable, value
 *                    and domain
 * Checked tests/engine/settings_test.c */
MKT_MUST_CHECK mkt_status mkt_settings_read(struct mkt_settings *out, mkt_settings_source *source,
                                            void *user, struct mkt_err *err);

#endif
