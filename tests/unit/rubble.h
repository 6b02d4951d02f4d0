#pragma once

#include "models.h"
#include "random.h"

/* A structure without any order: every block of 2 x 2 x 2 cells a grain of its own at random out
   of RUBBLE_GRAINS, one block in eight a void. */

enum { RUBBLE_GRAINS = 6 };

static inline int32_t RubbleGrain(const void *data, const PetscInt cell[3],
                                  const PetscReal centre[3])
{
  const uint32_t at = (uint32_t)(cell[0] / 2 + 100 * (cell[1] / 2) + 10000 * (cell[2] / 2));

  (void)data;
  (void)centre;
  if (RandomUniform(2, RANDOM_TESTS, at, 0) < 0.125) return 0;
  return 1 + (int32_t)(RUBBLE_GRAINS * RandomUniform(2, RANDOM_TESTS, at, 1));
}

/* Conductivities of the grains' phases over four decades, not isotropic. */
static const PetscReal rubble_conductivity[RUBBLE_GRAINS + 1][3] = {
    {0, 0, 0}, {1, 1, 1}, {100, 80, 120}, {0.01, 0.02, 0.03}, {10, 10, 10}, {0.3, 1, 3}, {2, 2, 2}};
static const PetscReal rubble_electrodes[4] = {0.1, 0.02, 0.3, 0.004};

/* Box 1 x 1 x 1 with r between all grains, from *r. */
static inline ModelSpec RubbleSpec(const PetscInt n[3], LateralType lateral, PetscReal *r)
{
  const ModelSpec spec = {.film = {1.0, {1.0, 1.0}, {n[0], n[1], n[2]}, lateral, 2.0},
                          .voxels = {RubbleGrain, NULL, RUBBLE_GRAINS, NULL, RUBBLE_GRAINS},
                          .transport = {rubble_conductivity,
                                        ModelEqualBoundary,
                                        r,
                                        ModelEqualElectrodes,
                                        (void *)rubble_electrodes,
                                        {2, 2},
                                        0,
                                        NULL}};

  return spec;
}
