/* Where other agents reach this one: what the registration advertises. */
#ifndef MKT_BOARDROOM_HUB_ADDRESS_H
#define MKT_BOARDROOM_HUB_ADDRESS_H

#include "engine/settings.h"

struct mkt_hub_address {
    char endpoint[256];    /* ADVERTISE_URL, else http://HOST:PORT */
    char attestation[256]; /* ADVERTISE_ATTESTATION_URL, else http:// the same machine, its port,
                              else the endpoint */
};

/* HOST is the address that the service listens on; where it listens on all of them (0.0.0.0, ::),
 * the name of the machine. Warns in the log when only this machine reaches the endpoint while the
 * hub is elsewhere.
 *
 *   port              that the service listens on
 *   attestation_port  that attestation is served on; 0 or less: only where the rest is
 *
 * Errors  MKT_E_ARG  a setting that is no address, or longer than 255 bytes; a machine without name
 * Checked tests/boardroom/hub_address_test.c */
MKT_MUST_CHECK mkt_status mkt_hub_address_find(const struct mkt_settings *settings, int port,
                                               int attestation_port, struct mkt_hub_address *out,
                                               struct mkt_err *err);

#endif
