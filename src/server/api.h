/* The handlers of all routes, by the file they stand in. See server/routes.c for what each is. */
#ifndef MKT_SERVER_API_H
#define MKT_SERVER_API_H

#include "server/exchange.h"

/* api_pages.c: about the service */
mkt_exchange_handler mkt_api_root, mkt_api_health, mkt_api_ready, mkt_api_metrics, mkt_api_openapi,
    mkt_api_analyses, mkt_api_capabilities;

/* Makes the pages that never change.      Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_api_prepare(struct mkt_server *server, struct mkt_err *err);
void mkt_api_forget(struct mkt_server *server);

/* The text of GET /health, which changes with time.      Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_api_health_write(struct mkt_server *server, struct mkt_buf *out,
                                               struct mkt_err *err);

/* What this agent can do, under the origin's names. */
extern const char *const mkt_api_offers[];
extern const size_t mkt_api_offers_count;

/* True while requests are welcome. */
bool mkt_api_is_ready(struct mkt_server *server);

/* api_datasets.c */
mkt_exchange_handler mkt_api_datasets, mkt_api_dataset, mkt_api_dataset_put, mkt_api_dataset_delete;

/* api_analyses.c */
mkt_exchange_handler mkt_api_analyse, mkt_api_analyse_quick, mkt_api_ask, mkt_api_ask_quick;

/* api_campaign.c */
mkt_exchange_handler mkt_api_campaign;

/* api_boardroom.c */
mkt_exchange_handler mkt_api_collaborate, mkt_api_process, mkt_api_optimize;

/* api_mcp.c */
mkt_exchange_handler mkt_api_mcp, mkt_api_mcp_quick;

/* api_a2a.c */
mkt_exchange_handler mkt_api_a2a, mkt_api_a2a_card, mkt_api_a2a_keys;

/* Begins to keep tasks.      Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_api_a2a_open(struct mkt_server *server, struct mkt_err *err);

/* Signs the cards; the service listens already.
 * Errors  MKT_E_ARG  an advertised address that is none;  MKT_E_NOMEM, MKT_E_INTERNAL */
MKT_MUST_CHECK mkt_status mkt_api_a2a_announce(struct mkt_server *server, struct mkt_err *err);
void mkt_api_a2a_close(struct mkt_server *server);

/* api_jobs.c */
mkt_exchange_handler mkt_api_job, mkt_api_job_answer, mkt_api_job_events, mkt_api_job_cancel;

/* api_attestation.c */
mkt_exchange_handler mkt_api_attestation, mkt_api_attestation_quick, mkt_api_cpu, mkt_api_cpu_quick,
    mkt_api_keys, mkt_api_attestation_policy;

/* The state of a job as JSON.      Errors  MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_api_job_write(struct mkt_job *job, struct mkt_buf *out,
                                            struct mkt_err *err);

#endif
