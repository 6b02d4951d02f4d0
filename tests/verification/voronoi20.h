#pragma once

#include "seeds.h"

/* The 20 seeds of references.json's "voronoi20_seeds", in um, in a box of 1 um. */

enum { VORONOI20 = 20 };
static const PetscReal voronoi20_seeds[VORONOI20][3] = {
    {0.150342, 0.533777, 0.391845}, {0.263579, 0.833612, 0.52787},  {0.353286, 0.095057, 0.170766},
    {0.060571, 0.334618, 0.137692}, {0.764582, 0.545778, 0.172967}, {0.724639, 0.732395, 0.476435},
    {0.792874, 0.398797, 0.566748}, {0.098941, 0.163192, 0.470254}, {0.391115, 0.513768, 0.671195},
    {0.023787, 0.227733, 0.841464}, {0.01764, 0.862299, 0.167399},  {0.602212, 0.97241, 0.790502},
    {0.307205, 0.965231, 0.863242}, {0.592834, 0.450667, 0.879817}, {0.43203, 0.638166, 0.1727},
    {0.4415, 0.208148, 0.519369},   {0.678173, 0.119694, 0.172757}, {0.809562, 0.047903, 0.495445},
    {0.889585, 0.855121, 0.832997}, {0.07572, 0.578036, 0.829403}};

/* Writes the seeds, shifted in x and y and wrapped into the box, and asks for their structure. */
static inline PetscErrorCode Voronoi20Write(const char *directory, const char *name,
                                            const PetscReal shift[2], char path[256],
                                            StructureSpec *spec)
{
  PetscReal shifted[VORONOI20][3];

  PetscFunctionBeginUser;
  for (int s = 0; s < VORONOI20; s++) {
    for (int d = 0; d < 2; d++) shifted[s][d] = fmod(voronoi20_seeds[s][d] + shift[d], 1.0);
    shifted[s][2] = voronoi20_seeds[s][2];
  }
  PetscCall(
      SeedsWrite(directory, name, VORONOI20, (const PetscReal(*)[3])shifted, NULL, path, spec));
  PetscFunctionReturn(PETSC_SUCCESS);
}
