#include "harness.h"

#include <math.h>
#include "random.h"

/* Known answers of the Random123 library (kat_vectors, philox4x32 with 10 rounds). */
static PetscErrorCode philox_gives_the_known_answers(void)
{
  const uint32_t zero[4] = {0, 0, 0, 0};
  const uint32_t ones[4] = {0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu};
  const uint32_t pi[4] = {0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u};
  const uint32_t pi_key[2] = {0xa4093822u, 0x299f31d0u};
  const uint32_t expected[3][4] = {{0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u},
                                   {0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu},
                                   {0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u}};
  uint32_t words[3][4];

  PetscFunctionBeginUser;
  RandomBlock(zero, zero, words[0]);
  RandomBlock(ones, ones, words[1]);
  RandomBlock(pi, pi_key, words[2]);
  for (int v = 0; v < 3; v++) {
    for (int w = 0; w < 4; w++) CU_ASSERT_EQUAL(words[v][w], expected[v][w]);
  }
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode uniform_draws_have_the_moments_of_the_unit_interval(void)
{
  const int n = 100000;
  double sum = 0, squares = 0;

  PetscFunctionBeginUser;
  for (int d = 0; d < n; d++) {
    const double u = RandomUniform(7, RANDOM_TESTS, (uint32_t)d, 0);

    CU_ASSERT(u > 0 && u < 1);
    sum += u;
    squares += u * u;
  }
  /* five standard errors: 5 sqrt(1/12/n) = 0.0046, 5 sqrt(4/45/n) = 0.0047 */
  CU_ASSERT(fabs(sum / n - 0.5) < 0.0046);
  CU_ASSERT(fabs(squares / n - 1.0 / 3.0) < 0.0047);
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode normal_draws_have_mean_zero_and_variance_one(void)
{
  const int n = 100000;
  double sum = 0, squares = 0;

  PetscFunctionBeginUser;
  for (int d = 0; d < n; d++) {
    const double x = RandomNormal(7, RANDOM_TESTS, (uint32_t)d, 1);

    sum += x;
    squares += x * x;
  }
  CU_ASSERT(fabs(sum / n) < 5.0 / sqrt(n));
  CU_ASSERT(fabs(squares / n - 1.0) < 5.0 * sqrt(2.0 / n));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static PetscErrorCode seed_stream_and_both_indices_matter(void)
{
  const double u = RandomUniform(1, RANDOM_TESTS, 2, 3);

  PetscFunctionBeginUser;
  CU_ASSERT_EQUAL(u, RandomUniform(1, RANDOM_TESTS, 2, 3));
  CU_ASSERT_NOT_EQUAL(u, RandomUniform(2, RANDOM_TESTS, 2, 3));
  CU_ASSERT_NOT_EQUAL(u, RandomUniform(1, RANDOM_SEEDS, 2, 3));
  CU_ASSERT_NOT_EQUAL(u, RandomUniform(1, RANDOM_TESTS, 3, 3));
  CU_ASSERT_NOT_EQUAL(u, RandomUniform(1, RANDOM_TESTS, 2, 4));
  PetscFunctionReturn(PETSC_SUCCESS);
}

static const Test tests[] = {
    {"Philox gives the known answers", philox_gives_the_known_answers},
    {"uniform draws have the moments of the unit interval",
     uniform_draws_have_the_moments_of_the_unit_interval},
    {"normal draws have mean 0 and variance 1", normal_draws_have_mean_zero_and_variance_one},
    {"seed, stream and both indices matter", seed_stream_and_both_indices_matter},
};

HARNESS_MAIN("random", tests)
