/* The HTTP service. */
#ifndef MKT_SERVER_SERVER_H
#define MKT_SERVER_SERVER_H

#include "engine/engine.h"

struct mkt_server;
struct mkt_tee_options;

struct mkt_server_options {
    const struct mkt_settings *settings; /* must outlive the server */
    /* Another table of analyses, for tests; NULL for mkt_analysis_table. */
    const struct mkt_analysis *analysis;
    size_t analyses;
    mkt_writer_opener *opener; /* another way to open the model, for tests; NULL for the usual */
    const struct mkt_tee_options *tee; /* other places to look for a TEE, for tests; or NULL */
};

/* Starts answering.
 *
 * Errors  MKT_E_ARG        an address that cannot be listened on; one beyond this machine without
 *                          tokens
 *         MKT_E_CONFLICT   the port is taken; the data folder is in use
 *         MKT_E_FORBIDDEN, MKT_E_NOT_FOUND  tokens file, data folder
 *         MKT_E_NOMEM, MKT_E_IO
 * Checked tests/server/server_test.c */
MKT_MUST_CHECK mkt_status mkt_server_start(const struct mkt_server_options *options,
                                           struct mkt_server **out, struct mkt_err *err);

/* The port it listens on: that of the settings, or the free one that was taken for 0. */
int mkt_server_port(const struct mkt_server *server);

/* The same of the attestation port; 0 where there is none. */
int mkt_server_attestation_port(const struct mkt_server *server);

/* Stops accepting, lets what runs finish for at most `drain_ms`, cancels the rest, and ends. */
void mkt_server_stop(struct mkt_server *server, int64_t drain_ms);

/* Serves until SIGTERM, SIGINT or SIGHUP, then drains; a second signal cuts the draining short. Says
 * on standard error where it listens. Errors as mkt_server_start. */
MKT_MUST_CHECK mkt_status mkt_server_run(const struct mkt_settings *settings, struct mkt_err *err);

#endif
