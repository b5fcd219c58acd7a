/* This agent at its hub: registered, heard of, and told who else is there.
 *
 * One thread of its own talks to the hub; nobody ever waits for it. It registers, sends heartbeats,
 * and reads the directory of agents now and then. It registers again when the hub does not know it
 * any more (404), when no heartbeat reached the hub for 15 minutes (the hub then counts it as
 * inactive, and heartbeats do not mend that), and when the directory does not list it as it
 * registered: for as long as that does not help, less and less often, up to once an hour. What fails
 * is tried again, later and later (boardroom/hub_pace.h).
 *
 * Nothing that a hub does or says stops it or makes it large: every call has a bound on its time and
 * on the bytes of its answer, no redirect is followed, and an answer that is not as it must be
 * counts as a failure. An agent is never deregistered: the hub has no call for that; without
 * heartbeats it is counted as offline after 5 minutes.
 *
 * Sources  the origin's hub, see boardroom/hub_wire.h
 * Checked  tests/boardroom/hub_test.c, tests/e2e/hub_test.sh
 */
#ifndef MKT_BOARDROOM_HUB_H
#define MKT_BOARDROOM_HUB_H

#include "boardroom/hub_wire.h"

typedef enum {
    MKT_HUB_JOINING,    /* nothing has come of the first try yet */
    MKT_HUB_REGISTERED, /* the hub said so, and that it hears us */
    MKT_HUB_FAILING,    /* it does not answer, or not as it must */
    MKT_HUB_REFUSED     /* it does not want us: 4xx */
} mkt_hub_state;

typedef enum { MKT_HUB_REGISTER, MKT_HUB_HEARTBEAT, MKT_HUB_DIRECTORY, MKT_HUB_CALLS } mkt_hub_call;

/* After so long without a heartbeat the hub counts an agent as inactive, for good. */
#define MKT_HUB_INACTIVE_MS 900000

struct mkt_hub_view {
    mkt_hub_state state;
    char why[256];       /* it is not registered; a sentence of ours, without addresses; "" */
    char directory[256]; /* why the last look into the directory failed; "" */
    size_t agents;       /* in the directory, without this one */
    int64_t silent_ms;   /* since the hub last said that it knows us; -1: never */
    uint64_t done[MKT_HUB_CALLS], failed[MKT_HUB_CALLS];
};

/* Evidence of the machine this runs on, in the form that the hub takes: base64 text in the arena,
 * "" for none. Asked for before each registration, on the hub's thread. */
typedef mkt_status mkt_hub_quote(void *user, struct mkt_arena *arena, const char **out,
                                 struct mkt_err *err);

/* Takes the directory, without this agent; it lives as long as the call. On the hub's thread:
 * heartbeats wait. */
typedef void mkt_hub_listener(void *user, const struct mkt_hub_wire_directory *directory);

struct mkt_hub_options {
    const char *url; /* of the hub, such as http://hub:8080 */
    struct mkt_hub_wire_self self;
    int64_t heartbeat_ms, directory_ms; /* between two of them */
    int64_t timeout_ms;                 /* of a call */
    int64_t inactive_ms;                /* MKT_HUB_INACTIVE_MS */
    int64_t retry_ms, most_retry_ms;    /* after the first failure; at most */
    mkt_hub_quote *quote;               /* NULL: there is none */
    void *quote_user;
    mkt_hub_listener *listener; /* NULL: nobody listens */
    void *listener_user;
};

struct mkt_hub;

/* Starts the thread; what the options point to must outlive it.
 * Errors  MKT_E_ARG    an address that is none or too long, texts that cannot be sent in a header
 *         MKT_E_NOMEM, MKT_E_IO */
MKT_MUST_CHECK mkt_status mkt_hub_open(const struct mkt_hub_options *options, struct mkt_hub **out,
                                       struct mkt_err *err);

/* Ends the thread at once, whatever the hub does; what was last seen stays. NULL is allowed. */
void mkt_hub_stop(struct mkt_hub *hub);
void mkt_hub_close(struct mkt_hub *hub); /* stopped or not; NULL is allowed */

/* Any thread. */
void mkt_hub_view(struct mkt_hub *hub, struct mkt_hub_view *out);

const char *mkt_hub_state_name(mkt_hub_state state); /* "joining", "registered", ... */
const char *mkt_hub_call_name(mkt_hub_call call);    /* "register", "heartbeat", "directory" */

#endif
