#pragma once

#include <stdint.h>

/*@
  Random numbers by counter: a draw is a pure function of (seed, stream, index), so every rank that
  asks for the same draw gets the same number, in any order and without any state.

  Source: Philox4x32-10 of Salmon et al., SC'11 (2011); checked against the known answers of its
  authors' library in tests/unit/test_random.c.
@*/

/* What the draws are used for; one stream each, so that adding a use changes no other. */
typedef enum {
  RANDOM_SEEDS,      /* positions of grain seeds */
  RANDOM_SIZES,      /* which grain gets which size */
  RANDOM_SPHERES,    /* positions of spheres */
  RANDOM_PORES,      /* positions of pores */
  RANDOM_PHASES,     /* order in which grains are dealt a phase */
  RANDOM_BOUNDARIES, /* scatter of boundary resistances */
  RANDOM_TESTS,
  RANDOM_DAMPING, /* start of the search for the largest eigenvalue */
  RANDOM_CONTACT, /* which parts of an electrode touch */
  RANDOM_ROUNDING /* signs of errors */
} RandomStream;

/*@
  RandomBlock - the raw generator: four 32-bit words from a counter and a key

  Input Parameters:
+ counter - four words
- key     - two words

  Output Parameter:
. words - four random words
@*/
void RandomBlock(const uint32_t counter[4], const uint32_t key[2], uint32_t words[4]);

/*@
  RandomUniform - a draw from the open interval (0, 1), 52 bits

  Input Parameters:
+ seed     - the user's seed
. stream   - what the draw is for
. index    - number of the draw (for a pair of grains: one grain each in index and subindex)
- subindex - second number, 0 if one is enough
@*/
double RandomUniform(uint64_t seed, RandomStream stream, uint32_t index, uint32_t subindex);

/*@
  RandomNormal - a draw from the standard normal distribution (Box-Muller)

  Input Parameters: as for RandomUniform()
@*/
double RandomNormal(uint64_t seed, RandomStream stream, uint32_t index, uint32_t subindex);
