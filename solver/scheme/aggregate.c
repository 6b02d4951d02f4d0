#include <stdlib.h>
#include "hierarchy.h"

static int32_t root_of(int32_t group[], int32_t u)
{
  while (group[u] != u) u = group[u] = group[group[u]];
  return u;
}

static void join(int32_t group[], int32_t a, int32_t b)
{
  a = root_of(group, a);
  b = root_of(group, b);
  if (a < b)
    group[b] = a;
  else
    group[a] = b;
}

int32_t AggregateBlock(int32_t n, const float strongest[], int32_t num_ties, const Tie ties[],
                       float theta, int32_t group[])
{
  int32_t best_buffer[64], *best = n <= 64 ? best_buffer : malloc((size_t)n * sizeof *best);
  int32_t num_groups = 0;

  if (!best) abort();
  for (int32_t u = 0; u < n; u++) {
    group[u] = u;
    best[u] = -1;
  }
  for (int32_t t = 0; t < num_ties; t++) {
    const float limit =
        theta *
        (strongest[ties[t].a] > strongest[ties[t].b] ? strongest[ties[t].a] : strongest[ties[t].b]);

    if (ties[t].conductance >= limit) join(group, ties[t].a, ties[t].b);
  }
  /* who is still alone, and its strongest tie in the block */
  for (int32_t t = 0; t < num_ties; t++) {
    const int32_t ends[2] = {ties[t].a, ties[t].b};

    for (int e = 0; e < 2; e++) {
      const int32_t u = ends[e];

      if (best[u] < 0 || ties[t].conductance > ties[best[u]].conductance) best[u] = t;
    }
  }
  {
    /* decided before any is joined: one tie each, so that nobody bridges two groups */
    uint8_t alone_buffer[64], *alone = n <= 64 ? alone_buffer : malloc((size_t)n);

    if (!alone) abort();
    for (int32_t u = 0; u < n; u++) alone[u] = 1;
    for (int32_t u = 0; u < n; u++) {
      const int32_t r = root_of(group, u);

      if (r != u) alone[r] = alone[u] = 0;
    }
    for (int32_t u = 0; u < n; u++) {
      const Tie *tie = best[u] < 0 ? NULL : &ties[best[u]];

      if (!alone[u] || !tie || tie->conductance < theta * strongest[u]) continue;
      if (tie->conductance < theta * theta * strongest[tie->a == u ? tie->b : tie->a]) continue;
      join(group, tie->a, tie->b);
    }
    if (alone != alone_buffer) free(alone);
  }
  /* number the groups in order of their first member; a root is its group's smallest */
  for (int32_t u = 0; u < n; u++) {
    const int32_t r = root_of(group, u);

    best[u] = r == u ? num_groups++ : best[r];
  }
  for (int32_t u = 0; u < n; u++) group[u] = best[u];
  if (best != best_buffer) free(best);
  return num_groups;
}
