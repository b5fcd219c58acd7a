#include "plan/spelling_distance.h"

#include <stdlib.h>
#include <string.h>

#define LONGEST 63

static int least(int a, int b)
{
    return a < b ? a : b;
}

int mkt_spelling_distance(const char *a, const char *b, int most)
{
    int n = (int)strlen(a), m = (int)strlen(b);
    int row[3][LONGEST + 1];
    if (n > LONGEST || m > LONGEST || abs(n - m) > most) return most + 1;
    for (int j = 0; j <= m; j++) row[0][j] = j;
    for (int i = 1; i <= n; i++) {
        int *now = row[i % 3], *last = row[(i + 2) % 3], *older = row[(i + 1) % 3];
        int best = now[0] = i;
        for (int j = 1; j <= m; j++) {
            int change = last[j - 1] + (a[i - 1] != b[j - 1]);
            now[j] = least(change, least(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], older[j - 2] + 1);
            best = least(best, now[j]);
        }
        if (best > most) return most + 1;
    }
    return row[n % 3][m];
}
