/* The units of an experiment while their rows come: each row's unit, variant, segment, day and
 * values, kept until all are there and then added up unit by unit.
 *
 * Rows come in any order and from several threads, one mkt_units (a part)
 * each. Rows of one unit that come near each other are added up at once; the
 * others are dealt to piles by unit (aggregate/piles.h) and go to disk beyond
 * a limit. A walk takes as many units at a time as its room holds, so what is
 * needed does not grow with the rows, nor with the units. Sums are whole
 * numbers: neither order, nor threads, nor memory can change a bit.
 */
#ifndef MKT_AGGREGATE_UNITS_H
#define MKT_AGGREGATE_UNITS_H

#include <stdbool.h>

#include "aggregate/names.h"
#include "aggregate/piles.h"

#define MKT_UNITS_VALUES 128     /* of a row, at most */
#define MKT_UNITS_NONE INT64_MIN /* a value that is not there */
#define MKT_UNITS_NAMES 65534    /* different variants, and segments, at most */

/* A row, or several of one unit added up. */
struct mkt_unit {
    uint64_t id; /* hash of its name, not 0; with `check` it tells units apart */
    uint32_t check;
    int32_t day;      /* the first */
    uint16_t variant; /* number of its name */
    uint16_t segment; /* 1 + number of its name, the least by name; 0 where none is told */
    uint8_t several;  /* rows tell more than one variant */
    uint8_t over;     /* a sum does not fit */
    int64_t value[];  /* [values] or MKT_UNITS_NONE */
};

#define MKT_UNITS_SIZE(values) (sizeof(struct mkt_unit) + (values) * sizeof(int64_t))

/* What all parts have in common. */
struct mkt_units_shape {
    size_t values;
    bool largest[MKT_UNITS_VALUES]; /* a unit's value is the largest of its rows, not their sum */
    bool apart;                     /* rows are kept one by one, to be walked as rows */
    size_t limit; /* bytes of rows that a part holds before the rest goes to disk */
    const char *temp;
};

struct mkt_units {
    const struct mkt_units_shape *shape;
    struct mkt_piles piles;
    size_t dealt; /* piles in use, a power of two: fewer where rows are wide */
    struct mkt_names variant, segment;
    char *recent; /* [places] units that rows may be added to still; id 0: none */
    size_t places;
    int64_t rows;
};

/* The name of a unit: its id (aggregate/ids.h) and check. Those of two numbers differ for sure, those of
 * two texts but for one in 8e28; a text that is a number is that number. */
void mkt_units_tell_text(struct mkt_unit *unit, const char *name, size_t n);
void mkt_units_tell_number(struct mkt_unit *unit, int64_t name);

/*   shape  outlives the part
 * Errors   MKT_E_NOMEM  the arena is full */
MKT_MUST_CHECK mkt_status mkt_units_init(struct mkt_units *units,
                                         const struct mkt_units_shape *shape,
                                         struct mkt_arena *arena, struct mkt_err *err);
void mkt_units_close(struct mkt_units *units); /* lets go of the temporary file */

/* Number of a variant, 1 + number of a segment.   text [n] without NUL bytes, n > 0
 * Errors  MKT_E_NOMEM
 *         MKT_E_LIMIT  more than MKT_UNITS_NAMES */
MKT_MUST_CHECK mkt_status mkt_units_variant(struct mkt_units *units, const char *text, size_t n,
                                            uint16_t *out, struct mkt_err *err);
MKT_MUST_CHECK mkt_status mkt_units_segment(struct mkt_units *units, const char *text, size_t n,
                                            uint16_t *out, struct mkt_err *err);

/* Adds a row.   row  with MKT_UNITS_SIZE(values) bytes; several and over are 0
 * Errors  MKT_E_NOMEM, MKT_E_IO, MKT_E_NOSPACE as mkt_piles_add */
MKT_MUST_CHECK mkt_status mkt_units_add(struct mkt_units *units, const struct mkt_unit *row,
                                        struct mkt_err *err);

/* All parts as one. */
struct mkt_units_view {
    const struct mkt_units_shape *shape;
    struct mkt_units *const *part;
    size_t parts;
    struct mkt_names variant, segment;     /* in byte order */
    uint32_t **variant_map, **segment_map; /* [parts][names of the part] */
    size_t piles;                          /* to walk, one by one */
    size_t largest;                        /* rows of the largest pile */
    int64_t rows;                          /* that were added */
};

/* Takes all parts together; nothing is added to them any more.
 * Errors   MKT_E_NOMEM, MKT_E_IO, MKT_E_NOSPACE
 * Checked  tests/aggregate/units_test.c */
MKT_MUST_CHECK mkt_status mkt_units_unite(struct mkt_arena *arena, struct mkt_units *const *part,
                                          size_t parts, struct mkt_units_view *out,
                                          struct mkt_err *err);

struct mkt_units_walk {
    /* NULL, or makes of a row, numbered as the view's, what is to be added up. */
    void (*change)(void *user, struct mkt_unit *row);
    /* NULL, or takes each unit. */
    mkt_status (*unit)(void *user, const struct mkt_unit *unit, struct mkt_err *err);
    /* NULL, or takes each row, unchanged, with its unit. */
    mkt_status (*row)(void *user, const struct mkt_unit *unit, const struct mkt_unit *row,
                      struct mkt_err *err);
    void *user;
};

/* Walks one pile; several threads may walk different piles, each with an arena of its own.
 *
 *   arena  scratch, which the walk's functions leave alone
 *   room   bytes for units at a time. Where they do not fit, the pile is read again for the others.
 *
 * Errors   those of the walk; MKT_E_IO
 *          MKT_E_NOMEM  the arena has no place for the room and three rows' blocks
 * Cost     linear in rows, and in rows once more each time that the room is full */
MKT_MUST_CHECK mkt_status mkt_units_each(struct mkt_arena *arena, const struct mkt_units_view *view,
                                         size_t pile, size_t room,
                                         const struct mkt_units_walk *walk, struct mkt_err *err);

#endif
