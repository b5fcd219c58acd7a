/* What a client sends: a message of either version, and how its answer is wanted. */
#ifndef MKT_A2A_A2A_MESSAGE_H
#define MKT_A2A_A2A_MESSAGE_H

#include "a2a/a2a.h"

#define MKT_A2A_PARTS 64 /* of one message */
#define MKT_A2A_ID 256   /* bytes of an id that a client gives */

typedef enum {
    MKT_A2A_TEXT,
    MKT_A2A_DATA,
    MKT_A2A_FILE, /* its bytes are in the message */
    MKT_A2A_ADDRESS
} mkt_a2a_part_kind;

struct mkt_a2a_part {
    mkt_a2a_part_kind kind;
    const char *text; /* TEXT; of FILE the base64 */
    const struct mkt_value *data;
    const char *name, *type; /* of a file; NULL where not said. In 1.0 the type of any part. */
};

/* What is wanted back, as bits. */
enum { MKT_A2A_WANT_DATA = 1, MKT_A2A_WANT_TEXT = 2, MKT_A2A_WANT_PAGE = 4 };

struct mkt_a2a_message {
    const char *id;
    const char *context, *task; /* NULL where not said */
    struct mkt_a2a_part *part;
    size_t parts;
    const char *dataset; /* of the metadata, or NULL */
    unsigned wanted;
    int64_t history; /* -1 when not said */
    bool wait;       /* for the end of the task */
};

/* Reads the parameters of SendMessage or message/send.
 *   code, field  of a refusal: the error's, and the member that is wrong
 * Errors  MKT_E_ARG   not a message by the rules; a push notification, an address or a type that is
 *                     not taken
 *         MKT_E_NOMEM */
MKT_MUST_CHECK mkt_status mkt_a2a_message_read(struct mkt_arena *arena,
                                               const struct mkt_value *params,
                                               mkt_a2a_version version, struct mkt_a2a_message *out,
                                               int *code, const char **field, struct mkt_err *err);

/* historyLength of an object: -1 when it is not there.
 * Errors  MKT_E_ARG  not a whole number of 0 or more */
MKT_MUST_CHECK mkt_status mkt_a2a_message_history(const struct mkt_value *object, int64_t *out,
                                                  struct mkt_err *err);

#endif
