/* What removals take away of the conversions along some paths side by side, and its slopes: the
 * formulas of removals.c, for LANES of the SIDE paths of a group, from `first` on.
 *
 * Included by removals.c alone, once for each width that processors have: LANES is 4 or 8 and NAME
 * names the functions. The operations on each number are the same, and so are its bits. */

typedef double NAME(lanes) __attribute__((vector_size(LANES * sizeof(double)), may_alias));
typedef int64_t NAME(marks) __attribute__((vector_size(LANES * sizeof(double)), may_alias));

#define V NAME(lanes)
#define M NAME(marks)
#define OF(x) (*(V *)((x) + first))
#define OF_CONST(x) (*(const V *)((x) + first))

/* What each removal takes away of the conversions of a journey. */
INLINE void NAME(go_forward)(const struct hazard *f, const struct stretch *s, size_t n,
                             struct worker *k, size_t first)
{
    number *so_far = k->sum;
    OF(so_far[0]) = (V){0} + 1;
    OF(k->lost[0]) = (V){0};
    for (size_t r = 0; r < n; r++) {
        const V touches = OF_CONST(s[r].touches), here = OF_CONST(s[r].against);
        V h = OF(k->h[r]) = 1 / (1 + here), back = 1 + 1 / here;
        OF(so_far[r + 1]) = (V){0} + 1;
        OF(k->lost[r + 1]) = (V){0};
        for (size_t l = 0; l <= r + 1; l++) {
            struct lane *lane = &k->lane[r * (n + 1) + l];
            V against = l ? here * OF_CONST(s[l - 1].without) : f->odds[f->K] + (V){0};
            V w = OF(so_far[l]), without = 1 / (1 + against), ratio = against * without * back;
            V sum = w, later = {0};
            w *= ratio;
            for (double i = 1; i < s[r].most; i++) { /* a second touch in a row is rare */
                M there = touches > i;
                V more = (V)((M)w & there);
                sum += more;
                later += i * more;
                w = (V)(((M)(w * ratio) & there) | ((M)w & ~there));
            }
            OF(so_far[l]) = w;
            OF(k->lost[l]) += touches * h - without * sum;
            OF(lane->h) = without;
            OF(lane->w) = sum;
            OF(lane->later) = later;
        }
    }
}

/* How that grows with b.
 *
 * With w the product of (1 - h') / (1 - h) so far and T the sum of h' w over later touches, the slope
 * by the score of a touch is h (1 - h) - T h, by that without the removed T h' - w h' (1 - h'). A
 * channel takes part from its first touch on, so it gets the sums from there. */
INLINE void NAME(go_back)(const struct stretch *s, size_t n, struct worker *k, size_t first)
{
    number *after = k->sum, *kept = after + n + 1, *both = kept + n + 1;
    for (size_t l = 0; l < 3 * (n + 1); l++) OF(k->sum[l]) = (V){0};
    for (size_t r = n; r-- > 0;) {
        const V h = OF(k->h[r]), touches = OF_CONST(s[r].touches);
        struct lane *lane = k->lane + r * (n + 1);
        for (size_t l = 0; l <= r + 1; l++) {
            V h1 = OF(lane[l].h), w = OF(lane[l].w), later = OF(after[l]);
            V ahead = touches * later + h1 * OF(lane[l].later);
            V by = touches * h * (1 - h) - h * ahead;
            OF(kept[l]) += by;
            OF(both[l]) += by + h1 * ahead - h1 * (1 - h1) * w;
            OF(after[l]) = later + h1 * w;
            OF(lane[l].slope) = OF(both[l]);
        }
        OF(lane[0].slope) = OF(kept[0]);
        OF(lane[r + 1].slope) = OF(kept[r + 1]);
        OF(k->whole[r + 1]) = OF(both[r + 1]); /* the removal has come to its beginning */
        for (size_t l = r + 2; l <= n; l++) OF(lane[l].slope) = OF(k->whole[l]);
    }
    OF(k->whole[0]) = OF(both[0]);
}

#undef V
#undef M
#undef OF
#undef OF_CONST
#undef LANES
#undef NAME
