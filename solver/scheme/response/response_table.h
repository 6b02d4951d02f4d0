#pragma once

/* Nodes of the table, as in tabulate.py: the contrast |s1 - s2|/(s1 + s2) and sqrt(beta/(1 + beta))
   in equal steps from 0 to 1; normals (p, q, RESPONSE_STEPS), 0 <= q <= p, at p (p + 1)/2 + q. */
enum {
  RESPONSE_CONTRASTS = 5,
  RESPONSE_BETAS = 17,
  RESPONSE_STEPS = 8,
  RESPONSE_NORMALS = (RESPONSE_STEPS + 1) * (RESPONSE_STEPS + 2) / 2,
  RESPONSE_SIZE = RESPONSE_CONTRASTS * RESPONSE_BETAS * RESPONSE_NORMALS * 4
};

#define RESPONSE_UNIT 1e-4

/* Contrast slowest, then beta, normal, and four numbers: alpha and gamma of the middle, smallest
   and largest component of the normal, in RESPONSE_UNIT, divided by sqrt(lost/(1 + lost)) with lost
   = beta + contrast^2/(1 - contrast^2). */
extern const float response_table[RESPONSE_SIZE];
