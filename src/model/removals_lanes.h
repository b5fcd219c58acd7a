/* What removals take away of the conversions along some paths side by side, and its slopes: the
 * formulas of removals.c, for LANES of the paths of a group, from `first` on.
 *
 * Included by removals_group.c alone, once for each width that processors have: LANES is 4 or 8 and NAME
 * names the functions. The operations on each number are the same, and so are its bits. */

typedef double NAME(lanes) __attribute__((vector_size(LANES * sizeof(double)), may_alias));
typedef int64_t NAME(marks) __attribute__((vector_size(LANES * sizeof(double)), may_alias));

#define MKT_V NAME(lanes)
#define MKT_M NAME(marks)
#define MKT_OF(x) (*(MKT_V *)((x) + first))
#define MKT_OF_CONST(x) (*(const MKT_V *)((x) + first))

/* What each removal takes away of the conversions of a journey. */
INLINE void NAME(go_forward)(const struct mkt_removals_stretch *s, size_t n,
                             struct mkt_removals_room *k, size_t first)
{
    number *so_far = k->sum;
    MKT_OF(so_far[0]) = (MKT_V){0} + 1;
    MKT_OF(k->lost[0]) = (MKT_V){0};
    for (size_t r = 0; r < n; r++) {
        const MKT_V touches = MKT_OF_CONST(s[r].touches), here = MKT_OF_CONST(s[r].against);
        MKT_V h = MKT_OF(k->h[r]) = 1 / (1 + here), back = 1 + 1 / here;
        MKT_OF(so_far[r + 1]) = (MKT_V){0} + 1;
        MKT_OF(k->lost[r + 1]) = (MKT_V){0};
        for (size_t l = 0; l <= r + 1; l++) {
            struct mkt_removals_lane *lane = &k->lane[r * (n + 1) + l];
            MKT_V against = MKT_OF_CONST(s[r].bare);
            if (l) against = here * MKT_OF_CONST(s[l - 1].without);
            MKT_V w = MKT_OF(so_far[l]), without = 1 / (1 + against),
                  ratio = against * without * back;
            MKT_V sum = w, later = {0};
            w *= ratio;
            for (double i = 1; i < s[r].most; i++) { /* a second touch in a row is rare */
                MKT_M there = touches > i;
                MKT_V more = (MKT_V)((MKT_M)w & there);
                sum += more;
                later += i * more;
                w = (MKT_V)(((MKT_M)(w * ratio) & there) | ((MKT_M)w & ~there));
            }
            MKT_OF(so_far[l]) = w;
            MKT_OF(k->lost[l]) += touches * h - without * sum;
            MKT_OF(lane->h) = without;
            MKT_OF(lane->w) = sum;
            MKT_OF(lane->later) = later;
        }
    }
}

/* How that grows with b.
 *
 * With w the product of (1 - h') / (1 - h) so far and T the sum of h' w over later touches, the slope
 * by the score of a touch is h (1 - h) - T h, by that without the removed T h' - w h' (1 - h'). A
 * channel takes part from its first touch on, so it gets the sums from there. */
INLINE void NAME(go_back)(const struct mkt_removals_stretch *s, size_t n,
                          struct mkt_removals_room *k, size_t first)
{
    number *after = k->sum, *kept = after + n + 1, *both = kept + n + 1;
    for (size_t l = 0; l < 3 * (n + 1); l++) MKT_OF(k->sum[l]) = (MKT_V){0};
    for (size_t r = n; r-- > 0;) {
        const MKT_V h = MKT_OF(k->h[r]), touches = MKT_OF_CONST(s[r].touches);
        struct mkt_removals_lane *lane = k->lane + r * (n + 1);
        for (size_t l = 0; l <= r + 1; l++) {
            MKT_V h1 = MKT_OF(lane[l].h), w = MKT_OF(lane[l].w), later = MKT_OF(after[l]);
            MKT_V ahead = touches * later + h1 * MKT_OF(lane[l].later);
            MKT_V by = touches * h * (1 - h) - h * ahead;
            MKT_OF(kept[l]) += by;
            MKT_OF(both[l]) += by + h1 * ahead - h1 * (1 - h1) * w;
            MKT_OF(after[l]) = later + h1 * w;
            MKT_OF(lane[l].slope) = MKT_OF(both[l]);
        }
        MKT_OF(lane[0].slope) = MKT_OF(kept[0]);
        MKT_OF(k->bare[r]) = MKT_OF(both[0]);
        MKT_OF(lane[r + 1].slope) = MKT_OF(kept[r + 1]);
        MKT_OF(k->whole[r + 1]) = MKT_OF(both[r + 1]); /* the removal has come to its beginning */
        for (size_t l = r + 2; l <= n; l++) MKT_OF(lane[l].slope) = MKT_OF(k->whole[l]);
    }
    MKT_OF(k->whole[0]) = MKT_OF(both[0]);
}

#undef MKT_V
#undef MKT_M
#undef MKT_OF
#undef MKT_OF_CONST
#undef LANES
#undef NAME
